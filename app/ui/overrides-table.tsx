import {
  BlockStack,
  Box,
  Button,
  IndexTable,
  InlineStack,
  Link,
  Text,
  useBreakpoints,
  useIndexResourceState,
} from '@shopify/polaris';
import type { FieldValue } from '~/core/decision';
import type { ChangeNames } from './audit-table';
import { changeText } from './change-words';
import { fieldLabel } from './field-words';
import { counted, formatInstant } from './formats';
import { LongValue } from './long-value';

export interface OverrideItem {
  id: string;
  productId: string;
  title: string;
  variantId: string | null;
  sku: string | null;
  field: string;
  /** What the catalog says. */
  catalogs: FieldValue;
  /** The product is no longer in the catalog. */
  isGone: boolean;
  /** What this store holds instead. */
  value: FieldValue;
  /** The promotion that lies over it now. */
  promotion: { id: string; name: string } | null;
  /** The bulk edit that set it, where it is still on record. */
  edit: { id: string; name: string } | null;
  setBy: string;
  setAt: string;
}

interface CellProps {
  row: OverrideItem;
  names: ChangeNames;
  timeZone: string;
  /** Whose override it is stands elsewhere: only the variant is named. */
  isOneProduct: boolean;
  onRevoke: (ids: string[]) => void;
}

/** Overrides of a store: what its fields hold, whatever the catalog says. Chosen ones, or one, can be revoked. */
export function OverridesTable(props: {
  rows: OverrideItem[];
  names: ChangeNames;
  timeZone: string;
  isOneProduct?: boolean;
  onRevoke: (ids: string[]) => void;
}) {
  const { rows, isOneProduct = false, onRevoke } = props;
  const { smDown } = useBreakpoints();
  const { selectedResources, handleSelectionChange, clearSelection } = useIndexResourceState(
    rows.map(({ id }) => ({ id })),
  );
  const chosen = rows.filter(({ id }) => selectedResources.includes(id)).map(({ id }) => id);
  const cells = { names: props.names, timeZone: props.timeZone, isOneProduct, onRevoke };
  return (
    <IndexTable
      condensed={smDown}
      resourceName={{ singular: 'override', plural: 'overrides' }}
      itemCount={rows.length}
      selectedItemsCount={chosen.length}
      onSelectionChange={handleSelectionChange}
      promotedBulkActions={[
        {
          content: `Revoke ${counted(chosen.length, 'override')}`,
          onAction: () => {
            onRevoke(chosen);
            clearSelection();
          },
        },
      ]}
      headings={[
        { title: isOneProduct ? 'Field' : 'Product and field' },
        { title: 'Catalog' },
        { title: 'This store' },
        { title: 'Set' },
        { title: 'Revoke', hidden: true, id: 'revoke' },
      ]}
    >
      {rows.map((row, index) => (
        <IndexTable.Row
          id={row.id}
          key={row.id}
          position={index}
          selected={selectedResources.includes(row.id)}
          accessibilityLabel={`Choose ${nameOf(row, props.names)}`}
        >
          {smDown ? <PhoneCell row={row} {...cells} /> : <WideCells row={row} {...cells} />}
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}

/** The variant by name and SKU; "" for the product's own fields. */
function variantOf({ variantId, sku }: OverrideItem, { ids }: ChangeNames): string {
  if (variantId === null) return '';
  const name = ids[variantId] ?? 'A variant that is gone';
  return [...new Set([name, sku])].filter((part) => part !== null && part !== '').join(' · ');
}

function nameOf(row: OverrideItem, names: ChangeNames): string {
  return [row.title, variantOf(row, names), fieldLabel(row.field, names.locations)]
    .filter((part) => part !== '')
    .join(', ');
}

function Subject({ row, names, isOneProduct }: CellProps) {
  const variant = variantOf(row, names);
  return (
    <BlockStack>
      {!isOneProduct && (
        <Link url={`/app/products/${row.productId}`} removeUnderline>
          <Text as="span" fontWeight="semibold" breakWord>
            {row.title === '' ? 'A product that is gone' : row.title}
          </Text>
        </Link>
      )}
      <Text as="span" {...(isOneProduct && { fontWeight: 'semibold' })}>
        {fieldLabel(row.field, names.locations)}
      </Text>
      {variant !== '' && (
        <Text as="span" tone="subdued" breakWord>
          {variant}
        </Text>
      )}
    </BlockStack>
  );
}

function Value({ field, value, names }: { field: string; value: FieldValue; names: ChangeNames }) {
  const text = changeText(field, value, names.ids);
  return text === '' ? (
    <Text as="span" tone="subdued">
      empty
    </Text>
  ) : (
    <LongValue text={text} long={80} />
  );
}

function Catalogs({ row, names }: Pick<CellProps, 'row' | 'names'>) {
  return row.isGone ? (
    <Text as="span" tone="subdued">
      not there any more
    </Text>
  ) : (
    <Value field={row.field} value={row.catalogs} names={names} />
  );
}

function Held({ row, names }: CellProps) {
  return (
    <BlockStack>
      <Text as="span" fontWeight="semibold">
        <Value field={row.field} value={row.value} names={names} />
      </Text>
      {row.promotion !== null && (
        <Text as="span" tone="subdued">
          {'Now under the promotion '}
          <Link url={`/app/promotions/${row.promotion.id}`}>{row.promotion.name}</Link>
        </Text>
      )}
    </BlockStack>
  );
}

function SetBy({ row, timeZone }: CellProps) {
  return (
    <BlockStack>
      <time dateTime={row.setAt}>{formatInstant(row.setAt, timeZone)}</time>
      <Text as="span" tone="subdued">
        {row.setBy}
      </Text>
      {row.edit !== null && <Link url={`/app/edits/${row.edit.id}`}>{row.edit.name}</Link>}
    </BlockStack>
  );
}

function Revoke({ row, names, onRevoke }: CellProps) {
  return (
    // The row is chosen by a press: one of its button must not.
    <span onClick={(event) => event.stopPropagation()} onKeyUp={(event) => event.stopPropagation()}>
      <Button
        size="slim"
        onClick={() => onRevoke([row.id])}
        accessibilityLabel={`Revoke ${nameOf(row, names)}`}
      >
        Revoke
      </Button>
    </span>
  );
}

const wrapped = (maxWidth: number) => ({
  whiteSpace: 'normal' as const,
  maxWidth,
  overflowWrap: 'anywhere' as const,
});

function WideCells(props: CellProps) {
  const { row, names } = props;
  return (
    <>
      <IndexTable.Cell>
        <div style={{ ...wrapped(260), minWidth: 140 }}>
          <Subject {...props} />
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={wrapped(200)}>
          <Catalogs row={row} names={names} />
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={wrapped(220)}>
          <Held {...props} />
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={wrapped(200)}>
          <SetBy {...props} />
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Revoke {...props} />
      </IndexTable.Cell>
    </>
  );
}

function PhoneCell(props: CellProps) {
  const { row, names } = props;
  return (
    <td style={{ display: 'block', padding: 'var(--p-space-300) var(--p-space-400)', whiteSpace: 'normal' }}>
      <BlockStack gap="150">
        <InlineStack align="space-between" gap="200" wrap={false} blockAlign="start">
          <Subject {...props} />
          <Revoke {...props} />
        </InlineStack>
        <Box>
          <Text as="span" tone="subdued">
            {'Catalog: '}
          </Text>
          <Catalogs row={row} names={names} />
        </Box>
        <Box>
          <Text as="span" tone="subdued">
            {'This store: '}
          </Text>
          <Held {...props} />
        </Box>
        <SetBy {...props} />
      </BlockStack>
    </td>
  );
}
