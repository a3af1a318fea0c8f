import type { Job } from './jobs';
import { endEdit } from '~/db/bulk-edits.server';
import { finishBulkWrite, readBulkWrite } from '~/db/bulk-writes.server';
import { noteOrderProblem } from '~/db/order-imports.server';
import { endPicture } from '~/db/pictures.server';
import { endWalk } from '~/db/reconciliations.server';
import { finishIfDone } from '~/db/runs.server';
import { closeEditRun } from './apply-bulk-edit';
import type { Resources } from './resources';

/** A job used up its attempts: what it carried gets its end state, with the reason. */
export async function giveUp(resources: Resources, job: Job, reason: string): Promise<void> {
  const { db, live, now } = resources;
  switch (job.name) {
    case 'sync-bulk': {
      const write = await readBulkWrite(db, { shopId: job.shopId, id: job.bulkWriteId });
      if (!write) return;
      await finishBulkWrite(db, write.id, now());
      const { runId, productIds, causedBy } = write;
      return giveUp(
        resources,
        { name: 'sync-products', shopId: job.shopId, runId, productIds, causedBy },
        reason,
      );
    }
    case 'sync-products': {
      await db.productLink.updateMany({
        where: { shopId: job.shopId, productId: { in: job.productIds }, syncState: 'pending' },
        data: { syncState: 'failed', lastDecision: 'failed', lastReason: reason },
      });
      if (job.runId === null) return;
      await db.runProduct.updateMany({
        where: { runId: job.runId, productId: { in: job.productIds }, state: 'pending' },
        data: {
          state: 'failed',
          code: 'gave-up',
          message: `${reason} Retry when the cause is mended.`,
          endedAt: now(),
        },
      });
      await finishIfDone(db, job.runId, now());
      await live.publish(job.shopId, { kind: 'run-progress', runId: job.runId });
      return;
    }
    case 'run-sync':
      await db.syncRun.updateMany({
        where: { id: job.runId, state: { in: ['queued', 'adopting', 'running'] } },
        data: { state: 'failed', error: reason, finishedAt: now() },
      });
      await live.publish(job.shopId, { kind: 'run-progress', runId: job.runId });
      return;
    case 'import-catalog':
      await db.catalogImport.updateMany({
        where: { id: job.importId, state: { in: ['queued', 'running'] } },
        data: { state: 'failed', error: reason, finishedAt: now() },
      });
      await live.publish(job.shopId, { kind: 'import-progress', importId: job.importId });
      return;
    case 'reconcile-store':
      await endWalk(
        db,
        { id: job.reconciliationId, shopId: job.shopId },
        { state: 'failed', error: reason },
        now(),
      );
      return;
    case 'plan-bulk-edit':
    case 'apply-bulk-edit':
      await endEdit(db, job, { state: 'failed', error: reason }, now());
      await closeEditRun(resources, job);
      await live.publish(job.shopId, { kind: 'edit-progress', editId: job.editId });
      return;
    case 'upload-picture':
      await endPicture(
        db,
        { shopId: job.shopId, id: job.pictureId },
        { state: 'failed', error: `${reason} Upload it again.`, keepsContent: true },
        now(),
      );
      return;
    case 'turn-promotions':
      // What is due stays due: the sweep asks again.
      return;
    case 'warm-cache':
      // What was not read is read by the work itself.
      return;
    case 'import-orders':
      // What was read stays; it is tried again when some time has passed.
      await noteOrderProblem(db, job.shopId, { problem: 'failed', text: reason, now: now() });
      await live.publish(job.shopId, { kind: 'orders-changed' });
      return;
    case 'handle-webhooks':
      // The deliveries are rows of their own, which know how often they were tried.
      return;
  }
}
