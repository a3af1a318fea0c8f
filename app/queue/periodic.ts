/** Work that time starts, each task once among all workers: BullMQ's job schedulers keep the clock. */
import { forgetCacheHours } from '~/db/cache-hours.server';
import { forgetMessages } from '~/db/cache-news.server';
import { measureCapture } from '~/sync/measure-capture';
import { pruneAudit } from '~/sync/prune-audit';
import { pruneIdempotency } from '~/sync/prune-idempotency';
import type { Resources } from '~/sync/resources';
import { fetchWatchedCsvs } from '~/sync/fetch-watched-csv';
import { forgetOldDeliveries } from '~/sync/forget-old-deliveries';
import { keepStoreRules } from '~/sync/keep-store-rules';
import { learnWork } from '~/sync/learn-work';
import { carryLeavings } from '~/sync/leave-account';
import { planWarming } from '~/sync/plan-warming';
import { forgetFailedPictures, revivePictures } from '~/sync/revive-pictures';
import { reviveReconciliations } from '~/sync/revive-reconciliations';
import { startDueOrderImports } from '~/sync/start-due-order-imports';
import { pruneRollUps, rollUpActivity } from '~/sync/roll-up-activity';
import { startDueReconciliations } from '~/sync/start-due-reconciliations';
import { startRun } from '~/sync/start-run';
import { sendAlerts } from '~/sync/send-alerts';
import { sendErrorSummaries } from '~/sync/send-error-summaries';
import { sweepPromotions } from '~/sync/sweep-promotions';
import { sweepRequests } from '~/sync/sweep-requests';
import { tellCacheListeners } from '~/sync/tell-cache-listeners';
import { wakeForWaitingWebhooks } from '~/sync/wake-webhook-worker';
import { pruneAlerts, watchAlerts } from '~/sync/watch-alerts';
import type { QueueStore, StoredQueue, StoredWorker } from './connection';

const QUEUE = 'periodic';

export interface PeriodicTask {
  name: string;
  everyMs: number;
  run: (signal: AbortSignal) => Promise<void>;
}

/** Asks again for what no job took up: a crash between the row and the job. */
export function sweepTask(resources: Resources): PeriodicTask {
  return {
    name: 'sweep-requests',
    everyMs: 15_000,
    run: async () => {
      await sweepRequests(resources);
      await reviveReconciliations(resources);
      await revivePictures(resources);
    },
  };
}

/** Compares each store with what is known of it, `intervalHours` after the last time. */
export function reconcileTask(resources: Resources, intervalHours: number): PeriodicTask {
  return {
    name: 'reconcile',
    everyMs: 60_000,
    run: (signal) => startDueReconciliations(resources, intervalHours * 3_600_000, signal),
  };
}

/** Wakes for webhooks whose own wake was lost, or whose next attempt is due. */
export function wakeTask(resources: Resources): PeriodicTask {
  return { name: 'wake-webhooks', everyMs: 5_000, run: () => wakeForWaitingWebhooks(resources) };
}

/** Webhook deliveries are forgotten some time after Shopify stopped repeating them. */
export function forgetWebhooksTask(resources: Resources): PeriodicTask {
  return { name: 'forget-webhooks', everyMs: 3_600_000, run: () => forgetOldDeliveries(resources) };
}

/** Keeps the audit logs as long as their shops want them. */
export function pruneAuditTask(resources: Resources): PeriodicTask {
  return {
    name: 'prune-audit',
    everyMs: 3_600_000,
    run: async (signal) => {
      const { deleted } = await pruneAudit(resources, { signal });
      if (deleted > 0) resources.log.info({ deleted }, 'Old rows of audit logs deleted');
    },
  };
}

/** What the cache was worth more than a year ago, and what was told of it a week ago, is nobody's question. */
export function forgetCacheHoursTask({ db, now }: Resources): PeriodicTask {
  return {
    name: 'forget-cache-hours',
    everyMs: 86_400_000,
    run: async () => {
      await forgetCacheHours(db, new Date(now().getTime() - 400 * 86_400_000));
      await forgetMessages(db, new Date(now().getTime() - 7 * 86_400_000));
    },
  };
}

/** Tells whoever listens of what changed in the cache. */
export function cacheListenersTask(resources: Resources): PeriodicTask {
  return { name: 'cache-listeners', everyMs: 2_000, run: (signal) => tellCacheListeners(resources, signal) };
}

/** Forgets what requests of the REST API were answered, a day later. */
export function pruneIdempotencyTask(resources: Resources): PeriodicTask {
  return {
    name: 'prune-idempotency',
    everyMs: 3_600_000,
    run: async (signal) => {
      await pruneIdempotency(resources, { signal });
    },
  };
}

/** Lets go of files that failed to become pictures, a day later. */
export function forgetPicturesTask(resources: Resources): PeriodicTask {
  return { name: 'forget-pictures', everyMs: 3_600_000, run: () => forgetFailedPictures(resources) };
}

/** Looks at product CSVs that are watched, each when its time has come. */
export function watchCsvTask(resources: Resources): PeriodicTask {
  return { name: 'watch-csv', everyMs: 10_000, run: (signal) => fetchWatchedCsvs(resources, signal) };
}

/** Measures what the replication slot makes the database keep: also one that nobody reads from any more. */
export function measureCaptureTask(resources: Resources, alarmBytes: number): PeriodicTask {
  return { name: 'measure-capture', everyMs: 10_000, run: () => measureCapture(resources, { alarmBytes }) };
}

/** Finds promotions that are due and whose own job was lost: the clock of a promotion is not later than this. */
export function promotionsTask(resources: Resources): PeriodicTask {
  return { name: 'promotions', everyMs: 2_000, run: () => sweepPromotions(resources) };
}

/** Puts rates in force whose time has come, and carries new rules of stores to their products. */
export function storeRulesTask(resources: Resources): PeriodicTask {
  return { name: 'store-rules', everyMs: 2_000, run: (signal) => keepStoreRules(resources, signal) };
}

/** Takes out of their accounts the stores that asked for it. */
export function leavingsTask(resources: Resources): PeriodicTask {
  return { name: 'leavings', everyMs: 2_000, run: (signal) => carryLeavings(resources, signal) };
}

/** Learns when shops work, and on what. */
export function learnWorkTask(resources: Resources): PeriodicTask {
  return { name: 'learn-work', everyMs: 600_000, run: (signal) => learnWork(resources, signal) };
}

/** Rolls up what happened, for the dashboard and the analytics. */
export function rollUpTask(resources: Resources): PeriodicTask {
  return { name: 'roll-up-activity', everyMs: 2_000, run: (signal) => rollUpActivity(resources, signal) };
}

/** Forgets roll-ups that are older than any page reaches. */
export function pruneRollUpsTask(resources: Resources): PeriodicTask {
  return { name: 'prune-activity', everyMs: 3_600_000, run: () => pruneRollUps(resources) };
}

/** Has read what work will need that is expected within minutes. */
export function warmingTask(resources: Resources): PeriodicTask {
  return { name: 'plan-warming', everyMs: 60_000, run: (signal) => planWarming(resources, signal) };
}

/** Has orders read that a webhook told of, and those that none did. */
export function ordersTask(resources: Resources): PeriodicTask {
  return { name: 'orders', everyMs: 60_000, run: () => startDueOrderImports(resources) };
}

/** Looks at each store by its alert rules, and makes the daily summaries that are due. */
export function watchAlertsTask(resources: Resources): PeriodicTask {
  return {
    name: 'watch-alerts',
    everyMs: 60_000,
    run: async (signal) => {
      await watchAlerts(resources, signal);
      await sendErrorSummaries(resources, signal);
    },
  };
}

/** Sends what channels are to be told. */
export function sendAlertsTask(resources: Resources): PeriodicTask {
  return { name: 'send-alerts', everyMs: 10_000, run: (signal) => sendAlerts(resources, signal) };
}

/** Forgets alerts of long ago. */
export function pruneAlertsTask(resources: Resources): PeriodicTask {
  return { name: 'prune-alerts', everyMs: 3_600_000, run: () => pruneAlerts(resources) };
}

/** Starts a run in each adopted shop whose last run began `intervalMinutes` ago or earlier. */
export function scheduledSyncTask(resources: Resources, intervalMinutes: number): PeriodicTask {
  return {
    name: 'scheduled-sync',
    everyMs: 60_000,
    run: async (signal) => {
      const since = new Date(resources.now().getTime() - intervalMinutes * 60_000);
      const shops = await resources.db.shop.findMany({
        // Before its first sync a merchant has not yet said what shall win.
        where: { uninstalledAt: null, adoptedAt: { not: null } },
        select: { id: true },
      });
      const recent = await resources.db.syncRun.findMany({
        where: {
          shopId: { in: shops.map((shop) => shop.id) },
          OR: [{ createdAt: { gt: since } }, { state: { in: ['queued', 'adopting', 'running'] } }],
        },
        select: { shopId: true },
        distinct: ['shopId'],
      });
      const busy = new Set(recent.map((run) => run.shopId));
      for (const shop of shops) {
        if (busy.has(shop.id)) continue;
        signal.throwIfAborted();
        try {
          await startRun(resources, { shopId: shop.id, trigger: 'schedule', causedBy: 'schedule' });
        } catch (error) {
          resources.log.error({ err: error, shopId: shop.id }, 'A scheduled run could not be started');
        }
      }
    },
  };
}

/** Registers the tasks and runs those whose turn falls to this process, until `close()`. */
export async function startPeriodicTasks(
  store: QueueStore,
  tasks: PeriodicTask[],
  options: { log: Resources['log']; signal: AbortSignal; lockMs: number },
): Promise<{ close(): Promise<void> }> {
  const queue: StoredQueue = store.queue(QUEUE);
  const byName = new Map(tasks.map((task) => [task.name, task]));
  for (const held of await queue.getJobSchedulers()) {
    if (held?.key && !byName.has(held.key)) await queue.removeJobScheduler(held.key);
  }
  for (const task of tasks) {
    await queue.upsertJobScheduler(
      task.name,
      { every: task.everyMs },
      { name: task.name, data: {}, opts: { attempts: 1, removeOnComplete: true, removeOnFail: true } },
    );
  }
  const worker: StoredWorker = store.worker(
    QUEUE,
    async (job) => {
      try {
        await byName.get(job.name)?.run(options.signal);
      } catch (error) {
        // The next turn tries again; the task itself says what is the matter.
        if (!options.signal.aborted)
          options.log.error({ err: error, task: job.name }, 'A periodic task failed');
        throw error;
      }
    },
    {
      concurrency: Math.max(1, tasks.length),
      lockDuration: options.lockMs,
      stalledInterval: Math.ceil(options.lockMs / 3),
    },
  );
  return {
    close: async () => {
      await worker.close();
      await queue.close();
    },
  };
}
