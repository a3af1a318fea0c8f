import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { Banner, BlockStack, Box, Card, InlineGrid, InlineStack, Layout, Link, Text } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { CONFLICT_POLICIES } from '~/core/decision';
import { readFiring } from '~/db/pages/alerts.server';
import { readCaptureModel } from '~/db/pages/capture.server';
import { readHome } from '~/db/pages/home.server';
import { readLiveState } from '~/db/pages/live.server';
import { readSourceTrouble } from '~/db/pages/source.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { cancelRun } from '~/sync/cancel-run';
import { dismissSetup } from '~/sync/dismiss-setup';
import { saveSettings } from '~/sync/save-settings';
import { startRun } from '~/sync/start-run';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { AlertsBanner } from '~/ui/alerts-banner';
import { CaptureBanner } from '~/ui/capture-card';
import { DriftCard } from '~/ui/drift-card';
import { Figure } from '~/ui/figure';
import { counted, formatCount } from '~/ui/formats';
import { useLiveState } from '~/ui/live';
import { LiveFeedCard } from '~/ui/live-feed-card';
import { PageFrame } from '~/ui/page-frame';
import { RunProgressCard } from '~/ui/run-progress-card';
import { RunsTable } from '~/ui/runs-table';
import { SetupGuide } from '~/ui/setup-guide';
import { setupSteps } from '~/ui/setup-steps';
import { SourceTroubleBanner } from '~/ui/source-trouble-banner';
import { SYNC_STATE_CHOICES } from '~/ui/state-words';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Home · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const [home, capture, live] = await Promise.all([
    readHome(resources.db, shop),
    readCaptureModel(resources.db, resources.now()),
    readLiveState(resources.db, shop.id, resources.now()),
  ]);
  return {
    home,
    capture,
    live,
    conflictPolicy: shop.conflictPolicy,
    accountId: shop.accountId,
    timeZone: shop.timezone,
    shopName: shop.name === '' ? shop.domain : shop.name,
    firing: await readFiring(resources.db, shop.id),
    sourceTrouble: await readSourceTrouble(resources.db, shop.accountId),
  };
}

const intent = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('sync') }),
  z.object({ intent: z.literal('cancel'), runId: z.uuid() }),
  z.object({ intent: z.literal('dismiss-setup') }),
  z.object({ intent: z.literal('policy'), conflictPolicy: z.enum(CONFLICT_POLICIES) }),
]);

export const action = actionOf(
  { intents: { sync: 'edit', cancel: 'edit' }, otherwise: 'manage' },
  notAllowed,
  act,
);

async function act({ request, resources, shop, actor }: Acting): Promise<ActionAnswer> {
  const asked = intent.parse(Object.fromEntries(await request.formData()));
  const shopId = shop.id;
  switch (asked.intent) {
    case 'sync': {
      const before = await resources.db.syncRun.findFirst({
        where: { shopId, state: 'finished' },
        select: { id: true },
      });
      await startRun(resources, {
        shopId,
        trigger: before === null ? 'first-sync' : 'manual',
        causedBy: actor,
      });
      return { ok: true, message: 'Sync started' };
    }
    case 'cancel':
      await cancelRun(resources, { shopId, runId: asked.runId });
      return { ok: true, message: 'Stopping the sync' };
    case 'dismiss-setup':
      await dismissSetup(resources, { shopId });
      return { ok: true, message: 'Setup guide hidden' };
    case 'policy': {
      await saveSettings(resources, { shopId, conflictPolicy: asked.conflictPolicy });
      return { ok: true, message: 'Saved' };
    }
  }
}

export default function Home() {
  const {
    home,
    capture,
    live: loaded,
    conflictPolicy,
    accountId,
    timeZone,
    shopName,
    sourceTrouble,
    firing,
  } = useLoaderData<typeof loader>();
  const { state: live, connected } = useLiveState(loaded);
  const sync = useFetcher<typeof action>();
  const cancel = useFetcher<typeof action>();
  const guide = useFetcher<typeof action>();
  useAnswerToast(sync.data);
  useAnswerToast(cancel.data);
  useAnswerToast(guide.data);
  const [policy, setPolicy] = useState(conflictPolicy);

  const startSync = () => sync.submit({ intent: 'sync' }, { method: 'post' });
  const syncing = live.run !== null;
  const { setup } = home;
  const showsGuide = !setup.dismissed && guide.formData?.get('intent') !== 'dismiss-setup';
  const importing = live.import;

  return (
    <PageFrame
      title="Home"
      subtitle={shopName}
      primaryAction={{
        content: 'Sync now',
        onAction: startSync,
        loading: sync.state !== 'idle',
        disabled: syncing || home.catalogProducts === 0,
      }}
    >
      <BlockStack gap="400">
        <AlertsBanner firing={firing} />
        <CaptureBanner capture={capture} />
        {home.deadLetters > 0 && (
          <Box>
            <Banner
              tone="critical"
              title={`${counted(home.deadLetters, 'job')} gave up`}
              action={{ content: 'See why and retry', url: '/app/runs' }}
            >
              Lockstep tried several times and stopped. Nothing was lost: each waits for a retry.
            </Banner>
          </Box>
        )}
        {sourceTrouble !== null && <SourceTroubleBanner trouble={sourceTrouble} />}
        {live.heldProducts > 0 && (
          <Box>
            <Banner
              tone="critical"
              title={`Changes to ${counted(live.heldProducts, 'product')} are held`}
              action={{ content: 'Look at them', url: '/app/held' }}
            >
              They came from your database or by API and go beyond your limits. Shopify keeps its values until
              you approve them.
            </Banner>
          </Box>
        )}
        {live.conflicts.open > 0 && (
          <Box>
            <Banner
              tone="warning"
              title={
                live.conflicts.open === 1
                  ? '1 conflict waits for you'
                  : `${formatCount(live.conflicts.open)} conflicts wait for you`
              }
              action={{ content: 'Settle them', url: '/app/conflicts' }}
            >
              Catalog and Shopify hold different values there. Both keep theirs until you choose.
            </Banner>
          </Box>
        )}
        {home.ambiguousMatches > 0 && (
          <Box>
            <Banner
              tone="warning"
              title={`${counted(home.ambiguousMatches, 'product')} could be several products of your store`}
              action={{ content: 'Choose the right ones', url: '/app/matches' }}
            >
              They wait until you say which is which, so that no product is created twice.
            </Banner>
          </Box>
        )}
        {importing !== null && (
          <Banner
            tone="info"
            title={`Importing ${importing.filename}`}
            action={{ content: 'Show the import', url: `/app/import?id=${importing.id}` }}
          >
            {importing.rows > 0
              ? `${formatCount(importing.rowsDone)} of ${counted(importing.rows, 'row')} read.`
              : 'It starts in a moment.'}
          </Banner>
        )}
        {live.run !== null && (
          <RunProgressCard
            run={live.run}
            now={live.now}
            connected={connected}
            cancelling={cancel.state !== 'idle'}
            onCancel={() => {
              if (live.run !== null)
                cancel.submit({ intent: 'cancel', runId: live.run.id }, { method: 'post' });
            }}
            detailsUrl={`/app/runs/${live.run.id}`}
          />
        )}
        {showsGuide && (
          <SetupGuide
            onDismiss={() => guide.submit({ intent: 'dismiss-setup' }, { method: 'post' })}
            steps={setupSteps({
              setup,
              catalogProducts: home.catalogProducts,
              accountId,
              policy,
              onPolicy: setPolicy,
              savingPolicy: guide.state !== 'idle',
              onSavePolicy: () =>
                guide.submit({ intent: 'policy', conflictPolicy: policy }, { method: 'post' }),
              startingSync: sync.state !== 'idle',
              syncing,
              onSync: startSync,
            })}
          />
        )}
        <Layout>
          <Layout.Section>
            <BlockStack gap="400">
              <LiveFeedCard timeZone={timeZone} />
              <Card padding="0">
                <InlineStack align="space-between" blockAlign="center">
                  <div style={{ padding: 'var(--p-space-400)' }}>
                    <Text as="h2" variant="headingMd">
                      Last runs
                    </Text>
                  </div>
                  {home.lastRuns.length > 0 && (
                    <div style={{ padding: 'var(--p-space-400)' }}>
                      <Link url="/app/runs">All runs</Link>
                    </div>
                  )}
                </InlineStack>
                {home.lastRuns.length === 0 ? (
                  <div style={{ padding: '0 var(--p-space-400) var(--p-space-400)' }}>
                    <Text as="p" tone="subdued">
                      No sync has run yet. Press “Sync now” once your catalog holds products.
                    </Text>
                  </div>
                ) : (
                  <RunsTable runs={home.lastRuns} timeZone={timeZone} />
                )}
              </Card>
            </BlockStack>
          </Layout.Section>
          <Layout.Section variant="oneThird">
            <BlockStack gap="400">
              <DriftCard timeZone={timeZone} />
              <Card>
                <BlockStack gap="300">
                  <Text as="h2" variant="headingMd">
                    Products
                  </Text>
                  <Figure label="In your catalog" value={formatCount(home.catalogProducts)} />
                  <InlineGrid columns={2} gap="300">
                    {SYNC_STATE_CHOICES.map(({ value, label }) => (
                      <StateCount
                        key={value}
                        label={label}
                        url={`/app/products?sync=${value}`}
                        products={home.syncStates.find((one) => one.state === value)?.products ?? 0}
                      />
                    ))}
                  </InlineGrid>
                </BlockStack>
              </Card>
            </BlockStack>
          </Layout.Section>
        </Layout>
      </BlockStack>
    </PageFrame>
  );
}

function StateCount({ label, url, products }: { label: string; url: string; products: number }) {
  return (
    <BlockStack gap="050">
      <Link url={url} removeUnderline>
        {label}
      </Link>
      <Text as="span" variant="headingMd" numeric>
        {formatCount(products)}
      </Text>
    </BlockStack>
  );
}
