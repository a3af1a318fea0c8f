import { randomUUID } from 'node:crypto';
import type { Database } from '~/db/client.server';
import { countWaitingTurns } from '~/db/shop-turns.server';
import type { AddJobOptions, Job, JobName, JobQueue } from '~/sync/jobs';
import type { QueueStore, StoredQueue } from './connection';
import { createShopTurns, takesTurns } from './shop-turns';

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
  parts: {
    /** Where jobs wait for their shop's turn. */
    db: Database;
    now: () => Date;
    attempts: number;
    traceparent: () => string | undefined;
  },
): ClosableJobQueue {
  const { db, now, attempts, traceparent } = parts;
  const queues = new Map<JobName, StoredQueue>(JOB_NAMES.map((name) => [name, store.queue(name)]));
  const line = store.queue('sync-products');
  const turns = createShopTurns({ db, queue: line, now, options: () => jobOptions(attempts, {}) });
  return {
    add: async (jobs, options = {}) => {
      const askedBy = traceparent();
      const stored = (job: Job) => (askedBy === undefined ? job : { ...job, traceparent: askedBy });
      const inTurn = jobs.filter((job) => takesTurns(job, options));
      if (inTurn.length > 0)
        await turns.add(inTurn.map((job) => ({ shopId: job.shopId, payload: stored(job) })));
      const atOnce = Map.groupBy(
        jobs.filter((job) => !takesTurns(job, options)),
        ({ name }) => name,
      );
      for (const [name, ofName] of atOnce) {
        const entries = ofName.map((job) => ({
          name,
          data: stored(job),
          opts: jobOptions(attempts, options),
        }));
        await queues.get(name)?.addBulk(entries);
      }
    },
    ended: turns.ended,
    reviveTurns: turns.revive,
    depths: async () => {
      const inTurn = await countWaitingTurns(db);
      const lists = await Promise.all(
        [...queues].map(async ([job, queue]) => {
          const counts = await queue.getJobCounts(...STATES);
          const beside = (state: string) => (job === 'sync-products' && state === 'waiting' ? inTurn : 0);
          return STATES.map((state) => ({ job, state, count: (counts[state] ?? 0) + beside(state) }));
        }),
      );
      return lists.flat();
    },
    close: async () => {
      await Promise.all([line, ...queues.values()].map((queue) => queue.close()));
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
