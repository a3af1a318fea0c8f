import { setTimeout as sleep } from 'node:timers/promises';
import type { Walking } from './walk-parts';

/** Share of the shop's points that background work leaves to the work somebody waits for. */
const KEPT_SHARE = 0.5;
/** Background work is not starved either: after this time it takes one more step all the same. */
const MOST_PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 250;

/** Waits while products of the shop wait to be synced, or while its points run low. */
export async function makeRoom({ resources, scope, signal }: Walking): Promise<void> {
  const { db, now } = resources;
  const until = now().getTime() + MOST_PATIENCE_MS;
  while (now().getTime() < until) {
    signal.throwIfAborted();
    const [waiting, points] = await Promise.all([
      db.syncRequest.findFirst({ where: { shopId: scope.shopId }, select: { productId: true } }),
      scope.store.pointsLeft(),
    ]);
    if (waiting === null && (points === null || points.available >= points.maximum * KEPT_SHARE)) return;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}
