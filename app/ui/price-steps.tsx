import { BlockStack, Box, InlineStack, Link, Text } from '@shopify/polaris';
import type { ReactNode } from 'react';
import type { Rounding } from '~/core/bulk-edit';
import type { PriceStep } from '~/core/store-rules';
import { moneyText } from './money-text';

const roundingWords = (rounding: Rounding): string => {
  switch (rounding.to) {
    case 'none':
      return 'rounded to the currency';
    case 'step':
      return `rounded to the nearest ${rounding.step}`;
    case 'ending':
      return `rounded to an ending of ${rounding.ending.replace(/^0\./, '.')}`;
  }
};

const signed = (number: string) => (number.startsWith('-') ? number : `+${number}`);

/** What a step did, in a few words. */
export function stepWords(step: PriceStep): string {
  switch (step.by) {
    case 'conversion':
      return `converted, × ${step.rate}`;
    case 'markup-percent':
      return `markup, ${signed(step.percent)}%`;
    case 'markup-amount':
      return `markup, ${signed(step.amount)}`;
    case 'rounding':
      return roundingWords(step.rounding);
    case 'above-price':
      return `the price ${signed(step.percent)}%`;
    case 'no-compare-at':
      return 'none is shown in this store';
    case 'not-above-price':
      return 'left out: it is not above the price';
    case 'override':
      return 'set for this store';
    case 'promotion':
      return `promotion “${step.name}”`;
  }
}

/** An amount as a step shows it: those between are exact, and may be long. */
const stepAmount = (amount: string | null, currencyCode: string): string => {
  if (amount === null) return 'none';
  const [whole = '', decimals = ''] = amount.split('.');
  return decimals.length > 6 ? `${whole}.${decimals.slice(0, 6)}…` : moneyText(amount, currencyCode);
};

/** From the catalog's amount to the store's, a line each. */
export function PriceSteps(props: {
  catalogs: string | null;
  steps: readonly PriceStep[];
  /** Of the store. */
  currencyCode: string;
}) {
  const { catalogs, steps, currencyCode } = props;
  return (
    <BlockStack gap="100" as="ul">
      <Line words="your catalog" amount={catalogs ?? 'none'} />
      {steps.map((step, index) => (
        <Line
          key={`${index} ${step.by}`}
          words={stepWords(step)}
          amount={stepAmount(step.after, currencyCode)}
        >
          {step.by === 'promotion' && <Link url={`/app/promotions/${step.id}`}>Show it</Link>}
        </Line>
      ))}
    </BlockStack>
  );
}

function Line(props: { words: string; amount: string; children?: ReactNode }) {
  return (
    <li style={{ listStyle: 'none' }}>
      <InlineStack gap="200" align="space-between" blockAlign="baseline" wrap={false}>
        <InlineStack gap="200">
          <Text as="span" tone="subdued">
            {props.words}
          </Text>
          {props.children}
        </InlineStack>
        <Box minWidth="fit-content">
          <Text as="span" numeric>
            {props.amount}
          </Text>
        </Box>
      </InlineStack>
    </li>
  );
}
