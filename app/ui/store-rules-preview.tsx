import { Badge, BlockStack, Box, Card, InlineStack, Link, Text } from '@shopify/polaris';
import type { PriceStep } from '~/core/store-rules';
import { counted } from './formats';
import { moneyText } from './money-text';
import { PriceSteps } from './price-steps';

interface Prices {
  price: string | null;
  compareAt: string | null;
}

export interface PreviewedRow {
  productId: string;
  title: string;
  sku: string | null;
  catalogs: string | null;
  before: Prices;
  after: Prices;
  steps: PriceStep[];
  problem: string | null;
  isChosen: boolean;
}

const shown = ({ price, compareAt }: Prices, currencyCode: string) =>
  `${price === null ? 'none' : moneyText(price, currencyCode)} ${currencyCode}${compareAt === null ? '' : ` (compare at ${moneyText(compareAt, currencyCode)})`}`;

/** What the rules make of a few products, before and after, with each step. */
export function StoreRulesPreview(props: {
  rows: PreviewedRow[];
  products: number;
  /** Of them, how many the rules choose. */
  found: number;
  currencyCode: string;
}) {
  const { rows, products, found, currencyCode } = props;
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            Preview
          </Text>
          <Text as="p" tone="subdued">
            {rows.length === 0
              ? 'Your catalog has no products yet.'
              : `The last changed of ${counted(products, 'product')}, now and by these rules.`}
          </Text>
          {found < products && (
            <Text as="p">{`The store gets ${counted(found, 'product')} of ${products}.`}</Text>
          )}
        </BlockStack>
        {rows.map((row) => (
          <Box key={row.productId} borderBlockStartWidth="025" borderColor="border" paddingBlockStart="300">
            <BlockStack gap="200">
              <InlineStack gap="200" blockAlign="center">
                <Link url={`/app/products/${row.productId}`}>
                  {row.title === '' ? 'Untitled product' : row.title}
                </Link>
                {row.sku !== null && (
                  <Text as="span" tone="subdued">
                    {row.sku}
                  </Text>
                )}
                {!row.isChosen && <Badge>Not chosen</Badge>}
                {row.isChosen && row.before.price !== row.after.price && <Badge tone="info">Changes</Badge>}
              </InlineStack>
              <Text as="p">{`${shown(row.before, currencyCode)} → ${shown(row.after, currencyCode)}`}</Text>
              {row.problem !== null && (
                <Text as="p" tone="critical">
                  {row.problem}
                </Text>
              )}
              {row.steps.length > 0 && (
                <PriceSteps catalogs={row.catalogs} steps={row.steps} currencyCode={currencyCode} />
              )}
            </BlockStack>
          </Box>
        ))}
      </BlockStack>
    </Card>
  );
}
