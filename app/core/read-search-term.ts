/** From the field, comparator and value that were written to one term of a search. */
import {
  AMOUNT_FIELDS,
  COUNT_FIELDS,
  DATE_FIELDS,
  FLAG_FIELDS,
  ID_FIELDS,
  TEXT_FIELDS,
  WORD_FIELDS,
  timeSpanOf,
  wordsOf,
} from './search-terms';
import type { Comparator, SearchField, SearchNode, SearchTerm } from './search-terms';

/** A value as it was written: with "*" behind it, or nothing but "*". In quotation marks a "*" is itself. */
export interface WrittenValue {
  text: string;
  star: 'none' | 'prefix' | 'alone';
}

export type TermReading = { term: SearchTerm } | { reason: string; remedy: string };

/** Of these Shopify reads "a,b" as a or b. */
const LISTED_FIELDS: readonly string[] = ['handle', 'product_type', 'status', 'vendor'];
const STATUSES: readonly string[] = ['ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED'];
const FIELDS: readonly SearchField[] = [
  ...WORD_FIELDS,
  ...TEXT_FIELDS,
  ...AMOUNT_FIELDS,
  ...COUNT_FIELDS,
  ...DATE_FIELDS,
  ...FLAG_FIELDS,
  ...ID_FIELDS,
];
/** What the filters of `productVariants` call the same. */
const OTHER_NAMES: Partial<Record<string, SearchField>> = {
  product_id: 'id',
  collection_id: 'collection',
  product_status: 'status',
};
const ABSENT: Partial<Record<string, { reason: string; remedy: string }>> = {
  category_id: {
    reason: 'The catalog knows categories by name.',
    remedy: 'Use category: with the full name or the last part of it, e.g. category:Bedding.',
  },
  published_status: {
    reason: 'The catalog knows one sales channel, the online store.',
    remedy: 'Use published:true or published:false.',
  },
};
const AMOUNT = /^-?\d{1,20}(\.\d{1,10})?$/;
const COUNT = /^-?\d{1,15}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const among = <T extends string>(names: readonly T[], name: string): T | undefined =>
  names.find((each) => each === name);

/** The field that a name before a colon means, or why there is none. Capitals make no difference. */
export function readField(
  name: string,
): { field: SearchField; isNegated: boolean } | { reason: string; remedy: string } {
  const plain = name.toLowerCase();
  if (plain === 'tag_not') return { field: 'tag', isNegated: true };
  const field = among(FIELDS, plain) ?? (Object.hasOwn(OTHER_NAMES, plain) ? OTHER_NAMES[plain] : undefined);
  if (field !== undefined) return { field, isNegated: false };
  const absent = Object.hasOwn(ABSENT, plain) ? ABSENT[plain] : undefined;
  return (
    absent ?? {
      reason: `There is no field "${name}".`,
      remedy: `Use one of ${[...FIELDS, 'tag_not'].join(', ')}; or put text with a colon in quotation marks.`,
    }
  );
}

/** Whether a comma in an unquoted value parts two values. */
export function takesList(field: SearchField): boolean {
  return LISTED_FIELDS.includes(field);
}

/** A bare word or phrase. */
export function readBareWord(value: WrittenValue): TermReading {
  if (value.star === 'alone')
    return {
      reason: '"*" alone asks for nothing.',
      remedy: 'Leave the search empty for every product, or name a field: vendor:*.',
    };
  return words(null, value);
}

function words(field: 'title' | 'variant_title' | null, { text, star }: WrittenValue): TermReading {
  if (wordsOf(text).length === 0)
    return {
      reason: 'There is no letter or digit in it to search for.',
      remedy: 'Leave it out, or put it in quotation marks with the words around it: "salt & pepper".',
    };
  return { term: { kind: 'words', field, text, isPrefix: star === 'prefix' } };
}

/** A term of a field. */
export function readTerm(field: SearchField, comparator: Comparator, value: WrittenValue): TermReading {
  if (value.star === 'alone' && comparator === '=') return { term: { kind: 'exists', field } };
  const ordered = [...AMOUNT_FIELDS, ...COUNT_FIELDS, ...DATE_FIELDS];
  if (comparator !== '=' && among<string>(ordered, field) === undefined)
    return {
      reason: `${field} cannot be compared with "${comparator}".`,
      remedy: `Use ${field}:value, or put the value in quotation marks. Only ${ordered.join(', ')} have an order.`,
    };
  const wordField = among(WORD_FIELDS, field);
  if (wordField !== undefined) return words(wordField, value);
  const textField = among(TEXT_FIELDS, field);
  if (textField !== undefined && textField !== 'status')
    return { term: { kind: 'text', field: textField, text: value.text, isPrefix: value.star === 'prefix' } };
  if (value.star !== 'none')
    return {
      reason: `${field} has no beginnings to search for.`,
      remedy: 'Write the whole value, without "*".',
    };
  return exactTerm(field, comparator, value.text);
}

function exactTerm(field: SearchField, comparator: Comparator, text: string): TermReading {
  if (field === 'status') {
    const status = text.toUpperCase();
    if (STATUSES.includes(status)) return { term: { kind: 'text', field, text: status, isPrefix: false } };
    return { reason: 'There is no such status.', remedy: 'Use active, archived, draft or unlisted.' };
  }
  const dateField = among(DATE_FIELDS, field);
  if (dateField !== undefined) {
    if (timeSpanOf(text) !== null)
      return { term: { kind: 'date', field: dateField, comparator, value: text } };
    return {
      reason: 'That is no date.',
      remedy: `Write ${field}:>2026-01-31 or ${field}:>"2026-01-31T08:00:00Z"; "now" is not known here.`,
    };
  }
  const flagField = among(FLAG_FIELDS, field);
  if (flagField !== undefined) {
    const value = text.toLowerCase();
    if (value === 'true' || value === 'false')
      return { term: { kind: 'flag', field: flagField, value: value === 'true' } };
    return { reason: `${field} is true or false.`, remedy: `Write ${field}:true or ${field}:false.` };
  }
  const idField = among(ID_FIELDS, field);
  if (idField !== undefined) {
    if (UUID.test(text.toLowerCase()))
      return { term: { kind: 'id', field: idField, value: text.toLowerCase() } };
    return {
      reason: 'That is no id of the catalog.',
      remedy:
        'Ids of the catalog look like 0b0f9a52-6c1e-4d0a-9d55-0a4f6f3f7c11; Shopify’s own are not searched.',
    };
  }
  return numberTerm(field, comparator, text);
}

function numberTerm(field: SearchField, comparator: Comparator, value: string): TermReading {
  const count = among(COUNT_FIELDS, field);
  if (count !== undefined && COUNT.test(value))
    return { term: { kind: 'number', field: count, comparator, value } };
  const amount = among(AMOUNT_FIELDS, field);
  if (amount !== undefined && AMOUNT.test(value))
    return { term: { kind: 'number', field: amount, comparator, value } };
  return count !== undefined
    ? { reason: 'That is no whole number.', remedy: `Write ${field}:>=10.` }
    : {
        reason: 'That is no amount.',
        remedy: `Write ${field}:>=12.50, with a point and without a currency or thousands separators.`,
      };
}

/** Several values of one field are alternatives. */
export function anyOf(terms: SearchTerm[]): SearchNode | null {
  const [first, ...others] = terms;
  if (first === undefined) return null;
  return others.length === 0 ? first : { kind: 'or', of: [first, ...others] };
}
