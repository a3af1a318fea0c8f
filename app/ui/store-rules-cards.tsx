import { BlockStack, Button, Card, InlineGrid, InlineStack, Text } from '@shopify/polaris';
import { DeleteIcon, PlusIcon } from '@shopify/polaris-icons';
import { minorUnitDigits } from '~/core/currency';
import type { CompareAtRule, Conversion } from '~/core/store-rules';
import { Choice, Field } from './store-rules-fields';
import type { RulesCardProps } from './store-rules-fields';
import type { RoundingChoice, RulesForm } from './store-rules-form';

const CONVERSIONS: readonly { value: Conversion['by']; label: string; helpText?: string }[] = [
  { value: 'none', label: 'None: the catalog’s prices are in this store’s currency' },
  { value: 'factor', label: 'A fixed rate' },
  { value: 'table', label: 'Rates by day', helpText: 'Each holds from its day until the next one begins.' },
  {
    value: 'feed',
    label: 'A rate from an address',
    helpText: 'Asked every hour. A rate that moved too far is not taken until you say so.',
  },
];

/** How amounts of the catalog become amounts of the store’s currency. */
export function ConversionCard(props: RulesCardProps & { hasAddress: boolean; today: string }) {
  const { form, onChange, problemOf, currencyCode } = props;
  const catalogs = form.catalogCurrencyCode;
  const perUnit =
    catalogs === currencyCode
      ? 'Every price is multiplied by it.'
      : `How many ${currencyCode} are one ${catalogs === '' ? 'unit of the catalog’s currency' : catalogs}.`;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Currency
        </Text>
        <Choice
          title="Conversion"
          titleHidden
          value={form.conversion}
          choices={CONVERSIONS}
          onChange={(conversion) =>
            onChange({
              conversion,
              ...(conversion === 'table' &&
                form.rates.length === 0 && { rates: [{ from: props.today, rate: '' }] }),
            })
          }
        />
        {form.conversion !== 'none' && (
          <InlineGrid columns={{ xs: 1, sm: 2 }} gap="300">
            <Field
              label="Currency of your catalog"
              value={form.catalogCurrencyCode}
              onChange={(code) => onChange({ catalogCurrencyCode: code.toUpperCase() })}
              problem={problemOf('catalogCurrencyCode')}
              helpText="For all stores of your account."
              type="text"
            />
            {form.conversion === 'factor' && (
              <Field
                label="Rate"
                value={form.factor}
                onChange={(factor) => onChange({ factor })}
                problem={problemOf('conversion.factor')}
                helpText={perUnit}
                placeholder="150.25"
              />
            )}
            {form.conversion === 'feed' && (
              <Field
                label="Greatest move in a day"
                value={form.maxMove}
                onChange={(maxMove) => onChange({ maxMove })}
                problem={problemOf('conversion.maxDailyMovePercent')}
                suffix="%"
                helpText="A rate that is further away from the last good one is not taken."
              />
            )}
          </InlineGrid>
        )}
        {form.conversion === 'feed' && (
          <Field
            label="Address of the rate"
            value={form.address}
            onChange={(address) => onChange({ address })}
            problem={problemOf('conversion.address')}
            type="url"
            placeholder={props.hasAddress ? 'As stored' : 'https://'}
            helpText={`It answers JSON such as {"rates": {"${currencyCode}": 1.0833}}. ${perUnit} The address is stored sealed, and shown to nobody.`}
          />
        )}
        {form.conversion === 'table' && <Rates {...props} perUnit={perUnit} />}
      </BlockStack>
    </Card>
  );
}

function Rates({ form, onChange, problemOf, perUnit }: RulesCardProps & { perUnit: string }) {
  const { rates } = form;
  const set = (index: number, part: Partial<RulesForm['rates'][number]>) =>
    onChange({ rates: rates.map((rate, at) => (at === index ? { ...rate, ...part } : rate)) });
  const whole = problemOf('conversion.rates');
  return (
    <BlockStack gap="300">
      <Text as="p" tone="subdued">
        {perUnit}
      </Text>
      {rates.map(({ from, rate }, index) => (
        <InlineStack key={index} gap="300" blockAlign="end" wrap>
          <Field
            label={`From, rate ${index + 1}`}
            type="date"
            value={from}
            onChange={(day) => set(index, { from: day })}
            problem={problemOf(`conversion.rates.${index}.from`)}
          />
          <Field
            label={`Rate ${index + 1}`}
            value={rate}
            onChange={(number) => set(index, { rate: number })}
            problem={problemOf(`conversion.rates.${index}.rate`)}
          />
          <Button
            icon={DeleteIcon}
            accessibilityLabel={`Remove rate ${index + 1}`}
            onClick={() => onChange({ rates: rates.filter((_, at) => at !== index) })}
          />
        </InlineStack>
      ))}
      {whole !== undefined && (
        <Text as="p" tone="critical">
          {whole}
        </Text>
      )}
      <InlineStack>
        <Button icon={PlusIcon} onClick={() => onChange({ rates: [...rates, { from: '', rate: '' }] })}>
          Add a rate
        </Button>
      </InlineStack>
    </BlockStack>
  );
}

const ROUNDINGS: readonly { value: RoundingChoice; label: string; decimals: number }[] = [
  { value: 'none', label: 'To the currency only', decimals: 0 },
  { value: '0.99', label: 'To an ending of .99', decimals: 2 },
  { value: '0.95', label: 'To an ending of .95', decimals: 2 },
  { value: '0.00', label: 'To an ending of .00', decimals: 2 },
  { value: 'step', label: 'To the nearest multiple', decimals: 0 },
  { value: 'ending', label: 'To another ending', decimals: 0 },
];

/** What is put on a price, and how it is rounded. */
export function MarkupCard({ form, onChange, problemOf, currencyCode }: RulesCardProps) {
  const digits = minorUnitDigits(currencyCode);
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Markup and rounding
        </Text>
        <InlineGrid columns={{ xs: 1, sm: 2 }} gap="300">
          <Field
            label="Markup, percent"
            value={form.markupPercent}
            onChange={(markupPercent) => onChange({ markupPercent })}
            problem={problemOf('markup.percent')}
            suffix="%"
            placeholder="0"
            helpText="Below zero takes off."
          />
          <Field
            label="Markup, amount"
            value={form.markupAmount}
            onChange={(markupAmount) => onChange({ markupAmount })}
            problem={problemOf('markup.amount')}
            suffix={currencyCode}
            placeholder="0"
            helpText="Added after the percentage."
          />
        </InlineGrid>
        <Choice
          title="Rounding"
          value={form.rounding}
          choices={ROUNDINGS.filter(({ value, decimals }) => decimals <= digits || value === form.rounding)}
          onChange={(rounding) => onChange({ rounding })}
        />
        {form.rounding === 'step' && (
          <Field
            label="Multiple of"
            value={form.step}
            onChange={(step) => onChange({ step })}
            problem={problemOf('rounding.step')}
            suffix={currencyCode}
            placeholder={digits === 0 ? '10' : '0.05'}
          />
        )}
        {form.rounding === 'ending' && (
          <Field
            label="Ending"
            value={form.ending}
            onChange={(ending) => onChange({ ending })}
            problem={problemOf('rounding.ending')}
            placeholder={digits === 0 ? '80' : '0.90'}
            helpText="Every price ends with these digits."
          />
        )}
      </BlockStack>
    </Card>
  );
}

const COMPARE_ATS: readonly { value: CompareAtRule['by']; label: string; helpText?: string }[] = [
  {
    value: 'catalog',
    label: 'As in the catalog',
    helpText: 'Converted, marked up and rounded like the price.',
  },
  { value: 'none', label: 'None' },
  { value: 'above-price', label: 'Above the price by a percentage' },
];

/** What the store shows as struck-through prices, and whether its products are drafts. */
export function ShownCard({ form, onChange, problemOf }: RulesCardProps) {
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Compare-at price and status
        </Text>
        <Choice
          title="Compare-at price"
          value={form.compareAt}
          choices={COMPARE_ATS}
          onChange={(compareAt) => onChange({ compareAt })}
        />
        {form.compareAt === 'above-price' && (
          <Field
            label="Above the price by"
            value={form.compareAtPercent}
            onChange={(compareAtPercent) => onChange({ compareAtPercent })}
            problem={problemOf('compareAt.percent')}
            suffix="%"
            helpText="In the European Union an announced reduction shows the lowest price of the last 30 days: a percentage is seldom that."
          />
        )}
        <Choice
          title="Status"
          value={form.status}
          choices={[
            { value: 'catalog', label: 'As in the catalog' },
            {
              value: 'draft',
              label: 'Always draft',
              helpText: 'Nothing of this store is for sale yet. What is archived stays archived.',
            },
          ]}
          onChange={(status) => onChange({ status })}
        />
      </BlockStack>
    </Card>
  );
}
