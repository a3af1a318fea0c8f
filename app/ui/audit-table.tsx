import { BlockStack, IndexTable, InlineStack, Link, Text, useBreakpoints } from '@shopify/polaris';
import type { IndexTableProps } from '@shopify/polaris';
import type { ReactNode } from 'react';
import type { FieldValue } from '~/core/decision';
import { changeStateWords, changeText, directionWords } from './change-words';
import { fieldLabel } from './field-words';
import { formatInstant } from './formats';
import { LongValue } from './long-value';
import { StateBadge } from './state-badge';

export interface AuditTableRow {
  id: string;
  at: string;
  productId: string;
  title: string;
  variant: string | null;
  sku: string | null;
  field: string;
  direction: string;
  before: FieldValue;
  after: FieldValue;
  state: string;
  message: string | null;
  causedBy: string;
  runId: string | null;
}

export interface ChangeNames {
  /** Variants and pictures by id. */
  ids: Record<string, string>;
  /** Locations by gid. */
  locations: Record<string, string>;
}

interface RowProps {
  row: AuditTableRow;
  names: ChangeNames;
  timeZone: string;
  onActor: (actor: string) => void;
}

/** The audit log: when, what of which product, from what to what, how it ended, and who caused it. */
export function AuditTable(props: {
  rows: AuditTableRow[];
  names: ChangeNames;
  timeZone: string;
  loading: boolean;
  /** Asks for the changes of one actor only. */
  onActor: (actor: string) => void;
  pagination: NonNullable<IndexTableProps['pagination']>;
  emptyState: ReactNode;
}) {
  const { smDown } = useBreakpoints();
  const { rows } = props;
  return (
    <IndexTable
      condensed={smDown}
      selectable={false}
      resourceName={{ singular: 'change', plural: 'changes' }}
      itemCount={rows.length}
      loading={props.loading}
      emptyState={props.emptyState}
      pagination={props.pagination}
      headings={[
        { title: 'Time' },
        { title: 'Product' },
        { title: 'Change' },
        { title: 'Result' },
        { title: 'Caused by' },
      ]}
    >
      {rows.map((row, index) => {
        const given = { row, names: props.names, timeZone: props.timeZone, onActor: props.onActor };
        return (
          <IndexTable.Row id={row.id} key={row.id} position={index}>
            {smDown ? <PhoneCell {...given} /> : <WideCells {...given} />}
          </IndexTable.Row>
        );
      })}
    </IndexTable>
  );
}

/** Before and after of one change; what is long opens to the whole. */
export function BeforeAfter({
  field,
  before,
  after,
  names,
}: Pick<AuditTableRow, 'field' | 'before' | 'after'> & { names: ChangeNames }) {
  return (
    <div style={{ overflowWrap: 'anywhere' }}>
      <Text as="span" visuallyHidden>
        From
      </Text>{' '}
      <LongValue text={changeText(field, before, names.ids)} long={80} /> <span aria-hidden="true">→</span>
      <Text as="span" visuallyHidden>
        to
      </Text>{' '}
      <Text as="span" fontWeight="semibold">
        <LongValue text={changeText(field, after, names.ids)} long={80} />
      </Text>
    </div>
  );
}

function Product({ row }: { row: AuditTableRow }) {
  const of = [row.variant === '' ? 'A variant that is gone' : row.variant, row.sku];
  const variant = [...new Set(of)].filter((part) => part !== null && part !== '').join(' · ');
  return (
    <BlockStack>
      <Link url={`/app/products/${row.productId}`} removeUnderline>
        <Text as="span" fontWeight="semibold" breakWord>
          {row.title === '' ? 'A product that is gone' : row.title}
        </Text>
      </Link>
      {variant !== '' && (
        <Text as="span" tone="subdued" breakWord>
          {variant}
        </Text>
      )}
    </BlockStack>
  );
}

function Change({ row, names }: Pick<RowProps, 'row' | 'names'>) {
  return (
    <BlockStack>
      <Text as="span" fontWeight="medium">
        {fieldLabel(row.field, names.locations)}
      </Text>
      <BeforeAfter field={row.field} before={row.before} after={row.after} names={names} />
      {row.message !== null && (
        <Text as="span" tone="subdued" breakWord>
          {row.message}
        </Text>
      )}
    </BlockStack>
  );
}

function Cause({ row, onActor }: Pick<RowProps, 'row' | 'onActor'>) {
  return (
    <>
      <Link onClick={() => onActor(row.causedBy)} accessibilityLabel={`Only changes by ${row.causedBy}`}>
        {row.causedBy}
      </Link>
      {row.runId !== null && (
        <>
          {' · '}
          <Link url={`/app/runs/${row.runId}`} accessibilityLabel={`Sync run that made this change`}>
            run
          </Link>
        </>
      )}
    </>
  );
}

const wrapping = (width: number): React.CSSProperties => ({
  whiteSpace: 'normal',
  overflowWrap: 'anywhere',
  maxWidth: width,
});

function WideCells({ row, names, timeZone, onActor }: RowProps) {
  return (
    <>
      <IndexTable.Cell>
        <time dateTime={row.at}>{formatInstant(row.at, timeZone)}</time>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={wrapping(200)}>
          <Product row={row} />
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={{ ...wrapping(380), minWidth: 240 }}>
          <Change row={row} names={names} />
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <BlockStack gap="050" inlineAlign="start">
          <StateBadge words={changeStateWords(row.state)} />
          <Text as="span" tone="subdued">
            {directionWords(row.direction)}
          </Text>
        </BlockStack>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <div style={wrapping(140)}>
          <Cause row={row} onActor={onActor} />
        </div>
      </IndexTable.Cell>
    </>
  );
}

function PhoneCell({ row, names, timeZone, onActor }: RowProps) {
  return (
    <td style={{ padding: 'var(--p-space-300) var(--p-space-400)', width: '100%' }}>
      <BlockStack gap="100">
        <InlineStack align="space-between" gap="200" wrap={false} blockAlign="start">
          <Product row={row} />
          <StateBadge words={changeStateWords(row.state)} />
        </InlineStack>
        <Change row={row} names={names} />
        <Text as="span" tone="subdued" variant="bodySm">
          <time dateTime={row.at}>{formatInstant(row.at, timeZone)}</time>
          {` · ${directionWords(row.direction)} · `}
          <Cause row={row} onActor={onActor} />
        </Text>
      </BlockStack>
    </td>
  );
}
