import { closeRun } from '~/db/runs.server';
import type { ShopNotConnected } from '~/shopify/gateway';
import type { Resources } from './resources';

/** Shopify no longer takes our token: trying again does not help, only a user of the shop does. The run ends and says so. */
export async function failUnconnected(
  resources: Resources,
  { shopId, runId }: { shopId: string; runId: string | null },
  error: ShopNotConnected,
): Promise<void> {
  const { db, live, log, now } = resources;
  log.warn({ err: error, shopId, runId }, 'The shop is not connected');
  if (runId === null) return;
  await closeRun(db, {
    runId,
    state: 'failed',
    error: error.message,
    code: 'not-connected',
    message: error.message,
    now: now(),
  });
  await live.publish(shopId, { kind: 'run-progress', runId });
}
