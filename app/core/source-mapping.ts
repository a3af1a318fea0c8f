/**
 * How the rows of a merchant's own table become products: which column feeds which field, and how its text is read. One row
 * is one variant; rows with the same product key are one product.
 */
import type { WeightUnit } from './product-state';

/** A table or view of the merchant's database. */
export interface Relation {
  schema: string;
  name: string;
}

/** How the text of a column is read. */
export type Transform =
  /** As it stands; `trim`: without the spaces around it. */
  | { kind: 'text'; trim: boolean }
  /** HTML as it stands. */
  | { kind: 'html' }
  /** Plain text: what HTML would take for markup is escaped, empty lines part paragraphs. */
  | { kind: 'plain-text' }
  /** A web name made of a text: "Two-Person Tent" is "two-person-tent". */
  | { kind: 'slug' }
  /** An amount or a weight as a decimal number; the mark before its decimals. */
  | { kind: 'decimal'; mark: '.' | ',' }
  /** An amount in the smallest unit of its currency: 1250 with two decimals is 12.50. */
  | { kind: 'minor-units'; decimals: number }
  | { kind: 'weight'; unit: WeightUnit; mark: '.' | ',' }
  | { kind: 'integer' }
  /** Several texts in one, parted by this. */
  | { kind: 'list'; separator: string }
  /** A JSON list, or an array of PostgreSQL. */
  | { kind: 'json-list' }
  /** A word of the merchant's for each word of Lockstep's; capitals do not count. */
  | { kind: 'words'; words: Record<string, string> };

export type TransformKind = Transform['kind'];

/** Where a field comes from. */
export interface FieldRule {
  /** Null: always `otherwise`. */
  column: string | null;
  /** Read in the column's place where that is empty. Null: the field is empty then. */
  otherwise: string | null;
  transform: Transform;
}

/** Fields that a column of the first row of a product gives to all of it. */
export const productFields = [
  'title',
  'descriptionHtml',
  'handle',
  'vendor',
  'productType',
  'category',
  'tags',
  'status',
  'published',
  'seoTitle',
  'seoDescription',
  'images',
] as const;
export type ProductField = (typeof productFields)[number];

/** Fields that each row gives to its own variant. */
export const variantFields = [
  'sku',
  'barcode',
  'price',
  'compareAtPrice',
  'cost',
  'weight',
  'taxable',
  'tracked',
  'inventoryPolicy',
  'requiresShipping',
  'harmonizedSystemCode',
  'countryCodeOfOrigin',
  'image',
] as const;
export type VariantField = (typeof variantFields)[number];

export interface MetafieldRule {
  owner: 'product' | 'variant';
  namespace: string;
  key: string;
  type: string;
  rule: FieldRule;
}

export interface SourceMapping {
  relation: Relation;
  /** Columns whose values together tell one product from another. */
  productKey: string[];
  /** Columns that tell the rows of a product apart; rows are taken in their order. */
  variantKey: string[];
  product: Partial<Record<ProductField, FieldRule>>;
  variant: Partial<Record<VariantField, FieldRule>>;
  /** At most three, in order. */
  options: { name: string; rule: FieldRule }[];
  /** Location by the catalog's name; "" is the shop's default location. */
  quantities: { location: string; rule: FieldRule }[];
  metafields: MetafieldRule[];
  /**
   * For a view, which no publication can hold: the tables behind it, each with the columns that hold the product key. Empty
   * for a table, which is watched itself.
   */
  watched: { relation: Relation; keyColumns: string[] }[];
}

/** A column of a table or view. */
export interface ColumnDescription {
  name: string;
  /** As PostgreSQL writes it: "numeric(12,2)". */
  type: string;
  isArray: boolean;
  isNullable: boolean;
}

export interface RelationDescription extends Relation {
  kind: 'table' | 'view';
  columns: ColumnDescription[];
  /** Columns by which a row is told from another when it changes: primary key, or the replica identity that was chosen. */
  identity: string[];
  primaryKey: string[];
  replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
}

/** A row as it is read: the text of each mapped column, null for NULL. */
export type SourceRow = Record<string, string | null>;

/** Something of a row that a person must mend, in words they can act on. */
export interface SourceRowProblem {
  /** The row's key. */
  row: string;
  column: string | null;
  value: string | null;
  reason: string;
  remedy: string;
}

const texts: TransformKind[] = ['text'];
const words: TransformKind[] = ['words'];
const amounts: TransformKind[] = ['decimal', 'minor-units'];
const lists: TransformKind[] = ['list', 'json-list'];

/** The ways in which each field may be read; the first is the usual one. */
export const transformsOf: Record<ProductField | VariantField, TransformKind[]> = {
  title: texts,
  descriptionHtml: ['html', 'plain-text'],
  handle: ['text', 'slug'],
  vendor: texts,
  productType: texts,
  category: texts,
  tags: lists,
  status: words,
  published: words,
  seoTitle: texts,
  seoDescription: texts,
  images: lists,
  sku: texts,
  barcode: texts,
  price: amounts,
  compareAtPrice: amounts,
  cost: amounts,
  weight: ['weight'],
  taxable: words,
  tracked: words,
  inventoryPolicy: words,
  requiresShipping: words,
  harmonizedSystemCode: texts,
  countryCodeOfOrigin: texts,
  image: texts,
};

/** The words each field with a fixed choice ends in. */
export const targetWords = {
  status: ['ACTIVE', 'DRAFT', 'ARCHIVED', 'UNLISTED'],
  published: ['true', 'false'],
  taxable: ['true', 'false'],
  tracked: ['true', 'false'],
  requiresShipping: ['true', 'false'],
  inventoryPolicy: ['DENY', 'CONTINUE'],
} as const;

/** Words that are understood without being mapped. */
const plainWords: Record<keyof typeof targetWords, Record<string, string>> = {
  status: { active: 'ACTIVE', draft: 'DRAFT', archived: 'ARCHIVED', unlisted: 'UNLISTED' },
  published: booleanWords(),
  taxable: booleanWords(),
  tracked: booleanWords(),
  requiresShipping: booleanWords(),
  inventoryPolicy: { deny: 'DENY', continue: 'CONTINUE' },
};

function booleanWords(): Record<string, string> {
  return {
    true: 'true',
    false: 'false',
    t: 'true',
    f: 'false',
    yes: 'true',
    no: 'false',
    1: 'true',
    0: 'false',
  };
}

/** The usual way to read a field of this kind. */
export function usualTransform(field: ProductField | VariantField, kind?: TransformKind): Transform {
  switch (kind ?? transformsOf[field][0] ?? 'text') {
    case 'html':
      return { kind: 'html' };
    case 'plain-text':
      return { kind: 'plain-text' };
    case 'slug':
      return { kind: 'slug' };
    case 'decimal':
      return { kind: 'decimal', mark: '.' };
    case 'minor-units':
      return { kind: 'minor-units', decimals: 2 };
    case 'weight':
      return { kind: 'weight', unit: 'KILOGRAMS', mark: '.' };
    case 'integer':
      return { kind: 'integer' };
    case 'list':
      return { kind: 'list', separator: ',' };
    case 'json-list':
      return { kind: 'json-list' };
    case 'words':
      return { kind: 'words', words: isChoice(field) ? plainWords[field] : {} };
    case 'text':
      return { kind: 'text', trim: true };
  }
}

function isChoice(field: string): field is keyof typeof targetWords {
  return field in targetWords;
}

/** Every rule of a mapping. */
export function rulesOf(mapping: SourceMapping): FieldRule[] {
  return [
    ...Object.values(mapping.product),
    ...Object.values(mapping.variant),
    ...mapping.options.map(({ rule }) => rule),
    ...mapping.quantities.map(({ rule }) => rule),
    ...mapping.metafields.map(({ rule }) => rule),
  ];
}

/** The columns that are read: those of the keys and those that feed a field, each once. */
export function columnsOf(mapping: SourceMapping): string[] {
  const fed = rulesOf(mapping).flatMap(({ column }) => column ?? []);
  return [...new Set([...mapping.productKey, ...mapping.variantKey, ...fed])];
}

/** The columns that may be written where the merchant wants that: never one by which a row is known. */
export function writableColumns(mapping: SourceMapping): string[] {
  const keys = new Set([...mapping.productKey, ...mapping.variantKey]);
  return columnsOf(mapping).filter((column) => !keys.has(column));
}

/** One text for the values of key columns; null where one of them is empty. */
export function keyText(columns: string[], row: SourceRow): string | null {
  const values = columns.map((column) => row[column] ?? null);
  if (values.length === 0 || values.some((value) => value === null || value === '')) return null;
  return values.length === 1 ? (values[0] ?? null) : JSON.stringify(values);
}

/** The values of a key text again, one a column. */
export function keyValues(columns: string[], key: string): string[] {
  if (columns.length === 1) return [key];
  const values: unknown = JSON.parse(key);
  return Array.isArray(values) ? values.map(String) : [];
}

/** A key text that another program wrote, as we write it: JSON may have spaces and other escapes. */
export function sameKey(columns: string[], key: string): string {
  if (columns.length === 1) return key;
  return JSON.stringify(keyValues(columns, key));
}

/** The tables whose changes are watched, with the columns of each that hold the product key. */
export function watchedBy(mapping: SourceMapping): { relation: Relation; keyColumns: string[] }[] {
  return mapping.watched.length > 0
    ? mapping.watched
    : [{ relation: mapping.relation, keyColumns: mapping.productKey }];
}

/** What of a mapping does not fit the table as it is now, and what to do. */
export function mappingProblems(
  mapping: SourceMapping,
  relation: RelationDescription,
): { field: string; reason: string; remedy: string }[] {
  const problems: { field: string; reason: string; remedy: string }[] = [];
  const known = new Set(relation.columns.map(({ name }) => name));
  for (const column of columnsOf(mapping))
    if (!known.has(column))
      problems.push({
        field: column,
        reason: `The table "${relation.schema}"."${relation.name}" has no column "${column}".`,
        remedy: 'Bring the column back, or map another one in its place.',
      });
  if (mapping.productKey.length === 0)
    problems.push({
      field: 'productKey',
      reason: 'No column tells one product from another.',
      remedy:
        'Choose the column that all variants of a product share, or the SKU where each row is a product.',
    });
  if (mapping.product.title === undefined)
    problems.push({
      field: 'title',
      reason: 'No column gives the title.',
      remedy: 'Map a column to the title.',
    });
  if (mapping.variant.price === undefined)
    problems.push({
      field: 'price',
      reason: 'No column gives the price.',
      remedy: 'Map a column to the price.',
    });
  if (mapping.options.length > 3)
    problems.push({
      field: 'options',
      reason: 'A product has at most three options.',
      remedy: 'Remove an option.',
    });
  return problems;
}
