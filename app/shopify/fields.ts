/** How each field of the core is named in Shopify's inputs and answers. */
import type { ProductFields, VariantFields, Weight, WeightUnit } from '~/core/product-state';

/** Where productUpdate's payload holds a field. */
export const PRODUCT_FIELD_PATHS = {
  title: 'product.title',
  descriptionHtml: 'product.descriptionHtml',
  handle: 'product.handle',
  vendor: 'product.vendor',
  productType: 'product.productType',
  category: 'product.category',
  status: 'product.status',
  templateSuffix: 'product.templateSuffix',
  seoTitle: 'product.seo.title',
  seoDescription: 'product.seo.description',
} as const satisfies Record<Exclude<keyof ProductFields, 'published'>, string>;

/** Where a ProductVariant holds a field. */
export const VARIANT_FIELD_PATHS = {
  price: 'price',
  compareAtPrice: 'compareAtPrice',
  cost: 'inventoryItem.unitCost',
  sku: 'sku',
  barcode: 'barcode',
  taxable: 'taxable',
  taxCode: 'taxCode',
  tracked: 'inventoryItem.tracked',
  inventoryPolicy: 'inventoryPolicy',
  requiresShipping: 'inventoryItem.requiresShipping',
  weight: 'inventoryItem.measurement',
  harmonizedSystemCode: 'inventoryItem.harmonizedSystemCode',
  countryCodeOfOrigin: 'inventoryItem.countryCodeOfOrigin',
  unitPriceMeasurement: 'unitPriceMeasurement',
} as const satisfies Record<keyof VariantFields, string>;

/** Drops members that are undefined: what is not named is not changed. */
function named(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** ProductUpdateInput or ProductSetInput of the fields that are named. */
export function productInput(fields: Partial<Omit<ProductFields, 'published'>>): Record<string, unknown> {
  const { seoTitle, seoDescription, ...rest } = fields;
  const seo = named({ title: seoTitle, description: seoDescription });
  return { ...named(rest), ...(Object.keys(seo).length > 0 && { seo }) };
}

/** Shopify has no "no weight": it is nothing of some unit. */
function weightInput(weight: Weight | null): { value: number; unit: WeightUnit } {
  return weight ? { value: Number(weight.value), unit: weight.unit } : { value: 0, unit: 'KILOGRAMS' };
}

/**
 * ProductVariantSetInput ("set") or ProductVariantsBulkInput ("bulk") of the fields that are named: the latter takes the
 * SKU only with the inventory item. Weights and unit price quantities are floats in Shopify's schema; money is not.
 */
export function variantInput(fields: Partial<VariantFields>, shape: 'set' | 'bulk'): Record<string, unknown> {
  const {
    cost,
    sku,
    tracked,
    requiresShipping,
    weight,
    harmonizedSystemCode,
    countryCodeOfOrigin,
    unitPriceMeasurement,
    ...plain
  } = fields;
  const inventoryItem = named({
    cost,
    tracked,
    requiresShipping,
    harmonizedSystemCode,
    countryCodeOfOrigin,
    ...(shape === 'bulk' && { sku }),
    measurement: weight === undefined ? undefined : { weight: weightInput(weight) },
  });
  return named({
    ...plain,
    ...(shape === 'set' && { sku }),
    ...(Object.keys(inventoryItem).length > 0 && { inventoryItem }),
    unitPriceMeasurement: unitPriceMeasurement && {
      ...unitPriceMeasurement,
      quantityValue: Number(unitPriceMeasurement.quantityValue),
    },
    ...(unitPriceMeasurement === null && { unitPriceMeasurement: null }),
  });
}
