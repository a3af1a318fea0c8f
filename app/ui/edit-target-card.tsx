import { BlockStack, Box, Card, Checkbox, ChoiceList, Text } from '@shopify/polaris';
import type { EditTarget } from '~/core/promotion';
import { SelectControl, TextControl } from './edit-controls';
import type { ProblemOf } from './edit-controls';
import { clockNote } from './edit-target-form';
import type { TargetForm } from './edit-target-form';
import { priorityChoices } from './promotion-words';

interface Props {
  form: TargetForm;
  /** What was typed, and only that. */
  onChange: (part: Partial<TargetForm>) => void;
  problemOf: ProblemOf;
  timeZone: string;
}

const TARGETS: { value: EditTarget['kind']; label: string; helpText: string }[] = [
  {
    value: 'catalog',
    label: 'Catalog and all stores',
    helpText: 'It changes your catalog, and every store follows.',
  },
  {
    value: 'store',
    label: 'This store only',
    helpText:
      'This store holds its own values until you revoke them, whatever the catalog says. Not for stock and pictures.',
  },
  {
    value: 'promotion',
    label: 'Promotion in this store',
    helpText: 'Prices for a time. They are reckoned from the regular price, which comes back at the end.',
  },
];

/** Where an edit applies; of a promotion, when and how. */
export function EditTargetCard(props: Props) {
  const { form, onChange } = props;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Where it applies
        </Text>
        <ChoiceList
          title="Where it applies"
          titleHidden
          choices={TARGETS}
          selected={[form.kind]}
          onChange={([chosen]) => {
            const target = TARGETS.find(({ value }) => value === chosen);
            if (target !== undefined) onChange({ kind: target.value });
          }}
        />
        {form.kind === 'promotion' && <PromotionFields {...props} />}
      </BlockStack>
    </Card>
  );
}

function PromotionFields({ form, onChange, problemOf, timeZone }: Props) {
  return (
    <BlockStack gap="400">
      <BlockStack gap="200">
        <MomentControl
          control="startsAt"
          label="Starts"
          value={form.startsAt}
          onChange={(startsAt) => onChange({ startsAt })}
          disabled={form.startsAtOnce}
          problemOf={problemOf}
          timeZone={timeZone}
        />
        <Checkbox
          label="As soon as I schedule it"
          checked={form.startsAtOnce}
          onChange={(startsAtOnce) => onChange({ startsAtOnce })}
        />
      </BlockStack>
      <BlockStack gap="200">
        <MomentControl
          control="endsAt"
          label="Ends"
          value={form.endsAt}
          onChange={(endsAt) => onChange({ endsAt })}
          disabled={form.isOpenEnded}
          problemOf={problemOf}
          timeZone={timeZone}
        />
        <Checkbox
          label="No end: until I end it"
          checked={form.isOpenEnded}
          onChange={(isOpenEnded) => onChange({ isOpenEnded })}
        />
      </BlockStack>
      <Text as="p" tone="subdued">
        {`By the clock of your store (${timeZone}).`}
      </Text>
      <SelectControl
        control="priority"
        problemOf={problemOf}
        label="Priority"
        choices={priorityChoices(form.priority)}
        value={String(form.priority)}
        onChange={(priority) => onChange({ priority: Number(priority) })}
        helpText="Where promotions overlap, the higher one wins the prices that both change; of the same priority, the one that starts later."
      />
      <Box>
        <Checkbox
          label="Show the regular price as compare-at price"
          checked={form.showsBaseAsCompareAt}
          onChange={(showsBaseAsCompareAt) => onChange({ showsBaseAsCompareAt })}
          helpText="Customers see it struck through beside the lower price."
        />
      </Box>
    </BlockStack>
  );
}

/** A day and a time by the shop's clock; what is special about them is said below. */
export function MomentControl({
  control,
  problemOf,
  label,
  value,
  onChange,
  disabled = false,
  timeZone,
}: {
  control: 'startsAt' | 'endsAt';
  problemOf: ProblemOf;
  label: string;
  value: string;
  onChange: (text: string) => void;
  disabled?: boolean;
  timeZone: string;
}) {
  const note = disabled ? null : clockNote(value, timeZone);
  const shown = disabled ? () => undefined : problemOf;
  return (
    <TextControl
      control={control}
      problemOf={shown}
      label={label}
      type="datetime-local"
      step={60}
      value={value}
      onChange={onChange}
      disabled={disabled}
      {...(note !== null && { helpText: note })}
    />
  );
}
