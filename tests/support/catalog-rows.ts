import { randomUUID } from 'node:crypto';
import type { Database } from '~/db/client.server';

export interface VariantRow {
  sku: string;
  price: string;
  options: string[];
  available?: number;
}

/** Writes one product by plain rows, as a merchant's own system would by SQL; returns its id. */
export async function putProduct(
  db: Database,
  accountId: string,
  product: {
    handle: string;
    title?: string;
    tags?: string[];
    options?: string[];
    variants: VariantRow[];
    images?: string[];
    published?: boolean;
  },
): Promise<string> {
  const id = randomUUID();
  const options = product.options ?? [];
  await db.catalogProduct.create({
    data: {
      accountId,
      id,
      handle: product.handle,
      title: product.title ?? `Product ${product.handle}`,
      descriptionHtml: `<p>About ${product.handle}</p>`,
      vendor: 'Acme',
      tags: product.tags ?? [],
      published: product.published ?? true,
      options: {
        create: options.map((name, index) => ({
          accountId,
          position: index + 1,
          name,
          values: [...new Set(product.variants.map((variant) => variant.options[index] ?? ''))],
        })),
      },
      media: {
        create: (product.images ?? []).map((url, index) => ({
          accountId,
          position: index + 1,
          url,
          alt: `Picture ${index + 1}`,
        })),
      },
    },
  });
  for (const [index, variant] of product.variants.entries())
    await db.catalogVariant.create({
      data: {
        accountId,
        productId: id,
        position: index + 1,
        sku: variant.sku,
        price: variant.price,
        option1: variant.options[0] ?? null,
        option2: variant.options[1] ?? null,
        option3: variant.options[2] ?? null,
        tracked: variant.available !== undefined,
        ...(variant.available !== undefined && {
          inventory: { create: [{ accountId, location: '', available: variant.available }] },
        }),
      },
    });
  return id;
}

export interface RawVariant {
  option1?: string;
  option2?: string;
  option3?: string;
  sku?: string;
  barcode?: string;
  price: string;
  compareAtPrice?: string;
  cost?: string;
  taxable?: boolean;
  taxCode?: string;
  tracked?: boolean;
  inventoryPolicy?: string;
  requiresShipping?: boolean;
  weightValue?: string;
  weightUnit?: string;
  harmonizedSystemCode?: string;
  countryCodeOfOrigin?: string;
  unitPriceQuantity?: string;
  unitPriceUnit?: string;
  unitPriceReference?: number;
  unitPriceReferenceUnit?: string;
  /** Which of the product's media is its picture. */
  media?: number;
  /** Available by location name; "" is the default location. */
  stock?: Record<string, number>;
  metafields?: RawMetafield[];
}

export interface RawMetafield {
  namespace: string;
  key: string;
  type: string;
  value: string;
}

export interface RawProduct {
  handle: string;
  product: {
    title: string;
    descriptionHtml?: string;
    vendor?: string;
    productType?: string;
    category?: string;
    tags?: string[];
    status?: string;
    published?: boolean;
    giftCard?: boolean;
    seoTitle?: string;
    seoDescription?: string;
    templateSuffix?: string;
  };
  options?: { name: string; values: string[] }[];
  media?: { url: string; alt: string; kind?: string }[];
  metafields?: RawMetafield[];
  variants: RawVariant[];
}

/** Writes one product with any field; returns its id. */
export async function rawProduct(db: Database, accountId: string, raw: RawProduct): Promise<string> {
  const id = randomUUID();
  const media = (raw.media ?? []).map((item, index) => ({
    accountId,
    id: randomUUID(),
    position: index + 1,
    ...item,
  }));
  await db.catalogProduct.create({
    data: {
      accountId,
      id,
      handle: raw.handle,
      ...raw.product,
      options: {
        create: (raw.options ?? []).map((option, index) => ({ accountId, position: index + 1, ...option })),
      },
      media: { create: media },
      metafields: { create: (raw.metafields ?? []).map((metafield) => ({ accountId, ...metafield })) },
    },
  });
  for (const [index, variant] of raw.variants.entries())
    await rawVariant(
      db,
      { accountId, productId: id, position: index + 1, media: media.map((item) => item.id) },
      variant,
    );
  return id;
}

/** Adds one variant to a product; returns its id. */
export async function rawVariant(
  db: Database,
  place: { accountId: string; productId: string; position: number; media?: string[] },
  { media, stock, metafields, ...fields }: RawVariant,
): Promise<string> {
  const { accountId, productId, position } = place;
  const { id } = await db.catalogVariant.create({
    data: {
      accountId,
      productId,
      position,
      ...fields,
      mediaId: media === undefined ? null : (place.media?.[media] ?? null),
      inventory: {
        create: Object.entries(stock ?? {}).map(([location, available]) => ({
          accountId,
          location,
          available,
        })),
      },
      metafields: { create: (metafields ?? []).map((metafield) => ({ accountId, ...metafield })) },
    },
  });
  return id;
}
