import {
  Banner,
  BlockStack,
  Box,
  Button,
  Card,
  IndexTable,
  InlineStack,
  List,
  Text,
  useBreakpoints,
} from '@shopify/polaris';
import { useAppBridge } from '@shopify/app-bridge-react';

interface Advice {
  reason: string;
  remedy: string;
}

interface PreviewedProduct {
  key: string;
  product: {
    fields: { title?: string; status?: string };
    variants: {
      key: string;
      fields: { sku?: string | null; price?: string; compareAtPrice?: string | null };
      optionValues: string[];
      stock: Record<string, number | null>;
    }[];
  } | null;
  problems: ({ row: string; column: string | null; value: string | null } & Advice)[];
}

export interface CheckedForm {
  problems: Advice[];
  script: string;
  preview: PreviewedProduct[];
}

interface PreviewRow {
  id: string;
  title: string;
  sku: string;
  options: string;
  price: string;
  stock: string;
  problems: PreviewedProduct['problems'];
}

function rowsOf({ key, product, problems }: PreviewedProduct): PreviewRow[] {
  if (product === null)
    return [{ id: key, title: key, sku: '', options: '', price: '', stock: '', problems }];
  return product.variants.map(({ key: variant, fields, optionValues, stock }) => ({
    id: `${key} / ${variant}`,
    title: product.fields.title ?? key,
    sku: fields.sku ?? '',
    options: optionValues.join(' / '),
    price: fields.price ?? '',
    stock: Object.values(stock)
      .flatMap((level) => level ?? [])
      .join(' + '),
    problems: [],
  }));
}

/** On a phone: what would stand beside each other, below each other. */
function PreviewList({ rows }: { rows: PreviewRow[] }) {
  return (
    <Box paddingInline="400" paddingBlockEnd="400">
      <BlockStack gap="300">
        {rows.map(({ id, title, sku, options, price, stock, problems }) => (
          <BlockStack key={id} gap="050">
            <Text as="h3" variant="headingSm">
              {title}
            </Text>
            {problems.length > 0 ? (
              <RowProblems problems={problems} />
            ) : (
              <Text as="p">
                {[sku, options, price, stock === '' ? '' : `${stock} in stock`]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </Text>
            )}
          </BlockStack>
        ))}
      </BlockStack>
    </Box>
  );
}

function PreviewTable({ rows }: { rows: PreviewRow[] }) {
  return (
    <IndexTable
      resourceName={{ singular: 'row', plural: 'rows' }}
      itemCount={rows.length}
      selectable={false}
      headings={[
        { title: 'Product' },
        { title: 'SKU' },
        { title: 'Options' },
        { title: 'Price', alignment: 'end' },
        { title: 'Stock', alignment: 'end' },
        { title: 'To mend' },
      ]}
    >
      {rows.map((row, index) => (
        <IndexTable.Row id={row.id} key={row.id} position={index}>
          <IndexTable.Cell>{row.title}</IndexTable.Cell>
          <IndexTable.Cell>{row.sku}</IndexTable.Cell>
          <IndexTable.Cell>{row.options}</IndexTable.Cell>
          <IndexTable.Cell>
            <Text as="span" alignment="end" numeric>
              {row.price}
            </Text>
          </IndexTable.Cell>
          <IndexTable.Cell>
            <Text as="span" alignment="end" numeric>
              {row.stock}
            </Text>
          </IndexTable.Cell>
          <IndexTable.Cell>
            <RowProblems problems={row.problems} />
          </IndexTable.Cell>
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}

function Preview({ products }: { products: PreviewedProduct[] }) {
  const rows = products.flatMap(rowsOf);
  const { mdDown } = useBreakpoints();
  return (
    <Card padding="0">
      <Box padding="400">
        <Text as="h2" variant="headingMd">
          The first rows, as they will appear
        </Text>
      </Box>
      {rows.length === 0 ? (
        <Box padding="400">
          <Text as="p">The table has no rows.</Text>
        </Box>
      ) : mdDown ? (
        <PreviewList rows={rows} />
      ) : (
        <PreviewTable rows={rows} />
      )}
    </Card>
  );
}

/** What is wrong with which cell, and what to do. */
export function RowProblems({ problems }: { problems: PreviewedProduct['problems'] }) {
  return (
    <BlockStack gap="100">
      {problems.map(({ row, column, value, reason, remedy }) => (
        <div key={`${row} ${column ?? ''} ${reason}`} style={{ whiteSpace: 'normal', minWidth: '14rem' }}>
          <Text as="p" tone="critical">
            {`${row}${column === null || column === '' ? '' : ` · ${column}`}${value === null ? '' : `: “${value}”`}`}
          </Text>
          <Text as="p">{`${reason} ${remedy}`}</Text>
        </div>
      ))}
    </BlockStack>
  );
}

/** What stands against starting, the script that mends it, and the first rows. */
export function SourceCheckResult({ checked }: { checked: CheckedForm }) {
  const shopify = useAppBridge();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(checked.script);
      shopify.toast.show('Copied');
    } catch {
      // A browser may keep the clipboard from a framed page.
      shopify.toast.show('Your browser does not allow copying here: select the text and copy it', {
        isError: true,
      });
    }
  };
  return (
    <>
      {checked.problems.length === 0 ? (
        <Banner tone="success" title="Your database has all that is needed" />
      ) : (
        <Banner tone="warning" title="Before it can start">
          <List>
            {checked.problems.map(({ reason, remedy }) => (
              <List.Item key={reason}>{`${reason} ${remedy}`}</List.Item>
            ))}
          </List>
        </Banner>
      )}
      <Card>
        <BlockStack gap="300">
          <InlineStack align="space-between" blockAlign="center" gap="200">
            <Text as="h2" variant="headingMd">
              For whoever looks after the database
            </Text>
            <Button onClick={() => void copy()}>Copy script</Button>
          </InlineStack>
          <Text as="p">
            Run once by the owner of the tables. It gives the role the rights that are needed, and no others.
          </Text>
          <Box background="bg-surface-tertiary" borderRadius="200" padding="300" overflowX="scroll">
            {/* A region that scrolls must be reachable by keyboard. */}
            <pre style={{ margin: 0, fontSize: 12 }} tabIndex={0} aria-label="Script in SQL">
              {checked.script}
            </pre>
          </Box>
        </BlockStack>
      </Card>
      <Preview products={checked.preview} />
    </>
  );
}
