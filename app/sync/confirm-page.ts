import type { Gid } from '~/core/product-state';
import { loadHeldRemotes } from '~/db/held-remotes.server';
import { invalidateRemotes, noteConfirmed } from '~/db/remote-cache.server';
import type { ToWarm } from '~/db/warmed-products.server';
import { fieldsHaveMoved } from './confirm-remotes';
import { inTransaction } from './record-work';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';
import { compareWithStore } from './walk-parts';

export interface ConfirmedPage {
  /** When the read began. */
  readBegan: Date;
  /** Found as they are cached. */
  verified: ReadonlySet<Gid>;
  /** Variants that each had. */
  variants: ReadonlyMap<Gid, number>;
  /** What it took. */
  points: number;
}

/**
 * Reads the plain fields of cached products once more, as they would be before a write over them. What Shopify holds
 * otherwise is left to the line; nothing is written here but when it was confirmed.
 */
export async function confirmPage(
  resources: Resources,
  scope: SyncScope,
  page: ToWarm[],
  signal: AbortSignal,
): Promise<ConfirmedPage> {
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
    await invalidateRemotes(tx, shopId, drifted, { by: 'warming', now: now() });
  });
  if (comparison.drifted.length > 0)
    await requestSync(resources, {
      shopId,
      productIds: comparison.drifted.map(({ productId }) => productId),
      ...{ cause: 'reconcile', causedBy: 'Warming of the cache', runId: null, areLinked: true },
    });
  return {
    readBegan,
    verified: new Set(comparison.verified),
    variants: new Map(
      page.map(({ remoteId }) => [remoteId, before.get(remoteId)?.product?.variants.length ?? 0]),
    ),
    points: found.spent.points,
  };
}
