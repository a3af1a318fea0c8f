/** What a person may type for a field, where a conflict is answered with a third value. */
import type { FieldValue } from './decision';
import type { WeightUnit } from './product-state';

export type ValueKind =
  | 'money'
  | 'optional-money'
  | 'quantity'
  | 'title'
  | 'handle'
  | 'text'
  | 'optional-text'
  | 'long-text'
  | 'yes-no'
  | 'status'
  | 'inventory-policy'
  | 'weight'
  | MetafieldKind;

export type MetafieldKind =
  'metafield-text' | 'metafield-long-text' | 'metafield-integer' | 'metafield-decimal' | 'metafield-yes-no';

const KINDS: Readonly<Record<string, ValueKind>> = {
  price: 'money',
  compareAtPrice: 'optional-money',
  cost: 'optional-money',
  inventory: 'quantity',
  title: 'title',
  handle: 'handle',
  descriptionHtml: 'long-text',
  vendor: 'text',
  productType: 'text',
  seoTitle: 'optional-text',
  seoDescription: 'long-text',
  templateSuffix: 'optional-text',
  sku: 'optional-text',
  barcode: 'optional-text',
  taxCode: 'optional-text',
  harmonizedSystemCode: 'optional-text',
  countryCodeOfOrigin: 'optional-text',
  taxable: 'yes-no',
  tracked: 'yes-no',
  published: 'yes-no',
  requiresShipping: 'yes-no',
  status: 'status',
  inventoryPolicy: 'inventory-policy',
  weight: 'weight',
};

const METAFIELD_KINDS: Readonly<Record<string, MetafieldKind>> = {
  single_line_text_field: 'metafield-text',
  multi_line_text_field: 'metafield-long-text',
  number_integer: 'metafield-integer',
  number_decimal: 'metafield-decimal',
  boolean: 'metafield-yes-no',
};

const isRecord = (value: FieldValue): value is { [key: string]: FieldValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The metafield of a conflict as either side has it: a third value keeps its key and type. */
export function metafieldOf(
  source: FieldValue,
  remote: FieldValue,
): { namespace: string; key: string; type: string } | null {
  const held = [source, remote].find(isRecord);
  const [namespace, key, type] = [held?.['namespace'], held?.['key'], held?.['type']];
  return typeof namespace === 'string' && typeof key === 'string' && typeof type === 'string'
    ? { namespace, key, type }
    : null;
}

/** Null: the field is no plain value (a picture, a tag, an order), or one with rules of its own; a side is chosen. */
export function valueKindOf(field: string, source: FieldValue, remote: FieldValue): ValueKind | null {
  const [name = ''] = field.split(':', 1);
  if (name === 'metafield') return METAFIELD_KINDS[metafieldOf(source, remote)?.type ?? ''] ?? null;
  return KINDS[name] ?? null;
}

/** How weights are written, by unit. */
export const WEIGHT_UNITS = {
  GRAMS: 'g',
  KILOGRAMS: 'kg',
  OUNCES: 'oz',
  POUNDS: 'lb',
} as const satisfies Record<WeightUnit, string>;

const isWeightUnit = (unit: FieldValue | undefined): unit is WeightUnit =>
  typeof unit === 'string' && Object.hasOwn(WEIGHT_UNITS, unit);

/** How a value reads in the field it is typed into. */
export function typedText(value: FieldValue): string {
  if (isRecord(value)) {
    const { unit } = value;
    const text = typedText(value['value'] ?? null);
    return isWeightUnit(unit) ? `${text} ${WEIGHT_UNITS[unit]}` : text;
  }
  return value === null ? '' : String(value);
}
