import type { Gid } from '~/core/product-state';
import { productsOfRemotes } from '~/db/links.server';
import { invalidateRemotes } from '~/db/remote-cache.server';
import { requestSync } from './request-sync';
import type { Resources } from './resources';

/**
 * Shopify says that these products changed: what we hold of them is read again before it is merged. Products that are
 * linked to nothing in the catalog are none of ours.
 */
export async function lookAtRemoteProducts(
  resources: Resources,
  { shopId, remoteIds }: { shopId: string; remoteIds: Gid[] },
): Promise<void> {
  const { db, now } = resources;
  await invalidateRemotes(db, shopId, remoteIds, now());
  const productIds = await productsOfRemotes(db, shopId, remoteIds);
  if (productIds.length > 0)
    await requestSync(resources, { shopId, productIds, cause: 'webhook', causedBy: 'Shopify', runId: null });
}
