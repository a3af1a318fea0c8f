/** Products, variants, inventory and the taxonomy. */
import { availableInAll } from '../../catalog/inventory';
import { fullNamespace, metafieldKey } from '../../catalog/metafields';
import { findProduct } from '../../catalog/products';
import type { ProductIdentifier } from '../../catalog/products';
import { itemOf, variantsOf } from '../../catalog/variants';
import type { Gid } from '../../state/gid';
import type { Product, Variant } from '../../state/product';
import { apiError } from '../call';
import type { Call, FieldResolver } from '../call';
import { paginate } from '../connection';
import type { PageArgs, SortValue } from '../connection';
import { compileSearch } from '../search';
import { itemSearch, plainIds, productSearch, variantSearch } from '../search-fields';
import { findLevel, findNode } from './nodes';

interface SearchArgs extends PageArgs {
  query?: string | null;
  sortKey?: string | null;
}

type Sort<T> = (item: T) => SortValue;

const byId = () => 0;

function productSort(call: Call, sortKey: string): Sort<Product> {
  const { shop } = call;
  const inventory = (product: Product) =>
    variantsOf(shop, product).reduce((sum, variant) => sum + availableInAll(itemOf(shop, variant)), 0);
  const sorts: Record<string, Sort<Product>> = {
    TITLE: (product) => product.title.toLowerCase(),
    VENDOR: (product) => product.vendor.toLowerCase(),
    PRODUCT_TYPE: (product) => product.productType.toLowerCase(),
    CREATED_AT: (product) => Date.parse(product.createdAt),
    UPDATED_AT: (product) => Date.parse(product.updatedAt),
    PUBLISHED_AT: (product) => [...product.publishedOn.values()][0] ?? '',
    INVENTORY_TOTAL: inventory,
  };
  return sorts[sortKey] ?? byId;
}

function variantRootSort(call: Call, sortKey: string): Sort<Variant> {
  const { shop } = call;
  const title = (variant: Variant) => shop.products.get(variant.productId)?.title.toLowerCase() ?? '';
  const quantity = (variant: Variant) => availableInAll(itemOf(shop, variant));
  const sorts: Record<string, Sort<Variant>> = {
    TITLE: title,
    FULL_TITLE: title,
    NAME: title,
    SKU: (variant) => itemOf(shop, variant).sku ?? '',
    POSITION: (variant) => shop.products.get(variant.productId)?.variantIds.indexOf(variant.id) ?? 0,
    INVENTORY_QUANTITY: quantity,
    INVENTORY_LEVELS_AVAILABLE: quantity,
  };
  return sorts[sortKey] ?? byId;
}

const searchedProducts = (call: Call, query: string | null | undefined): Product[] =>
  [...call.shop.products.values()].filter(compileSearch(plainIds(query), productSearch(call)));

const searchedVariants = (call: Call, query: string | null | undefined): Variant[] =>
  [...call.shop.variants.values()].filter(compileSearch(plainIds(query), variantSearch(call)));

/** Counts up to the limit, as Shopify does. */
function counted(length: number, limit: number | null | undefined) {
  if (limit == null || length <= limit) return { count: length, precision: 'EXACT' };
  return { count: limit, precision: 'AT_LEAST' };
}

interface VariantIdentifier {
  id?: Gid | null;
  customId?: { namespace?: string | null; key: string; value: string } | null;
}

function findVariant(call: Call, { id, customId }: VariantIdentifier): Variant | null {
  if (id != null) return call.shop.variants.get(id) ?? null;
  if (!customId) return null;
  const key = metafieldKey(fullNamespace(customId.namespace), customId.key);
  for (const variant of call.shop.variants.values()) {
    const metafield = variant.metafields.get(key);
    if (metafield?.type === 'id' && metafield.value === customId.value) return variant;
  }
  return null;
}

const MAX_NODES = 250;

export const catalogQueries: Record<string, FieldResolver> = {
  node: (_root, args: { id: Gid }, call) => findNode(call, args.id),
  nodes: (_root, args: { ids: Gid[] }, call) => {
    if (args.ids.length > MAX_NODES)
      throw apiError(`ids may have at most ${MAX_NODES} entries.`, 'MAX_INPUT_SIZE_EXCEEDED');
    return args.ids.map((id) => findNode(call, id));
  },
  product: (_root, args: { id: Gid }, call) => call.shop.products.get(args.id) ?? null,
  productByIdentifier: (_root, args: { identifier: ProductIdentifier }, call) =>
    findProduct(call.shop, args.identifier),
  productByHandle: (_root, args: { handle: string }, call) => findProduct(call.shop, { handle: args.handle }),
  products: (_root, args: SearchArgs, call, info) =>
    paginate(call, info, searchedProducts(call, args.query), args, productSort(call, args.sortKey ?? 'ID')),
  productsCount: (_root, args: { query?: string | null; limit?: number | null }, call) =>
    counted(searchedProducts(call, args.query).length, args.limit),
  productVariant: (_root, args: { id: Gid }, call) => call.shop.variants.get(args.id) ?? null,
  productVariantByIdentifier: (_root, args: { identifier: VariantIdentifier }, call) =>
    findVariant(call, args.identifier),
  productVariants: (_root, args: SearchArgs, call, info) =>
    paginate(
      call,
      info,
      searchedVariants(call, args.query),
      args,
      variantRootSort(call, args.sortKey ?? 'ID'),
    ),
  productVariantsCount: (_root, args: { query?: string | null; limit?: number | null }, call) =>
    counted(searchedVariants(call, args.query).length, args.limit),
  inventoryItem: (_root, args: { id: Gid }, call) => call.shop.inventoryItems.get(args.id) ?? null,
  inventoryItems: (_root, args: SearchArgs, call, info) => {
    const found = [...call.shop.inventoryItems.values()].filter(
      compileSearch(plainIds(args.query), itemSearch),
    );
    return paginate(call, info, found, args, byId);
  },
  inventoryLevel: (_root, args: { id: Gid }, call) => findLevel(call.shop, args.id),
  productOperation: (_root, args: { id: Gid }, call) => call.shop.productOperations.get(args.id) ?? null,
  taxonomy: () => ({}),
  collections: (_root, args: PageArgs, call, info) =>
    paginate(call, info, [...call.shop.collections.values()], args),
  collection: (_root, args: { id: Gid }, call) => call.shop.collections.get(args.id) ?? null,
};
