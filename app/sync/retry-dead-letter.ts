import { z } from 'zod';
import { reopenEdit } from '~/db/bulk-edits.server';
import { readBulkWrite } from '~/db/bulk-writes.server';
import { lastingClaimant } from '~/db/claims.server';
import { resumePicture } from '~/db/pictures.server';
import { addRequests, takenBy } from '~/db/sync-requests.server';
import { reopenDelivery } from '~/db/webhook-deliveries.server';
import type { Job } from './jobs';
import { queueApplying, queuePlanning } from './queue-edit';
import { queueOrders } from './queue-orders';
import { queuePicture } from './queue-picture';
import { queueTurns } from './queue-promotions';
import { queueWarming } from './queue-warming';
import type { Resources } from './resources';
import { startReconciliation } from './start-reconciliation';
import { startRun } from './start-run';
import { wakeWebhookWorker } from './wake-webhook-worker';

const payload = z.discriminatedUnion('name', [
  z.object({ name: z.literal('run-sync'), shopId: z.string(), runId: z.string() }),
  z.object({
    name: z.literal('sync-products'),
    shopId: z.string(),
    runId: z.string().nullable(),
    productIds: z.array(z.string()),
    causedBy: z.string(),
  }),
  z.object({ name: z.literal('sync-bulk'), shopId: z.string(), bulkWriteId: z.string() }),
  z.object({ name: z.literal('import-catalog'), shopId: z.string(), importId: z.string() }),
  z.object({ name: z.literal('handle-webhooks') }),
  z.object({ name: z.literal('reconcile-store'), shopId: z.string(), reconciliationId: z.string() }),
  z.object({ name: z.literal('plan-bulk-edit'), shopId: z.string(), editId: z.string() }),
  z.object({ name: z.literal('apply-bulk-edit'), shopId: z.string(), editId: z.string() }),
  z.object({ name: z.literal('upload-picture'), shopId: z.string(), pictureId: z.string() }),
  z.object({ name: z.literal('turn-promotions'), shopId: z.string() }),
  z.object({ name: z.literal('warm-cache'), shopId: z.string() }),
  z.object({ name: z.literal('import-orders'), shopId: z.string() }),
]) satisfies z.ZodType<Job>;

/** What a job had taken before it gave up waits since then: the run that tries again takes it up. */
async function keepInstants(
  { db, now }: Resources,
  { shopId, jobId }: { shopId: string; jobId: string },
): Promise<void> {
  const since = await takenBy(db, { shopId, jobId });
  if (since.size === 0) return;
  const request = { shopId, cause: 'retry', runId: null, now: now(), since };
  await addRequests(db, { ...request, productIds: [...since.keys()] });
}

/** Does again what a dead job was to do: its products in a run of their own, or the import or the run once more. */
export async function retryDeadLetter(
  resources: Resources,
  { shopId, deadLetterId, causedBy }: { shopId: string; deadLetterId: string; causedBy: string },
): Promise<void> {
  const { db, queue, now } = resources;
  const { count } = await db.deadLetter.updateMany({
    where: { id: deadLetterId, shopId, retriedAt: null },
    data: { retriedAt: now() },
  });
  if (count === 0) throw new Error('This job was retried already: reload the page.');
  const letter = await db.deadLetter.findUniqueOrThrow({ where: { id: deadLetterId } });
  const job = payload.parse(letter.payload);
  switch (job.name) {
    case 'sync-products':
      await keepInstants(resources, { shopId, jobId: letter.jobId });
      await startRun(resources, { shopId, trigger: 'retry', causedBy, productIds: job.productIds });
      return;
    case 'sync-bulk': {
      const write = await readBulkWrite(db, { shopId, id: job.bulkWriteId });
      await keepInstants(resources, { shopId, jobId: lastingClaimant(job.bulkWriteId) });
      if (write)
        await startRun(resources, {
          shopId,
          trigger: 'retry',
          causedBy,
          productIds: write.productIds,
          lane: 'bulk',
        });
      return;
    }
    case 'run-sync':
      await startRun(resources, { shopId, trigger: 'retry', causedBy });
      return;
    case 'import-catalog':
      await db.catalogImport.updateMany({
        where: { id: job.importId, content: { not: null } },
        data: { state: 'queued', error: null, finishedAt: null },
      });
      await queue.add([job]);
      return;
    case 'handle-webhooks':
      // The letter is about one delivery: see handle-webhooks.ts.
      await reopenDelivery(db, letter.jobId);
      await wakeWebhookWorker(queue);
      return;
    case 'reconcile-store':
      await startReconciliation(resources, { shopId, causedBy });
      return;
    case 'plan-bulk-edit':
      await reopenEdit(db, job, 'planning');
      await queuePlanning(queue, job);
      return;
    case 'apply-bulk-edit':
      await reopenEdit(db, job, 'applying');
      await queueApplying(queue, job);
      return;
    case 'upload-picture':
      if (await resumePicture(db, job, now())) await queuePicture(queue, job);
      return;
    case 'turn-promotions':
      await queueTurns(queue, shopId);
      return;
    case 'warm-cache':
      await queueWarming(queue, shopId);
      return;
    case 'import-orders':
      await queueOrders(queue, shopId);
  }
}
