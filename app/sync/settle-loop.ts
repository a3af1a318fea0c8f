/** Sees to the products whose burst of changes is over, one batch after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceId } from '~/core/product-state';
import { dueChanges, forgetChanges, postponeChanges, storeWhatMayDiffer } from '~/db/captured-changes.server';
import type { DueChange } from '~/db/captured-changes.server';
import { noteCompared, readCapture } from '~/db/change-capture.server';
import { PRODUCTS_PER_JOB } from './request-sync';
import type { Resources } from './resources';
import { RecentScopes, settleChanges } from './settle-changes';

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
  const { needsComparison, comparisonReason, comparisonsWanted } = await readCapture(db);
  if (!needsComparison) return;
  const products = await db.$transaction(
    async (tx) => {
      const stored = await storeWhatMayDiffer(tx);
      await noteCompared(tx, comparisonsWanted, now());
      return stored;
    },
    { timeout: 600_000, maxWait: 30_000 },
  );
  log.info({ products, reason: comparisonReason }, 'The whole catalog was compared');
}

/** Batches that are seen to at the same time: what is due next need not wait for the former. */
const UNDER_WAY = 3;

async function settleBatch(
  resources: Resources,
  due: DueChange[],
  how: { scopes: RecentScopes; signal: AbortSignal },
): Promise<void> {
  const { db } = resources;
  const { done, unsure, failed, own } = await settleChanges(resources, due, how);
  await forgetChanges(db, done);
  await postponeChanges(db, unsure, UNSURE_MS);
  await postponeChanges(db, failed, FAILED_MS);
  await postponeChanges(db, own, OWN_MS, { isAsked: true });
}

/** Works until `signal` is aborted. One loop is enough; several do no harm. */
export function startSettleLoop(
  resources: Resources,
  { signal, onComparisonFailed }: { signal: AbortSignal; onComparisonFailed: (error: unknown) => void },
): SettleLoop {
  const { db, log } = resources;
  let wakeAt = 0;
  let wake: AbortController | null = null;
  let comparedAt = -Infinity;
  const poke = (inMs: number) => {
    const at = performance.now() + inMs;
    if (at >= wakeAt) return;
    wakeAt = at;
    wake?.abort();
  };

  const waitAtMost = async (longestMs: number) => {
    wakeAt = Math.min(wakeAt, performance.now() + Math.max(0, longestMs));
    for (;;) {
      const ms = wakeAt - performance.now();
      if (ms <= 0 || signal.aborted) return;
      wake = new AbortController();
      await sleep(ms, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => undefined); // sooner
    }
  };

  const scopes = new RecentScopes();
  const underWay = new Set<SourceId>();
  const lane = new Set<Promise<void>>();
  /** One product is seen to once at a time: what changed meanwhile was passed over. */
  let isHiding = false;
  const tellFailure = async (error: unknown) => {
    if (signal.aborted) return;
    log.warn({ err: error }, 'Captured changes could not be seen to; they are tried again');
    await sleep(1_000, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  };
  const begin = (due: DueChange[]) => {
    for (const { productId } of due) underWay.add(productId);
    const work = settleBatch(resources, due, { scopes, signal })
      .catch(tellFailure)
      .finally(() => {
        for (const { productId } of due) underWay.delete(productId);
        lane.delete(work);
        if (isHiding) poke(0);
      });
    lane.add(work);
  };
  const turn = async () => {
    if (performance.now() - comparedAt > LOOK_EVERY_MS) {
      comparedAt = performance.now();
      await compareWhereNeeded(resources).catch(onComparisonFailed);
    }
    wakeAt = Infinity;
    isHiding = underWay.size > 0;
    const { due, nextInMs } = await dueChanges(db, { limit: PRODUCTS_PER_JOB, except: [...underWay] });
    if (due.length > 0) begin(due);
    if (lane.size >= UNDER_WAY) await Promise.race(lane);
    else await waitAtMost(Math.min(nextInMs ?? LOOK_EVERY_MS, LOOK_EVERY_MS));
  };
  const loop = async () => {
    while (!signal.aborted) await turn().catch(tellFailure);
    await Promise.all(lane);
  };

  return { poke, ended: loop() };
}
