/** Reasons in words that a merchant can act on. */
import type { FieldPath } from './decision';
import type { WriteError } from './outcome';

const FIELD_NAMES: Readonly<Record<string, string>> = {
  title: 'Title',
  descriptionHtml: 'Description',
  handle: 'Handle',
  vendor: 'Vendor',
  productType: 'Product type',
  category: 'Category',
  status: 'Status',
  published: 'Published on the Online Store',
  seoTitle: 'SEO title',
  seoDescription: 'SEO description',
  templateSuffix: 'Theme template',
  price: 'Price',
  compareAtPrice: 'Compare-at price',
  cost: 'Cost per item',
  sku: 'SKU',
  barcode: 'Barcode',
  taxable: 'Charge tax',
  taxCode: 'Tax code',
  tracked: 'Track quantity',
  inventoryPolicy: 'Continue selling when out of stock',
  requiresShipping: 'Physical product',
  weight: 'Weight',
  harmonizedSystemCode: 'HS code',
  countryCodeOfOrigin: 'Country of origin',
  unitPriceMeasurement: 'Unit price',
  existence: 'Product or variant',
  options: 'Options',
  optionValues: 'Option values',
  variantOrder: 'Order of variants',
  variantMedia: 'Variant image',
  mediaOrder: 'Order of media',
  tags: 'Tag',
  metafield: 'Metafield',
  inventory: 'Stock',
  media: 'Media',
  mediaAlt: 'Alt text',
};

/** How a merchant calls a field, e.g. "Price" or "Metafield custom.care". */
export function fieldName({ field }: FieldPath): string {
  const [kind = field, ...rest] = field.split(':');
  const name = FIELD_NAMES[kind] ?? kind;
  const element = rest.join(':');
  return element !== '' && (kind === 'tags' || kind === 'metafield') ? `${name} ${element}` : name;
}

const REMEDIES: Readonly<Record<string, string>> = {
  NEGATIVE_PRICE_VALUE: 'Give the variant a price of 0 or more in your catalog.',
  HANDLE_NOT_UNIQUE:
    'Another product of the store has this handle: change the handle in your catalog, or link the two on the Matches page.',
  VARIANTS_OVER_LIMIT: 'Shopify takes at most 2,048 variants a product: split the product.',
  OPTIONS_OVER_LIMIT: 'Shopify takes at most three options a product.',
  INVALID_METAFIELD: 'Check the metafield’s type and value against its definition in Shopify.',
  INVALID_VALUE: 'Correct the value in your catalog.',
  INVALID_INPUT: 'Correct the value in your catalog.',
  ACCESS_DENIED:
    'The app lacks a permission: open it once in the Shopify admin and accept the permissions it asks for.',
  GIFT_CARDS_NOT_ACTIVATED: 'Turn on gift cards in the store, or take the product out of the catalog.',
  INVALID_LOCATION: 'Choose an active location for this stock in Settings.',
  TOO_MANY_REQUESTS: 'Nothing to do: it is tried again with the next sync.',
  MAX_COST_EXCEEDED: 'The product is too large for one request: report this to us.',
};

/** "Price: Shopify says … What to do." */
export function explainRefusal(error: WriteError, path: FieldPath | null): string {
  const where = path === null || path.field === 'existence' ? '' : `${fieldName(path)}: `;
  const remedy = REMEDIES[error.code] ?? 'Correct it in your catalog, then retry.';
  const told = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
  return `${where}Shopify says “${told}” ${remedy}`;
}
