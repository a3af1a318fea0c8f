/** Which search fields each resource has, and what they compare. */
import { availableInAll } from '../catalog/inventory';
import { statusAt } from '../catalog/media';
import { itemOf, variantsOf } from '../catalog/variants';
import { legacyId } from '../state/gid';
import type { InventoryItem, Location } from '../state/inventory';
import type { BulkOperation, Order } from '../state/operations';
import type { Product, StoredFile, Variant } from '../state/product';
import type { Call } from './call';
import type { Searchable, SearchFields } from './search';

const keyword = (...values: (string | null)[]): Searchable => ({ as: 'keyword', values });
const text = (...values: (string | null)[]): Searchable => ({ as: 'text', values });
const number = (...values: number[]): Searchable => ({ as: 'number', values });
const at = (value: string): Searchable => ({ as: 'instant', value: Date.parse(value) });
const identified = (id: string): Searchable => {
  const legacy = legacyId(id);
  // As a number for ranges ("id:>=123"); ids of the emulator stay below 2^53. As a keyword for full gids.
  return { as: 'number', values: [Number(legacy)] };
};

/** "id:gid://shopify/Product/1" and "id:1" mean the same. */
export function plainIds(query: string | null | undefined): string | null | undefined {
  return query
    ?.replace(/\bid:(["']?)gid:\/\/shopify\/\w+\/(\d+)\1/g, 'id:$2')
    .replace(/,gid:\/\/shopify\/\w+\/(\d+)/g, ',$1');
}

/** Instants as the search index knows them: it may lag behind the writes. */
function seenAt({ emulator }: Call): (instant: string) => Searchable {
  const lag = emulator.switches.searchLagMs;
  const now = emulator.clock.now();
  return (instant) => {
    const epoch = Date.parse(instant);
    return { as: 'instant', value: epoch > now - lag ? Number.NaN : epoch };
  };
}

export function productSearch(call: Call): SearchFields<Product> {
  const { shop } = call;
  const seen = seenAt(call);
  const items = (product: Product) => variantsOf(shop, product).map((variant) => itemOf(shop, variant));
  return {
    default: (product) =>
      text(
        product.title,
        product.vendor,
        product.productType,
        product.handle,
        ...product.tags,
        ...items(product).map((item) => item.sku),
      ),
    id: (product) => identified(product.id),
    handle: (product) => keyword(product.handle),
    title: (product) => text(product.title),
    vendor: (product) => keyword(product.vendor),
    product_type: (product) => keyword(product.productType),
    status: (product) => keyword(product.status),
    tag: (product) => keyword(...product.tags),
    sku: (product) => keyword(...items(product).map((item) => item.sku)),
    barcode: (product) => keyword(...variantsOf(shop, product).map((variant) => variant.barcode)),
    price: (product) => number(...variantsOf(shop, product).map((variant) => Number(variant.price))),
    inventory_total: (product) => number(items(product).reduce((sum, item) => sum + availableInAll(item), 0)),
    variant_id: (product) => number(...product.variantIds.map((id) => Number(legacyId(id)))),
    gift_card: (product) => keyword(String(product.isGiftCard)),
    published_status: (product) => keyword(product.publishedOn.size > 0 ? 'published' : 'unpublished'),
    created_at: (product) => seen(product.createdAt),
    updated_at: (product) => seen(product.updatedAt),
  };
}

export function variantSearch(call: Call): SearchFields<Variant> {
  const { shop } = call;
  const product = (variant: Variant) => shop.products.get(variant.productId);
  return {
    default: (variant) => text(product(variant)?.title ?? null, itemOf(shop, variant).sku, variant.barcode),
    id: (variant) => identified(variant.id),
    sku: (variant) => keyword(itemOf(shop, variant).sku),
    barcode: (variant) => keyword(variant.barcode),
    title: (variant) => text(product(variant)?.title ?? null),
    product_id: (variant) => identified(variant.productId),
    product_ids: (variant) => identified(variant.productId),
    product_status: (variant) => keyword(product(variant)?.status ?? null),
    vendor: (variant) => keyword(product(variant)?.vendor ?? null),
    product_type: (variant) => keyword(product(variant)?.productType ?? null),
    tag: (variant) => keyword(...(product(variant)?.tags ?? [])),
    price: (variant) => number(Number(variant.price)),
    inventory_quantity: (variant) => number(availableInAll(itemOf(shop, variant))),
    taxable: (variant) => keyword(String(variant.taxable)),
    updated_at: (variant) => at(variant.updatedAt),
    created_at: (variant) => at(variant.createdAt),
  };
}

export const itemSearch: SearchFields<InventoryItem> = {
  default: (item) => text(item.sku),
  id: (item) => identified(item.id),
  sku: (item) => keyword(item.sku),
  created_at: (item) => at(item.createdAt),
  updated_at: (item) => at(item.updatedAt),
};

export function fileSearch({ emulator }: Call): SearchFields<StoredFile> {
  const now = emulator.clock.now();
  const isSeen = (file: StoredFile) => Date.parse(file.createdAt) <= now - emulator.switches.searchLagMs;
  return {
    default: (file) => text(...(isSeen(file) ? [file.filename, file.alt] : [])),
    id: (file) => identified(file.id),
    ids: (file) => identified(file.id),
    filename: (file) => keyword(...(isSeen(file) ? [file.filename] : [])),
    media_type: (file) => keyword(file.type === 'MediaImage' ? 'IMAGE' : file.type),
    status: (file) => keyword(statusAt(file, now)),
    created_at: (file) => at(file.createdAt),
    updated_at: (file) => at(file.updatedAt),
  };
}

export const locationSearch: SearchFields<Location> = {
  default: (location) => text(location.name),
  id: (location) => identified(location.id),
  name: (location) => text(location.name),
  active: (location) => keyword(String(location.isActive)),
};

export function orderSearch(call: Call): SearchFields<Order> {
  const seen = seenAt(call);
  return {
    default: (order) => text(order.name),
    id: (order) => identified(order.id),
    name: (order) => keyword(order.name, order.name.replace('#', '')),
    test: (order) => keyword(String(order.test)),
    status: (order) => keyword(order.cancelledAt === null ? 'open' : 'cancelled'),
    created_at: (order) => seen(order.createdAt),
    updated_at: (order) => seen(order.updatedAt),
    processed_at: (order) => at(order.processedAt),
  };
}

/** The schema documents `operation_type`, the documentation's examples use `type`: both are taken. */
export const bulkSearch: SearchFields<BulkOperation> = {
  default: (operation) => text(operation.query),
  id: (operation) => identified(operation.id),
  status: (operation) => keyword(operation.status),
  type: (operation) => keyword(operation.type),
  operation_type: (operation) => keyword(operation.type),
  created_at: (operation) => at(operation.createdAt),
};
