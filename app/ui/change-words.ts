/** Changes on record, in a merchant's words. */
import type { FieldValue } from '~/core/decision';
import { fieldLabel, fieldText } from './field-words';
import { endStateWords } from './state-words';
import type { StateWords } from './state-words';

const DIRECTIONS: Record<string, string> = {
  push: 'Catalog to Shopify',
  pull: 'Shopify to catalog',
  restore: 'Restored into the catalog',
  edit: 'Bulk edit of the catalog',
  override: 'Override of this store',
  promotion: 'Promotion',
};

/** Which way a change went. A word that is not known is shown as it is. */
export const directionWords = (direction: string): string => DIRECTIONS[direction] ?? direction;
export const DIRECTION_CHOICES = Object.entries(DIRECTIONS).map(([value, label]) => ({ value, label }));

/** How a change ended. One that was skipped was wanted, and could not be: its message says why. */
export const changeStateWords = (state: string): StateWords =>
  state === 'skipped'
    ? { label: 'Not done', tone: 'attention', progress: 'incomplete' }
    : endStateWords(state);

/** Fields whose values are ids. */
const OF_IDS = new Set(['variantOrder', 'mediaOrder', 'variantMedia']);

/** A recorded value in one line; `names` calls variants and pictures by name. "" where there is none. */
export function changeText(field: string, value: FieldValue, names: Record<string, string>): string {
  const named = (id: FieldValue): FieldValue =>
    typeof id === 'string' ? (names[id] ?? 'something that is gone') : id;
  if (OF_IDS.has(field)) return fieldText('', Array.isArray(value) ? value.map(named) : named(value));
  return fieldText(field.split(':')[0] ?? field, value);
}

/** Kinds of fields that are named element by element, as a filter calls them all. */
const KINDS: Record<string, string> = {
  tags: 'Tags',
  inventory: 'Stock',
  metafield: 'Metafields',
  media: 'Pictures and videos',
  mediaAlt: 'Alternative texts',
};

const FIELDS = [
  'price',
  'compareAtPrice',
  'cost',
  'inventory',
  'title',
  'descriptionHtml',
  'handle',
  'vendor',
  'productType',
  'category',
  'tags',
  'status',
  'published',
  'metafield',
  'seoTitle',
  'seoDescription',
  'templateSuffix',
  'sku',
  'barcode',
  'taxable',
  'taxCode',
  'tracked',
  'inventoryPolicy',
  'requiresShipping',
  'weight',
  'harmonizedSystemCode',
  'countryCodeOfOrigin',
  'unitPriceMeasurement',
  'options',
  'optionValues',
  'variantOrder',
  'media',
  'mediaAlt',
  'mediaOrder',
  'variantMedia',
  'existence',
];

/** What a filter of fields says, e.g. "Stock" for all of it, "Tag “Sale”" for one. */
export function filteredFieldWords(field: string, locations: Record<string, string>): string {
  return KINDS[field] ?? fieldLabel(field, locations);
}

/** The fields to choose from in a filter. */
export const FIELD_CHOICES = FIELDS.map((value) => ({ value, label: filteredFieldWords(value, {}) }));
