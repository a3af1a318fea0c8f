/** Sees to the products whose burst of changes is over, one batch after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  dueChanges,
  forgetChanges,
  nextDueInMs,
  postponeChanges,
  storeWhatMayDiffer,
} from '~/db/captured-changes.server';
import { noteCompared, readCapture } from '~/db/change-capture.server';
import { PRODUCTS_PER_JOB } from './request-sync';
import type { Resources } from './resources';
import { settleChanges } from './settle-changes';

/** A job is at the product: it has likely ended then. */
const UNSURE_MS = 200;
const FAILED_MS = 5_000;
/** What Lockstep wrote and then asks for itself is seen to after this time, should it have died between the two. */
const OWN_MS = 120_000;
/** Rows may be there that nobody told this process of. */
const LOOK_EVERY_MS = 5_000;

export interface SettleLoop {
  /** Changes were stored that are due in so many milliseconds. */
  poke(inMs: number): void;
  /** Resolves when `signal` is aborted; never rejects. */
  ended: Promise<void>;
}

/** Compares the whole catalog where changes may have passed unseen. */
async function compareWhereNeeded({ db, log, now }: Resources): Promise<void> {
  const { needsComparison, comparisonReason } = await readCapture(db);
  if (!needsComparison) return;
  const products = await db.$transaction(
    async (tx) => {
      const stored = await storeWhatMayDiffer(tx);
      await noteCompared(tx, now());
      return stored;
    },
    { timeout: 600_000, maxWait: 30_000 },
  );
  log.info({ products, reason: comparisonReason }, 'The whole catalog was compared');
}

async function settleBatch(resources: Resources, signal: AbortSignal): Promise<boolean> {
  const { db } = resources;
  const due = await dueChanges(db, PRODUCTS_PER_JOB);
  if (due.length === 0) return false;
  const { done, unsure, failed, own } = await settleChanges(resources, due, signal);
  await forgetChanges(db, done);
  await postponeChanges(db, unsure, UNSURE_MS);
  await postponeChanges(db, failed, FAILED_MS);
  await postponeChanges(db, own, OWN_MS);
  return true;
}

/** Works until `signal` is aborted. One loop is enough; several do no harm. */
export function startSettleLoop(
  resources: Resources,
  { signal, onComparisonFailed }: { signal: AbortSignal; onComparisonFailed: (error: unknown) => void },
): SettleLoop {
  const { db, log } = resources;
  let wakeAt = 0;
  let wake: AbortController | null = null;

  const waitUntilDue = async () => {
    const next = await nextDueInMs(db);
    wakeAt = Math.min(wakeAt, performance.now() + Math.min(Math.max(next ?? LOOK_EVERY_MS, 0), LOOK_EVERY_MS));
    while (!signal.aborted) {
      const ms = wakeAt - performance.now();
      if (ms <= 0) return;
      wake = new AbortController();
      await sleep(ms, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => undefined); // sooner
    }
  };

  const loop = async () => {
    let comparedAt = -Infinity;
    while (!signal.aborted) {
      try {
        if (performance.now() - comparedAt > LOOK_EVERY_MS || wantsComparison) {
          comparedAt = performance.now();
          wantsComparison = false;
          await compareWhereNeeded(resources).catch(onComparisonFailed);
        }
        wakeAt = Infinity;
        if (!(await settleBatch(resources, signal))) await waitUntilDue();
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ err: error }, 'Captured changes could not be seen to; they are tried again');
        await sleep(1_000, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
      }
    }
  };
  let wantsComparison = true;

  return {
    poke: (inMs) => {
      const at = performance.now() + inMs;
      if (at >= wakeAt) return;
      wakeAt = at;
      wake?.abort();
    },
    ended: loop(),
  };
}
