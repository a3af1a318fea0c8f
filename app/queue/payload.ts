import { UnrecoverableError } from 'bullmq';
import { z } from 'zod';
import type { Job } from '~/sync/jobs';

const payload = z.discriminatedUnion('name', [
  z.object({ name: z.literal('run-sync'), shopId: z.uuid(), runId: z.uuid() }),
  z.object({
    name: z.literal('sync-products'),
    shopId: z.uuid(),
    runId: z.uuid().nullable(),
    productIds: z.array(z.string()),
    causedBy: z.string(),
  }),
  z.object({ name: z.literal('sync-bulk'), shopId: z.uuid(), bulkWriteId: z.uuid() }),
  z.object({ name: z.literal('import-catalog'), shopId: z.uuid(), importId: z.uuid() }),
  z.object({ name: z.literal('handle-webhooks') }),
  z.object({ name: z.literal('reconcile-store'), shopId: z.uuid(), reconciliationId: z.uuid() }),
  z.object({ name: z.literal('plan-bulk-edit'), shopId: z.uuid(), editId: z.uuid() }),
  z.object({ name: z.literal('apply-bulk-edit'), shopId: z.uuid(), editId: z.uuid() }),
  z.object({ name: z.literal('upload-picture'), shopId: z.uuid(), pictureId: z.uuid() }),
  z.object({ name: z.literal('turn-promotions'), shopId: z.uuid() }),
  z.object({ name: z.literal('warm-cache'), shopId: z.uuid() }),
  z.object({ name: z.literal('import-orders'), shopId: z.uuid() }),
]);

/** Another version of the app wrote this job, or something that is not the app. Trying again cannot help. */
export class JobNotUnderstood extends UnrecoverableError {}

const traced = z.object({ traceparent: z.string().optional() });

/** In which span the job was asked for; undefined: in none. */
export const traceparentOf = (data: unknown): string | undefined => traced.safeParse(data).data?.traceparent;

/** What a queue holds, as a job. Throws JobNotUnderstood where it is none. */
export function parseJob(data: unknown): Job {
  const parsed = payload.safeParse(data);
  if (!parsed.success)
    throw new JobNotUnderstood(`The job was not understood: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
