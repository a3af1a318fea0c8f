import {
  BlockStack,
  Button,
  Card,
  Divider,
  InlineGrid,
  InlineStack,
  Select,
  Text,
  TextField,
} from '@shopify/polaris';
import type { HeldBackChoice, HeldBackForm, StockRulesForm, StoreRuleForm } from './stock-rules-form';

const CHOICES: { value: HeldBackChoice; label: string }[] = [
  { value: 'same', label: 'As all stores' },
  { value: 'nothing', label: 'Nothing' },
  { value: 'units', label: 'Units' },
  { value: 'percent', label: 'Percent' },
];

function HeldBackFields<F extends HeldBackForm>(props: {
  label: string;
  form: F;
  /** Whether it may stand as all others do. */
  mayFollow: boolean;
  onChange: (form: F) => void;
}) {
  const { label, form, mayFollow, onChange } = props;
  const choose = (by: string) => {
    const choice = CHOICES.find(({ value }) => value === by);
    if (choice) onChange({ ...form, by: choice.value });
  };
  const takesAmount = form.by === 'units' || form.by === 'percent';
  return (
    <InlineGrid columns={2} gap="300" alignItems="start">
      <Select
        label={label}
        options={CHOICES.filter(({ value }) => mayFollow || value !== 'same')}
        value={form.by}
        onChange={choose}
      />
      {takesAmount && (
        <TextField
          label={form.by === 'units' ? 'Units of each article' : 'Percent of the stock'}
          type="number"
          min={1}
          {...(form.by === 'percent' && { max: 100, suffix: '%' })}
          value={form.amount}
          onChange={(amount) => onChange({ ...form, amount })}
          autoComplete="off"
        />
      )}
    </InlineGrid>
  );
}

/** What is held back from the stores, and what each has for itself. */
export function StockRulesCard(props: {
  names: ReadonlyMap<string, string>;
  form: StockRulesForm;
  onChange: (form: StockRulesForm) => void;
  /** Stores whose own units are set already, to be filled up. */
  owners: ReadonlySet<string>;
  onRefill: (shopId: string) => void;
  isBusy: boolean;
}) {
  const { names, form, onChange, owners, onRefill, isBusy } = props;
  const change = (store: StoreRuleForm) =>
    onChange({ ...form, stores: form.stores.map((each) => (each.shopId === store.shopId ? store : each)) });
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            Rules
          </Text>
          <Text as="p" tone="subdued">
            All stores sell from the stock of your catalog. A sale in one lowers what all others show. What is
            held back covers sales that the other stores have not heard of yet.
          </Text>
        </BlockStack>
        <HeldBackFields
          label="Held back from all stores"
          form={form.everyone}
          mayFollow={false}
          onChange={(everyone) => onChange({ ...form, everyone })}
        />
        {form.stores.map((store) => (
          <BlockStack gap="300" key={store.shopId}>
            <Divider />
            <Text as="h3" variant="headingSm">
              {names.get(store.shopId) ?? 'Store'}
            </Text>
            <InlineGrid columns={{ xs: 1, md: 2 }} gap="300" alignItems="start">
              <HeldBackFields label="Held back" form={store} mayFollow onChange={change} />
              <TextField
                label="Units of its own"
                type="number"
                min={0}
                value={store.ownUnits}
                onChange={(ownUnits) => change({ ...store, ownUnits })}
                autoComplete="off"
                helpText="Of each article. No other store sells them; its own sales take them first."
              />
            </InlineGrid>
            {owners.has(store.shopId) && (
              <InlineStack>
                <Button onClick={() => onRefill(store.shopId)} disabled={isBusy}>
                  {`Fill up the units of ${names.get(store.shopId) ?? 'this store'} again`}
                </Button>
              </InlineStack>
            )}
          </BlockStack>
        ))}
      </BlockStack>
    </Card>
  );
}
