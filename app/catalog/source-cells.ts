/** Reads the text of a column by its transform, and writes a value back as such a text. Pure; money never is a float. */
import { Decimal } from 'decimal.js';
import type { Transform } from '~/core/source-mapping';
import { bad, canonicalDecimal, good, readDecimal, readInteger } from './product-csv-cells';
import type { Reading } from './product-csv-cells';

const QUANTITIES = { min: -1_000_000_000, max: 1_000_000_000 };

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Plain text as HTML: empty lines part paragraphs, other ends of lines are kept. */
export function htmlOfText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => `<p>${escapeHtml(part).replaceAll('\n', '<br>')}</p>`)
    .join('');
}

/** A web name: letters and digits of any script in lower case, hyphens between. */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss') // also what a capital one became
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

/** The one spelling with a point that a decimal mark leaves. */
function withPoint(text: string, mark: '.' | ','): Reading<string> {
  const trimmed = text.trim();
  if (mark === '.') return good(trimmed);
  if (trimmed.includes('.'))
    return bad(
      'The number has a point, but the mapping says that a comma stands before the decimals.',
      'Choose the point as decimal mark in the mapping, or remove the points.',
    );
  return good(trimmed.replace(',', '.'));
}

function readAmount(text: string, mark: '.' | ',', decimals: number): Reading<string> {
  const pointed = withPoint(text, mark);
  if (!pointed.ok) return pointed;
  // numeric(20,6) comes with all its zeros: they are no decimals that could be lost.
  const bare = /^\d+\.\d+$/.test(pointed.value)
    ? pointed.value.replace(/0+$/, '').replace(/\.$/, '')
    : pointed.value;
  return readDecimal(bare, decimals);
}

function readMinorUnits(text: string, decimals: number): Reading<string> {
  const whole = text.trim().replace(/^(\d+)\.0+$/, '$1');
  if (!/^\d+$/.test(whole))
    return bad(
      /^-\d+$/.test(whole)
        ? 'The amount is negative.'
        : 'This is not a whole number of the smallest unit of the currency.',
      'Write the amount in cents, digits only, or choose "decimal number" in the mapping.',
    );
  return readDecimal(canonicalDecimal(new Decimal(`${whole}e-${decimals}`)), 4);
}

function readJsonList(text: string): Reading<string[]> {
  const wrong = bad(
    'This is no list in JSON.',
    'Write a list such as ["Summer", "Sale"], or choose a separator in the mapping.',
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong; // That it is none is the answer.
  }
  if (!Array.isArray(value) || value.some((one) => one !== null && typeof one === 'object')) return wrong;
  return good(value.flatMap((one) => (one === null ? [] : [String(one).trim()])).filter((one) => one !== ''));
}

/** Reads a text that is there. Lists come as several texts, everything else as one. */
export function readCell(text: string, transform: Transform): Reading<string | string[]> {
  switch (transform.kind) {
    case 'text':
      return good(transform.trim ? text.trim() : text);
    case 'html':
      return good(text);
    case 'plain-text':
      return good(htmlOfText(text));
    case 'slug': {
      const slug = slugOf(text);
      return slug === ''
        ? bad('Nothing of this text can stand in a web address.', 'Write a text with letters or digits.')
        : good(slug);
    }
    case 'decimal':
      return readAmount(text, transform.mark, 4);
    case 'minor-units':
      return readMinorUnits(text, transform.decimals);
    case 'weight':
      return readAmount(text, transform.mark, 6);
    case 'integer': {
      const read = readInteger(text, QUANTITIES);
      return read.ok ? good(String(read.value)) : read;
    }
    case 'list':
      return good(
        text
          .split(transform.separator === '' ? ',' : transform.separator)
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      );
    case 'json-list':
      return readJsonList(text);
    case 'words': {
      const wanted = text.trim().toLowerCase();
      const found = Object.entries(transform.words).find(([word]) => word.trim().toLowerCase() === wanted);
      if (found !== undefined) return good(found[1]);
      const known = Object.keys(transform.words).slice(0, 12).join(', ');
      return bad(
        'The mapping does not know this word.',
        `Add it to the words of the mapping, or write one of: ${known}.`,
      );
    }
  }
}

/** The text that a column must hold for `value` to be read from it; null where there is none, or more than one would do. */
export function writeCell(value: string | string[], transform: Transform): string | null {
  const text = textOf(value, transform);
  if (text === null) return null;
  const again = readCell(text, transform);
  return again.ok && JSON.stringify(again.value) === JSON.stringify(value) ? text : null;
}

function textOf(value: string | string[], transform: Transform): string | null {
  if (typeof value !== 'string') {
    if (transform.kind === 'json-list') return JSON.stringify(value);
    return transform.kind === 'list' ? value.join(transform.separator) : null;
  }
  switch (transform.kind) {
    case 'text':
    case 'html':
    case 'integer':
      return value;
    case 'decimal':
    case 'weight':
      return transform.mark === ',' ? value.replace('.', ',') : value;
    case 'minor-units': {
      if (!/^\d+(\.\d+)?$/.test(value)) return null;
      const units = new Decimal(value).times(new Decimal(10).pow(transform.decimals));
      return units.isInteger() ? units.toFixed() : null;
    }
    case 'words': {
      const words = Object.entries(transform.words).filter(([, meaning]) => meaning === value);
      const [only] = words;
      return words.length === 1 && only !== undefined ? only[0] : null;
    }
    case 'plain-text':
    case 'slug':
    case 'list':
    case 'json-list':
      return null;
  }
}
