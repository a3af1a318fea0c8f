/** The worker: takes jobs out of the queues and runs their use cases. */
import type { Job as StoredJob } from 'bullmq';
import { UnrecoverableError, WaitingError } from 'bullmq';
import type { Job, JobContext, JobName } from '~/sync/jobs';
import type { Resources } from '~/sync/resources';
import type { QueueStore, StoredQueue, StoredWorker } from './connection';
import { applyBulkEditHandler, planBulkEditHandler } from './bulk-edits';
import { bury, buryFailed } from './dead-letters';
import { handleWebhooksHandler } from './handle-webhooks';
import { importCatalogHandler } from './import-catalog';
import { importOrdersHandler } from './import-orders';
import type { JobHandler } from './job-handler';
import { parseJob, traceparentOf } from './payload';
import {
  cacheListenersTask,
  forgetCacheHoursTask,
  forgetPicturesTask,
  forgetWebhooksTask,
  learnWorkTask,
  measureCaptureTask,
  ordersTask,
  pruneAlertsTask,
  pruneAuditTask,
  promotionsTask,
  pruneIdempotencyTask,
  pruneRollUpsTask,
  reconcileTask,
  rollUpTask,
  scheduledSyncTask,
  sendAlertsTask,
  startPeriodicTasks,
  leavingsTask,
  storeRulesTask,
  sweepTask,
  wakeTask,
  warmingTask,
  watchAlertsTask,
  watchCsvTask,
} from './periodic';
import type { PeriodicTask } from './periodic';
import { reconcileStoreHandler } from './reconcile-store';
import { retryWait } from './retry';
import { runSyncHandler } from './run-sync';
import { syncBulkHandler } from './sync-bulk';
import { startSourceFeeds } from './source-feeds';
import { syncProductsHandler } from './sync-products';
import { uploadPictureHandler } from './upload-picture';
import { turnPromotionsHandler } from './turn-promotions';
import { warmCacheHandler } from './warm-cache';

export type JobHandlers = { [N in JobName]: JobHandler<N> };

/** How often a job may lose its worker. High: one broken job takes the innocent ones of its process along. */
const MOST_STALLS = 25;

const CAPTURE_ALARM_BYTES = 512 * 1_048_576;

/** What each kind of job does. */
export const HANDLERS: JobHandlers = {
  'run-sync': runSyncHandler,
  'sync-products': syncProductsHandler,
  'sync-bulk': syncBulkHandler,
  'import-catalog': importCatalogHandler,
  'handle-webhooks': handleWebhooksHandler,
  'reconcile-store': reconcileStoreHandler,
  'plan-bulk-edit': planBulkEditHandler,
  'apply-bulk-edit': applyBulkEditHandler,
  'upload-picture': uploadPictureHandler,
  'turn-promotions': turnPromotionsHandler,
  'warm-cache': warmCacheHandler,
  'import-orders': importOrdersHandler,
};

export interface WorkerSettings {
  store: QueueStore;
  /** Jobs of a kind at a time. */
  concurrency: number;
  /** How long a killed worker's job stays its own; after about twice this time it is taken up again. */
  lockMs: number;
  /** Start a run in each shop this often; null: only when asked. */
  syncIntervalMinutes: number | null;
  /** Compare each store with what is known of it this often; 0 or absent: only when asked. */
  reconcileIntervalHours?: number;
  /** Log that the replication slot of the capture may make the database keep; absent: 512 MB. */
  captureAlarmBytes?: number;
  /** Refreshes the access tokens that end soon. */
  refreshTokens: () => Promise<unknown>;
  /** False: sources are fed by other processes. */
  feedsSources?: boolean;
  /** Other handlers: for tests of the queue itself. */
  handlers?: JobHandlers;
}

export interface RunningWorker {
  /**
   * Takes no more jobs, aborts the signal of those under way and waits until they have stopped, for at most `graceMs`;
   * false where some did not: end the process then, and they are taken up again as after a crash.
   */
  close(graceMs?: number): Promise<boolean>;
}

/** Starts to work on every queue. */
export async function startWorker(resources: Resources, settings: WorkerSettings): Promise<RunningWorker> {
  const { store, lockMs } = settings;
  const { log } = resources;
  const handlers = settings.handlers ?? HANDLERS;
  const stopping = new AbortController();
  const burials = new Set<Promise<void>>();

  const buryInBackground = (queue: StoredQueue, stored: StoredJob<unknown>) => {
    const burial = bury(resources, queue, stored)
      .catch((error: unknown) =>
        log.error({ err: error, jobId: stored.id }, 'A dead letter could not be written yet'),
      )
      .finally(() => burials.delete(burial));
    burials.add(burial);
  };

  const workers: StoredWorker[] = [];
  const queues: StoredQueue[] = [];
  for (const handler of Object.values(handlers)) {
    const queue = store.queue(handler.name);
    queues.push(queue);
    const worker = store.worker(
      handler.name,
      (stored, token, signal) => processJob(resources, handlers, stored, token, signal, stopping.signal),
      {
        concurrency: handler.share(settings.concurrency),
        lockDuration: lockMs,
        stalledInterval: Math.ceil(lockMs / 3),
        maxStalledCount: MOST_STALLS,
        settings: { backoffStrategy: (attemptsMade) => retryWait(attemptsMade, resources.random) },
      },
    );
    worker.on('failed', (stored, error) => {
      if (stored && isFinal(stored, error)) buryInBackground(queue, stored);
    });
    worker.on('stalled', (jobId) =>
      log.warn({ queue: handler.name, jobId }, 'A job lost its worker and waits again'),
    );
    // Somebody else may already have the job: stop.
    worker.on('lockRenewalFailed', (jobIds) => {
      for (const jobId of jobIds) worker.cancelJob(jobId, 'The lock of the job was lost.');
    });
    workers.push(worker);
  }

  const periodic = await startPeriodicTasks(store, periodicTasks(resources, settings, queues), {
    log,
    signal: stopping.signal,
    lockMs,
  });

  const feeds = settings.feedsSources === false ? null : startSourceFeeds(resources, { leaseMs: lockMs });

  return {
    close: async (graceMs = 25_000) => {
      // Closing first: a job that stops by the signal must find nothing further to take.
      const closed = [...workers.map((worker) => worker.close()), periodic.close(), feeds?.close()];
      stopping.abort(new Error('The worker shuts down.'));
      const finished = await within(graceMs, Promise.all(closed));
      await Promise.all(burials);
      await Promise.all(queues.map((queue) => queue.close()));
      if (!finished) log.warn({ graceMs }, 'Jobs did not stop in time; they will be taken up again');
      return finished;
    },
  };
}

function periodicTasks(
  resources: Resources,
  settings: WorkerSettings,
  queues: StoredQueue[],
): PeriodicTask[] {
  const tasks: PeriodicTask[] = [
    sweepTask(resources),
    wakeTask(resources),
    forgetWebhooksTask(resources),
    pruneAuditTask(resources),
    pruneIdempotencyTask(resources),
    forgetCacheHoursTask(resources),
    cacheListenersTask(resources),
    forgetPicturesTask(resources),
    promotionsTask(resources),
    storeRulesTask(resources),
    leavingsTask(resources),
    learnWorkTask(resources),
    warmingTask(resources),
    ordersTask(resources),
    rollUpTask(resources),
    pruneRollUpsTask(resources),
    watchCsvTask(resources),
    watchAlertsTask(resources),
    sendAlertsTask(resources),
    pruneAlertsTask(resources),
    measureCaptureTask(resources, settings.captureAlarmBytes ?? CAPTURE_ALARM_BYTES),
    { name: 'refresh-tokens', everyMs: 60_000, run: async () => void (await settings.refreshTokens()) },
    {
      name: 'dead-letters',
      everyMs: 30_000,
      run: async () => {
        for (const queue of queues) await buryFailed(resources, queue);
      },
    },
  ];
  if (settings.syncIntervalMinutes !== null)
    tasks.push(scheduledSyncTask(resources, settings.syncIntervalMinutes));
  if (settings.reconcileIntervalHours) tasks.push(reconcileTask(resources, settings.reconcileIntervalHours));
  return tasks;
}

async function processJob(
  resources: Resources,
  handlers: JobHandlers,
  stored: StoredJob<unknown>,
  token: string | undefined,
  lost: AbortSignal | undefined,
  stopping: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const facts = { queue: stored.name, jobId: stored.id, attempt: stored.attemptsStarted };
  const ended = (outcome: 'done' | 'failed' | 'handed-back') =>
    resources.metrics.jobEnded({
      name: stored.name,
      outcome,
      seconds: (performance.now() - started) / 1_000,
    });
  const nextOfShop = async () => {
    try {
      await resources.queue.ended(stored.id ?? '');
    } catch (error) {
      resources.log.warn({ ...facts, err: error }, 'The next job of a shop waits for the sweep');
    }
  };
  const handBack = async () => {
    ended('handed-back');
    await stored.moveToWait(token);
    resources.log.info(facts, 'Job handed back: the worker shuts down');
    throw new WaitingError();
  };
  // A closing worker may still fetch once more: even the job it has just handed back.
  if (stopping.aborted) return handBack();
  const context: JobContext = {
    jobId: stored.id ?? '',
    interrupted: stored.attemptsStarted > 1 || stored.stalledCounter > 0,
    signal: lost ? AbortSignal.any([stopping, lost]) : stopping,
  };
  try {
    await resources.tracing.span(
      `job ${stored.name}`,
      { 'job.id': stored.id ?? '', 'job.attempt': stored.attemptsStarted },
      () => runHandler(resources, handlers, parseJob(stored.data), context),
      traceparentOf(stored.data),
    );
    ended('done');
    await nextOfShop();
    resources.log.debug({ ...facts, ms: Math.round(performance.now() - started) }, 'Job done');
  } catch (error) {
    if (stopping.aborted) return handBack();
    ended('failed');
    resources.log.warn({ ...facts, err: error }, 'Job failed');
    await nextOfShop();
    throw error;
  }
}

/** Runs the handler of a job's kind. */
export async function runHandler(
  resources: Resources,
  handlers: JobHandlers,
  job: Job,
  context: JobContext,
): Promise<void> {
  switch (job.name) {
    case 'run-sync':
      return handlers['run-sync'].run(resources, job, context);
    case 'sync-products':
      return handlers['sync-products'].run(resources, job, context);
    case 'sync-bulk':
      return handlers['sync-bulk'].run(resources, job, context);
    case 'import-catalog':
      return handlers['import-catalog'].run(resources, job, context);
    case 'handle-webhooks':
      return handlers['handle-webhooks'].run(resources, job, context);
    case 'reconcile-store':
      return handlers['reconcile-store'].run(resources, job, context);
    case 'plan-bulk-edit':
      return handlers['plan-bulk-edit'].run(resources, job, context);
    case 'apply-bulk-edit':
      return handlers['apply-bulk-edit'].run(resources, job, context);
    case 'upload-picture':
      return handlers['upload-picture'].run(resources, job, context);
    case 'turn-promotions':
      return handlers['turn-promotions'].run(resources, job, context);
    case 'warm-cache':
      return handlers['warm-cache'].run(resources, job, context);
    case 'import-orders':
      return handlers['import-orders'].run(resources, job, context);
  }
}

function isFinal(stored: StoredJob<unknown>, error: Error): boolean {
  return error instanceof UnrecoverableError || stored.attemptsMade >= (stored.opts.attempts ?? 1);
}

/** True when it settled in time. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
