/**
 * What a search over the catalog can ask for: its fields, and the tree a search text is read into (search-query.ts). The
 * names are those of Shopify's filters of `products` and `productVariants`
 * (https://shopify.dev/docs/api/admin-graphql/2026-10/queries/products); collection,
 * compare_at_price, cost and published are ours.
 */

/** A term finds whole words, in order and next to each other; the last may be a prefix. */
export const WORD_FIELDS = ['title', 'variant_title'] as const;
/** A term is the whole value or, with "*", its beginning. */
export const TEXT_FIELDS = [
  'handle',
  'vendor',
  'product_type',
  'category',
  'collection',
  'tag',
  'status',
  'sku',
  'barcode',
] as const;
export const AMOUNT_FIELDS = ['price', 'compare_at_price', 'cost'] as const;
export const COUNT_FIELDS = ['inventory_total', 'inventory_quantity'] as const;
export const DATE_FIELDS = ['created_at', 'updated_at'] as const;
export const FLAG_FIELDS = ['gift_card', 'published'] as const;
export const ID_FIELDS = ['id', 'variant_id'] as const;

export type WordField = (typeof WORD_FIELDS)[number];
export type TextField = (typeof TEXT_FIELDS)[number];
export type NumberField = (typeof AMOUNT_FIELDS | typeof COUNT_FIELDS)[number];
export type DateField = (typeof DATE_FIELDS)[number];
export type FlagField = (typeof FLAG_FIELDS)[number];
export type IdField = (typeof ID_FIELDS)[number];
export type SearchField = WordField | TextField | NumberField | DateField | FlagField | IdField;

export const COMPARATORS = ['=', '<', '<=', '>', '>='] as const;
export type Comparator = (typeof COMPARATORS)[number];

export type SearchTerm =
  /** `field` null: a bare word, sought in title, vendor, product type, tags and SKU. `text` holds at least one word. */
  | { kind: 'words'; field: WordField | null; text: string; isPrefix: boolean }
  | { kind: 'text'; field: TextField; text: string; isPrefix: boolean }
  /** A plain decimal, of inventory a whole one. */
  | { kind: 'number'; field: NumberField; comparator: Comparator; value: string }
  /** As it was written; `timeSpanOf` says what it covers. */
  | { kind: 'date'; field: DateField; comparator: Comparator; value: string }
  | { kind: 'flag'; field: FlagField; value: boolean }
  | { kind: 'id'; field: IdField; value: string }
  /** The field holds something. */
  | { kind: 'exists'; field: SearchField };

/** 'and' and 'or' have at least two members. */
export type SearchNode =
  | { kind: 'and'; of: SearchNode[] }
  | { kind: 'or'; of: SearchNode[] }
  | { kind: 'not'; of: SearchNode }
  | SearchTerm;

export type SearchQuery = { kind: 'all' } | SearchNode;

/** Why a search text cannot be read. */
export interface SearchProblem {
  /** Index of the character where it lies; the first is 0. */
  position: number;
  /** The part of the text that is meant. */
  value: string;
  reason: string;
  remedy: string;
}

/**
 * What parts words: a list of code points, as the inside of a character class that JavaScript's and PostgreSQL's regular
 * expressions both read. All of ASCII that is no letter or digit, the punctuation of Latin-1, and Unicode's general one. A
 * list, not a property of characters: that would depend on the locale of the database.
 */
export const WORD_BREAKS = [
  String.raw`\u0002-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf`,
  String.raw`\u00d7\u00f7\u2000-\u206f\u3000-\u3003`,
].join('');
/** Parts words, and no phrase reaches over it: SQL puts it between texts that are searched as one. */
export const TEXT_BREAK = '\u0001';
const breaks = new RegExp(`[${TEXT_BREAK}${WORD_BREAKS}]+`);

/** The words of a text in order, as they are written. */
export function wordsOf(text: string): string[] {
  return text.split(breaks).filter((word) => word !== '');
}

/**
 * The text without the difference of capitals, letter by letter and free of context, as PostgreSQL's lower() does it:
 * JavaScript's own toLowerCase() makes another sigma at the end of a word, and two letters of a dotted capital I.
 */
export function foldCase(text: string): string {
  let folded = '';
  for (const letter of text) {
    const small = letter.toLowerCase();
    folded += String.fromCodePoint(small.codePointAt(0) ?? 0);
  }
  return folded;
}

const DATE =
  /^([12]\d{3})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;
const MINUTE_MS = 60_000;

/**
 * What a date of a search covers, in milliseconds since 1970: a year, a month or a day as a whole, by UTC; a time of day
 * one millisecond. Null where the text is none.
 */
export function timeSpanOf(text: string): { from: number; until: number } | null {
  const match = DATE.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const [y, m, d] = [Number(year), Number(month ?? '1'), Number(day ?? '1')];
  const start = Date.UTC(y, m - 1, d);
  const named = new Date(start);
  // Date.UTC carries the 31st of June over into July.
  if (named.getUTCMonth() !== m - 1 || named.getUTCDate() !== d) return null;
  if (month === undefined) return { from: start, until: Date.UTC(y + 1, 0, 1) };
  if (day === undefined) return { from: start, until: Date.UTC(y, m, 1) };
  if (hour === undefined) return { from: start, until: Date.UTC(y, m - 1, d + 1) };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? '0') > 59) return null;
  const offset = zone === undefined || zone === 'Z' ? '+00:00' : zone;
  const [offsetHours, offsetMinutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4))];
  if (offsetHours > 15 || offsetMinutes > 59) return null;
  const time =
    (Number(hour) * 60 + Number(minute)) * MINUTE_MS +
    Number(second ?? '0') * 1000 +
    Number((fraction ?? '').padEnd(3, '0'));
  const ahead = (offsetHours * 60 + offsetMinutes) * MINUTE_MS * (offset.startsWith('-') ? -1 : 1);
  const from = start + time - ahead;
  return { from, until: from + 1 };
}
