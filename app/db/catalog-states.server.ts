/** Reads whole products out of the catalog's tables: one statement, so that all parts are of one moment. */
import { z } from 'zod';
import { Prisma } from '#generated/prisma/client';
import type { CatalogProductState, ExtraColumns } from '~/core/catalog-product';
import type { SourceId, UnitPriceMeasurement } from '~/core/product-state';
import type { Queryable } from './client.server';

const text = z.string();
const nullable = text.nullable();
/** Kept columns are text; what a merchant's own SQL wrote otherwise is shown as JSON. */
const extra = z.unknown().transform((value): ExtraColumns => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([header, cell]) =>
      cell === undefined || cell === null
        ? []
        : [[header, typeof cell === 'string' ? cell : JSON.stringify(cell)]],
    ),
  );
});
const metafields = z.array(z.object({ namespace: text, key: text, type: text, value: text }));

const variantRow = z.object({
  id: text,
  position: z.number(),
  fields: z.object({
    sku: nullable,
    barcode: nullable,
    price: text,
    compareAtPrice: nullable,
    cost: nullable,
    taxable: z.boolean(),
    taxCode: nullable,
    tracked: z.boolean(),
    inventoryPolicy: z.enum(['DENY', 'CONTINUE']),
    fulfillmentService: text,
    requiresShipping: z.boolean(),
    weightValue: nullable,
    weightUnit: z.enum(['GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS']),
    harmonizedSystemCode: nullable,
    countryCodeOfOrigin: nullable,
  }),
  unitPrice: z.object({
    quantityValue: nullable,
    quantityUnit: nullable,
    referenceValue: z.number().nullable(),
    referenceUnit: nullable,
  }),
  optionValues: z.array(nullable),
  mediaId: nullable,
  metafields,
  stock: z.record(text, z.number()),
  extra,
});

const productRow = z.object({
  id: text,
  handle: text,
  title: text,
  descriptionHtml: text,
  vendor: text,
  productType: text,
  category: nullable,
  tags: z.array(text),
  status: z.enum(['ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED']),
  published: z.boolean(),
  giftCard: z.boolean(),
  seoTitle: nullable,
  seoDescription: nullable,
  templateSuffix: nullable,
  extra,
  options: z.array(z.object({ name: text, values: z.array(text) })),
  variants: z.array(variantRow),
  media: z.array(
    z.object({
      id: text,
      url: text,
      alt: text,
      kind: z.enum(['IMAGE', 'VIDEO', 'EXTERNAL_VIDEO', 'MODEL_3D']),
      position: z.number(),
    }),
  ),
  metafields,
});

/** Which products: by id, or by handle. */
export type ProductSelection = { ids: SourceId[] } | { handles: string[] };

type VariantRow = z.infer<typeof variantRow>;

function unitPriceOf({ unitPrice }: VariantRow): UnitPriceMeasurement | null {
  const { quantityValue, quantityUnit, referenceValue, referenceUnit } = unitPrice;
  if (quantityValue === null || quantityUnit === null || referenceValue === null || referenceUnit === null)
    return null;
  return { quantityValue, quantityUnit, referenceValue, referenceUnit };
}

function optionValuesOf({ optionValues }: VariantRow): string[] {
  const used = optionValues.findLastIndex((value) => value !== null) + 1;
  return optionValues.slice(0, used).map((value) => value ?? '');
}

/** Shopify's placeholder option, where a row spells it out, is the same as no option. */
function withoutPlaceholder(product: CatalogProductState): CatalogProductState {
  const [option, ...others] = product.options;
  const isPlaceholder =
    others.length === 0 &&
    option?.name === 'Title' &&
    option.values.length === 1 &&
    option.values[0] === 'Default Title';
  if (!isPlaceholder && product.options.length > 0) return product;
  const variants = product.variants.map((variant) =>
    variant.optionValues.length === 1 && variant.optionValues[0] === 'Default Title'
      ? { ...variant, optionValues: [] }
      : variant,
  );
  return { ...product, options: [], variants };
}

/**
 * The selected products of the account as the tables hold them, in the order of their ids. Unknown ids and handles are
 * not in the answer. `variantIds` limits the variants to these. The database builds each product's lists into JSON, amounts
 * as text without needless zeros.
 */
export async function readCatalogStates(
  db: Queryable,
  accountId: string,
  selection: ProductSelection,
  variantIds: SourceId[] | null = null,
): Promise<CatalogProductState[]> {
  const chosen =
    'ids' in selection
      ? Prisma.sql`product.id = ANY(${selection.ids}::uuid[])`
      : Prisma.sql`product.handle = ANY(${selection.handles}::text[])`;
  const rows = await db.$queryRaw`
    SELECT product.id::text, handle, title, description_html AS "descriptionHtml", vendor, product_type AS "productType", category,
      tags, status, published, gift_card AS "giftCard", seo_title AS "seoTitle", seo_description AS "seoDescription",
      template_suffix AS "templateSuffix", extra,
      COALESCE((SELECT json_agg(json_build_object('name', option.name, 'values', option.values) ORDER BY option.position)
        FROM catalog.product_option option WHERE option.product_id = product.id), '[]') AS options,
      COALESCE((SELECT json_agg(json_build_object('id', media.id, 'url', media.url, 'alt', media.alt, 'kind', media.kind,
          'position', media.position) ORDER BY media.position, media.id)
        FROM catalog.media media WHERE media.product_id = product.id), '[]') AS media,
      COALESCE((SELECT json_agg(json_build_object('namespace', field.namespace, 'key', field.key, 'type', field.type,
          'value', field.value) ORDER BY field.namespace, field.key)
        FROM catalog.metafield field WHERE field.product_id = product.id), '[]') AS metafields,
      COALESCE((SELECT json_agg(json_build_object('id', variant.id, 'position', variant.position, 'mediaId', variant.media_id,
          'extra', variant.extra, 'optionValues', json_build_array(option1, option2, option3),
          'unitPrice', json_build_object('quantityValue', trim_scale(unit_price_quantity)::text, 'quantityUnit', unit_price_unit,
            'referenceValue', unit_price_reference, 'referenceUnit', unit_price_reference_unit),
          'fields', json_build_object('sku', sku, 'barcode', barcode, 'price', trim_scale(price)::text,
            'compareAtPrice', trim_scale(compare_at_price)::text, 'cost', trim_scale(cost)::text, 'taxable', taxable,
            'taxCode', tax_code, 'tracked', tracked, 'inventoryPolicy', inventory_policy,
            'fulfillmentService', fulfillment_service, 'requiresShipping', requires_shipping,
            'weightValue', trim_scale(weight_value)::text, 'weightUnit', weight_unit,
            'harmonizedSystemCode', harmonized_system_code, 'countryCodeOfOrigin', country_code_of_origin),
          'stock', COALESCE((SELECT json_object_agg(level.location, level.available ORDER BY level.location)
            FROM catalog.inventory_level level WHERE level.variant_id = variant.id), '{}'),
          'metafields', COALESCE((SELECT json_agg(json_build_object('namespace', field.namespace, 'key', field.key,
              'type', field.type, 'value', field.value) ORDER BY field.namespace, field.key)
            FROM catalog.metafield field WHERE field.variant_id = variant.id), '[]')
        ) ORDER BY variant.position, variant.id)
        FROM catalog.variant variant WHERE variant.product_id = product.id
          AND (${variantIds}::uuid[] IS NULL OR variant.id = ANY(${variantIds}::uuid[]))), '[]') AS variants
    FROM catalog.product product WHERE product.account_id = ${accountId}::uuid AND ${chosen} ORDER BY product.id`;
  return z
    .array(productRow)
    .parse(rows)
    .map(({ id, options, variants, media, metafields, extra, ...fields }) =>
      withoutPlaceholder({
        ...{ id, fields, options, media, metafields, extra },
        variants: variants.map((row) => ({
          ...{ id: row.id, position: row.position, mediaId: row.mediaId, metafields: row.metafields },
          ...{ stock: row.stock, extra: row.extra },
          fields: { ...row.fields, unitPriceMeasurement: unitPriceOf(row) },
          optionValues: optionValuesOf(row),
        })),
      }),
    );
}
