/** A mapping to begin with, guessed from how columns are called. A person looks at it before it is used. */
import type { WeightUnit } from './product-state';
import { productFields, transformsOf, usualTransform, variantFields } from './source-mapping';
import type {
  ColumnDescription,
  FieldRule,
  ProductField,
  RelationDescription,
  SourceMapping,
  Transform,
  VariantField,
} from './source-mapping';

/** What names of columns say a field is called, in the order of likelihood. */
const likelyNames: Record<ProductField | VariantField, string[]> = {
  title: ['title', 'product_title', 'product_name', 'name', 'bezeichnung', 'item_name'],
  descriptionHtml: ['description_html', 'body_html', 'description', 'long_description', 'beschreibung'],
  handle: ['handle', 'slug', 'url_key'],
  vendor: ['vendor', 'brand', 'manufacturer', 'marke', 'hersteller'],
  productType: ['product_type', 'type', 'warengruppe'],
  category: ['category', 'taxonomy'],
  tags: ['tags', 'keywords', 'labels'],
  status: ['status', 'state'],
  published: ['published', 'online', 'visible', 'is_published'],
  seoTitle: ['seo_title', 'meta_title'],
  seoDescription: ['seo_description', 'meta_description'],
  images: ['images', 'image_urls', 'pictures', 'image_url', 'picture_url'],
  sku: ['sku', 'article_number', 'item_number', 'artikelnummer', 'variant_sku'],
  barcode: ['barcode', 'ean', 'gtin', 'upc'],
  price: ['price', 'sale_price', 'unit_price', 'price_cents', 'preis', 'amount'],
  compareAtPrice: ['compare_at_price', 'list_price', 'rrp', 'msrp', 'uvp'],
  cost: ['cost', 'cost_price', 'purchase_price', 'einkaufspreis'],
  weight: ['weight', 'weight_kg', 'weight_g', 'weight_grams', 'gewicht'],
  taxable: ['taxable', 'is_taxable'],
  tracked: ['tracked', 'track_stock'],
  inventoryPolicy: ['inventory_policy', 'backorder'],
  requiresShipping: ['requires_shipping', 'is_physical'],
  harmonizedSystemCode: ['hs_code', 'harmonized_system_code', 'tariff_number'],
  countryCodeOfOrigin: ['country_of_origin', 'origin_country', 'country_code_of_origin'],
  image: ['variant_image', 'variant_image_url'],
};

const likelyKeys = [
  'product_id',
  'style',
  'style_no',
  'style_number',
  'parent_sku',
  'group_id',
  'product_key',
  'handle',
];
const likelyQuantities = ['quantity', 'stock', 'available', 'qty', 'on_hand', 'inventory', 'bestand'];
const likelyOptions = [
  'color',
  'colour',
  'size',
  'material',
  'option1',
  'option2',
  'option3',
  'farbe',
  'groesse',
];

/** A transform that the name and the type of a column speak for. */
function likelyTransform(
  field: ProductField | VariantField,
  { name, type, isArray }: ColumnDescription,
): Transform {
  if (transformsOf[field].includes('json-list') && (isArray || type.startsWith('json')))
    return { kind: 'json-list' };
  if (
    transformsOf[field].includes('minor-units') &&
    (/(^|_)(cents|minor|pence)$/.test(name) || /^(integer|bigint|smallint)/.test(type))
  )
    return { kind: 'minor-units', decimals: 2 };
  if (field === 'weight') {
    const unit: WeightUnit = /_(g|grams?)$/.test(name)
      ? 'GRAMS'
      : /_(lbs?|pounds?)$/.test(name)
        ? 'POUNDS'
        : /_(oz|ounces?)$/.test(name)
          ? 'OUNCES'
          : 'KILOGRAMS';
    return { kind: 'weight', unit, mark: '.' };
  }
  if (field === 'descriptionHtml' && !name.includes('html')) return { kind: 'plain-text' };
  return usualTransform(field);
}

/** Suggests a mapping for a table. */
export function suggestMapping(relation: RelationDescription): SourceMapping {
  const byName = new Map(relation.columns.map((column) => [column.name.toLowerCase(), column]));
  const used = new Set<string>();
  const ruleFor = (field: ProductField | VariantField): FieldRule | null => {
    const column = likelyNames[field]
      .flatMap((name) => byName.get(name) ?? [])
      .find(({ name }) => !used.has(name));
    if (column === undefined) return null;
    used.add(column.name);
    return { column: column.name, otherwise: null, transform: likelyTransform(field, column) };
  };
  const named = (names: string[]) => names.flatMap((name) => byName.get(name)?.name ?? []);
  const product: SourceMapping['product'] = {};
  for (const field of productFields) {
    const rule = ruleFor(field);
    if (rule !== null) product[field] = rule;
  }
  const variant: SourceMapping['variant'] = {};
  for (const field of variantFields) {
    const rule = ruleFor(field);
    if (rule !== null) variant[field] = rule;
  }
  const [key] = named(likelyKeys);
  const sku = variant.sku?.column;
  const productKey =
    key !== undefined ? [key] : relation.primaryKey.length > 0 ? relation.primaryKey : sku ? [sku] : [];
  const variantKey = sku ? [sku] : relation.primaryKey;
  const [stock] = named(likelyQuantities);
  return {
    relation: { schema: relation.schema, name: relation.name },
    productKey,
    variantKey,
    product,
    variant,
    options:
      key === undefined
        ? []
        : named(likelyOptions)
            .filter((column) => !used.has(column))
            .slice(0, 3)
            .map((column) => ({
              name: column.charAt(0).toUpperCase() + column.slice(1).replaceAll('_', ' '),
              rule: { column, otherwise: null, transform: { kind: 'text', trim: true } },
            })),
    quantities:
      stock === undefined
        ? []
        : [{ location: '', rule: { column: stock, otherwise: null, transform: { kind: 'integer' } } }],
    metafields: [],
    watched: [],
  };
}
