import {
  Badge,
  BlockStack,
  Box,
  Button,
  Card,
  IndexTable,
  InlineStack,
  Link,
  Text,
  useBreakpoints,
} from '@shopify/polaris';
import type { ReactNode } from 'react';
import type { MatrixCell, MatrixRow, MatrixStore } from '~/core/price-matrix';
import { moneyText } from './money-text';

/** A price of the matrix that somebody opened; no store: the catalog's. */
export interface OpenedPrice {
  row: MatrixRow;
  store: MatrixStore | null;
  cell: MatrixCell | null;
}

interface Props {
  stores: MatrixStore[];
  catalogCurrencyCode: string;
  rows: MatrixRow[];
  onOpen: (opened: OpenedPrice) => void;
}

/** What the row is about, as it is named aloud. */
export const rowName = ({ title, variantTitle, sku }: MatrixRow): string =>
  [title === '' ? 'Untitled product' : title, variantTitle, sku]
    .filter((part) => part !== null && part !== '')
    .join(', ');

/** Variants by stores: what each store holds, and what it shall where that is something else. */
export function PriceMatrixTable(props: Props) {
  const { smDown } = useBreakpoints();
  return smDown ? <Cards {...props} /> : <Table {...props} />;
}

function Table({ stores, catalogCurrencyCode, rows, onOpen }: Props) {
  return (
    <IndexTable
      selectable={false}
      resourceName={{ singular: 'variant', plural: 'variants' }}
      itemCount={rows.length}
      headings={[
        { title: 'Variant' },
        { title: `Catalog, ${catalogCurrencyCode}` },
        ...stores.map(({ shopId, name, currencyCode }) => ({
          id: shopId,
          title: `${name}, ${currencyCode}`,
        })),
      ]}
    >
      {rows.map((row, index) => (
        <IndexTable.Row id={row.variantId} key={row.variantId} position={index}>
          <IndexTable.Cell>
            <Name row={row} />
          </IndexTable.Cell>
          <IndexTable.Cell>
            <CatalogPrice row={row} onOpen={onOpen} />
          </IndexTable.Cell>
          {stores.map((store) => (
            <IndexTable.Cell key={store.shopId}>
              <StorePrice row={row} store={store} onOpen={onOpen} />
            </IndexTable.Cell>
          ))}
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}

function Cards({ stores, catalogCurrencyCode, rows, onOpen }: Props) {
  return (
    <BlockStack gap="300">
      {rows.map((row) => (
        <Card key={row.variantId}>
          <BlockStack gap="200">
            <Name row={row} />
            <Labelled label={`Catalog, ${catalogCurrencyCode}`}>
              <CatalogPrice row={row} onOpen={onOpen} />
            </Labelled>
            {stores.map((store) => (
              <Labelled key={store.shopId} label={`${store.name}, ${store.currencyCode}`}>
                <StorePrice row={row} store={store} align="end" onOpen={onOpen} />
              </Labelled>
            ))}
          </BlockStack>
        </Card>
      ))}
    </BlockStack>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <InlineStack align="space-between" blockAlign="center" gap="200">
      <Text as="span" tone="subdued">
        {label}
      </Text>
      {children}
    </InlineStack>
  );
}

function Name({ row }: { row: MatrixRow }) {
  const below = [row.variantTitle, row.sku].filter((part) => part !== null && part !== '').join(' · ');
  return (
    <Box maxWidth="260px">
      <BlockStack>
        <Link url={`/app/products/${row.productId}`} removeUnderline>
          <Text as="span" fontWeight="semibold" truncate>
            {row.title === '' ? 'Untitled product' : row.title}
          </Text>
        </Link>
        <Text as="span" tone="subdued" truncate>
          {below}
        </Text>
      </BlockStack>
    </Box>
  );
}

function CatalogPrice({ row, onOpen }: { row: MatrixRow; onOpen: Props['onOpen'] }) {
  return (
    <Button
      variant="plain"
      accessibilityLabel={`${rowName(row)}: ${row.catalogs ?? 'no price'} in the catalog. Change`}
      onClick={() => onOpen({ row, store: null, cell: null })}
    >
      {row.catalogs ?? 'none'}
    </Button>
  );
}

function StorePrice(props: {
  row: MatrixRow;
  store: MatrixStore;
  align?: 'start' | 'end';
  onOpen: Props['onOpen'];
}) {
  const { row, store, align = 'start', onOpen } = props;
  const cell = row.cells.find(({ shopId }) => shopId === store.shopId);
  if (cell === undefined) return null;
  const shown = (amount: string | null) => (amount === null ? 'none' : moneyText(amount, store.currencyCode));
  const price = shown(cell.held ?? cell.shall);
  const skew =
    cell.state === 'differs'
      ? `, shall be ${shown(cell.shall)}`
      : cell.state === 'absent'
        ? ', not in Shopify'
        : cell.state === 'not-chosen'
          ? ', not among its products'
          : '';
  return (
    <BlockStack inlineAlign={align} gap="050">
      <InlineStack gap="150" blockAlign="center">
        <Button
          variant="plain"
          accessibilityLabel={`${rowName(row)}: ${price}${skew} in ${store.name}. Explain or change`}
          onClick={() => onOpen({ row, store, cell })}
        >
          {price}
        </Button>
        {cell.overrideId !== null && <Badge>Own price</Badge>}
      </InlineStack>
      {cell.state === 'differs' && <Badge tone="attention">{`Shall be ${shown(cell.shall)}`}</Badge>}
      {cell.state === 'absent' && <Badge tone="info">Not in Shopify</Badge>}
      {cell.state === 'not-chosen' && <Badge>Not chosen</Badge>}
      {cell.problem !== null && <Badge tone="critical">No price</Badge>}
    </BlockStack>
  );
}
