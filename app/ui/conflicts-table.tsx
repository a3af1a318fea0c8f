import {
  Badge,
  BlockStack,
  Box,
  Button,
  IndexTable,
  InlineGrid,
  InlineStack,
  Link,
  Text,
  useBreakpoints,
} from '@shopify/polaris';
import type { IndexTableProps } from '@shopify/polaris';
import type { ReactNode } from 'react';
import { conflictName, seenKey } from './conflict-items';
import type { ConflictItem } from './conflict-items';
import { ConflictValue } from './conflict-value';
import { formatInstant } from './formats';

/** What can be done with one conflict. */
export interface ConflictActions {
  keep: (item: ConflictItem, side: 'source' | 'remote') => void;
  edit: (item: ConflictItem) => void;
  snooze: (item: ConflictItem) => void;
  unsnooze: (item: ConflictItem) => void;
  note: (item: ConflictItem) => void;
}

interface Props {
  items: ConflictItem[];
  /** The one that the keyboard acts on. */
  activeId: string | null;
  /** Those whose answer is on its way, by `seenKey`. */
  answering: ReadonlySet<string>;
  /** Names of stores, where there are several. */
  stores: Record<string, string> | null;
  timeZone: string;
  loading: boolean;
  total: number;
  selected: string[] | 'All';
  onSelection: NonNullable<IndexTableProps['onSelectionChange']>;
  bulkActions: NonNullable<IndexTableProps['promotedBulkActions']>;
  actions: ConflictActions;
  pagination: NonNullable<IndexTableProps['pagination']>;
  emptyState: ReactNode;
}

interface CellProps {
  item: ConflictItem;
  isActive: boolean;
  isAnswering: boolean;
  store: string | null;
  timeZone: string;
  actions: ConflictActions;
}

/** Conflicts with the three values side by side. */
export function ConflictsTable(props: Props) {
  const { mdDown } = useBreakpoints();
  const { items, selected, activeId, answering, stores, timeZone, actions } = props;
  return (
    <IndexTable
      condensed={mdDown}
      resourceName={{ singular: 'conflict', plural: 'conflicts' }}
      itemCount={items.length}
      hasMoreItems={props.total > items.length}
      selectedItemsCount={selected === 'All' ? 'All' : selected.length}
      onSelectionChange={props.onSelection}
      loading={props.loading}
      emptyState={props.emptyState}
      pagination={props.pagination}
      promotedBulkActions={props.bulkActions}
      headings={[
        { title: 'Field' },
        { title: 'Last agreed' },
        { title: 'Your catalog' },
        { title: 'Shopify' },
        { title: 'More' },
      ]}
    >
      {items.map((item, index) => {
        const cell: CellProps = {
          item,
          isActive: item.id === activeId,
          isAnswering: answering.has(seenKey(item)) || item.state !== 'open',
          store: stores?.[item.shopId] ?? null,
          timeZone,
          actions,
        };
        return (
          <IndexTable.Row
            id={item.id}
            key={item.id}
            position={index}
            selected={selected === 'All' || selected.includes(item.id)}
            accessibilityLabel={`Select ${conflictName(item)}`}
          >
            {mdDown ? <PhoneCell {...cell} /> : <WideCells {...cell} />}
          </IndexTable.Row>
        );
      })}
    </IndexTable>
  );
}

/** A press on what is inside a row is not a press on the row, which would tick it. */
function Inside({ children, width }: { children: ReactNode; width?: string }) {
  return (
    <div
      style={{ whiteSpace: 'normal', ...(width === undefined ? {} : { width, maxWidth: '100%' }) }}
      onClick={(event) => event.stopPropagation()}
      onKeyUp={(event) => event.stopPropagation()}
    >
      {children}
    </div>
  );
}

function Subject({ item, isActive, store, timeZone }: CellProps) {
  return (
    <div
      data-conflict={item.id}
      tabIndex={-1}
      style={{
        outline: 'none',
        borderInlineStart: `3px solid ${isActive ? 'var(--p-color-border-focus)' : 'transparent'}`,
        paddingInlineStart: 'var(--p-space-200)',
      }}
    >
      <BlockStack gap="100">
        <Text as="h3" variant="headingSm" breakWord>
          {isActive && <span className="Polaris-Text--visuallyHidden">Current: </span>}
          {item.label}
        </Text>
        <Link url={`/app/products/${item.productId}`}>{item.productTitle}</Link>
        {item.variant !== null && (
          <Text as="span" tone="subdued" breakWord>
            {item.variant}
          </Text>
        )}
        <Text as="span" tone="subdued" variant="bodySm">
          {[`Since ${formatInstant(item.openedAt, timeZone)}`, store]
            .filter((part) => part !== null)
            .join(' · ')}
        </Text>
        <InlineStack gap="100">
          {item.reason === 'held' && <Badge tone="attention">Above the limit</Badge>}
          {item.assignee !== '' && <Badge>{item.assignee}</Badge>}
          {item.snoozedUntil !== null && item.state === 'open' && (
            <Badge tone="info">{`Until ${formatInstant(item.snoozedUntil, timeZone)}`}</Badge>
          )}
        </InlineStack>
        {item.note !== '' && (
          <Text as="p" breakWord variant="bodySm">
            {item.note}
          </Text>
        )}
      </BlockStack>
    </div>
  );
}

function KeepButton({ item, side, actions }: CellProps & { side: 'source' | 'remote' }) {
  const name = side === 'source' ? 'catalog' : 'Shopify';
  return (
    <Button
      size="slim"
      onClick={() => actions.keep(item, side)}
      accessibilityLabel={`Keep ${name} value for ${conflictName(item)}`}
    >
      {side === 'source' ? 'Keep catalog' : 'Keep Shopify'}
    </Button>
  );
}

function Side(props: CellProps & { side: 'source' | 'remote' }) {
  const { item, side, isAnswering } = props;
  const isChosen = isAnswering && item.choice === side;
  return (
    <BlockStack gap="200" inlineAlign="start">
      <ConflictValue
        parts={side === 'source' ? item.catalogParts : item.shopifyParts}
        label={`${conflictName(item)} in ${side === 'source' ? 'your catalog' : 'Shopify'}`}
      />
      {isChosen && <Badge tone="success">Kept</Badge>}
      {!isAnswering && <KeepButton {...props} />}
    </BlockStack>
  );
}

function MoreActions({ item, isAnswering, actions }: CellProps) {
  const name = conflictName(item);
  if (isAnswering) return <Badge tone="info">Being carried out</Badge>;
  return (
    <InlineStack gap="200">
      {item.kind !== null && (
        <Button
          size="slim"
          variant="tertiary"
          onClick={() => actions.edit(item)}
          accessibilityLabel={`Edit ${name} to another value`}
        >
          Edit
        </Button>
      )}
      {item.snoozedUntil === null ? (
        <Button
          size="slim"
          variant="tertiary"
          onClick={() => actions.snooze(item)}
          accessibilityLabel={`Snooze ${name}`}
        >
          Snooze
        </Button>
      ) : (
        <Button
          size="slim"
          variant="tertiary"
          onClick={() => actions.unsnooze(item)}
          accessibilityLabel={`Bring ${name} back now`}
        >
          Bring back
        </Button>
      )}
      <Button
        size="slim"
        variant="tertiary"
        onClick={() => actions.note(item)}
        accessibilityLabel={`Note and assignee of ${name}`}
      >
        Note
      </Button>
    </InlineStack>
  );
}

function WideCells(props: CellProps) {
  return (
    <>
      <IndexTable.Cell>
        <Inside width="210px">
          <Subject {...props} />
        </Inside>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Inside width="130px">
          <Text as="span" tone="subdued" breakWord>
            {props.item.agreed === '' ? 'Never agreed' : cut(props.item.agreed)}
          </Text>
        </Inside>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Inside width="180px">
          <Side {...props} side="source" />
        </Inside>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Inside width="180px">
          <Side {...props} side="remote" />
        </Inside>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Inside width="110px">
          <MoreActions {...props} />
        </Inside>
      </IndexTable.Cell>
    </>
  );
}

const LONGEST_AGREED = 140;
const cut = (text: string) => (text.length > LONGEST_AGREED ? `${text.slice(0, LONGEST_AGREED)}…` : text);

function PhoneCell(props: CellProps) {
  const { item } = props;
  return (
    <div style={{ padding: 'var(--p-space-300) var(--p-space-400)' }}>
      <Inside>
        <BlockStack gap="300">
          <Subject {...props} />
          <InlineGrid columns={2} gap="300">
            <BlockStack gap="100">
              <Text as="span" variant="bodySm" tone="subdued">
                Your catalog
              </Text>
              <Side {...props} side="source" />
            </BlockStack>
            <BlockStack gap="100">
              <Text as="span" variant="bodySm" tone="subdued">
                Shopify
              </Text>
              <Side {...props} side="remote" />
            </BlockStack>
          </InlineGrid>
          <Box>
            <Text as="span" variant="bodySm" tone="subdued" breakWord>
              {item.agreed === '' ? 'Never agreed' : `Last agreed: ${cut(item.agreed)}`}
            </Text>
          </Box>
          <MoreActions {...props} />
        </BlockStack>
      </Inside>
    </div>
  );
}
