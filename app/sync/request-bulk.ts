/** "Look at these products, many at a time": for runs that go in the bulk lane. */
import { chunksOf } from '~/core/plan';
import type { SourceId } from '~/core/product-state';
import { createBulkWrite, waitingForBulk } from '~/db/bulk-writes.server';
import { addRequests } from '~/db/sync-requests.server';
import type { JobQueue } from './jobs';
import { endElsewhere } from './request-sync';
import type { Resources } from './resources';

/** Products of a job: enough that the start of a bulk operation does not count, few enough to be held at a time. */
export const PRODUCTS_PER_BULK = 5_000;

/** Gives a row of the bulk lane its job, if it has none. */
export async function queueBulk(
  queue: JobQueue,
  { shopId, id }: { shopId: string; id: string },
): Promise<void> {
  await queue.add([{ name: 'sync-bulk', shopId, bulkWriteId: id }], { deduplicationId: `bulk-${id}` });
}

/** A product that another run asks for ends in this one as skipped; what waits for such a job of this run needs no other. */
export async function requestBulk(
  resources: Resources,
  request: { shopId: string; productIds: SourceId[]; cause: string; causedBy: string; runId: string },
): Promise<void> {
  const { db, queue, now } = resources;
  const { shopId, runId, cause, causedBy } = request;
  for (const productIds of chunksOf(request.productIds, PRODUCTS_PER_BULK)) {
    const isWaiting = await waitingForBulk(db, runId, productIds);
    const { added, elsewhere } = await addRequests(db, {
      ...{ shopId, cause, runId, now: now() },
      productIds: productIds.filter((id) => !isWaiting.has(id)),
    });
    await endElsewhere(resources, runId, elsewhere);
    if (added.length === 0) continue;
    const id = await createBulkWrite(db, { shopId, runId, causedBy, productIds: added, now: now() });
    await queueBulk(queue, { shopId, id });
  }
}
