/** Metafields: values with a type, kept as text. */
import { createHash } from 'node:crypto';
import type { Gid } from '../state/gid';
import type { Metafield, Metafields } from '../state/product';
import type { Shop } from '../state/shop';
import type { Change, InputError } from './change';

export interface MetafieldInput {
  namespace?: string | null;
  key?: string | null;
  type?: string | null;
  value?: string | null;
}

const isJson = (value: string): boolean => {
  try {
    JSON.parse(value);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};
const jsonObjectWith =
  (...keys: string[]) =>
  (value: string): boolean => {
    if (!isJson(value)) return false;
    const read: unknown = JSON.parse(value);
    return typeof read === 'object' && read !== null && keys.every((key) => key in read);
  };
const matches = (pattern: RegExp) => (value: string) => pattern.test(value);
const reference = (type: string) => matches(new RegExp(`^gid://shopify/${type}/\\d+$`));
const measurement = jsonObjectWith('value', 'unit');

/** Supported types and what their values look like. */
const TYPES: Record<string, (value: string) => boolean> = {
  single_line_text_field: (value) => !/[\r\n]/.test(value),
  multi_line_text_field: () => true,
  rich_text_field: jsonObjectWith('type'),
  number_integer: matches(/^-?\d+$/),
  number_decimal: matches(/^-?\d+(\.\d+)?$/),
  boolean: matches(/^(true|false)$/),
  date: (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)),
  date_time: (value) => /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value)),
  json: isJson,
  url: (value) => URL.canParse(value),
  link: jsonObjectWith('text', 'url'),
  color: matches(/^#[0-9a-fA-F]{6}$/),
  weight: measurement,
  volume: measurement,
  dimension: measurement,
  rating: jsonObjectWith('value', 'scale_min', 'scale_max'),
  money: jsonObjectWith('amount', 'currency_code'),
  id: (value) => value.length > 0,
  language: matches(/^[a-z]{2}(-[A-Z]{2})?$/),
  product_reference: reference('Product'),
  variant_reference: reference('ProductVariant'),
  collection_reference: reference('Collection'),
  file_reference: reference('(MediaImage|Video|GenericFile|Model3d)'),
  page_reference: reference('(OnlineStorePage|Page)'),
  metaobject_reference: reference('Metaobject'),
  mixed_reference: reference('Metaobject'),
};

function fitsType(type: string, value: string): boolean {
  const listOf = /^list\.(.+)$/.exec(type)?.[1];
  if (!listOf) return TYPES[type]?.(value) ?? false;
  if (!isJson(value)) return false;
  const entries: unknown = JSON.parse(value);
  return (
    Array.isArray(entries) &&
    entries.every((entry) => fitsType(listOf, typeof entry === 'string' ? entry : JSON.stringify(entry)))
  );
}

const knownType = (type: string): boolean => type.replace(/^list\./, '') in TYPES;

/** The namespace as kept: omitted or "$app" is the app's own. */
export function fullNamespace(namespace: string | null | undefined): string {
  const own = 'app--1';
  if (namespace == null || namespace === '') return own;
  return namespace.replace(/^\$app/, own);
}

export const metafieldKey = (namespace: string, key: string): string => `${namespace}.${key}`;

/** What compareDigest compares: changes with type and value. */
export function metafieldDigest(metafield: Pick<Metafield, 'type' | 'value'>): string {
  return createHash('sha256').update(`${metafield.type}\n${metafield.value}`).digest('hex');
}

/** Refusals of one metafield input; `field` is the path of the input itself. */
export function checkMetafield(existing: Metafields, input: MetafieldInput, field: string[]): InputError[] {
  const { key, value } = input;
  const refusal = (code: string, name: string, message: string): InputError[] => [
    { code, field: [...field, name], message },
  ];
  if (!key || !/^[A-Za-z0-9_-]{2,64}$/.test(key)) {
    return refusal(
      key ? 'INVALID' : 'BLANK',
      'key',
      'Key must be 2 to 64 letters, digits, hyphens and underscores.',
    );
  }
  const namespace = fullNamespace(input.namespace);
  if (!/^[A-Za-z0-9_-]{3,255}$/.test(namespace)) {
    return refusal(
      'INVALID',
      'namespace',
      'Namespace must be 3 to 255 letters, digits, hyphens and underscores.',
    );
  }
  const current = existing.get(metafieldKey(namespace, key));
  const type = input.type ?? current?.type;
  if (!type) return refusal('BLANK', 'type', "Type can't be blank");
  if (!knownType(type))
    return refusal('INVALID_TYPE', 'type', `Type must be one of the supported types, not ${type}.`);
  if (value == null || value === '') return refusal('BLANK', 'value', "Value can't be blank");
  if (!fitsType(type, value))
    return refusal('INVALID_VALUE', 'value', `Value is invalid for the type ${type}.`);
  return [];
}

/** Writes a checked metafield; answers it, and whether that changed anything. */
export function setMetafield(
  change: Change,
  owner: Metafields,
  input: MetafieldInput,
): { metafield: Metafield; changed: boolean } {
  const namespace = fullNamespace(input.namespace);
  const key = input.key ?? '';
  const value = input.value ?? '';
  const current = owner.get(metafieldKey(namespace, key));
  const type = input.type ?? current?.type ?? 'single_line_text_field';
  if (current) {
    if (current.value === value && current.type === type) return { metafield: current, changed: false };
    Object.assign(current, { value, type, updatedAt: change.now });
    return { metafield: current, changed: true };
  }
  const metafield = {
    id: change.newGid('Metafield'),
    namespace,
    key,
    type,
    value,
    createdAt: change.now,
    updatedAt: change.now,
  };
  owner.set(metafieldKey(namespace, key), metafield);
  return { metafield, changed: true };
}

/** Something that has metafields, and how to tell that they changed. */
export interface MetafieldOwner {
  metafields: Metafields;
  changed: (change: Change) => void;
}

/** The product, variant or shop a gid names, as an owner of metafields; null where there is none. */
export function metafieldOwner(shop: Shop, id: Gid): MetafieldOwner | null {
  const product = shop.products.get(id);
  if (product) {
    return {
      metafields: product.metafields,
      changed: (change) => change.productChanged(product, 'product.metafields'),
    };
  }
  const variant = shop.variants.get(id);
  if (variant) {
    return {
      metafields: variant.metafields,
      changed: (change) => change.variantChanged(variant, 'metafields'),
    };
  }
  return id === shop.id ? { metafields: shop.metafields, changed: () => undefined } : null;
}
