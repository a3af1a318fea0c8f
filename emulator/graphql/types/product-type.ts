/** Fields of Product, its options and prices. */
import { Decimal } from 'decimal.js';
import { textOf } from '../../catalog/html';
import { availableInAll } from '../../catalog/inventory';
import { hasOnlyDefaultOption } from '../../catalog/options';
import { findCategory } from '../../catalog/taxonomy';
import { itemOf, variantsOf } from '../../catalog/variants';
import { legacyId } from '../../state/gid';
import type { OptionValue, Product, ProductOption } from '../../state/product';
import type { Collection } from '../../state/shop';
import type { Call, ResolverTable } from '../call';
import { paginate } from '../connection';
import type { PageArgs, SortValue } from '../connection';
import { metafieldFields } from './metafield-type';

/** An option or value with the product it belongs to: what the resolvers of ProductOption work on. */
export interface OptionSource extends ProductOption {
  product: Product;
}
export interface OptionValueSource extends OptionValue {
  product: Product;
}

export const optionSources = (product: Product): OptionSource[] =>
  product.options.map((option) => ({ ...option, product }));

const exactly = (count: number) => ({ count, precision: 'EXACT' });

function inUse(call: Call, product: Product): Set<string> {
  return new Set(variantsOf(call.shop, product).flatMap((variant) => variant.optionValueIds));
}

function priceRange(call: Call, product: Product) {
  const { currencyCode } = call.shop;
  const prices = variantsOf(call.shop, product).map((variant) => new Decimal(variant.price));
  const zero = new Decimal(0);
  return {
    minVariantPrice: {
      amount: prices.length > 0 ? Decimal.min(...prices).toFixed() : zero.toFixed(),
      currencyCode,
    },
    maxVariantPrice: {
      amount: prices.length > 0 ? Decimal.max(...prices).toFixed() : zero.toFixed(),
      currencyCode,
    },
  };
}

function publications(call: Call, product: Product, onlyPublished: boolean) {
  const now = call.emulator.clock.now();
  return [...call.shop.publications.values()].flatMap((publication) => {
    const publishDate = product.publishedOn.get(publication.id);
    if (publishDate === undefined) return [];
    const isPublished = Date.parse(publishDate) <= now && product.status === 'ACTIVE';
    return isPublished || !onlyPublished
      ? [{ id: publication.id, isPublished, publishDate, publication, publishable: product }]
      : [];
  });
}

/** The moment the product went live in the Online Store, or null. */
export function publishedAt(call: Call, product: Product): string | null {
  const onlineStore = call.shop.publications.keys().next().value;
  return (onlineStore && product.publishedOn.get(onlineStore)) ?? null;
}

function variantSort(
  call: Call,
  sortKey: string,
): ((variant: { id: string }, index: number) => SortValue) | undefined {
  if (sortKey === 'POSITION' || sortKey === 'RELEVANCE') return undefined;
  if (sortKey === 'ID') return () => 0;
  const { shop } = call;
  return (each) => {
    const variant = shop.variants.get(each.id);
    if (!variant) return '';
    if (sortKey === 'SKU') return itemOf(shop, variant).sku ?? '';
    if (sortKey === 'INVENTORY_QUANTITY') return availableInAll(itemOf(shop, variant));
    return shop.products.get(variant.productId)?.title ?? '';
  };
}

export const productTypes: ResolverTable = {
  Product: {
    ...metafieldFields,
    legacyResourceId: (product: Product) => legacyId(product.id),
    defaultCursor: (product: Product) => Buffer.from(product.id).toString('base64'),
    bodyHtml: (product: Product) => product.descriptionHtml,
    description: (product: Product, args: { truncateAt?: number | null }) => {
      const text = textOf(product.descriptionHtml);
      return args.truncateAt != null && text.length > args.truncateAt
        ? `${text.slice(0, args.truncateAt)}...`
        : text;
    },
    category: (product: Product) => (product.categoryId ? findCategory(product.categoryId) : null),
    variants: (product: Product, args: PageArgs & { sortKey: string }, call, info) =>
      paginate(call, info, variantsOf(call.shop, product), args, variantSort(call, args.sortKey)),
    variantsCount: (product: Product) => exactly(product.variantIds.length),
    totalVariants: (product: Product) => product.variantIds.length,
    options: (product: Product, args: { first?: number | null }) =>
      optionSources(product).slice(0, args.first ?? undefined),
    hasOnlyDefaultVariant: (product: Product) =>
      hasOnlyDefaultOption(product) && product.variantIds.length === 1,
    hasOutOfStockVariants: (product: Product, _args, call) =>
      variantsOf(call.shop, product).some((variant) => {
        const item = itemOf(call.shop, variant);
        return item.tracked && availableInAll(item) <= 0;
      }),
    hasVariantsThatRequiresComponents: (product: Product, _args, call) =>
      variantsOf(call.shop, product).some((variant) => variant.requiresComponents),
    totalInventory: (product: Product, _args, call) =>
      variantsOf(call.shop, product).reduce((sum, variant) => {
        const item = itemOf(call.shop, variant);
        return item.tracked ? sum + availableInAll(item) : sum;
      }, 0),
    tracksInventory: (product: Product, _args, call) =>
      variantsOf(call.shop, product).some((variant) => itemOf(call.shop, variant).tracked),
    priceRangeV2: (product: Product, _args, call) => priceRange(call, product),
    priceRange: (product: Product, _args, call) => priceRange(call, product),
    media: (product: Product, args: PageArgs & { sortKey: string }, call, info) => {
      const media = product.mediaIds.flatMap((id) => call.shop.files.get(id) ?? []);
      return paginate(call, info, media, args, args.sortKey === 'ID' ? () => 0 : undefined);
    },
    mediaCount: (product: Product) => exactly(product.mediaIds.length),
    featuredMedia: (product: Product, _args, call) => call.shop.files.get(product.mediaIds[0] ?? '') ?? null,
    onlineStoreUrl: (product: Product, _args, call) =>
      publishedAt(call, product) && product.status === 'ACTIVE'
        ? `https://${call.shop.domain}/products/${product.handle}`
        : null,
    onlineStorePreviewUrl: (product: Product, _args, call) =>
      `https://${call.shop.domain}/products/${product.handle}`,
    publishedAt: (product: Product, _args, call) => publishedAt(call, product),
    publishedOnPublication: (product: Product, args: { publicationId: string }, call) =>
      publications(call, product, true).some(({ publication }) => publication.id === args.publicationId),
    publishedOnCurrentPublication: (product: Product, _args, call) => publishedAt(call, product) !== null,
    resourcePublicationsV2: (product: Product, args: PageArgs & { onlyPublished: boolean }, call, info) =>
      paginate(call, info, publications(call, product, args.onlyPublished), args),
    resourcePublications: (product: Product, args: PageArgs & { onlyPublished: boolean }, call, info) =>
      paginate(call, info, publications(call, product, args.onlyPublished), args),
    resourcePublicationsCount: (product: Product, args: { onlyPublished: boolean }, call) =>
      exactly(publications(call, product, args.onlyPublished).length),
    collections: (product: Product, args: PageArgs, call, info) => {
      const holding = [...call.shop.collections.values()].filter(({ productIds }) =>
        productIds.includes(product.id),
      );
      return paginate(call, info, holding, args);
    },
  },
  Collection: {
    products: (collection: Collection, args: PageArgs, call, info) => {
      const members = collection.productIds.flatMap((id) => call.shop.products.get(id) ?? []);
      return paginate(call, info, members, args);
    },
  },
  ProductOption: {
    position: (option: OptionSource) => option.product.options.findIndex(({ id }) => id === option.id) + 1,
    values: (option: OptionSource, _args, call) => {
      const used = inUse(call, option.product);
      return option.values.filter((value) => used.has(value.id)).map((value) => value.name);
    },
    optionValues: (option: OptionSource) =>
      option.values.map((value) => ({ ...value, product: option.product })),
    linkedMetafield: () => null,
  },
  ProductOptionValue: {
    hasVariants: (value: OptionValueSource, _args, call) => inUse(call, value.product).has(value.id),
    linkedMetafieldValue: () => null,
    swatch: () => null,
  },
};
