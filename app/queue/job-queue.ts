import { randomUUID } from 'node:crypto';
import type { AddJobOptions, Job, JobName, JobQueue } from '~/sync/jobs';
import type { QueueStore, StoredQueue } from './connection';

const JOB_NAMES: JobName[] = [
  'run-sync',
  'sync-products',
  'sync-bulk',
  'import-catalog',
  'handle-webhooks',
  'reconcile-store',
  'plan-bulk-edit',
  'apply-bulk-edit',
  'upload-picture',
  'turn-promotions',
  'warm-cache',
  'import-orders',
];

const STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

/** Jobs of one kind in one state. */
export interface QueueDepth {
  job: JobName;
  state: (typeof STATES)[number];
  count: number;
}

export interface ClosableJobQueue extends JobQueue {
  depths(): Promise<QueueDepth[]>;
  close(): Promise<void>;
}

/** The queue port on BullMQ: one queue a kind of job. A job is tried `attempts` times. */
export function createJobQueue(
  store: QueueStore,
  { attempts, traceparent }: { attempts: number; traceparent: () => string | undefined },
): ClosableJobQueue {
  const queues = new Map<JobName, StoredQueue>(JOB_NAMES.map((name) => [name, store.queue(name)]));
  return {
    add: async (jobs, options = {}) => {
      for (const [name, queue] of queues) {
        const ofName = jobs.filter((job) => job.name === name);
        const askedBy = traceparent();
        const entries = ofName.map((job: Job) => ({
          name,
          data: askedBy === undefined ? job : { ...job, traceparent: askedBy },
          opts: jobOptions(attempts, options),
        }));
        if (entries.length > 0) await queue.addBulk(entries);
      }
    },
    depths: async () =>
      Promise.all(
        [...queues].map(async ([job, queue]) => {
          const counts = await queue.getJobCounts(...STATES);
          return STATES.map((state) => ({ job, state, count: counts[state] ?? 0 }));
        }),
      ).then((lists) => lists.flat()),
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

function jobOptions(attempts: number, options: AddJobOptions) {
  const { delayMs, deduplicationId: id, againAfterRunning = false, isFirst = false } = options;
  return {
    // Not BullMQ's running number: it would begin again, and meet old dead letters, in an emptied Redis.
    jobId: randomUUID(),
    attempts: options.attempts ?? attempts,
    backoff: { type: 'custom' },
    removeOnComplete: true,
    ...(delayMs === undefined ? {} : { delay: delayMs }),
    ...(isFirst ? { lifo: true } : {}),
    ...(id === undefined
      ? {}
      : { deduplication: { id, ...(againAfterRunning ? { keepLastIfActive: true } : {}) } }),
  };
}
