import type { ShopifyStore } from '~/shopify/gateway';
import type { Resources } from './resources';

/** The store of a shop, for calls about its files; null where the app is not installed. */
export async function storeOf({ db, shopify }: Resources, shopId: string): Promise<ShopifyStore | null> {
  const shop = await db.shop.findUnique({
    where: { id: shopId, uninstalledAt: null },
    select: { domain: true, publicationId: true },
  });
  if (shop === null) return null;
  return shopify.store({ id: shopId, ...shop, locations: 0 });
}
