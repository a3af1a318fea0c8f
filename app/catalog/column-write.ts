/** A field of a product of the catalog as the column of the merchant's own row that must say it. Pure. */
import type { CatalogProductState, CatalogVariantState } from '~/core/catalog-product';
import type { SourceId } from '~/core/product-state';
import type { FieldRule, SourceMapping, SourceRow } from '~/core/source-mapping';
import { pairVariants } from './apply-mapped-product';
import type { SourceIds } from './apply-mapped-product';
import { mapSourceRows } from './map-source-rows';
import { fromGrams, toGrams } from './product-csv-cells';
import { writeCell } from './source-cells';

/** One column of one row, or of all rows of a product that hold the same. */
export interface ColumnWrite {
  kind: 'write';
  column: string;
  /** What the row held when it was last taken over; only over that is written. */
  known: string | null;
  text: string | null;
  /** Column -> text, of the keys of the rows. */
  keys: Record<string, string>;
}

export type ColumnPlan =
  | ColumnWrite
  /** The row says so already. */
  | { kind: 'nothing' }
  | { kind: 'refused'; message: string };

const refused = (message: string): ColumnPlan => ({ kind: 'refused', message });

const truth = (value: boolean) => (value ? 'true' : 'false');

/** What the catalog holds of a product's own field; undefined where it is none that a column can feed. */
function productValue({ fields }: CatalogProductState, field: string): string | string[] | null | undefined {
  switch (field) {
    case 'title':
    case 'descriptionHtml':
    case 'handle':
    case 'vendor':
    case 'productType':
    case 'category':
    case 'status':
    case 'seoTitle':
    case 'seoDescription':
    case 'tags':
      return fields[field];
    case 'published':
      return truth(fields.published);
    default:
      return undefined;
  }
}

function variantValue(
  { fields }: CatalogVariantState,
  field: string,
  rule: FieldRule | undefined,
): string | null | undefined {
  switch (field) {
    case 'sku':
    case 'barcode':
    case 'price':
    case 'compareAtPrice':
    case 'cost':
    case 'inventoryPolicy':
    case 'harmonizedSystemCode':
    case 'countryCodeOfOrigin':
      return fields[field];
    case 'taxable':
    case 'tracked':
    case 'requiresShipping':
      return truth(fields[field]);
    case 'weight': {
      const { weightValue, weightUnit } = fields;
      const unit = rule?.transform.kind === 'weight' ? rule.transform.unit : weightUnit;
      if (weightValue === null || unit === weightUnit) return weightValue;
      const converted = fromGrams(toGrams(weightValue, weightUnit), unit);
      return fromGrams(toGrams(converted, unit), weightUnit) === weightValue ? converted : undefined;
    }
    default:
      return undefined;
  }
}

interface Wanted {
  rule: FieldRule | undefined;
  value: string | string[] | null | undefined;
}

const entryOf = <T>(rules: Partial<Record<string, T>>, field: string): T | undefined => rules[field];

function wantedOf(
  mapping: SourceMapping,
  state: CatalogProductState,
  variant: CatalogVariantState | null,
  field: string,
): Wanted {
  const [kind = '', ...rest] = field.split(':');
  const name = rest.join(':');
  if (kind === 'metafield') {
    const owner = variant === null ? 'product' : 'variant';
    const metafield = mapping.metafields.find(
      (one) => one.owner === owner && `${one.namespace}.${one.key}` === name,
    );
    const held = (variant ?? state).metafields.find((one) => `${one.namespace}.${one.key}` === name);
    return { rule: metafield?.rule, value: held?.value ?? null };
  }
  if (variant === null) {
    // One tag was pulled, the column holds all of them.
    const plain = kind === 'tags' ? 'tags' : field;
    return { rule: entryOf(mapping.product, plain), value: productValue(state, plain) };
  }
  if (kind === 'inventory') {
    const level = variant.stock[name];
    return {
      rule: mapping.quantities.find(({ location }) => location === name)?.rule,
      value: level === undefined ? null : String(level),
    };
  }
  const rule = entryOf(mapping.variant, field);
  return { rule, value: variantValue(variant, field, rule) };
}

/** The text that makes the column say the value; undefined where none does, or it cannot be known which. */
function textFor(
  { column, otherwise, transform }: FieldRule,
  value: string | string[] | null,
): string | null | undefined {
  if (column === null) return undefined;
  const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  // What stands in for empty cells would be read in its place.
  if (isEmpty) return otherwise === null ? null : undefined;
  return writeCell(value, transform) ?? undefined;
}

/** `rows`: those of the product as they were last taken over. `field` as in FieldPath, stock by the location's name. */
export function planColumnWrite(
  mapping: SourceMapping,
  product: { key: string; rows: SourceRow[]; state: CatalogProductState },
  path: { variant: SourceId | null; field: string },
  ids: SourceIds,
): ColumnPlan {
  const { key, rows, state } = product;
  const variant = path.variant === null ? null : state.variants.find(({ id }) => id === path.variant);
  if (variant === undefined) return refused('The variant is no longer in the catalog.');
  const { rule, value } = wantedOf(mapping, state, variant, path.field);
  if (rule === undefined || rule.column === null) return { kind: 'nothing' };
  const { column } = rule;
  if (value === undefined) return refused('The value cannot be said in this column.');
  const keyColumns = [...mapping.productKey, ...(variant === null ? [] : mapping.variantKey)];
  if (keyColumns.includes(column)) return refused('The column is part of the key of its row.');
  const row = variant === null ? rows[0] : rowOf(mapping, key, rows, state, variant, ids);
  if (row === undefined) return refused('No row of the table is this variant.');
  const text = textFor(rule, value);
  if (text === undefined) return refused(`No text in the column “${column}” would be read as this value.`);
  const known = row[column] ?? null;
  const keys = Object.fromEntries(keyColumns.map((name) => [name, row[name] ?? '']));
  return known === text ? { kind: 'nothing' } : { kind: 'write', column, known, text, keys };
}

function rowOf(
  mapping: SourceMapping,
  key: string,
  rows: SourceRow[],
  state: CatalogProductState,
  variant: CatalogVariantState,
  ids: SourceIds,
): SourceRow | undefined {
  const { product } = mapSourceRows(mapping, key, rows);
  if (product === null) return undefined;
  const pairs = pairVariants(state.variants, product, ids);
  const index = product.variants.findIndex((one) => pairs.get(one)?.id === variant.id);
  return rows[index];
}
