/** What work on the products of a shop needs to know, loaded once a job. */
import type { Gid } from '~/core/product-state';
import type { CatalogScope } from '~/db/catalog-products.server';
import { loadShop, locationsByName } from '~/db/shops.server';
import type { ShopScope } from '~/db/shops.server';
import type { ShopifyStore } from '~/shopify/gateway';
import type { Resources } from './resources';

export interface SyncScope extends ShopScope {
  catalog: CatalogScope;
  store: ShopifyStore;
  /** Nobody waits for it: others go first. */
  isBackground: boolean;
}

/** Null where the shop is unknown or the app was uninstalled. Work that nobody waits for says so: others go first. */
export async function loadSyncScope(
  resources: Resources,
  shopId: string,
  { isBackground = false }: { isBackground?: boolean } = {},
): Promise<SyncScope | null> {
  const shop = await loadShop(resources.db, shopId);
  if (!shop) return null;
  const categories = await resources.db.taxonomyCategory.findMany({ where: { gid: { not: null } } });
  return {
    ...shop,
    isBackground,
    catalog: {
      accountId: shop.accountId,
      locations: locationsByName(shop.locations),
      categories: new Map(
        categories.flatMap(({ fullName, gid }): [string, Gid][] => (gid === null ? [] : [[fullName, gid]])),
      ),
    },
    store: resources.shopify.store({
      id: shop.shopId,
      domain: shop.domain,
      publicationId: shop.publicationId,
      locations: shop.locations.length,
      isBackground,
    }),
  };
}
