import { BlockStack, Checkbox, InlineGrid } from '@shopify/polaris';
import { minorUnitDigits } from '~/core/currency';
import type { AmountWay, RoundingWay } from './edit-change-form';
import { SelectControl, TextControl } from './edit-controls';
import type { ChangeFieldsProps } from './edit-controls';

type AmountField = 'price' | 'compareAtPrice' | 'cost';

const COMMON: { value: AmountWay; label: string }[] = [
  { value: 'percent-less', label: 'Lower by a percentage' },
  { value: 'percent-more', label: 'Raise by a percentage' },
  { value: 'amount-less', label: 'Lower by an amount' },
  { value: 'amount-more', label: 'Raise by an amount' },
  { value: 'value', label: 'Set to an amount' },
];

const WAYS: Record<AmountField, { value: AmountWay; label: string }[]> = {
  price: [
    ...COMMON,
    { value: 'margin', label: 'From the cost, for a margin' },
    { value: 'other-less', label: 'From the compare-at price, less a percentage' },
    { value: 'other-more', label: 'From the compare-at price, plus a percentage' },
  ],
  compareAtPrice: [
    ...COMMON,
    { value: 'margin', label: 'From the cost, for a margin' },
    { value: 'other-more', label: 'From the price, plus a percentage' },
    { value: 'other-less', label: 'From the price, less a percentage' },
    { value: 'clear', label: 'Empty it' },
  ],
  cost: [
    ...COMMON,
    { value: 'margin', label: 'From the price, for its margin' },
    { value: 'other-less', label: 'From the price, less a percentage' },
    { value: 'other-more', label: 'From the price, plus a percentage' },
    { value: 'clear', label: 'Empty it' },
  ],
};

const PERCENT_WAYS: AmountWay[] = ['percent-less', 'percent-more', 'margin', 'other-less', 'other-more'];

const LABELS: Record<AmountWay, string> = {
  'percent-less': 'Percent',
  'percent-more': 'Percent',
  'amount-less': 'Amount',
  'amount-more': 'Amount',
  value: 'New amount',
  margin: 'Margin',
  'other-less': 'Percent',
  'other-more': 'Percent',
  clear: '',
};

const HELP: Partial<Record<AmountWay, string>> = {
  margin: 'The part of the price that is not cost. Variants without a cost are left as they are.',
  'other-less': '0 takes it over as it is.',
  'other-more': '0 takes it over as it is.',
};

const ROUNDINGS: { value: RoundingWay; label: string; decimals: number }[] = [
  { value: 'none', label: 'None', decimals: 0 },
  { value: '0.99', label: 'To an ending of .99', decimals: 2 },
  { value: '0.95', label: 'To an ending of .95', decimals: 2 },
  { value: '0.00', label: 'To an ending of .00', decimals: 2 },
  { value: 'ending', label: 'To another ending', decimals: 0 },
  { value: '0.05', label: 'To steps of 0.05', decimals: 2 },
  { value: 'step', label: 'To other steps', decimals: 0 },
];

/** How a price, a compare-at price or a cost changes, how it is rounded, and what it may not go below. */
export function EditAmountFields(props: ChangeFieldsProps & { field: AmountField; currencyCode: string }) {
  const { form, onChange, problemOf, name, field, currencyCode } = props;
  const isPercent = PERCENT_WAYS.includes(form.way);
  const help = HELP[form.way];
  const digits = minorUnitDigits(currencyCode);
  return (
    <BlockStack gap="400">
      <InlineGrid columns={form.way === 'clear' ? 1 : { xs: 1, sm: ['twoThirds', 'oneThird'] }} gap="300">
        <SelectControl
          control={name('way')}
          problemOf={problemOf}
          label="How"
          choices={WAYS[field]}
          value={form.way}
          onChange={(way) => onChange({ way })}
        />
        {form.way !== 'clear' && (
          <TextControl
            control={name('number')}
            problemOf={problemOf}
            label={LABELS[form.way]}
            inputMode="decimal"
            suffix={isPercent ? '%' : currencyCode}
            value={form.number}
            onChange={(number) => onChange({ number })}
            {...(help !== undefined && { helpText: help })}
          />
        )}
      </InlineGrid>
      {form.way !== 'clear' && (
        <InlineGrid
          columns={['ending', 'step'].includes(form.rounding) ? { xs: 1, sm: ['twoThirds', 'oneThird'] } : 1}
          gap="300"
        >
          <SelectControl
            control={name('rounding')}
            problemOf={problemOf}
            label="Rounding"
            choices={ROUNDINGS.filter(({ value, decimals }) => decimals <= digits || value === form.rounding)}
            value={form.rounding}
            onChange={(rounding) => onChange({ rounding })}
            helpText={`To the nearest in ${currencyCode}; what lies in the middle goes up.`}
          />
          {form.rounding === 'ending' && (
            <TextControl
              control={name('ending')}
              problemOf={problemOf}
              label="Ending"
              inputMode="decimal"
              placeholder={digits === 0 ? '90' : '0.90'}
              value={form.ending}
              onChange={(ending) => onChange({ ending })}
            />
          )}
          {form.rounding === 'step' && (
            <TextControl
              control={name('step')}
              problemOf={problemOf}
              label="Step"
              inputMode="decimal"
              placeholder={digits === 0 ? '10' : '0.10'}
              value={form.step}
              onChange={(step) => onChange({ step })}
            />
          )}
        </InlineGrid>
      )}
      {field === 'price' && (
        <InlineGrid columns={{ xs: 1, sm: 2 }} gap="300" alignItems="end">
          <TextControl
            control={name('minimum')}
            problemOf={problemOf}
            label="Never below"
            inputMode="decimal"
            suffix={currencyCode}
            placeholder="No minimum"
            value={form.minimum}
            onChange={(minimum) => onChange({ minimum })}
          />
          <Checkbox
            label="Never below the cost"
            checked={form.atCost}
            onChange={(atCost) => onChange({ atCost })}
          />
        </InlineGrid>
      )}
    </BlockStack>
  );
}
