import type { Stage } from './stage';
import { waitFor } from './wait-for';

/**
 * Until everything that Shopify told or anybody asked for is done. Read in the order of the way: what is no longer waiting
 * at one place is at a later one, or done. (A request is taken when its job begins, not when it ends.)
 */
export async function allDone({ resources }: Stage, timeoutMs?: number): Promise<void> {
  const { db, queueStore } = resources;
  const queue = queueStore.queue('sync-products');
  try {
    await waitFor(
      'nothing is asked for or under way',
      async () => {
        if ((await db.webhookDelivery.count({ where: { handledAt: null } })) > 0) return false;
        if ((await db.syncRequest.count()) > 0) return false;
        if ((await db.shopTurn.count()) > 0) return false;
        const jobs = await queue.getJobCounts('active', 'waiting', 'delayed', 'prioritized');
        return Object.values(jobs).every((count) => count === 0);
      },
      { ...(timeoutMs !== undefined && { timeoutMs }) },
    );
  } finally {
    await queue.close();
  }
}
