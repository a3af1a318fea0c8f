import { Badge, BlockStack, Box, InlineGrid, InlineStack, Link, Text } from '@shopify/polaris';
import type { StockCell, StockRow } from '~/core/stock-row';
import { formatCount } from './formats';

function Cell({ name, cell: { holds, shall } }: { name: string; cell: StockCell }) {
  return (
    <BlockStack gap="050">
      <Text as="span" tone="subdued" variant="bodySm" breakWord>
        {name}
      </Text>
      <InlineStack gap="200" blockAlign="center">
        <Text as="span" numeric>
          {holds === null ? 'Not sold here' : formatCount(holds)}
        </Text>
        {holds !== null && holds !== shall && (
          <Badge tone="attention">{`shall show ${formatCount(shall)}`}</Badge>
        )}
      </InlineStack>
    </BlockStack>
  );
}

/** What there is of each article, and what each store shows of it. A list: there may be many stores. */
export function StockList({ names, rows }: { names: ReadonlyMap<string, string>; rows: StockRow[] }) {
  return (
    <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {rows.map((row) => (
        <li key={`${row.variantId} ${row.location}`}>
          <Box padding="400" borderBlockStartWidth="025" borderColor="border">
            <InlineGrid columns={{ xs: 1, md: ['oneThird', 'twoThirds'] }} gap="300">
              <BlockStack gap="050">
                <Link url={`/app/products/${row.productId}`} removeUnderline>
                  {row.title === '' ? 'Untitled product' : row.title}
                </Link>
                <Text as="span" tone="subdued" variant="bodySm" breakWord>
                  {[row.sku === '' ? 'No SKU' : row.sku, row.location]
                    .filter((part) => part !== '')
                    .join(' · ')}
                </Text>
                <Text as="span" fontWeight="semibold">
                  {`${formatCount(row.pool)} in the catalog`}
                </Text>
              </BlockStack>
              <InlineGrid columns={{ xs: 2, md: 3 }} gap="300">
                {row.cells.map((cell) => (
                  <Cell key={cell.shopId} name={names.get(cell.shopId) ?? 'Store'} cell={cell} />
                ))}
              </InlineGrid>
            </InlineGrid>
          </Box>
        </li>
      ))}
    </ul>
  );
}
