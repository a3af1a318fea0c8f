import { chunksOf } from '~/core/plan';
import { editsUnderWay } from '~/db/bulk-edits.server';
import { unfinishedBulkWrites } from '~/db/bulk-writes.server';
import { forgetOldTaken, reviveRequests } from '~/db/sync-requests.server';
import { queueApplying, queuePlanning } from './queue-edit';
import { queueBulk } from './request-bulk';
import { PRODUCTS_PER_JOB } from './request-sync';
import type { Resources } from './resources';

/** A request that no job took within this time lost its job to a crash between the two. */
const LOST_AFTER_MS = 60_000;
const AT_ONCE = 5_000;
/** A job that gave up is retried by a person within this time, or as if it were asked for then. */
const REMEMBERED_MS = 7 * 86_400_000;

/** Runs whose job was lost before it began: nobody else would begin them, and no other run could start. */
async function reviveRuns({ db, queue }: Resources, olderThan: Date): Promise<void> {
  const runs = await db.syncRun.findMany({
    where: { state: 'queued', createdAt: { lt: olderThan } },
    select: { id: true, shopId: true },
  });
  for (const { id: runId, shopId } of runs)
    await queue.add([{ name: 'run-sync', shopId, runId }], { deduplicationId: `run-${runId}` });
}

/** Edits whose job was lost; where it is there, none is added. */
async function reviveEdits({ db, queue }: Resources, olderThan: Date): Promise<void> {
  for (const edit of await editsUnderWay(db, olderThan))
    await (edit.state === 'planning' ? queuePlanning(queue, edit) : queueApplying(queue, edit));
}

/** Jobs of the bulk lane that were lost between their row and the queue; where one is there, none is added. */
async function reviveBulkWrites({ db, queue }: Resources, olderThan: Date): Promise<void> {
  for (const write of await unfinishedBulkWrites(db, olderThan)) await queueBulk(queue, write);
}

/** Gives jobs to runs, edits and products that were asked for and whose job was lost. Harmless where it was only late. */
export async function sweepRequests(resources: Resources): Promise<void> {
  const now = resources.now();
  await reviveRuns(resources, new Date(now.getTime() - LOST_AFTER_MS));
  await reviveEdits(resources, new Date(now.getTime() - LOST_AFTER_MS));
  await resources.queue.reviveTurns();
  await reviveBulkWrites(resources, new Date(now.getTime() - LOST_AFTER_MS));
  const lost = await reviveRequests(resources.db, new Date(now.getTime() - LOST_AFTER_MS), now, AT_ONCE);
  await forgetOldTaken(resources.db, new Date(now.getTime() - REMEMBERED_MS));
  const groups = Map.groupBy(lost, (request) => `${request.shopId} ${request.runId ?? ''} ${request.cause}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    for (const chunk of chunksOf(group, PRODUCTS_PER_JOB))
      await resources.queue.add([
        {
          name: 'sync-products',
          shopId: first.shopId,
          runId: first.runId,
          productIds: chunk.map((request) => request.productId),
          causedBy: first.cause,
        },
      ]);
  }
}
