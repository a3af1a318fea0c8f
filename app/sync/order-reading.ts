/** A reading of a shop's orders while it goes on: what it may spend, and how it is recorded. */
import { setTimeout as sleep } from 'node:timers/promises';
import { takeOrderStep } from '~/db/order-imports.server';
import type { OrderStep } from '~/db/order-imports.server';
import { inTransaction } from './record-work';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';

/** Share of the points that is left to the work that is there. */
const KEPT_SHARE = 0.5;
const LOOK_EVERY_MS = 1_000;

export interface OrderReading {
  resources: Resources;
  scope: SyncScope;
  signal: AbortSignal;
  step: bigint;
  toldAt: number;
}

/**
 * Stores something and records the step in one transaction; false where another job went on or nobody wants it any more: then
 * nothing is stored, and this reading ends.
 */
export async function recordStep(
  reading: OrderReading,
  taken: OrderStep,
  store: (tx: Parameters<typeof takeOrderStep>[0]) => Promise<void> = async () => undefined,
): Promise<boolean> {
  const { resources, scope, step } = reading;
  const { shopId } = scope;
  const isTaken = await inTransaction(resources, async (tx) => {
    if (!(await takeOrderStep(tx, { shopId, step, now: resources.now() }, taken))) return false;
    await store(tx);
    return true;
  });
  if (isTaken) reading.step = step + 1n;
  return isTaken;
}

/** Waits until the shop has points to spare: reading orders is to hurt nobody. */
export async function awaitAllowance({ scope, signal }: OrderReading): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const points = await scope.store.pointsLeft();
    if (points === null || points.available >= points.maximum * KEPT_SHARE) return;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}
