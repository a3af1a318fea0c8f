/** Takes webhooks in: what many requests bring at a time is stored together, and a worker is woken now and then. */
import { saveDeliveries } from '~/db/webhook-deliveries.server';
import type { NewDelivery } from '~/db/webhook-deliveries.server';
import type { Resources } from './resources';
import { wakeWebhookWorker } from './wake-webhook-worker';

/** Deliveries of one statement at most. */
const MOST_AT_ONCE = 500;
/** A worker that runs looks again by itself: it is woken no more often than this. */
const WAKE_EVERY_MS = 250;

export interface WebhookIntake {
  /** Resolves when the delivery is stored; rejects where it could not be: Shopify repeats it. */
  take(delivery: NewDelivery): Promise<void>;
}

interface Waiting {
  delivery: NewDelivery;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/** The intake of one process. */
export function createWebhookIntake(
  resources: Pick<Resources, 'db' | 'queue' | 'log' | 'now'>,
): WebhookIntake {
  const { db, queue, log, now } = resources;
  const waiting: Waiting[] = [];
  let isSaving = false;
  let wokenAt = -Infinity;
  let later: NodeJS.Timeout | null = null;

  const wake = () => {
    wokenAt = performance.now();
    // Nobody waits for it: a wake that is lost is made up for by the periodic task.
    wakeWebhookWorker(queue).catch((error: unknown) =>
      log.warn({ err: error }, 'The worker could not be woken for webhooks'),
    );
  };
  const wakeSoon = () => {
    if (later) return;
    const wait = wokenAt + WAKE_EVERY_MS - performance.now();
    if (wait <= 0) return wake();
    later = setTimeout(() => {
      later = null;
      wake();
    }, wait).unref();
  };

  const save = async (batch: Waiting[]) => {
    try {
      const added = await saveDeliveries(
        db,
        batch.map(({ delivery }) => delivery),
        now(),
      );
      for (const { resolve } of batch) resolve();
      if (added > 0) wakeSoon();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  /** While one statement is on its way, what comes gathers for the next: a flood makes the batches larger by itself. */
  const saveAll = async () => {
    isSaving = true;
    while (waiting.length > 0) await save(waiting.splice(0, MOST_AT_ONCE));
    isSaving = false;
  };

  return {
    take: (delivery) =>
      new Promise((resolve, reject) => {
        waiting.push({ delivery, resolve, reject });
        if (!isSaving) void saveAll();
      }),
  };
}
