import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData, useNavigate } from '@remix-run/react';
import { Banner, BlockStack, Box, Card, InlineGrid, Select, Text } from '@shopify/polaris';
import { z } from 'zod';
import { readLiveState } from '~/db/pages/live.server';
import { END_STATES, isEndState } from '~/db/pages/run-counts.server';
import { readRun, readRunProducts } from '~/db/pages/runs.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { cancelRun } from '~/sync/cancel-run';
import { retryRun } from '~/sync/retry-run';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { Figure } from '~/ui/figure';
import { useFollow } from '~/ui/follow-answer';
import { counted, formatBytes, formatCount, formatInstant, formatSpan, secondsBetween } from '~/ui/formats';
import { useLiveState } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import { Pager, pageNumber } from '~/ui/pager';
import { RunProductsTable } from '~/ui/run-products-table';
import { RunProgressCard } from '~/ui/run-progress-card';
import { StateBadge } from '~/ui/state-badge';
import { endStateWords, isRunActive, runStateWords, skipWords, triggerWords } from '~/ui/state-words';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Sync run · Lockstep' }];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const runId = z.uuid().safeParse(params['id']).data;
  const { searchParams } = new URL(request.url);
  const wanted = searchParams.get('state');
  const state = isEndState(wanted) ? wanted : null;
  const notFound = () => new Response('There is no such sync run in this store.', { status: 404 });
  if (runId === undefined) throw notFound();
  const [run, products, live] = await Promise.all([
    readRun(resources.db, shop.id, runId),
    readRunProducts(resources.db, shop.id, runId, { state, page: pageNumber(searchParams.get('page')) }),
    readLiveState(resources.db, shop.id, resources.now()),
  ]);
  if (run === null) throw notFound();
  return { run, products, state, live, timeZone: shop.timezone, endStates: [...END_STATES] };
}

const intent = z.object({ intent: z.enum(['retry', 'cancel']) });

export const action = actionOf('edit', notAllowed, act);

async function act({
  request,
  params,
  resources,
  shop,
  actor,
}: Acting): Promise<ActionAnswer & { runId?: string }> {
  const runId = z.uuid().parse(params['id']);
  const asked = intent.parse(Object.fromEntries(await request.formData()));
  if (asked.intent === 'cancel') {
    await cancelRun(resources, { shopId: shop.id, runId });
    return { ok: true, message: 'Stopping the sync' };
  }
  const run = await readRun(resources.db, shop.id, runId);
  if (run === null) return { ok: false, message: 'There is no such sync run in this store' };
  if (!isRetryable(run))
    return { ok: false, message: 'Nothing of this run failed: there is nothing to retry' };
  const retried = await retryRun(resources, { shopId: shop.id, runId, causedBy: actor });
  return { ok: true, message: 'Retry started', runId: retried.runId };
}

/** Products failed or were not looked at, or the run itself failed. */
function isRetryable(run: { state: string; counts: { failed: number; cancelled: number } }): boolean {
  return !isRunActive(run.state) && (run.counts.failed + run.counts.cancelled > 0 || run.state === 'failed');
}

export default function Run() {
  const { run, products, state, live: loaded, timeZone, endStates } = useLoaderData<typeof loader>();
  const { state: live, connected } = useLiveState(loaded);
  const navigate = useNavigate();
  const cancel = useFetcher<typeof action>();
  const retry = useFetcher<typeof action>();
  useAnswerToast(cancel.data);
  useAnswerToast(retry.data);
  useFollow(retry, retry.data?.runId === undefined ? null : `/app/runs/${retry.data.runId}`);
  const active = live.run?.id === run.id ? live.run : null;
  const stopRun = () => cancel.submit({ intent: 'cancel' }, { method: 'post' });
  const waiting = active === null && isRunActive(run.state);
  const retryLabel =
    run.counts.failed > 0 ? 'Retry failed' : run.counts.cancelled > 0 ? 'Retry the rest' : 'Run again';

  return (
    <PageFrame
      title={`Sync of ${formatInstant(run.createdAt, timeZone)}`}
      titleMetadata={<StateBadge words={runStateWords(active?.state ?? run.state)} />}
      subtitle={`${triggerWords(run.trigger)}${run.lane === 'bulk' ? ', in bulk' : ''} · started by ${run.causedBy}`}
      backAction={{ content: 'Sync runs', url: '/app/runs' }}
      secondaryActions={[
        { content: 'Its changes', url: `/app/audit?run=${run.id}` },
        ...(waiting ? [{ content: 'Cancel sync', onAction: stopRun, disabled: run.cancelRequested }] : []),
        ...(isRetryable(run)
          ? [
              {
                content: retryLabel,
                onAction: () => retry.submit({ intent: 'retry' }, { method: 'post' }),
                loading: retry.state !== 'idle',
              },
            ]
          : []),
      ]}
    >
      <BlockStack gap="400">
        {run.error !== null && (
          <Banner tone="critical" title="This run failed">
            {run.error}
          </Banner>
        )}
        {run.counts.failed > 0 && (
          <Box>
            <Banner
              tone="critical"
              title={`${counted(run.counts.failed, 'product')} could not be synced`}
              action={{ content: 'Show them', url: '?state=failed' }}
            >
              Each says what Shopify refused. Correct it in your catalog, then press “Retry failed”.
            </Banner>
          </Box>
        )}
        {run.counts.conflicted > 0 && (
          <Box>
            <Banner
              tone="warning"
              title={`${counted(run.counts.conflicted, 'product')} changed on both sides`}
              action={{ content: 'Show them', url: '?state=conflicted' }}
            >
              Open a product to see both values; change one side, or choose in Settings who wins.
            </Banner>
          </Box>
        )}
        {active !== null && (
          <RunProgressCard
            run={active}
            now={live.now}
            connected={connected}
            cancelling={cancel.state !== 'idle'}
            onCancel={stopRun}
          />
        )}
        <Card>
          <BlockStack gap="400">
            <Text as="h2" variant="headingMd">
              Result
            </Text>
            <InlineGrid columns={{ xs: 2, sm: 3, md: 6 }} gap="400">
              {endStates.map((end) => (
                <Figure key={end} label={endStateWords(end).label} value={formatCount(run.counts[end])} />
              ))}
            </InlineGrid>
            <Text as="h2" variant="headingMd">
              Cost
            </Text>
            <InlineGrid columns={{ xs: 2, sm: 3, md: 6 }} gap="400">
              <Figure label="API points" value={formatCount(run.points)} />
              <Figure label="API calls" value={formatCount(run.calls)} />
              <Figure label="Mutations" value={formatCount(run.mutations)} />
              <Figure label="Products read" value={formatCount(run.productReads)} />
              <Figure label="Sent" value={formatBytes(run.bytesSent)} />
              <Figure label="Throttled answers" value={formatCount(run.throttled)} />
            </InlineGrid>
            {run.startedAt !== null && run.finishedAt !== null && (
              <Text as="p" tone="subdued">
                Took {formatSpan(secondsBetween(run.startedAt, run.finishedAt))}, finished{' '}
                {formatInstant(run.finishedAt, timeZone)}.
              </Text>
            )}
          </BlockStack>
        </Card>
        {run.skips.length > 0 && (
          <Card>
            <BlockStack gap="200">
              <Text as="h2" variant="headingMd">
                Fields left alone
              </Text>
              {run.skips.map(({ reason, fields }) => (
                <Text as="p" key={reason}>
                  {`${skipWords(reason)}: ${counted(fields, 'field')}`}
                </Text>
              ))}
            </BlockStack>
          </Card>
        )}
        <Card padding="0">
          <Box padding="400">
            <InlineGrid columns={{ xs: 1, sm: ['twoThirds', 'oneThird'] }} gap="200" alignItems="center">
              <Text as="h2" variant="headingMd">
                {`Products (${formatCount(products.total)})`}
              </Text>
              <Select
                label="End state"
                labelInline
                value={state ?? 'all'}
                options={[
                  { label: 'All', value: 'all' },
                  ...endStates.map((end) => ({ label: endStateWords(end).label, value: end })),
                ]}
                onChange={(chosen) =>
                  navigate(chosen === 'all' ? '?' : `?state=${chosen}`, {
                    preventScrollReset: true,
                    replace: true,
                  })
                }
              />
            </InlineGrid>
          </Box>
          <RunProductsTable rows={products.rows} />
          <Pager parameter="page" page={products.page} pages={products.pages} label="Pages of products" />
        </Card>
      </BlockStack>
    </PageFrame>
  );
}
