/** Jobs that used up their attempts: a row for a person to see and to retry, and an end state for what they carried. */
import type { Job as StoredJob } from 'bullmq';
import { giveUp } from '~/sync/give-up';
import type { Resources } from '~/sync/resources';
import type { Job } from '~/sync/jobs';
import { JobNotUnderstood, parseJob } from './payload';
import type { StoredQueue } from './connection';

/** BullMQ's words for a job whose worker died too often. */
const STALLED = 'job stalled more than allowable limit';

function reasonOf(job: StoredJob<unknown>): string {
  const reason = job.failedReason || 'The job failed without saying why.';
  return reason === STALLED
    ? `The worker stopped ${job.stalledCounter} times in the middle of this job.`
    : reason;
}

/**
 * Writes the dead letter of a job that failed for good, settles what it carried, and only then takes the job out of
 * the queue: whatever is cut off in between is done again by `buryFailed`. By the queue, not by the job: that asks the worker it
 * came from, and BullMQ answers nothing more, never, once a worker of PostgreSQL closes.
 */
export async function bury(
  resources: Resources,
  queue: StoredQueue,
  stored: StoredJob<unknown>,
): Promise<void> {
  const jobId = stored.id ?? '';
  const queueName = queue.name;
  // Before it leaves the queue: a turn without a job would be taken for a lost one.
  await resources.queue.ended(jobId);
  const job = readJob(stored.data);
  if (job === null) {
    resources.log.error(
      { queue: queueName, jobId, payload: stored.data },
      'A job that was not understood is dropped',
    );
    await queue.remove(jobId);
    return;
  }
  const reason = reasonOf(stored);
  if (job.name === 'handle-webhooks') {
    // It carried nothing: the deliveries are rows, and the next wake takes them up.
    await queue.remove(jobId);
    resources.log.error({ queue: queueName, jobId, reason }, 'Webhooks could not be handled; they stay');
    return;
  }
  const letter = { shopId: job.shopId, payload: { ...job }, reason, attempts: stored.attemptsStarted };
  await resources.db.deadLetter.upsert({
    where: { queue_jobId: { queue: queueName, jobId } },
    create: { queue: queueName, jobId, ...letter },
    update: {},
  });
  await giveUp(resources, job, reason);
  await queue.remove(jobId);
  resources.log.error(
    { queue: queueName, jobId, shopId: job.shopId, reason },
    'A job gave up: see its dead letter',
  );
}

function readJob(data: unknown): Job | null {
  try {
    return parseJob(data);
  } catch (error) {
    if (error instanceof JobNotUnderstood) return null;
    throw error;
  }
}

/** Buries what failed while nobody could: a worker died between the failure and its record. */
export async function buryFailed(resources: Resources, queue: StoredQueue): Promise<void> {
  for (const stored of await queue.getFailed(0, 99)) await bury(resources, queue, stored);
}
