import { ChoiceList } from '@shopify/polaris';
import type { SyncMode } from '~/core/canary';
import type { ConflictPolicy, MergePolicy } from '~/core/decision';

interface Choice<Value extends string> {
  value: Value;
  label: string;
  helpText: string;
}

const CONFLICT_CHOICES: Choice<ConflictPolicy>[] = [
  {
    value: 'source-wins',
    label: 'Your catalog wins (recommended)',
    helpText:
      'Shopify is brought to what your database holds. Edits made in the Shopify admin to the same field are replaced.',
  },
  {
    value: 'remote-wins',
    label: 'Shopify wins',
    helpText: 'What was edited in the Shopify admin stays, and your catalog takes it over.',
  },
  {
    value: 'newest-wins',
    label: 'The newest change wins',
    helpText:
      'The instant of the last change decides: by the clock of your database for the catalog, by Shopify’s clock for the store. Shopify tells it for a whole product or variant, not for a field. Where the instants are equal or one is not known, you decide.',
  },
  {
    value: 'manual',
    label: 'Nobody: show it to me',
    helpText: 'Both sides keep what they have. It waits under Conflicts until you choose.',
  },
];

const DELETION: Choice<MergePolicy['deletion']>[] = [
  {
    value: 'archive',
    label: 'Archive it in Shopify (recommended)',
    helpText: 'Customers no longer see it; its orders and reports stay, and you can bring it back.',
  },
  {
    value: 'delete',
    label: 'Delete it in Shopify',
    helpText: 'The product and its variants are gone from the store for good. This cannot be undone.',
  },
];

function PolicyChoice<Value extends string>(props: {
  title: string;
  choices: Choice<Value>[];
  value: string;
  onChange: (value: Value) => void;
}) {
  return (
    <ChoiceList
      title={props.title}
      choices={props.choices}
      selected={[props.value]}
      onChange={(selected) => {
        const choice = props.choices.find((one) => one.value === selected[0]);
        if (choice !== undefined) props.onChange(choice.value);
      }}
    />
  );
}

/** What happens to a field that both sides changed to different values. */
export function ConflictPolicyChoice(props: { value: string; onChange: (value: ConflictPolicy) => void }) {
  return (
    <PolicyChoice
      title="When the same field was changed on both sides"
      choices={CONFLICT_CHOICES}
      {...props}
    />
  );
}

/** What happens in Shopify to a product that was deleted in the catalog. */
export function DeletionPolicyChoice(props: {
  value: string;
  onChange: (value: MergePolicy['deletion']) => void;
}) {
  return <PolicyChoice title="When a product is deleted in your catalog" choices={DELETION} {...props} />;
}

const MODES: Choice<SyncMode>[] = [
  {
    value: 'live',
    label: 'Live',
    helpText: 'Every product is kept in step, both ways.',
  },
  {
    value: 'shadow',
    label: 'Shadow: compare and report only',
    helpText:
      'Nothing is written, neither to Shopify nor to your catalog. A report shows what would have been, for as long as you want.',
  },
  {
    value: 'canary',
    label: 'Canary: write a share of the products',
    helpText:
      'So many percent of the products are kept in step, always the same ones; the others are only reported.',
  },
];

/** Which products may be written. */
export function SyncModeChoice(props: { value: string; onChange: (value: SyncMode) => void }) {
  return <PolicyChoice title="What Lockstep may write" choices={MODES} {...props} />;
}
