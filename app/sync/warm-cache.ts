/**
 * Refreshes what was chosen of a shop's cache: the plain fields are read once more, as they would be before a write over
 * them. What Shopify holds otherwise is left to the line; nothing is written here but when it was confirmed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gid } from '~/core/product-state';
import { loadHeldRemotes } from '~/db/held-remotes.server';
import { invalidateRemotes, noteConfirmed } from '~/db/remote-cache.server';
import { dropUnread, nextToWarm, noteWarmed } from '~/db/warmed-products.server';
import type { ToWarm } from '~/db/warmed-products.server';
import { fieldsHaveMoved } from './confirm-remotes';
import type { JobContext, JobFor } from './jobs';
import { fieldPoints } from './plan-warming';
import { inTransaction } from './record-work';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';
import { compareWithStore } from './walk-parts';

/** Products read at a time: one call of each kind for most. */
const PAGE = 60;
/** Share of the points that is left to the work that is there. */
const KEPT_SHARE = 0.5;
const LOOK_EVERY_MS = 1_000;

/** Whether products of the shop wait to be synced, or its points run low: warming is to hurt nobody. */
async function isBusy({ db }: Resources, { shopId, store }: SyncScope): Promise<boolean> {
  const [waiting, points] = await Promise.all([
    db.syncRequest.findFirst({ where: { shopId }, select: { productId: true } }),
    store.pointsLeft(),
  ]);
  return waiting !== null || (points !== null && points.available < points.maximum * KEPT_SHARE);
}

async function warmPage(
  resources: Resources,
  scope: SyncScope,
  page: ToWarm[],
  signal: AbortSignal,
): Promise<void> {
  const { db, now } = resources;
  const { shopId } = scope;
  const readBegan = now();
  const remoteIds = page.map(({ remoteId }) => remoteId);
  const before = await loadHeldRemotes(db, shopId, remoteIds, readBegan);
  const cached = [...before.values()].flatMap(({ product }) => product ?? []);
  const ids = {
    products: cached.map(({ id }) => id),
    variants: cached.flatMap(({ variants }) => variants.map(({ id }) => id)),
    items: [],
  };
  const found = await scope.store.readFields(ids, { signal });
  const isGone = (remoteId: Gid) => found.products.get(remoteId) === null;
  const comparison = await compareWithStore(
    { resources, scope },
    remoteIds,
    readBegan,
    ({ product }) =>
      fieldsHaveMoved(
        product,
        { products: [product.id], variants: product.variants.map(({ id }) => id), items: [] },
        found,
      ),
    isGone,
  );
  const drifted = comparison.drifted.map(({ remoteId }) => remoteId);
  await inTransaction(resources, async (tx) => {
    await noteConfirmed(tx, shopId, comparison.verified, readBegan);
    await invalidateRemotes(tx, shopId, drifted, now());
  });
  if (comparison.drifted.length > 0)
    await requestSync(resources, {
      shopId,
      productIds: comparison.drifted.map(({ productId }) => productId),
      ...{ cause: 'reconcile', causedBy: 'Warming of the cache', runId: null, areLinked: true },
    });
  const pointsOf = fieldPoints(scope);
  const verified = new Set(comparison.verified);
  const read = page.filter(({ remoteId }) => verified.has(remoteId));
  await noteWarmed(
    db,
    shopId,
    read.map(({ productId, remoteId }) => ({
      productId,
      points: pointsOf(before.get(remoteId)?.product?.variants.length ?? 0),
    })),
    readBegan,
  );
  await dropUnread(db, shopId, { productIds: page.map(({ productId }) => productId) });
}

/** Carries out the job "warm-cache". Repeatable: what was read is noted, what is no use any more is let go of. */
export async function warmCache(
  resources: Resources,
  { shopId }: JobFor<'warm-cache'>,
  { signal }: Pick<JobContext, 'signal'>,
): Promise<void> {
  const { db, now } = resources;
  const scope = await loadSyncScope(resources, shopId, { isBackground: true });
  if (!scope) return;
  for (;;) {
    signal.throwIfAborted();
    await dropUnread(db, shopId, { expectedBefore: now() });
    const page = await nextToWarm(db, shopId, PAGE);
    if (page.length === 0) return;
    if (await isBusy(resources, scope)) await sleep(LOOK_EVERY_MS, undefined, { signal });
    else await warmPage(resources, scope, page, signal);
  }
}
