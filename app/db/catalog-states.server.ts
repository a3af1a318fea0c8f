/** Reads whole products out of the catalog's tables: six queries, however many products. */
import { z } from 'zod';
import type { Prisma } from '#generated/prisma/client';
import type {
  CatalogMediaState,
  CatalogProductState,
  CatalogVariantState,
  ExtraColumns,
} from '~/core/catalog-product';
import type { DecimalString, MetafieldState, SourceId, UnitPriceMeasurement } from '~/core/product-state';
import type { Queryable } from './client.server';

type ProductRow = Prisma.CatalogProductGetPayload<object>;
type VariantRow = Prisma.CatalogVariantGetPayload<object>;

const statuses = z.enum(['ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED']);
const policies = z.enum(['DENY', 'CONTINUE']);
const weightUnits = z.enum(['GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS']);
const mediaKinds = z.enum(['IMAGE', 'VIDEO', 'EXTERNAL_VIDEO', 'MODEL_3D']);
const metafieldRows = z.array(
  z.object({
    product_id: z.string().nullable(),
    variant_id: z.string().nullable(),
    namespace: z.string(),
    key: z.string(),
    type: z.string(),
    value: z.string(),
  }),
);

/** Which products: by id, or by handle. */
export type ProductSelection = { ids: SourceId[] } | { handles: string[] };

function decimalText(value: Prisma.Decimal): DecimalString {
  return value.isZero() ? '0' : value.toFixed();
}

function nullableDecimal(value: Prisma.Decimal | null): DecimalString | null {
  return value === null ? null : decimalText(value);
}

/** Kept columns are text; what a merchant's own SQL wrote otherwise is shown as JSON. */
function extraOf(value: Prisma.JsonValue): ExtraColumns {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([header, cell]) =>
      cell === undefined || cell === null
        ? []
        : [[header, typeof cell === 'string' ? cell : JSON.stringify(cell)]],
    ),
  );
}

function grouped<R, T>(
  rows: R[],
  keyOf: (row: R) => string | null,
  valueOf: (row: R) => T,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [valueOf(row)]);
    else group.push(valueOf(row));
  }
  return groups;
}

function unitPriceOf(row: VariantRow): UnitPriceMeasurement | null {
  const { unitPriceQuantity, unitPriceUnit, unitPriceReference, unitPriceReferenceUnit } = row;
  if (
    unitPriceQuantity === null ||
    unitPriceUnit === null ||
    unitPriceReference === null ||
    unitPriceReferenceUnit === null
  )
    return null;
  return {
    quantityValue: decimalText(unitPriceQuantity),
    quantityUnit: unitPriceUnit,
    referenceValue: unitPriceReference,
    referenceUnit: unitPriceReferenceUnit,
  };
}

function optionValuesOf({ option1, option2, option3 }: VariantRow): string[] {
  const values = [option1, option2, option3];
  const used = values.findLastIndex((value) => value !== null) + 1;
  return values.slice(0, used).map((value) => value ?? '');
}

function fieldsOfProduct(row: ProductRow): CatalogProductState['fields'] {
  return {
    handle: row.handle,
    title: row.title,
    descriptionHtml: row.descriptionHtml,
    vendor: row.vendor,
    productType: row.productType,
    category: row.category,
    tags: row.tags,
    status: statuses.parse(row.status),
    published: row.published,
    giftCard: row.giftCard,
    seoTitle: row.seoTitle,
    seoDescription: row.seoDescription,
    templateSuffix: row.templateSuffix,
  };
}

function fieldsOfVariant(row: VariantRow): CatalogVariantState['fields'] {
  return {
    sku: row.sku,
    barcode: row.barcode,
    price: decimalText(row.price),
    compareAtPrice: nullableDecimal(row.compareAtPrice),
    cost: nullableDecimal(row.cost),
    taxable: row.taxable,
    taxCode: row.taxCode,
    tracked: row.tracked,
    inventoryPolicy: policies.parse(row.inventoryPolicy),
    fulfillmentService: row.fulfillmentService,
    requiresShipping: row.requiresShipping,
    weightValue: nullableDecimal(row.weightValue),
    weightUnit: weightUnits.parse(row.weightUnit),
    harmonizedSystemCode: row.harmonizedSystemCode,
    countryCodeOfOrigin: row.countryCodeOfOrigin,
    unitPriceMeasurement: unitPriceOf(row),
  };
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

/** The metafields of the products and of their variants, in one query that uses both indexes. */
async function readMetafields(db: Queryable, productIds: SourceId[]) {
  const rows = await db.$queryRaw`
    SELECT "product_id"::text, NULL AS "variant_id", "namespace", "key", "type", "value"
      FROM "catalog"."metafield" WHERE "product_id" = ANY(${productIds}::uuid[])
    UNION ALL
    SELECT NULL, m."variant_id"::text, m."namespace", m."key", m."type", m."value"
      FROM "catalog"."metafield" m JOIN "catalog"."variant" v ON v."id" = m."variant_id"
      WHERE v."product_id" = ANY(${productIds}::uuid[])
    ORDER BY "namespace", "key"`;
  return metafieldRows.parse(rows);
}

/**
 * The selected products of the account as the tables hold them, in the order of their ids. Unknown ids and handles are
 * not in the answer. `variantIds` limits the variants to these.
 */
export async function readCatalogStates(
  db: Queryable,
  accountId: string,
  selection: ProductSelection,
  variantIds: SourceId[] | null = null,
): Promise<CatalogProductState[]> {
  const chosen = 'ids' in selection ? { id: { in: selection.ids } } : { handle: { in: selection.handles } };
  const products = await db.catalogProduct.findMany({
    where: { accountId, ...chosen },
    orderBy: { id: 'asc' },
  });
  const ids = products.map(({ id }) => id);
  if (ids.length === 0) return [];
  const of = { productId: { in: ids } };
  const ofVariants = variantIds === null ? of : { ...of, id: { in: variantIds } };
  const options = await db.catalogOption.findMany({ where: of, orderBy: { position: 'asc' } });
  const variants = await db.catalogVariant.findMany({
    where: ofVariants,
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
  });
  const levels = await db.catalogInventoryLevel.findMany({
    where: { variant: ofVariants },
    orderBy: { location: 'asc' },
  });
  const media = await db.catalogMedia.findMany({ where: of, orderBy: [{ position: 'asc' }, { id: 'asc' }] });
  const metafields = await readMetafields(db, ids);

  const bare = ({ namespace, key, type, value }: MetafieldState) => ({ namespace, key, type, value });
  const metafieldsOfProduct = grouped(metafields, (row) => row.product_id, bare);
  const metafieldsOfVariant = grouped(metafields, (row) => row.variant_id, bare);
  const optionsOf = grouped(
    options,
    (row) => row.productId,
    ({ name, values }) => ({ name, values }),
  );
  const stockOf = grouped(
    levels,
    (row) => row.variantId,
    (row): [string, number] => [row.location, row.available],
  );
  const mediaOf = grouped(
    media,
    (row) => row.productId,
    ({ id, url, alt, kind, position }): CatalogMediaState => ({
      id,
      url,
      alt,
      kind: mediaKinds.parse(kind),
      position,
    }),
  );
  const variantsOf = grouped(
    variants,
    (row) => row.productId,
    (row): CatalogVariantState => ({
      id: row.id,
      position: row.position,
      fields: fieldsOfVariant(row),
      optionValues: optionValuesOf(row),
      mediaId: row.mediaId,
      metafields: metafieldsOfVariant.get(row.id) ?? [],
      stock: Object.fromEntries(stockOf.get(row.id) ?? []),
      extra: extraOf(row.extra),
    }),
  );
  return products.map((row) =>
    withoutPlaceholder({
      id: row.id,
      fields: fieldsOfProduct(row),
      options: optionsOf.get(row.id) ?? [],
      variants: variantsOf.get(row.id) ?? [],
      media: mediaOf.get(row.id) ?? [],
      metafields: metafieldsOfProduct.get(row.id) ?? [],
      extra: extraOf(row.extra),
    }),
  );
}
