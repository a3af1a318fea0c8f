/** Reads Shopify's search syntax (https://shopify.dev/docs/api/usage/search-syntax) over the fields of our catalog. */
import { anyOf, readBareWord, readField, readTerm, takesList } from './read-search-term';
import type { WrittenValue } from './read-search-term';
import type { Comparator, SearchNode, SearchProblem, SearchQuery, SearchTerm } from './search-terms';

/** In characters. A longer list of SKUs is a selection of its own kind. */
export const SEARCH_MAX_LENGTH = 20_000;
export const SEARCH_MAX_TERMS = 250;
/** Of those, terms that take a walk through the catalog each: all but whole texts, which are looked up together. */
export const SEARCH_MAX_WALKS = 50;
/** Parentheses within parentheses. */
export const SEARCH_MAX_DEPTH = 20;

export type SearchReading =
  { kind: 'query'; query: SearchQuery } | { kind: 'problem'; problem: SearchProblem };

/** Unwinds the descent to `parseSearchQuery`; leaves this module as a value only. */
class Unreadable extends Error {
  constructor(readonly problem: SearchProblem) {
    super(problem.reason);
  }
}

const SPACE = /\s/;
const CONNECTIVE_REMEDY = 'Write a term on both sides, or put the word in quotation marks to search for it.';

class Reader {
  private at = 0;
  private terms = 0;
  private walks = 0;

  constructor(private readonly text: string) {}

  query(): SearchQuery {
    this.skipSpace();
    if (this.at === this.text.length) return { kind: 'all' };
    const node = this.alternation(0);
    if (this.at < this.text.length)
      this.refuse(
        this.at,
        1,
        'This parenthesis closes none.',
        'Take it away, or write "\\)" where it is meant.',
      );
    return node;
  }

  /** Terms joined by AND, spoken or not. OR binds more tightly: "a OR b AND c" is "(a OR b) AND c". */
  private alternation(depth: number): SearchNode {
    const all = [this.either(depth)];
    for (;;) {
      const and = this.at;
      if (this.takeWord('AND')) {
        if (this.isAtEnd()) this.refuse(and, 3, 'AND has no term behind it.', CONNECTIVE_REMEDY);
      } else if (this.isAtEnd()) break;
      all.push(this.either(depth));
    }
    return joined('and', all);
  }

  private either(depth: number): SearchNode {
    const any = [this.modified(depth)];
    for (;;) {
      const or = this.at;
      if (!this.takeWord('OR')) break;
      if (this.isAtEnd()) this.refuse(or, 2, 'OR has no term behind it.', CONNECTIVE_REMEDY);
      any.push(this.modified(depth));
    }
    return joined('or', any);
  }

  private modified(depth: number): SearchNode {
    const start = this.at;
    for (const connective of ['AND', 'OR'])
      if (this.takeWord(connective))
        this.refuse(start, connective.length, `${connective} has no term before it.`, CONNECTIVE_REMEDY);
    if (this.takeWord('NOT')) {
      if (this.isAtEnd()) this.refuse(start, 3, 'NOT has no term behind it.', CONNECTIVE_REMEDY);
      return { kind: 'not', of: this.operand(depth) };
    }
    const next = this.text[this.at + 1];
    if (this.text[this.at] === '-' && next !== undefined && !SPACE.test(next) && next !== ')') {
      this.at += 1;
      return { kind: 'not', of: this.operand(depth) };
    }
    return this.operand(depth);
  }

  private operand(depth: number): SearchNode {
    const start = this.at;
    if (this.text[start] !== '(') return this.term();
    if (depth >= SEARCH_MAX_DEPTH)
      this.refuse(
        start,
        1,
        `Parentheses stand more than ${SEARCH_MAX_DEPTH} deep.`,
        'Take away those that are not needed.',
      );
    this.at += 1;
    this.skipSpace();
    if (this.isAtEnd())
      this.refuse(start, 1, 'There is nothing in these parentheses.', 'Write a term in them.');
    const inner = this.alternation(depth + 1);
    if (this.text[this.at] !== ')')
      this.refuse(start, 1, 'This parenthesis is never closed.', 'Close it with ")", or write "\\(".');
    this.at += 1;
    this.skipSpace();
    return inner;
  }

  private term(): SearchNode {
    const start = this.at;
    const name = /^[A-Za-z_][\w.-]*(?=:)/.exec(this.text.slice(start, start + 100))?.[0];
    const node = name === undefined ? this.bareWord(start) : this.fieldTerm(start, name);
    const tooMany = (most: number, what: string) =>
      this.refuse(
        start,
        this.at - start,
        `A search has at most ${most} ${what}.`,
        'Select by a list of SKUs, or by several searches.',
      );
    if (this.terms > SEARCH_MAX_TERMS) tooMany(SEARCH_MAX_TERMS, 'terms');
    if (this.walks > SEARCH_MAX_WALKS)
      tooMany(SEARCH_MAX_WALKS, 'terms other than whole values like sku:A-1');
    this.skipSpace();
    return node;
  }

  private counted(term: SearchTerm): SearchTerm {
    this.terms += 1;
    if (term.kind !== 'text' || term.isPrefix) this.walks += 1;
    return term;
  }

  private bareWord(start: number): SearchNode {
    const [value = { text: '', star: 'none' }] = this.values(start, false);
    const reading = readBareWord(value);
    if ('term' in reading) return this.counted(reading.term);
    return this.refuse(start, this.at - start, reading.reason, reading.remedy);
  }

  private fieldTerm(start: number, name: string): SearchNode {
    const named = readField(name);
    this.at += name.length + 1;
    if ('reason' in named) return this.refuse(start, name.length, named.reason, named.remedy);
    const { field, isNegated } = named;
    const comparator = this.comparator();
    const next = this.text[this.at];
    if (next === undefined || SPACE.test(next) || next === '(' || next === ')')
      this.refuse(
        start,
        this.at - start,
        `${name} has no value.`,
        `Write the value right behind the colon; several as (${name}:a OR ${name}:b); "" for an empty one.`,
      );
    const terms: SearchTerm[] = [];
    for (const value of this.values(start, takesList(field))) {
      const reading = readTerm(field, comparator, value);
      if ('reason' in reading) return this.refuse(start, this.at - start, reading.reason, reading.remedy);
      terms.push(this.counted(reading.term));
    }
    const node = anyOf(terms);
    if (node === null)
      return this.refuse(start, this.at - start, `${name} has no value.`, 'Write one beside the comma.');
    return isNegated ? { kind: 'not', of: node } : node;
  }

  private comparator(): Comparator {
    for (const comparator of ['>=', '<=', '>', '<'] as const)
      if (this.text.startsWith(comparator, this.at)) {
        this.at += comparator.length;
        return comparator;
      }
    return '=';
  }

  /** The value at hand; several, none of them "", where `isList` and commas part them. */
  private values(start: number, isList: boolean): WrittenValue[] {
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") return [this.quoted(quote)];
    const values: WrittenValue[] = [];
    let value: WrittenValue = { text: '', star: 'none' };
    const end = () => {
      if (value.text !== '' || value.star !== 'none' || !isList) values.push(value);
      value = { text: '', star: 'none' };
    };
    for (let next = this.text[this.at]; next !== undefined; next = this.text[this.at]) {
      if (SPACE.test(next) || next === '(' || next === ')') break;
      this.at += 1;
      if (isList && next === ',') {
        end();
        continue;
      }
      if (value.star !== 'none')
        this.refuse(
          start,
          this.at - start,
          'Something follows the "*".',
          'A "*" can only stand at the end, for any end. Write "\\*" where it is meant.',
        );
      if (next === '*') value.star = value.text === '' ? 'alone' : 'prefix';
      else if (next !== '\\') value.text += next;
      else {
        const escaped = this.text[this.at];
        if (escaped === undefined)
          return this.refuse(this.at - 1, 1, 'Nothing follows the "\\".', 'Write "\\\\" where it is meant.');
        value.text += escaped;
        this.at += 1;
      }
    }
    end();
    return values;
  }

  private quoted(quote: string): WrittenValue {
    const start = this.at;
    let text = '';
    for (this.at += 1; this.text[this.at] !== quote; this.at += 1) {
      if (this.text[this.at] === '\\') this.at += 1;
      const next = this.text[this.at];
      if (next === undefined)
        return this.refuse(
          start,
          this.text.length - start,
          'This quotation mark is never closed.',
          `Close it with ${quote}, or write \\${quote} where it is meant.`,
        );
      text += next;
    }
    this.at += 1;
    const next = this.text[this.at];
    if (next !== undefined && !SPACE.test(next) && next !== ')' && next !== '(')
      this.refuse(
        start,
        this.at - start,
        'Something stands right behind the closing quotation mark.',
        'Put a space there; a "*" only works without quotation marks: green\\ hood*.',
      );
    return { text, star: 'none' };
  }

  /** Takes AND, OR or NOT where it stands as a word of its own, and the space behind it. */
  private takeWord(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    const next = this.text[this.at + word.length];
    if (next !== undefined && !SPACE.test(next) && next !== '(' && next !== ')') return false;
    this.at += word.length;
    this.skipSpace();
    return true;
  }

  private skipSpace(): void {
    for (let next = this.text[this.at]; next !== undefined && SPACE.test(next); next = this.text[this.at])
      this.at += 1;
  }

  private isAtEnd(): boolean {
    return this.at === this.text.length || this.text[this.at] === ')';
  }

  private refuse(position: number, length: number, reason: string, remedy: string): never {
    const value = this.text.slice(position, position + Math.min(length, 200));
    throw new Unreadable({ position, value, reason, remedy });
  }
}

function joined(kind: 'and' | 'or', nodes: SearchNode[]): SearchNode {
  const [only, ...others] = nodes;
  return only !== undefined && others.length === 0 ? only : { kind, of: nodes };
}

/** PostgreSQL's text holds neither. */
const UNSTORABLE = /[\0]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Reads a search text. "" asks for everything. Terms stand next to each other (both must hold) or are joined by AND or OR,
 * in capitals, where OR binds more tightly; "-" or NOT before a term or a parenthesis turns it round. A term is a word, a
 * "phrase in quotation marks" (single ones too), or field:value with a comparator (:> :>= :< :<=) for numbers and dates;
 * "norm*" is a beginning, field:* any value, vendor:a,b either of two. A backslash makes the next character plain. What a
 * term finds is said at `matchesSearch` (matches-search.ts). Never throws: any text is a query or a problem.
 */
export function parseSearchQuery(text: string): SearchReading {
  const unstorable = UNSTORABLE.exec(text);
  if (unstorable !== null)
    return problem(unstorable.index, 'There is a character in it that no text holds.', 'Take it away.');
  if (text.length > SEARCH_MAX_LENGTH)
    return problem(
      SEARCH_MAX_LENGTH,
      `A search has at most ${SEARCH_MAX_LENGTH} characters.`,
      'Select by a list of SKUs, or by several searches.',
    );
  try {
    return { kind: 'query', query: new Reader(text).query() };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'problem', problem: error.problem };
    throw error;
  }
}

function problem(position: number, reason: string, remedy: string): SearchReading {
  return { kind: 'problem', problem: { position, value: '', reason, remedy } };
}
