import type { Gid } from '~/core/product-state';
import { productsOfRemotes } from '~/db/links.server';
import { invalidateRemotes } from '~/db/remote-cache.server';
import { requestSync } from './request-sync';
import type { Resources } from './resources';

/**
 * Shopify says that these products changed, and when, where it says so: what we hold of them is read again before it is
 * merged. Products that are linked to nothing in the catalog are none of ours.
 */
export async function lookAtRemoteProducts(
  resources: Resources,
  told: { shopId: string; remoteIds: Gid[]; changedAt?: ReadonlyMap<Gid, Date | null> },
): Promise<void> {
  const { db, now } = resources;
  const { shopId, remoteIds, changedAt } = told;
  await invalidateRemotes(db, shopId, remoteIds, { by: 'webhook', now: now() });
  const linked = await productsOfRemotes(db, shopId, remoteIds);
  if (linked.size === 0) return;
  const since = new Map(
    [...linked].map(([productId, remoteId]) => [
      productId,
      { remoteChangedAt: changedAt?.get(remoteId) ?? null },
    ]),
  );
  await requestSync(resources, {
    ...{ shopId, cause: 'webhook', causedBy: 'Shopify', runId: null, since },
    productIds: [...linked.keys()],
  });
}
