import { BlockStack, Box, IndexTable, InlineStack, Link, Text, useBreakpoints } from '@shopify/polaris';
import { counted, formatCount } from './formats';
import { endStateWords } from './state-words';
import { StateBadge } from './state-badge';

export interface RunProduct {
  productId: string;
  title: string;
  state: string;
  code: string | null;
  message: string | null;
  changes: number;
  points: number;
}

/** What became of each product of a run. */
export function RunProductsTable({ rows }: { rows: RunProduct[] }) {
  const { smDown } = useBreakpoints();
  return (
    <IndexTable
      condensed={smDown}
      selectable={false}
      resourceName={{ singular: 'product', plural: 'products' }}
      itemCount={rows.length}
      emptyState={
        <Box padding="400">
          <Text as="p" tone="subdued" alignment="center">
            No product of this run is in this state.
          </Text>
        </Box>
      }
      headings={[
        { title: 'Product' },
        { title: 'End state' },
        { title: 'What happened' },
        { title: 'Changes', alignment: 'end' },
        { title: 'Points', alignment: 'end' },
      ]}
    >
      {rows.map((row, index) => (
        <IndexTable.Row id={row.productId} key={row.productId} position={index}>
          {smDown ? (
            <td style={{ padding: 'var(--p-space-300) var(--p-space-400)', width: '100%' }}>
              <BlockStack gap="100">
                <InlineStack align="space-between" gap="200">
                  <Title row={row} />
                  <StateBadge words={endStateWords(row.state)} />
                </InlineStack>
                <Message row={row} />
              </BlockStack>
            </td>
          ) : (
            <>
              <IndexTable.Cell>
                <div style={{ whiteSpace: 'normal', minWidth: 180, maxWidth: 280 }}>
                  <Title row={row} />
                </div>
              </IndexTable.Cell>
              <IndexTable.Cell>
                <StateBadge words={endStateWords(row.state)} />
              </IndexTable.Cell>
              <IndexTable.Cell>
                <div style={{ whiteSpace: 'normal', minWidth: 240, overflowWrap: 'anywhere' }}>
                  <Message row={row} />
                </div>
              </IndexTable.Cell>
              <IndexTable.Cell>
                <Text as="span" alignment="end" numeric>
                  {formatCount(row.changes)}
                </Text>
              </IndexTable.Cell>
              <IndexTable.Cell>
                <Text as="span" alignment="end" numeric>
                  {formatCount(row.points)}
                </Text>
              </IndexTable.Cell>
            </>
          )}
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}

function Title({ row }: { row: RunProduct }) {
  return (
    <Link url={`/app/products/${row.productId}`} dataPrimaryLink removeUnderline>
      <Text as="span" fontWeight="semibold" breakWord>
        {row.title === '' ? 'Untitled product' : row.title}
      </Text>
    </Link>
  );
}

function Message({ row }: { row: RunProduct }) {
  const said = row.message ?? (row.changes > 0 ? `${counted(row.changes, 'field')} changed.` : '');
  return (
    <BlockStack>
      <Text as="span">{said === '' ? '–' : said}</Text>
      {row.state === 'failed' && row.code !== null && (
        <Text as="span" tone="subdued" variant="bodySm">
          {row.code}
        </Text>
      )}
    </BlockStack>
  );
}
