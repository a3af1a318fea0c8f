import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { BlockStack, Card, EmptyState } from '@shopify/polaris';
import { z } from 'zod';
import { readLiveState } from '~/db/pages/live.server';
import { readDeadLetters, readRuns } from '~/db/pages/runs.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { cancelRun } from '~/sync/cancel-run';
import { retryDeadLetter } from '~/sync/retry-dead-letter';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { DeadLetters } from '~/ui/dead-letters';
import { useLiveState } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import { Pager, pageNumber } from '~/ui/pager';
import bothSides from '~/ui/pictures/both-sides.svg?url';
import { RunProgressCard } from '~/ui/run-progress-card';
import { RunsTable } from '~/ui/runs-table';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Sync runs · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const page = pageNumber(new URL(request.url).searchParams.get('page'));
  const [runs, letters, live] = await Promise.all([
    readRuns(resources.db, shop.id, page),
    readDeadLetters(resources.db, shop.id),
    readLiveState(resources.db, shop.id, resources.now()),
  ]);
  return { runs, letters, live, timeZone: shop.timezone };
}

const intent = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('cancel'), runId: z.uuid() }),
  z.object({ intent: z.literal('retry-dead-letter'), deadLetterId: z.uuid() }),
]);

export const action = actionOf('edit', notAllowed, act);

async function act({ request, resources, shop, actor }: Acting): Promise<ActionAnswer> {
  const asked = intent.parse(Object.fromEntries(await request.formData()));
  switch (asked.intent) {
    case 'cancel':
      await cancelRun(resources, { shopId: shop.id, runId: asked.runId });
      return { ok: true, message: 'Stopping the sync' };
    case 'retry-dead-letter': {
      const waiting = await resources.db.deadLetter.count({
        where: { id: asked.deadLetterId, shopId: shop.id, retriedAt: null },
      });
      if (waiting === 0) return { ok: false, message: 'Somebody retried it already' };
      await retryDeadLetter(resources, {
        shopId: shop.id,
        deadLetterId: asked.deadLetterId,
        causedBy: actor,
      });
      return { ok: true, message: 'It is tried again' };
    }
  }
}

export default function Runs() {
  const { runs, letters, live: loaded, timeZone } = useLoaderData<typeof loader>();
  const { state: live, connected } = useLiveState(loaded);
  const cancel = useFetcher<typeof action>();
  const retry = useFetcher<typeof action>();
  useAnswerToast(cancel.data);
  useAnswerToast(retry.data);
  const retried = retry.state === 'idle' ? null : retry.formData?.get('deadLetterId');
  const run = live.run;
  return (
    <PageFrame title="Sync runs">
      <BlockStack gap="400">
        {run !== null && (
          <RunProgressCard
            run={run}
            now={live.now}
            connected={connected}
            cancelling={cancel.state !== 'idle'}
            onCancel={() => cancel.submit({ intent: 'cancel', runId: run.id }, { method: 'post' })}
            detailsUrl={`/app/runs/${run.id}`}
          />
        )}
        <DeadLetters
          letters={letters}
          timeZone={timeZone}
          retrying={typeof retried === 'string' ? retried : null}
          onRetry={(deadLetterId) =>
            retry.submit({ intent: 'retry-dead-letter', deadLetterId }, { method: 'post' })
          }
        />
        <Card padding="0">
          {runs.total === 0 ? (
            <EmptyState
              heading="No sync has run yet"
              image={bothSides}
              action={{ content: 'Go to Home and start one', url: '/app' }}
            >
              <p>Each run is listed here with what it changed, what it left alone and what it cost.</p>
            </EmptyState>
          ) : (
            <>
              <RunsTable runs={runs.rows} timeZone={timeZone} />
              <Pager parameter="page" page={runs.page} pages={runs.pages} label="Pages of sync runs" />
            </>
          )}
        </Card>
      </BlockStack>
    </PageFrame>
  );
}
