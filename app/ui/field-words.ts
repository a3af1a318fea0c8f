/** Names of fields and how their values read, for people. */
import type { FieldValue } from '~/core/decision';
import { WEIGHT_UNITS } from '~/core/value-kind';

const FIELDS: Record<string, string> = {
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
  tags: 'Tags',
  options: 'Options',
  media: 'Pictures and videos',
  mediaOrder: 'Order of pictures',
  variantOrder: 'Order of variants',
  existence: 'Existence',
  price: 'Price',
  compareAtPrice: 'Compare-at price',
  cost: 'Cost per item',
  sku: 'SKU',
  barcode: 'Barcode',
  taxable: 'Charge tax',
  taxCode: 'Tax code',
  tracked: 'Track quantity',
  inventoryPolicy: 'When out of stock',
  requiresShipping: 'Needs shipping',
  weight: 'Weight',
  harmonizedSystemCode: 'HS code',
  countryCodeOfOrigin: 'Country of origin',
  unitPriceMeasurement: 'Unit price',
  optionValues: 'Option values',
  variantMedia: 'Picture',
  promotion: 'Promotion',
};

/** The field of a FieldPath as a merchant would call it; `locations` gives the names of location gids. */
export function fieldLabel(field: string, locations: Record<string, string>): string {
  const known = FIELDS[field];
  if (known !== undefined) return known;
  const colon = field.indexOf(':');
  const [kind, of] = colon < 0 ? [field, ''] : [field.slice(0, colon), field.slice(colon + 1)];
  switch (kind) {
    case 'tags':
      return `Tag “${of}”`;
    case 'metafield':
      return `Metafield ${of}`;
    case 'inventory':
      return `Stock at ${locations[of] ?? 'a location that is gone'}`;
    case 'media':
      return 'Picture or video';
    case 'mediaAlt':
      return 'Alternative text';
    default:
      return field;
  }
}

const WORDS: Record<string, string> = {
  'status:ACTIVE': 'Active',
  'status:DRAFT': 'Draft',
  'status:ARCHIVED': 'Archived',
  'status:UNLISTED': 'Unlisted',
  'inventoryPolicy:DENY': 'Stop selling',
  'inventoryPolicy:CONTINUE': 'Continue selling',
};

const UNITS: Record<string, string> = WEIGHT_UNITS;

function record(value: { [key: string]: FieldValue }): string {
  const text = (key: string) => fieldText('', value[key] ?? null);
  if ('unit' in value && 'value' in value) return `${text('value')} ${UNITS[text('unit')] ?? text('unit')}`;
  if ('quantityValue' in value)
    return `${text('quantityValue')} ${text('quantityUnit')} per ${text('referenceValue')} ${text('referenceUnit')}`;
  if ('url' in value) return text('alt') === '' ? text('url') : `${text('url')} (“${text('alt')}”)`;
  if ('name' in value && 'values' in value) return `${text('name')}: ${text('values')}`;
  if ('namespace' in value && 'value' in value) return text('value');
  return JSON.stringify(value);
}

const MONEY = new Set(['price', 'compareAtPrice', 'cost']);

/** "20.9" as "20.90": money shows two decimals at least. */
function money(amount: string): string {
  const [whole, decimals = ''] = amount.split('.');
  return `${whole}.${decimals.padEnd(2, '0')}`;
}

/** A value in one line of text; "" where there is none. */
export function fieldText(field: string, value: FieldValue): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' && MONEY.has(field) && value !== '') return money(value);
  if (typeof value === 'string') return WORDS[`${field}:${value}`] ?? value;
  if (Array.isArray(value)) {
    const separator = value.some((item) => typeof item === 'object') ? '; ' : ', ';
    return value.map((item) => fieldText('', item)).join(separator);
  }
  return record(value);
}
