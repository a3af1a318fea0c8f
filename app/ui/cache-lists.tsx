import { BlockStack, Box, Card, DataTable, InlineGrid, Link, List, Text } from '@shopify/polaris';
import { skipWords } from './cache-words';
import { counted, formatCount, formatInstant } from './formats';

interface ListedProduct {
  id: string;
  title: string;
  changes: number;
  seenAt: string | null;
}

function ProductsCard(props: {
  title: string;
  note: string;
  empty: string;
  products: ListedProduct[];
  heading: string;
  cell: (product: ListedProduct) => string;
}) {
  const { title, note, empty, products, heading, cell } = props;
  return (
    <Card padding="0">
      <Box padding="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {title}
          </Text>
          <Text as="p" tone="subdued">
            {products.length === 0 ? empty : note}
          </Text>
        </BlockStack>
      </Box>
      {products.length > 0 && (
        <DataTable
          columnContentTypes={['text', 'numeric']}
          headings={['Product', heading]}
          rows={products.map((product) => [
            <Link key={product.id} url={`/app/products/${product.id}`} removeUnderline>
              {product.title === '' ? 'Untitled product' : product.title}
            </Link>,
            cell(product),
          ])}
        />
      )}
    </Card>
  );
}

/** Which products the cache is used for most, which it has known longest, and why fields were left alone. */
export function CacheLists(props: {
  hottest: ListedProduct[];
  stalest: ListedProduct[];
  skips: { reason: string; fields: number }[];
  timeZone: string;
}) {
  const { hottest, stalest, skips, timeZone } = props;
  return (
    <InlineGrid columns={{ xs: 1, md: 2 }} gap="400" alignItems="start">
      <ProductsCard
        title="Hottest products"
        note="Changed most often in the last 7 days."
        empty="No product was changed in the last 7 days."
        products={hottest}
        heading="Changes"
        cell={({ changes }) => formatCount(changes)}
      />
      <ProductsCard
        title="Stalest products"
        note="Seen in Shopify longest ago: before they are written over, Shopify is asked once more."
        empty="Nothing is cached yet: the first sync reads your store."
        products={stalest}
        heading="Last seen"
        cell={({ seenAt }) => (seenAt === null ? 'Never' : formatInstant(seenAt, timeZone))}
      />
      <Card padding="0">
        <Box padding="400">
          <BlockStack gap="100">
            <Text as="h2" variant="headingMd">
              Why nothing was written
            </Text>
            <Text as="p" tone="subdued">
              {skips.length === 0
                ? 'Nothing was left as it is in this time.'
                : 'Fields that syncs looked at and left as they are. What was written, and why, is in the audit log.'}
            </Text>
          </BlockStack>
        </Box>
        {skips.length > 0 && (
          <Box paddingInline="400" paddingBlockEnd="400">
            <List>
              {skips.map(({ reason, fields }) => (
                <List.Item key={reason}>
                  {skipWords(reason)}:{' '}
                  {counted(fields, reason === 'unchanged-products' ? 'product' : 'field')}
                </List.Item>
              ))}
            </List>
          </Box>
        )}
      </Card>
    </InlineGrid>
  );
}
