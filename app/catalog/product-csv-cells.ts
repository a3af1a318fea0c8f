/** Reads one cell of a product CSV into a value, or says what is wrong with it. Nothing is guessed. */
import { Decimal } from 'decimal.js';
import type { DecimalString, WeightUnit } from '~/core/product-state';

/** What stands in a cell that shall be emptied; a blank cell keeps what is there. */
export const clearMarker = '__CLEAR__';

export type Reading<T> = { ok: true; value: T } | { ok: false; reason: string; remedy: string };

export function good<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function bad(reason: string, remedy: string): Reading<never> {
  return { ok: false, reason, remedy };
}

/** Carries a good reading on; a bad one stays as it is. */
export function mapReading<T, U>(reading: Reading<T>, change: (value: T) => U): Reading<U> {
  return reading.ok ? good(change(reading.value)) : reading;
}

/** A decimal in the catalog's spelling: no exponent, no trailing zeros, no negative zero. */
export function canonicalDecimal(value: Decimal.Value): DecimalString {
  const decimal = new Decimal(value);
  return decimal.isZero() ? '0' : decimal.toFixed();
}

/** Text as it stands, up to `max` characters (as Unicode code points, as PostgreSQL counts). */
export function readText(cell: string, max: number): Reading<string> {
  const length = cell.length <= max ? cell.length : [...cell].length;
  return length <= max
    ? good(cell)
    : bad(`The text has ${length} characters; at most ${max} are allowed.`, 'Shorten the text.');
}

/** Text without the spaces around it. */
export function readTrimmed(cell: string, max: number): Reading<string> {
  return readText(cell.trim(), max);
}

/** A number that is not negative, with at most `decimals` decimal places. */
export function readDecimal(cell: string, decimals: number, integerDigits = 14): Reading<DecimalString> {
  const text = cell.trim();
  const example = 'Write digits with a point before the decimals and nothing else, for example 1234.56.';
  if (/^-\d*\.?\d+$/.test(text))
    return new Decimal(text).isZero() ? good('0') : bad('The number is negative.', 'Write zero or more.');
  if (/^\d*\.?\d+$/.test(text)) {
    const decimal = new Decimal(text);
    if (decimal.decimalPlaces() > decimals)
      return bad(
        `The number has ${decimal.decimalPlaces()} decimal places; at most ${decimals} are kept.`,
        'Round the number.',
      );
    if (decimal.trunc().toFixed().length > integerDigits) return bad('The number is too large.', example);
    return good(canonicalDecimal(decimal));
  }
  if (/^-?\d+(\.\d+)?e[+-]?\d+$/i.test(text))
    return bad('The number is in scientific notation, as spreadsheets write long numbers.', example);
  if (/^-?\d+([.,'\s]\d+)+$/.test(text))
    return bad(
      'The number has a decimal comma or marks between thousands, which can be read in two ways.',
      example,
    );
  if (/\d/.test(text) && /[\p{Sc}%]|[A-Za-z]/u.test(text))
    return bad('The number has a currency sign, a unit or letters beside it.', example);
  return bad('This is not a number.', example);
}

/** A whole number; negative only where `negative` allows it. */
export function readInteger(cell: string, range: { min: number; max: number }): Reading<number> {
  const text = cell.trim();
  const remedy = `Write a whole number from ${range.min} to ${range.max}, digits only.`;
  if (!/^[+-]?\d+(\.0+)?$/.test(text)) return bad('This is not a whole number.', remedy);
  const decimal = new Decimal(text.replace(/^\+/, ''));
  if (decimal.lt(range.min) || decimal.gt(range.max)) return bad('The number is out of range.', remedy);
  return good(decimal.isZero() ? 0 : decimal.toNumber());
}

/** TRUE or FALSE in any case; yes/no and 1/0 mean the same. */
export function readBoolean(cell: string): Reading<boolean> {
  switch (cell.trim().toLowerCase()) {
    case 'true':
    case 'yes':
    case '1':
      return good(true);
    case 'false':
    case 'no':
    case '0':
      return good(false);
    default:
      return bad('This is neither TRUE nor FALSE.', 'Write TRUE or FALSE.');
  }
}

/** One of the words in `choices`, in any case. */
export function readChoice<T>(cell: string, choices: Record<string, T>): Reading<T> {
  const found = Object.entries(choices).find(([word]) => word === cell.trim().toLowerCase());
  return found === undefined
    ? bad('This word is not known here.', `Write one of: ${Object.keys(choices).join(', ')}.`)
    : good(found[1]);
}

/** An http or https address, without the spaces around it, otherwise as it stands. */
export function readAddress(cell: string): Reading<string> {
  const text = cell.trim();
  const remedy = 'Write the whole address of the picture, beginning with https://.';
  if (!URL.canParse(text)) return bad('This is not a web address.', remedy);
  if (!/^https?:$/.test(new URL(text).protocol))
    return bad('The address does not begin with http:// or https://.', remedy);
  if (text.length > 2048)
    return bad('The address is longer than 2,048 characters.', 'Use a shorter address.');
  return good(text);
}

/** Tags between commas, without empty ones and without repeats (case does not count). */
export function readTags(cell: string): Reading<string[]> {
  const seen = new Set<string>();
  const tags: string[] = [];
  for (const part of cell.split(',')) {
    const tag = part.trim();
    if (tag === '' || seen.has(tag.toLowerCase())) continue;
    if ([...tag].length > 255)
      return bad(
        `The tag "${tag.slice(0, 40)}..." is longer than 255 characters.`,
        'Shorten it, or put a comma between tags.',
      );
    seen.add(tag.toLowerCase());
    tags.push(tag);
  }
  return tags.length > 250
    ? bad(`There are ${tags.length} tags; a product may have 250.`, 'Remove some tags.')
    : good(tags);
}

/** The name of a product in its address: lower case, no spaces, none of / ? #. */
export function readHandle(cell: string): Reading<string> {
  const handle = cell.trim().toLowerCase();
  if (/[\s/?#]/.test(handle)) {
    const suggestion = handle.replace(/[\s/?#]+/g, '-').replace(/^-+|-+$/g, '');
    return bad(
      'A handle has no spaces and none of the characters / ? #.',
      suggestion === ''
        ? 'Use letters, digits and hyphens.'
        : `Use letters, digits and hyphens, for example "${suggestion}".`,
    );
  }
  return readText(handle, 255);
}

/** A SKU or barcode. Spreadsheets spoil long numbers; what they leave behind is refused, not stored. */
export function readCode(cell: string): Reading<string> {
  const text = cell.trim();
  if (/^\d([.,]\d+)?E\+\d+$/i.test(text))
    return bad(
      'A spreadsheet has shortened this code to scientific notation; its digits are lost.',
      'Format the column as text in the spreadsheet and enter the code again.',
    );
  return readText(/^'+\d+$/.test(text) ? text.slice(1) : text, 255);
}

/** Undoes `readCode`: digits behind an apostrophe get one more, since one is taken off when they are read. */
export function writeCode(code: string): string {
  return /^'+\d+$/.test(code) ? `'${code}` : code;
}

const gramsPer: Record<WeightUnit, Decimal> = {
  GRAMS: new Decimal(1),
  KILOGRAMS: new Decimal(1000),
  OUNCES: new Decimal('28.349523125'),
  POUNDS: new Decimal('453.59237'),
};

/** Grams to the unit, to the 6 decimal places that the catalog keeps. */
export function fromGrams(grams: DecimalString, unit: WeightUnit): DecimalString {
  return canonicalDecimal(new Decimal(grams).div(gramsPer[unit]).toDecimalPlaces(6));
}

/** The unit to grams, to 6 decimal places: enough for `fromGrams` to give the same value again. */
export function toGrams(value: DecimalString, unit: WeightUnit): DecimalString {
  return canonicalDecimal(new Decimal(value).times(gramsPer[unit]).toDecimalPlaces(6));
}
