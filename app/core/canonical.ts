/** When two spellings of a field mean the same: used between the two sides, never within one (decision 001). */
import { Decimal } from 'decimal.js';
import type { FieldValue } from './decision';
import type { ProductFields, VariantFields } from './product-state';

export type Sameness = (a: FieldValue, b: FieldValue) => boolean;

/** Deep equality of plain JSON; the order of keys does not matter. */
export function identical(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => identical(item, b[i]))
    );
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && identical(a[key], b[key]));
}

/** Nothing is there: null, or text of no length. Zero and false are values. */
export function isEmpty(value: FieldValue): boolean {
  return value === null || value === '';
}

/** How option names and values, tags and handles are told apart: Shopify ignores their case. */
export function fold(text: string): string {
  return text.trim().toLowerCase();
}

/** Tags as Shopify tells them apart, by their folded spelling: a comma parts two, and blank ones are none. */
export function tagsByKey(tags: readonly string[]): Map<string, string> {
  return new Map(
    tags
      .flatMap((tag) => tag.split(','))
      .flatMap((tag) => (fold(tag) === '' ? [] : [[fold(tag), tag] as const])),
  );
}

const bothEmpty = (a: FieldValue, b: FieldValue) => isEmpty(a) && isEmpty(b);
const textOf = (value: FieldValue) => (value === null ? '' : String(value));

const exact: Sameness = (a, b) => bothEmpty(a, b) || identical(a, b);
const trimmed: Sameness = (a, b) => textOf(a).trim() === textOf(b).trim();
const folded: Sameness = (a, b) => fold(textOf(a)) === fold(textOf(b));
const html: Sameness = (a, b) =>
  textOf(a).replaceAll('\r\n', '\n').trim() === textOf(b).replaceAll('\r\n', '\n').trim();

/** A plain decimal as text, as money and weights are held. */
export function isDecimal(value: FieldValue): value is string {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
}

const decimal: Sameness = (a, b) =>
  bothEmpty(a, b) || (isDecimal(a) && isDecimal(b) ? new Decimal(a).equals(b) : a === b);

/** Objects whose decimals may be spelled differently (weights, unit prices). */
const measured: Sameness = (a, b) => {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return identical(a, b);
  if (Array.isArray(a) || Array.isArray(b)) return identical(a, b);
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => decimal(a[key] ?? null, b[key] ?? null));
};

const isZeroWeight = (value: FieldValue) =>
  value === null ||
  (typeof value === 'object' && !Array.isArray(value) && decimal(value['value'] ?? null, '0'));

/** Shopify has no "no weight": it is 0 of some unit. */
const weight: Sameness = (a, b) => (isZeroWeight(a) && isZeroWeight(b)) || measured(a, b);

function parsed(text: string): FieldValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON after all: the caller compares the text.
  }
}

/** Metafields {namespace, key, type, value}: JSON values by content, numbers by value, all else by text. */
export const sameMetafield: Sameness = (a, b) => {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b) || a['type'] !== b['type']) return false;
  const [left, right] = [textOf(a['value'] ?? null), textOf(b['value'] ?? null)];
  if (left === right) return true;
  const type = textOf(a['type'] ?? null);
  if (type.startsWith('number_')) return decimal(left, right);
  const [leftJson, rightJson] = [parsed(left), parsed(right)];
  return (
    leftJson !== undefined &&
    rightJson !== undefined &&
    typeof leftJson === 'object' &&
    identical(leftJson, rightJson)
  );
};

export const sameProductField: Record<keyof ProductFields, Sameness> = {
  title: trimmed,
  descriptionHtml: html,
  handle: folded,
  vendor: trimmed,
  productType: trimmed,
  category: exact,
  status: exact,
  published: exact,
  seoTitle: trimmed,
  seoDescription: trimmed,
  templateSuffix: trimmed,
};

export const sameVariantField: Record<keyof VariantFields, Sameness> = {
  price: decimal,
  compareAtPrice: decimal,
  cost: decimal,
  sku: trimmed,
  barcode: trimmed,
  taxable: exact,
  taxCode: trimmed,
  tracked: exact,
  inventoryPolicy: exact,
  requiresShipping: exact,
  weight,
  harmonizedSystemCode: trimmed,
  countryCodeOfOrigin: folded,
  unitPriceMeasurement: measured,
};

export const sameTag: Sameness = folded;
export const sameExactly: Sameness = exact;
export const sameText: Sameness = trimmed;
/** Option values by position, case aside. */
export const sameTexts: Sameness = (a, b) =>
  Array.isArray(a) &&
  Array.isArray(b) &&
  a.length === b.length &&
  a.every((text, i) => folded(text, b[i] ?? null));
