/** The body of products/create and products/update, in the shape of Shopify's own examples. */
import type { EmulatorContext } from '../context';
import type { Gid } from '../state/gid';
import { gidOf, legacyId } from '../state/gid';
import type { Product, StoredFile, Variant } from '../state/product';
import type { Shop } from '../state/shop';
import { shopTime } from './shop-time';

/** Variants written out in full; of the others only the id is told. */
const FULL_VARIANTS = 100;

/** An id as payloads write it, a JSON number: the ids of this emulator stay below 2^53. */
export function numericId(gid: Gid): number {
  return Number(legacyId(gid));
}

/** Units a shop can sell of a variant, over all locations that stock it. */
export function availableOf(shop: Shop, variant: Variant): number {
  const levels = shop.inventoryItems.get(variant.inventoryItemId)?.levels.values() ?? [];
  return [...levels]
    .filter((level) => level.isActive)
    .reduce((sum, level) => sum + level.quantities.available, 0);
}

/** Names of the option values that make a variant, in the order of the product's options. */
export function optionValuesOf(product: Product, variant: Variant): string[] {
  return variant.optionValueIds.map((id, position) => {
    const value = product.options[position]?.values.find((one) => one.id === id);
    if (!value)
      throw new Error(`Variant ${variant.id} has option value ${id}, which its product does not have.`);
    return value.name;
  });
}

function imageId(file: Gid | undefined): number | null {
  return file === undefined ? null : numericId(file);
}

function variantPayload(shop: Shop, product: Product, variant: Variant, position: number) {
  const options = optionValuesOf(product, variant);
  const available = availableOf(shop, variant);
  return {
    admin_graphql_api_id: variant.id,
    barcode: variant.barcode,
    compare_at_price: variant.compareAtPrice,
    created_at: shopTime(variant.createdAt, shop.timezone),
    id: numericId(variant.id),
    inventory_policy: variant.inventoryPolicy.toLowerCase(),
    position,
    price: variant.price,
    product_id: numericId(product.id),
    sku: shop.inventoryItems.get(variant.inventoryItemId)?.sku ?? null,
    taxable: variant.taxable,
    title: options.join(' / '),
    updated_at: shopTime(variant.updatedAt, shop.timezone),
    option1: options[0] ?? null,
    option2: options[1] ?? null,
    option3: options[2] ?? null,
    image_id: imageId(variant.mediaIds[0]),
    inventory_item_id: numericId(variant.inventoryItemId),
    inventory_quantity: available,
    old_inventory_quantity: available,
  };
}

function fileSource(context: EmulatorContext, shop: Shop, file: StoredFile): string {
  return `${context.origin()}/_files/${shop.domain}/${encodeURIComponent(file.filename)}?v=${file.version}`;
}

function imagePayload(
  context: EmulatorContext,
  shop: Shop,
  product: Product,
  file: StoredFile,
  position: number,
) {
  const shown = product.variantIds.filter((id) => shop.variants.get(id)?.mediaIds.includes(file.id));
  return {
    id: numericId(file.id),
    alt: file.alt === '' ? null : file.alt,
    position,
    product_id: numericId(product.id),
    created_at: shopTime(file.createdAt, shop.timezone),
    updated_at: shopTime(file.updatedAt, shop.timezone),
    admin_graphql_api_id: gidOf('ProductImage', legacyId(file.id)),
    width: file.width,
    height: file.height,
    src: fileSource(context, shop, file),
    variant_ids: shown.map(numericId),
  };
}

function mediaPayload(
  context: EmulatorContext,
  shop: Shop,
  product: Product,
  file: StoredFile,
  position: number,
) {
  const type =
    file.type === 'MediaImage' ? 'IMAGE' : file.type.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  return {
    id: numericId(file.id),
    product_id: numericId(product.id),
    position,
    created_at: shopTime(file.createdAt, shop.timezone),
    updated_at: shopTime(file.updatedAt, shop.timezone),
    alt: file.alt,
    status: file.status,
    media_content_type: type,
    preview_image: {
      width: file.width,
      height: file.height,
      src: fileSource(context, shop, file),
      status: file.status,
    },
    variant_ids: product.variantIds
      .filter((id) => shop.variants.get(id)?.mediaIds.includes(file.id))
      .map(numericId),
    admin_graphql_api_id: file.id,
  };
}

/**
 * A product as a webhook tells it. The first 100 variants are written out; `variant_gids` names all of them, those
 * changed last first. Null where the product is gone.
 */
export function productPayload(context: EmulatorContext, shop: Shop, productId: Gid) {
  const product = shop.products.get(productId);
  if (!product) return null;
  const variants = product.variantIds.flatMap((id) => shop.variants.get(id) ?? []);
  const files = product.mediaIds.flatMap((id) => shop.files.get(id) ?? []);
  const images = files
    .filter((file) => file.type === 'MediaImage')
    .map((file, index) => imagePayload(context, shop, product, file, index + 1));
  const publishedAt = [...product.publishedOn.values()].sort()[0];
  return {
    admin_graphql_api_id: product.id,
    body_html: product.descriptionHtml,
    created_at: shopTime(product.createdAt, shop.timezone),
    handle: product.handle,
    id: numericId(product.id),
    product_type: product.productType,
    published_at: publishedAt === undefined ? null : shopTime(publishedAt, shop.timezone),
    template_suffix: product.templateSuffix,
    title: product.title,
    updated_at: shopTime(product.updatedAt, shop.timezone),
    vendor: product.vendor,
    status: product.status.toLowerCase(),
    published_scope: 'web',
    tags: product.tags.join(', '),
    variants: variants
      .slice(0, FULL_VARIANTS)
      .map((variant, index) => variantPayload(shop, product, variant, index + 1)),
    options: product.options.map((option, index) => ({
      name: option.name,
      id: numericId(option.id),
      product_id: numericId(product.id),
      position: index + 1,
      values: option.values.map((value) => value.name),
    })),
    images,
    image: images[0] ?? null,
    media: files.map((file, index) => mediaPayload(context, shop, product, file, index + 1)),
    variant_gids: [...variants]
      .sort((left, right) => right.updatedAt.localeCompare(left.updatedAt))
      .map((variant) => ({ admin_graphql_api_id: variant.id, updated_at: variant.updatedAt })),
    has_variants_that_requires_components: variants.some((variant) => variant.requiresComponents),
    category:
      product.categoryId === null
        ? null
        : {
            admin_graphql_api_id: product.categoryId,
            name: legacyId(product.categoryId),
            full_name: legacyId(product.categoryId),
          },
  };
}
