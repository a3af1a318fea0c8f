import { BlockStack, Box, IndexTable, InlineStack, Link, Text, useBreakpoints } from '@shopify/polaris';
import type { IndexTableProps } from '@shopify/polaris';
import type { FieldValue } from '~/core/decision';
import type { LowestPrice } from '~/core/lowest-price';
import { BeforeAfter } from './audit-table';
import type { ChangeNames } from './audit-table';
import { editFieldStateWords, editSkipWords, lowestPriceWords, warningWords } from './edit-words';
import { fieldLabel } from './field-words';
import { StateBadge } from './state-badge';
import type { StateWords } from './state-words';

export interface EditTableField {
  position: number;
  productId: string;
  title: string;
  variantId: string | null;
  variantTitle: string | null;
  sku: string | null;
  field: string;
  before: FieldValue;
  after: FieldValue;
  state: string;
  code: string | null;
  message: string | null;
  warnings: string[];
  /** Of a compare-at price, where the shop is told of it. */
  lowestPrice: LowestPrice | null;
}

interface Props {
  fields: EditTableField[];
  names: ChangeNames;
  timeZone: string;
  /** What became of the fields is not shown, only what there is to note of them. */
  isPlanOnly?: boolean;
  loading: boolean;
  /** Absent: products cannot be chosen. What is done with them is `bulkActions`. */
  choosing?: {
    chosen: ReadonlySet<string>;
    onChoose: (productIds: string[], isChosen: boolean) => void;
    bulkActions: NonNullable<IndexTableProps['promotedBulkActions']>;
  };
}

type Chosen = NonNullable<IndexTableProps['onSelectionChange']>;

/** Every field of an edit's plan, before and after, with what became of it. Products are chosen with all of their fields. */
export function EditFieldsTable(props: Props) {
  const { fields, names, timeZone, isPlanOnly = false, loading, choosing } = props;
  const { smDown } = useBreakpoints();
  const choose: Chosen = (_type, isChosen, selection) => {
    if (typeof selection === 'string') {
      const field = fields.find(({ position }) => String(position) === selection);
      if (field !== undefined) choosing?.onChoose([field.productId], isChosen);
      return;
    }
    const shown = selection === undefined ? fields : fields.slice(selection[0], selection[1] + 1);
    choosing?.onChoose(
      shown.map(({ productId }) => productId),
      isChosen,
    );
  };
  const cells = { names, timeZone, isPlanOnly };
  return (
    <IndexTable
      condensed={smDown}
      selectable={choosing !== undefined}
      resourceName={{ singular: 'field', plural: 'fields' }}
      itemCount={fields.length}
      loading={loading}
      {...(choosing !== undefined && {
        selectedItemsCount: fields.filter(({ productId }) => choosing.chosen.has(productId)).length,
        onSelectionChange: choose,
        promotedBulkActions: choosing.bulkActions,
      })}
      emptyState={
        <Box padding="400">
          <Text as="p" tone="subdued" alignment="center">
            No field of this edit is here.
          </Text>
        </Box>
      }
      headings={[
        { title: 'Product' },
        { title: 'Field' },
        { title: 'Before → after' },
        { title: isPlanOnly ? 'Notes' : 'State' },
      ]}
    >
      {fields.map((field, index) => (
        <IndexTable.Row
          id={String(field.position)}
          key={field.position}
          position={index}
          selected={choosing?.chosen.has(field.productId) === true}
          accessibilityLabel={`Choose ${field.title}`}
        >
          {smDown ? <PhoneCell field={field} {...cells} /> : <WideCells field={field} {...cells} />}
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}

interface RowProps {
  field: EditTableField;
  names: ChangeNames;
  timeZone: string;
  isPlanOnly: boolean;
}

/** What there is to say of the row: a skip by its reason, anything else by its state. */
function words({ state, code }: EditTableField): StateWords {
  const ended = editFieldStateWords(state);
  return state === 'skipped' && code !== null ? { ...ended, label: editSkipWords(code) } : ended;
}

function Product({ field }: { field: EditTableField }) {
  const variant = [...new Set([field.variantTitle, field.sku])].filter(
    (part) => part !== null && part !== '',
  );
  return (
    <BlockStack>
      <Link url={`/app/products/${field.productId}`} removeUnderline>
        <Text as="span" fontWeight="semibold" breakWord>
          {field.title === '' ? 'Untitled product' : field.title}
        </Text>
      </Link>
      {variant.length > 0 && (
        <Text as="span" tone="subdued" breakWord>
          {variant.join(' · ')}
        </Text>
      )}
    </BlockStack>
  );
}

/** Nothing where only the plan counts, and the field changes as planned. */
function State({ field, isPlanOnly }: { field: EditTableField; isPlanOnly: boolean }) {
  if (isPlanOnly && field.state !== 'skipped') return null;
  return <StateBadge words={words(field)} />;
}

function Notes({ field, timeZone }: { field: EditTableField; timeZone: string }) {
  return (
    <>
      {field.warnings.map((warning) => (
        <StateBadge key={warning} words={{ label: warningWords(warning), tone: 'warning' }} />
      ))}
      {field.lowestPrice !== null && (
        <Text as="span" tone="subdued">
          {lowestPriceWords(field.lowestPrice, timeZone)}
        </Text>
      )}
      {field.message !== null && (
        <Text as="span" tone="subdued" breakWord>
          {field.message}
        </Text>
      )}
    </>
  );
}

function WideCells({ field, names, timeZone, isPlanOnly }: RowProps) {
  return (
    <>
      <IndexTable.Cell>
        <div style={{ whiteSpace: 'normal', minWidth: 160, maxWidth: 260 }}>
          <Product field={field} />
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={{ whiteSpace: 'normal', maxWidth: 160, overflowWrap: 'anywhere' }}>
          {fieldLabel(field.field, names.locations)}
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={{ whiteSpace: 'normal', minWidth: 160, maxWidth: 300 }}>
          <BeforeAfter field={field.field} before={field.before} after={field.after} names={names} />
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={{ whiteSpace: 'normal', minWidth: 140, maxWidth: 260 }}>
          <BlockStack gap="100" inlineAlign="start">
            <State field={field} isPlanOnly={isPlanOnly} />
            <Notes field={field} timeZone={timeZone} />
          </BlockStack>
        </div>
      </IndexTable.Cell>
    </>
  );
}

function PhoneCell({ field, names, timeZone, isPlanOnly }: RowProps) {
  return (
    <td style={{ padding: 'var(--p-space-300) var(--p-space-400)', width: '100%', whiteSpace: 'normal' }}>
      <BlockStack gap="100" inlineAlign="start">
        <Box width="100%">
          <InlineStack align="space-between" gap="200" wrap={false} blockAlign="start">
            <Product field={field} />
            <State field={field} isPlanOnly={isPlanOnly} />
          </InlineStack>
        </Box>
        <Text as="span" fontWeight="medium">
          {fieldLabel(field.field, names.locations)}
        </Text>
        <BeforeAfter field={field.field} before={field.before} after={field.after} names={names} />
        <Notes field={field} timeZone={timeZone} />
      </BlockStack>
    </td>
  );
}
