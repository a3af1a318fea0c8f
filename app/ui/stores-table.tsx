import { Badge, BlockStack, IndexTable, InlineStack, Link, Text, useBreakpoints } from '@shopify/polaris';
import { counted, formatCount, formatInstant } from './formats';
import { StateBadge } from './state-badge';
import { runStateWords } from './state-words';

export interface StoreItem {
  id: string;
  name: string;
  domain: string;
  address: string;
  currencyCode: string;
  syncMode: string;
  isGone: boolean;
  /** This is where the page is looked at. */
  isOwn: boolean;
  linked: number;
  waiting: number;
  conflicts: number;
  lastRun: { id: string; state: string; createdAt: string } | null;
  lastError: { reason: string; at: string } | null;
}

const MODES: Record<string, string> = { live: 'Live', shadow: 'Shadow', canary: 'Canary' };

function Name({ store }: { store: StoreItem }) {
  const name = store.name || store.domain;
  return (
    <BlockStack>
      {store.isOwn || store.isGone ? (
        <Text as="span" fontWeight="semibold">
          {name}
        </Text>
      ) : (
        <Link url={store.address} target="_top" dataPrimaryLink removeUnderline>
          <Text as="span" fontWeight="semibold">
            {name}
          </Text>
        </Link>
      )}
      <Text as="span" tone="subdued" breakWord>
        {`${store.domain} · ${store.currencyCode}`}
      </Text>
      <InlineStack gap="100">
        {store.isOwn && <Badge>This store</Badge>}
        {store.isGone ? (
          <Badge tone="warning">Uninstalled</Badge>
        ) : (
          <Badge tone={store.syncMode === 'live' ? 'success' : 'attention'}>
            {MODES[store.syncMode] ?? store.syncMode}
          </Badge>
        )}
      </InlineStack>
    </BlockStack>
  );
}

function LastRun({ store, timeZone }: { store: StoreItem; timeZone: string }) {
  if (store.lastRun === null)
    return (
      <Text as="span" tone="subdued">
        Never synced
      </Text>
    );
  return (
    <BlockStack gap="100" inlineAlign="start">
      <Text as="span">{formatInstant(store.lastRun.createdAt, timeZone)}</Text>
      <StateBadge words={runStateWords(store.lastRun.state)} />
    </BlockStack>
  );
}

function LastError({ store, timeZone }: { store: StoreItem; timeZone: string }) {
  if (store.lastError === null) return <Text as="span">–</Text>;
  return (
    <Text as="span" tone="critical" breakWord>
      {`${formatInstant(store.lastError.at, timeZone)}: ${store.lastError.reason}`}
    </Text>
  );
}

/** Stores of the account, and how each is doing. */
export function StoresTable({ stores, timeZone }: { stores: StoreItem[]; timeZone: string }) {
  const { mdDown } = useBreakpoints();
  return (
    <IndexTable
      condensed={mdDown}
      selectable={false}
      resourceName={{ singular: 'store', plural: 'stores' }}
      itemCount={stores.length}
      headings={[
        { title: 'Store' },
        { title: 'Last sync' },
        { title: 'Linked', alignment: 'end' },
        { title: 'Waiting', alignment: 'end' },
        { title: 'Conflicts', alignment: 'end' },
        { title: 'Last error' },
      ]}
    >
      {stores.map((store, index) => (
        <IndexTable.Row id={store.id} key={store.id} position={index}>
          {mdDown ? (
            <td
              style={{
                padding: 'var(--p-space-300) var(--p-space-400)',
                width: '100%',
                whiteSpace: 'normal',
              }}
            >
              <BlockStack gap="200">
                <Name store={store} />
                <Text as="span">
                  {[
                    `${counted(store.linked, 'product')} linked`,
                    `${formatCount(store.waiting)} waiting`,
                    counted(store.conflicts, 'conflict'),
                  ].join(' · ')}
                </Text>
                <LastRun store={store} timeZone={timeZone} />
                {store.lastError !== null && <LastError store={store} timeZone={timeZone} />}
              </BlockStack>
            </td>
          ) : (
            <>
              <IndexTable.Cell>
                <Name store={store} />
              </IndexTable.Cell>
              <IndexTable.Cell>
                <LastRun store={store} timeZone={timeZone} />
              </IndexTable.Cell>
              {[store.linked, store.waiting, store.conflicts].map((count, at) => (
                <IndexTable.Cell key={at}>
                  <Text as="span" alignment="end" numeric>
                    {formatCount(count)}
                  </Text>
                </IndexTable.Cell>
              ))}
              <IndexTable.Cell>
                <div style={{ whiteSpace: 'normal', minWidth: 140, maxWidth: 260 }}>
                  <LastError store={store} timeZone={timeZone} />
                </div>
              </IndexTable.Cell>
            </>
          )}
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}
