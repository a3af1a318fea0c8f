import {
  Banner,
  BlockStack,
  Box,
  Button,
  Card,
  InlineGrid,
  InlineStack,
  Link,
  Select,
  Text,
  TextField,
} from '@shopify/polaris';
import { useState } from 'react';
import type { SyncMode } from '~/core/canary';
import { CONFLICT_POLICIES } from '~/core/decision';
import type { FieldGroup } from '~/core/field-group';
import { GROUP_CHOICES, groupLabel, POLICY_OPTIONS } from './group-words';
import { ConflictPolicyChoice, DeletionPolicyChoice, SyncModeChoice } from './policy-choices';
import { holdProblem } from './policy-form';
import type { EditedPolicy, EditedRule, PolicyForm } from './policy-form';

interface FormProps {
  form: PolicyForm;
  onChange: (form: PolicyForm) => void;
}

/** A select whose first choice may be "as the store". */
function PolicySelect(props: {
  label: string;
  labelHidden?: boolean;
  value: EditedPolicy | null;
  /** Absent: there is always a policy. */
  onClear?: () => void;
  onChange: (value: EditedPolicy) => void;
}) {
  const { value, onClear, onChange } = props;
  return (
    <Select
      label={props.label}
      labelHidden={props.labelHidden ?? false}
      options={[...(onClear ? [{ value: '', label: 'As the store' }] : []), ...POLICY_OPTIONS]}
      value={value?.conflict ?? ''}
      onChange={(chosen) => {
        const conflict = CONFLICT_POLICIES.find((one) => one === chosen);
        if (conflict === undefined) onClear?.();
        else onChange({ conflict, hold: value?.hold ?? '' });
      }}
    />
  );
}

function HoldField(props: {
  label: string;
  labelHidden?: boolean;
  helpText?: string;
  value: string;
  disabled?: boolean;
  onChange: (hold: string) => void;
}) {
  const problem = holdProblem(props.value);
  return (
    <TextField
      label={props.label}
      labelHidden={props.labelHidden ?? false}
      value={props.value}
      onChange={props.onChange}
      autoComplete="off"
      inputMode="decimal"
      suffix="%"
      placeholder="No limit"
      disabled={props.disabled ?? false}
      {...(props.helpText === undefined ? {} : { helpText: props.helpText })}
      {...(problem === null ? {} : { error: problem })}
    />
  );
}

/** What holds where no rule says otherwise. */
export function StorePolicyCard({ form, onChange }: FormProps) {
  const { store } = form;
  const change = (part: Partial<PolicyForm['store']>) => onChange({ ...form, store: { ...store, ...part } });
  return (
    <Card>
      <BlockStack gap="500">
        <Text as="h2" variant="headingMd">
          What wins
        </Text>
        <ConflictPolicyChoice value={store.conflict} onChange={(conflict) => change({ conflict })} />
        <HoldField
          label="Hold a change that is larger than"
          helpText="A price or quantity that would move in Shopify by more than this waits under Conflicts, also where your catalog wins. Empty: nothing is held."
          value={store.hold}
          onChange={(hold) => change({ hold })}
        />
        <DeletionPolicyChoice value={store.deletion} onChange={(deletion) => change({ deletion })} />
        {store.deletion === 'delete' && (
          <Banner tone="critical" title="Deleting cannot be undone">
            A product that disappears from your catalog is deleted in the store with its variants and
            pictures. If many products are gone at once the sync stops and asks first.
          </Banner>
        )}
      </BlockStack>
    </Card>
  );
}

/** One line a field group. */
export function GroupPoliciesCard({ form, onChange }: FormProps) {
  const set = (group: FieldGroup, policy: EditedPolicy | null) =>
    onChange({ ...form, groups: { ...form.groups, [group]: policy } });
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            Rules for kinds of fields
          </Text>
          <Text as="p" tone="subdued">
            Each can have its own winner and limit. Stock that moved on both sides adds up unless it has a
            rule here.
          </Text>
        </BlockStack>
        {GROUP_CHOICES.map(({ value: group, label, holds }) => {
          const policy = form.groups[group];
          return (
            <InlineGrid key={group} columns={{ xs: 1, sm: ['oneHalf', 'oneThird', 'oneThird'] }} gap="300">
              <BlockStack>
                <Text as="span" fontWeight="semibold">
                  {label}
                </Text>
                <Text as="span" tone="subdued" variant="bodySm">
                  {holds}
                </Text>
              </BlockStack>
              <PolicySelect
                label={`Who wins for ${label.toLowerCase()}`}
                labelHidden
                value={policy}
                onClear={() => set(group, null)}
                onChange={(chosen) => set(group, chosen)}
              />
              <HoldField
                label={`Limit for ${label.toLowerCase()}`}
                labelHidden
                value={policy?.hold ?? ''}
                disabled={policy === null}
                onChange={(hold) => {
                  if (policy !== null) set(group, { ...policy, hold });
                }}
              />
            </InlineGrid>
          );
        })}
      </BlockStack>
    </Card>
  );
}

const ALL_FIELDS = '';
const GROUP_OPTIONS = [
  { value: ALL_FIELDS, label: 'All fields' },
  ...GROUP_CHOICES.map(({ value, label }) => ({ value, label })),
];

const isAbout = (rule: EditedRule, productId: string, fieldGroup: FieldGroup | null) =>
  rule.productId === productId && rule.fieldGroup === fieldGroup;

/** Rules of single products, and the search that adds one. */
export function ProductRulesCard(
  props: FormProps & {
    titles: Record<string, string>;
    found: { id: string; title: string }[] | null;
    searching: boolean;
    onSearch: (text: string) => void;
    onNamed: (product: { id: string; title: string }) => void;
  },
) {
  const { form, onChange, titles, found } = props;
  const [typed, setTyped] = useState('');
  const [group, setGroup] = useState<FieldGroup | null>(null);
  const set = (at: number, rule: EditedRule) =>
    onChange({ ...form, rules: form.rules.map((one, index) => (index === at ? rule : one)) });
  const add = (product: { id: string; title: string }) => {
    props.onNamed(product);
    if (form.rules.some((rule) => isAbout(rule, product.id, group))) return;
    const rule: EditedRule = { productId: product.id, fieldGroup: group, conflict: 'manual', hold: '' };
    onChange({ ...form, rules: [...form.rules, rule] });
  };
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            Rules for single products
          </Text>
          <Text as="p" tone="subdued">
            The most exact rule holds: product and fields, then product, then fields, then the store.
          </Text>
        </BlockStack>
        {form.rules.map((rule, index) => {
          const title = titles[rule.productId] ?? 'A product that is gone';
          const of = rule.fieldGroup === null ? 'All fields' : groupLabel(rule.fieldGroup);
          return (
            <Box
              key={`${rule.productId} ${rule.fieldGroup ?? ''}`}
              borderBlockStartWidth="025"
              borderColor="border"
              paddingBlockStart="300"
            >
              <InlineGrid
                columns={{ xs: 1, sm: ['oneHalf', 'oneThird', 'oneThird', 'oneThird'] }}
                gap="300"
                alignItems="center"
              >
                <BlockStack>
                  <Link url={`/app/products/${rule.productId}`}>{title}</Link>
                  <Text as="span" tone="subdued">
                    {of}
                  </Text>
                </BlockStack>
                <PolicySelect
                  label={`Who wins for ${title}, ${of}`}
                  labelHidden
                  value={rule}
                  onChange={(policy) => set(index, { ...rule, ...policy })}
                />
                <HoldField
                  label={`Limit for ${title}, ${of}`}
                  labelHidden
                  value={rule.hold}
                  onChange={(hold) => set(index, { ...rule, hold })}
                />
                <InlineStack align="end">
                  <Button
                    variant="tertiary"
                    tone="critical"
                    accessibilityLabel={`Remove the rule for ${title}, ${of}`}
                    onClick={() => onChange({ ...form, rules: form.rules.filter((_, at) => at !== index) })}
                  >
                    Remove
                  </Button>
                </InlineStack>
              </InlineGrid>
            </Box>
          );
        })}
        <InlineGrid columns={{ xs: 1, sm: ['twoThirds', 'oneThird'] }} gap="300">
          <TextField
            label="Add a rule for a product"
            value={typed}
            onChange={setTyped}
            autoComplete="off"
            placeholder="Title, handle or SKU"
            connectedRight={
              <Button
                onClick={() => props.onSearch(typed)}
                loading={props.searching}
                disabled={typed.trim() === ''}
              >
                Search
              </Button>
            }
          />
          <Select
            label="Fields"
            options={GROUP_OPTIONS}
            value={group ?? ALL_FIELDS}
            onChange={(chosen) =>
              setGroup(GROUP_CHOICES.find(({ value }) => value === chosen)?.value ?? null)
            }
          />
        </InlineGrid>
        {found !== null && (
          <BlockStack gap="200" inlineAlign="start">
            <Text as="p" tone="subdued">
              <span aria-live="polite">
                {found.length === 0 ? 'No product matches.' : 'Choose a product to add a rule for it:'}
              </span>
            </Text>
            {found.map((product) => (
              <Button
                key={product.id}
                variant="plain"
                onClick={() => add(product)}
                disabled={form.rules.some((rule) => isAbout(rule, product.id, group))}
              >
                {product.title}
              </Button>
            ))}
          </BlockStack>
        )}
      </BlockStack>
    </Card>
  );
}

/** Why a share cannot be used; null where it can. */
export function percentProblem(percent: string): string | null {
  const share = Number(percent);
  return /^\d+$/.test(percent.trim()) && share >= 1 && share <= 100
    ? null
    : 'Write a whole percentage from 1 to 100.';
}

/** Live, shadow or canary. */
export function ModeCard(props: {
  mode: SyncMode;
  percent: string;
  onChange: (mode: SyncMode, percent: string) => void;
}) {
  const { mode, percent, onChange } = props;
  const problem = percentProblem(percent);
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Live, shadow or canary
        </Text>
        <SyncModeChoice value={mode} onChange={(chosen) => onChange(chosen, percent)} />
        {mode === 'canary' && (
          <TextField
            label="Share of the products"
            value={percent}
            onChange={(share) => onChange(mode, share)}
            autoComplete="off"
            inputMode="numeric"
            suffix="%"
            helpText="A larger share keeps the products of a smaller one."
            {...(problem === null ? {} : { error: problem })}
          />
        )}
        <Link url="/app/shadow">Show the report of what was not written</Link>
      </BlockStack>
    </Card>
  );
}
