import {
  BlockStack,
  Box,
  Card,
  IndexTable,
  InlineStack,
  Link,
  Tabs,
  Text,
  useBreakpoints,
} from '@shopify/polaris';
import type { IndexTableProps } from '@shopify/polaris';
import type { FieldValue } from '~/core/decision';
import { fieldLabel, fieldText } from './field-words';
import { formatCount, formatInstant } from './formats';

const KINDS: Record<string, string> = {
  push: 'Would go to Shopify',
  pull: 'Would go to your catalog',
  conflict: 'Would wait as a conflict',
};

const SUMMED: Record<string, string> = { tags: 'Tags', metafield: 'Metafields', inventory: 'Stock' };

/** How many decisions of each kind, field by field. */
export function ShadowSummary(props: {
  summary: { field: string; push: number; pull: number; conflict: number }[];
}) {
  return (
    <Card padding="0">
      <Box padding="400">
        <Text as="h2" variant="headingMd">
          By field
        </Text>
      </Box>
      <IndexTable
        selectable={false}
        resourceName={{ singular: 'field', plural: 'fields' }}
        itemCount={props.summary.length}
        headings={[
          { title: 'Field' },
          { title: 'To Shopify', alignment: 'end' },
          { title: 'To catalog', alignment: 'end' },
          { title: 'Conflicts', alignment: 'end' },
        ]}
      >
        {props.summary.map(({ field, push, pull, conflict }, index) => (
          <IndexTable.Row id={field} key={field} position={index}>
            <IndexTable.Cell>{SUMMED[field] ?? fieldLabel(field, {})}</IndexTable.Cell>
            {[push, pull, conflict].map((count, at) => (
              <IndexTable.Cell key={at}>
                <Text as="span" alignment="end" numeric>
                  {formatCount(count)}
                </Text>
              </IndexTable.Cell>
            ))}
          </IndexTable.Row>
        ))}
      </IndexTable>
    </Card>
  );
}

export interface ShownDecision {
  id: string;
  productId: string;
  productTitle: string;
  variant: string | null;
  field: string;
  kind: string;
  before: FieldValue;
  after: FieldValue;
  at: string;
}

const LONGEST = 80;

function short(field: string, value: FieldValue): string {
  const text = fieldText(field.split(':')[0] ?? field, value);
  if (text === '') return 'empty';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const TABS = [
  { kind: null, label: 'All' },
  { kind: 'push', label: 'To Shopify' },
  { kind: 'pull', label: 'To catalog' },
  { kind: 'conflict', label: 'Conflicts' },
] as const;

/** Each decision with both values. */
export function ShadowDecisions(props: {
  rows: ShownDecision[];
  /** Undefined: all kinds together, without a choice. */
  choice?: { kind: string | null; onKind: (kind: string | null) => void };
  locations: Record<string, string>;
  timeZone: string;
  loading: boolean;
  pagination: NonNullable<IndexTableProps['pagination']>;
}) {
  const { smDown } = useBreakpoints();
  const { rows, locations, timeZone, choice } = props;
  return (
    <Card padding="0">
      {choice && (
        <Tabs
          tabs={TABS.map(({ label }, index) => ({ id: `kind-${index}`, content: label }))}
          selected={TABS.findIndex(({ kind }) => kind === choice.kind)}
          onSelect={(index) => choice.onKind(TABS[index]?.kind ?? null)}
        />
      )}
      <IndexTable
        selectable={false}
        condensed={smDown}
        resourceName={{ singular: 'decision', plural: 'decisions' }}
        itemCount={rows.length}
        loading={props.loading}
        pagination={props.pagination}
        headings={[{ title: 'Field' }, { title: 'Decision' }, { title: 'Seen' }]}
      >
        {rows.map((row, index) => {
          const subject = (
            <BlockStack>
              <Text as="span" fontWeight="semibold" breakWord>
                {fieldLabel(row.field, locations)}
              </Text>
              <Text as="span" breakWord>
                <Link url={`/app/products/${row.productId}`}>{row.productTitle}</Link>
                {row.variant !== null && `, ${row.variant}`}
              </Text>
            </BlockStack>
          );
          const decision = (
            <BlockStack>
              <Text as="span">{KINDS[row.kind] ?? row.kind}</Text>
              <Text as="span" breakWord tone="subdued">
                {`${short(row.field, row.before)} → ${short(row.field, row.after)}`}
              </Text>
            </BlockStack>
          );
          const wrapped = (width: string, content: React.ReactNode) => (
            <div style={{ whiteSpace: 'normal', maxWidth: width }}>{content}</div>
          );
          return (
            <IndexTable.Row id={row.id} key={row.id} position={index}>
              {smDown ? (
                <div style={{ padding: 'var(--p-space-300) var(--p-space-400)' }}>
                  <BlockStack gap="100">
                    {subject}
                    {decision}
                  </BlockStack>
                </div>
              ) : (
                <>
                  <IndexTable.Cell>{wrapped('260px', subject)}</IndexTable.Cell>
                  <IndexTable.Cell>{wrapped('360px', decision)}</IndexTable.Cell>
                  <IndexTable.Cell>
                    <InlineStack>{formatInstant(row.at, timeZone)}</InlineStack>
                  </IndexTable.Cell>
                </>
              )}
            </IndexTable.Row>
          );
        })}
      </IndexTable>
    </Card>
  );
}
