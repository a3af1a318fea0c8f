/** Finding any resource by its gid. */
import { findCategory } from '../../catalog/taxonomy';
import { gidType } from '../../state/gid';
import type { Gid } from '../../state/gid';
import type { Shop } from '../../state/shop';
import { visibleOrder } from '../../orders/visible-orders';
import { apiError } from '../call';
import type { Call } from '../call';
import { levelSource } from '../types/inventory-type';
import type { LevelSource } from '../types/inventory-type';
import { metafieldSource } from '../types/metafield-type';
import { optionSources } from '../types/product-type';

/** The level a gid names, with its item; null where there is none. */
export function findLevel(shop: Shop, id: Gid): LevelSource | null {
  const itemId = /[?&]inventory_item_id=(\d+)/.exec(id)?.[1];
  const item = shop.inventoryItems.get(`gid://shopify/InventoryItem/${itemId ?? ''}`);
  const level = [...(item?.levels.values() ?? [])].find((each) => each.id === id);
  return item && level ? levelSource(item, level) : null;
}

function findMetafield(shop: Shop, id: Gid): object | null {
  for (const owners of [[shop], shop.products.values(), shop.variants.values()]) {
    for (const owner of owners) {
      for (const metafield of owner.metafields.values()) {
        if (metafield.id === id) return metafieldSource(owner, metafield);
      }
    }
  }
  return null;
}

function findOption(shop: Shop, id: Gid): object | null {
  for (const product of shop.products.values()) {
    const option = optionSources(product).find((each) => each.id === id);
    if (option) return option;
  }
  return null;
}

const FINDERS: Record<string, (shop: Shop, id: Gid) => object | null | undefined> = {
  Product: (shop, id) => shop.products.get(id),
  ProductVariant: (shop, id) => shop.variants.get(id),
  ProductOption: findOption,
  InventoryItem: (shop, id) => shop.inventoryItems.get(id),
  InventoryLevel: findLevel,
  Location: (shop, id) => shop.locations.get(id),
  Publication: (shop, id) => shop.publications.get(id),
  Collection: (shop, id) => shop.collections.get(id),
  Metafield: findMetafield,
  BulkOperation: (shop, id) => shop.bulkOperations.get(id),
  WebhookSubscription: (shop, id) => shop.webhookSubscriptions.get(id),
  ProductSetOperation: (shop, id) => shop.productOperations.get(id),
  ProductDeleteOperation: (shop, id) => shop.productOperations.get(id),
  TaxonomyCategory: (_shop, id) => findCategory(id),
  Shop: (shop, id) => (shop.id === id ? shop : null),
  AppInstallation: (shop, id) => (shop.installation?.id === id ? shop.installation : null),
};
for (const type of ['MediaImage', 'Video', 'ExternalVideo', 'Model3d', 'GenericFile']) {
  FINDERS[type] = (shop, id) => shop.files.get(id);
}

/** The resource a gid names, or null where the caller may see none. Throws for text that is no gid. */
export function findNode(call: Call, id: Gid): object | null {
  const type = gidType(id);
  if (type === null) throw apiError(`Invalid global id '${id}'`, 'BAD_REQUEST');
  if (type === 'Order') return visibleOrder(call, id);
  return FINDERS[type]?.(call.shop, id) ?? null;
}
