import { isDeliveryDue } from '~/db/webhook-deliveries.server';
import type { JobQueue } from './jobs';
import type { Resources } from './resources';

const ID = 'handle-webhooks';

/**
 * Makes a worker look for webhooks that wait. Call it after they were stored: a wake that comes while the job runs, in
 * its last moments too, makes it run once more. Tried once: the deliveries are rows, and the periodic task wakes again.
 */
export async function wakeWebhookWorker(queue: JobQueue): Promise<void> {
  await queue.add([{ name: 'handle-webhooks' }], {
    deduplicationId: ID,
    againAfterRunning: true,
    attempts: 1,
  });
}

/** Wakes where deliveries wait: their own wake may be lost with the process that took them in. */
export async function wakeForWaitingWebhooks({ db, queue, now }: Resources): Promise<void> {
  if (await isDeliveryDue(db, now())) await wakeWebhookWorker(queue);
}
