/** Compares what the store holds with what the catalog wants, field by field, without the app's own reader of the store. */
import { Decimal } from 'decimal.js';
import { expect } from 'vitest';
import type { SourceProduct, SourceVariant } from '~/core/product-state';
import type { Metafields, Product, StoredFile, Variant } from '../../emulator/state/product';
import type { Shop } from '../../emulator/state/shop';
import { DEMO_SHOP } from './connected-shop';
import { wholeCatalog } from './stage';
import type { Stage } from './stage';

/** What a store and a catalog are compared in: the catalog's names, plain values. */
interface Told {
  product: Record<string, unknown>;
  variants: Record<string, unknown>[];
}

const amount = (value: string | number | null | undefined) =>
  value === null || value === undefined ? null : new Decimal(value).toFixed();
const text = (value: string | null | undefined) => (value ?? '').trim();

/** JSON by content: Shopify may write it without spaces. */
function value(type: string, written: string): unknown {
  if (type.startsWith('number_')) return amount(written);
  return /^(json|list\.|dimension|weight|volume|money|rating|rich_text)/.test(type)
    ? JSON.parse(written)
    : written;
}

function catalogVariant(
  variant: SourceVariant,
  product: SourceProduct,
  managed: string[],
): Record<string, unknown> {
  const { fields } = variant;
  const weight =
    fields.weight && !new Decimal(fields.weight.value).isZero()
      ? { value: amount(fields.weight.value), unit: fields.weight.unit }
      : null;
  const unit = fields.unitPriceMeasurement;
  const media = product.media.find(({ id }) => id === variant.mediaId);
  return {
    options: variant.optionValues,
    price: amount(fields.price),
    compareAtPrice: amount(fields.compareAtPrice),
    cost: amount(fields.cost),
    sku: text(fields.sku),
    barcode: text(fields.barcode),
    taxable: fields.taxable,
    taxCode: text(fields.taxCode),
    tracked: fields.tracked,
    inventoryPolicy: fields.inventoryPolicy,
    requiresShipping: fields.requiresShipping,
    weight,
    harmonizedSystemCode: text(fields.harmonizedSystemCode),
    countryCodeOfOrigin: text(fields.countryCodeOfOrigin),
    unitPriceMeasurement: unit && { ...unit, quantityValue: amount(unit.quantityValue) },
    picture: media ? media.url : null,
    metafields: Object.fromEntries(
      Object.entries(variant.metafields).map(([key, { type, value: written }]) => [
        key,
        { type, value: value(type, written) },
      ]),
    ),
    inventory: Object.fromEntries(managed.map((location) => [location, variant.inventory[location] ?? 0])),
  };
}

function catalogTold(product: SourceProduct): Told {
  const { fields } = product;
  return {
    product: {
      ...fields,
      ...Object.fromEntries(
        (['vendor', 'productType', 'seoTitle', 'seoDescription', 'templateSuffix'] as const).map((key) => [
          key,
          text(fields[key]),
        ]),
      ),
      giftCard: product.giftCard,
      tags: [...product.tags].map((tag) => tag.trim()).sort(),
      options: product.options,
      media: product.media.map(({ url, alt, kind }) => ({ url, alt, kind })),
      metafields: Object.fromEntries(
        Object.entries(product.metafields).map(([key, { type, value: written }]) => [
          key,
          { type, value: value(type, written) },
        ]),
      ),
    },
    variants: product.variants.map((variant) =>
      catalogVariant(variant, product, Object.keys(variant.inventory)),
    ),
  };
}

function metafieldsTold(metafields: Metafields): Record<string, unknown> {
  return Object.fromEntries(
    [...metafields].map(([key, { type, value: written }]) => [key, { type, value: value(type, written) }]),
  );
}

const KINDS: Record<string, string> = {
  MediaImage: 'IMAGE',
  Video: 'VIDEO',
  ExternalVideo: 'EXTERNAL_VIDEO',
  Model3d: 'MODEL_3D',
};

function file(shop: Shop, id: string): StoredFile {
  const found = shop.files.get(id);
  if (!found) throw new Error(`The store has no file ${id}.`);
  return found;
}

function storeVariant(
  shop: Shop,
  product: Product,
  variant: Variant,
  managed: string[],
): Record<string, unknown> {
  const item = shop.inventoryItems.get(variant.inventoryItemId)!;
  const names = new Map(product.options.flatMap((option) => option.values.map(({ id, name }) => [id, name])));
  const unit = variant.unitPriceMeasurement;
  const [mediaId] = variant.mediaIds;
  return {
    options: variant.optionValueIds.map((id) => names.get(id)),
    price: amount(variant.price),
    compareAtPrice: amount(variant.compareAtPrice),
    cost: amount(item.cost),
    sku: text(item.sku),
    barcode: text(variant.barcode),
    taxable: variant.taxable,
    taxCode: text(variant.taxCode),
    tracked: item.tracked,
    inventoryPolicy: variant.inventoryPolicy,
    requiresShipping: item.requiresShipping,
    weight: item.weight.value === 0 ? null : { value: amount(item.weight.value), unit: item.weight.unit },
    harmonizedSystemCode: text(item.harmonizedSystemCode),
    countryCodeOfOrigin: text(item.countryCodeOfOrigin),
    unitPriceMeasurement: unit && { ...unit, quantityValue: amount(unit.quantityValue) },
    picture: mediaId === undefined ? null : file(shop, mediaId).originalSource,
    metafields: metafieldsTold(variant.metafields),
    inventory: Object.fromEntries(
      managed.map((location) => [location, item.levels.get(location)?.quantities.available ?? 0]),
    ),
  };
}

function storeTold(shop: Shop, product: Product, source: SourceProduct): Told {
  const { title, descriptionHtml, handle, vendor, productType, categoryId, status, seo, templateSuffix } =
    product;
  // Values without a variant are not shown (ProductOption.values).
  const used = new Set(product.variantIds.flatMap((id) => shop.variants.get(id)!.optionValueIds));
  const held: Record<string, unknown> = {
    title,
    descriptionHtml,
    handle,
    // A product without a vendor gets the store's name.
    vendor: source.fields.vendor === '' && vendor === shop.name ? '' : text(vendor),
    productType: text(productType),
    category: categoryId,
    status,
    published: product.publishedOn.size > 0,
    seoTitle: text(seo.title),
    seoDescription: text(seo.description),
    templateSuffix: text(templateSuffix),
  };
  return {
    product: {
      ...Object.fromEntries(Object.keys(source.fields).map((key) => [key, held[key]])),
      giftCard: product.isGiftCard,
      tags: [...product.tags].sort(),
      options: product.options.map(({ name, values }) => ({
        name,
        values: values.filter(({ id }) => used.has(id)).map((each) => each.name),
      })),
      media: product.mediaIds.map((id) => {
        const { originalSource, alt, type } = file(shop, id);
        return { url: originalSource, alt, kind: KINDS[type] };
      }),
      metafields: metafieldsTold(product.metafields),
    },
    variants: product.variantIds.map((id, index) =>
      storeVariant(
        shop,
        product,
        shop.variants.get(id)!,
        Object.keys(source.variants[index]?.inventory ?? {}),
      ),
    ),
  };
}

/**
 * Expects every product of the catalog in the store, once, equal in every field the catalog manages; and nothing else in
 * the store but archived products (those the catalog no longer has) and those with a handle in `besides`. Also that the
 * store's own books agree: no variant, file name or SKU twice.
 */
export async function expectStoreToEqualCatalog(
  stage: Pick<Stage, 'emulator' | 'resources' | 'accountId' | 'shopId'>,
  options: { besides?: string[]; domain?: string } = {},
): Promise<void> {
  const shop = stage.emulator.state.shops.get(options.domain ?? DEMO_SHOP)!;
  const catalog = [...(await wholeCatalog(stage)).values()].map(({ product }) => product);
  const byHandle = new Map([...shop.products.values()].map((product) => [product.handle, product]));
  const wanted = new Set(catalog.map((product) => product.fields.handle));
  const strangers = [...shop.products.values()]
    .filter(
      (product) =>
        !wanted.has(product.handle) &&
        product.status !== 'ARCHIVED' &&
        !options.besides?.includes(product.handle),
    )
    .map((product) => product.handle);
  expect(strangers, 'products of the store that the catalog does not know').toEqual([]);
  const different: unknown[] = [];
  for (const source of catalog) {
    const product = byHandle.get(source.fields.handle ?? '');
    if (!product) {
      different.push(`${source.fields.handle}: not in the store`);
      continue;
    }
    const [want, have] = [catalogTold(source), storeTold(shop, product, source)];
    if (!isEqual(want, have)) different.push({ handle: product.handle, ...differences(want, have) });
  }
  expect(different.slice(0, 5), `${different.length} of ${catalog.length} products differ`).toEqual([]);
  const links = await stage.resources.db.productLink.findMany({
    where: { shopId: stage.shopId, remoteId: { not: null } },
  });
  expect(new Set(links.map((link) => link.remoteId)).size, 'a product of the store is linked twice').toBe(
    links.length,
  );
}

const isEqual = (a: unknown, b: unknown) => canonical(a) === canonical(b);

function canonical(data: unknown): string {
  return JSON.stringify(data, (_key, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );
}

function differences(want: Told, have: Told): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const compare = (prefix: string, a: Record<string, unknown>, b: Record<string, unknown>) => {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      if (!isEqual(a[key], b[key])) found[`${prefix}${key}`] = { catalog: a[key], store: b[key] };
  };
  compare('', want.product, have.product);
  if (want.variants.length !== have.variants.length)
    found['variants'] = { catalog: want.variants.length, store: have.variants.length };
  want.variants.forEach((variant, index) =>
    compare(`variant ${index}: `, variant, have.variants[index] ?? {}),
  );
  return found;
}
