import {
  BlockStack,
  Box,
  IndexTable,
  InlineStack,
  Link,
  Text,
  Thumbnail,
  useBreakpoints,
} from '@shopify/polaris';
import type { IndexTableProps } from '@shopify/polaris';
import { ImageIcon } from '@shopify/polaris-icons';
import type { ReactNode } from 'react';
import { counted, formatInstant } from './formats';
import { statusWords, syncStateWords } from './state-words';
import { StateBadge } from './state-badge';

export interface ProductsTableRow {
  id: string;
  title: string;
  handle: string;
  vendor: string;
  status: string | null;
  image: string | null;
  variants: number;
  syncState: string;
  lastDecision: string | null;
  lastReason: string | null;
  lastSyncedAt: string | null;
}

interface Props {
  rows: ProductsTableRow[];
  timeZone: string;
  loading: boolean;
  total: number;
  selected: string[] | 'All';
  onSelection: NonNullable<IndexTableProps['onSelectionChange']>;
  onSyncSelected: () => void;
  onEditSelected: () => void;
  pagination: NonNullable<IndexTableProps['pagination']>;
  emptyState: ReactNode;
}

/** The list of products with where each stands and why. */
export function ProductsTable(props: Props) {
  const { smDown } = useBreakpoints();
  const { rows, selected } = props;
  return (
    <IndexTable
      condensed={smDown}
      resourceName={{ singular: 'product', plural: 'products' }}
      itemCount={rows.length}
      hasMoreItems={props.total > rows.length}
      selectedItemsCount={selected === 'All' ? 'All' : selected.length}
      onSelectionChange={props.onSelection}
      loading={props.loading}
      emptyState={props.emptyState}
      pagination={props.pagination}
      promotedBulkActions={[
        { content: 'Edit in bulk', onAction: props.onEditSelected },
        { content: 'Sync selected', onAction: props.onSyncSelected },
      ]}
      headings={[
        { title: 'Picture', hidden: true, id: 'picture' },
        { title: 'Product' },
        { title: 'Sync state' },
        { title: 'Last decision' },
        { title: 'Last synced' },
        { title: 'Status' },
      ]}
    >
      {rows.map((row, index) => (
        <IndexTable.Row
          id={row.id}
          key={row.id}
          position={index}
          selected={selected === 'All' || selected.includes(row.id)}
          accessibilityLabel={`Select ${row.title}`}
        >
          {smDown ? <PhoneCell row={row} /> : <WideCells row={row} timeZone={props.timeZone} />}
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}

function Title({ row }: { row: ProductsTableRow }) {
  return (
    <Link url={`/app/products/${row.id}`} dataPrimaryLink removeUnderline>
      <Text as="span" fontWeight="semibold" breakWord>
        {row.title === '' ? 'Untitled product' : row.title}
      </Text>
    </Link>
  );
}

function Status({ status }: { status: string | null }) {
  return (
    <StateBadge
      words={status === null ? { label: 'Deleted in catalog', tone: 'attention' } : statusWords(status)}
    />
  );
}

function Picture({ row }: { row: ProductsTableRow }) {
  // The title stands beside the picture: repeating it would only be read twice.
  return <Thumbnail source={row.image ?? ImageIcon} alt="" size="small" />;
}

function subtitle(row: ProductsTableRow): string {
  return [counted(row.variants, 'variant'), row.vendor].filter((part) => part !== '').join(' · ');
}

function WideCells({ row, timeZone }: { row: ProductsTableRow; timeZone: string }) {
  return (
    <>
      <IndexTable.Cell>
        <Picture row={row} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Box maxWidth="300px">
          <BlockStack>
            <Title row={row} />
            <Text as="span" tone="subdued" truncate>
              {subtitle(row)}
            </Text>
          </BlockStack>
        </Box>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <StateBadge words={syncStateWords(row.syncState)} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Box maxWidth="340px">
          <div style={{ whiteSpace: 'normal' }}>
            <BlockStack>
              <Text as="span">{row.lastDecision ?? 'Not looked at yet'}</Text>
              {row.lastReason !== null && (
                <Text as="span" tone="subdued">
                  {row.lastReason}
                </Text>
              )}
            </BlockStack>
          </div>
        </Box>
      </IndexTable.Cell>
      <IndexTable.Cell>
        {row.lastSyncedAt === null ? 'Never' : formatInstant(row.lastSyncedAt, timeZone)}
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Status status={row.status} />
      </IndexTable.Cell>
    </>
  );
}

function PhoneCell({ row }: { row: ProductsTableRow }) {
  return (
    <td style={{ padding: 'var(--p-space-300) var(--p-space-400)', width: '100%' }}>
      <InlineStack gap="300" wrap={false} blockAlign="start">
        <Picture row={row} />
        <Box width="100%">
          <BlockStack gap="100">
            <Title row={row} />
            <Text as="span" tone="subdued">
              {subtitle(row)}
            </Text>
            <InlineStack gap="100">
              <StateBadge words={syncStateWords(row.syncState)} />
              {row.status !== 'ACTIVE' && <Status status={row.status} />}
            </InlineStack>
            {row.lastReason !== null && (
              <Text as="span" breakWord>
                {row.lastReason}
              </Text>
            )}
          </BlockStack>
        </Box>
      </InlineStack>
    </td>
  );
}
