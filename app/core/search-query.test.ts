import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printSearchQuery, searchTextOf } from './print-search-query';
import {
  SEARCH_MAX_DEPTH,
  SEARCH_MAX_LENGTH,
  SEARCH_MAX_TERMS,
  SEARCH_MAX_WALKS,
  parseSearchQuery,
} from './search-query';
import { searchQueries } from './search-query.test-support';
import type { SearchProblem, SearchQuery } from './search-terms';

function queryOf(text: string): SearchQuery {
  const reading = parseSearchQuery(text);
  if (reading.kind === 'problem') throw new Error(`${text}: ${reading.problem.reason}`);
  return reading.query;
}

function problemOf(text: string): SearchProblem {
  const reading = parseSearchQuery(text);
  if (reading.kind === 'query') throw new Error(`${text} was read as ${JSON.stringify(reading.query)}`);
  return reading.problem;
}

const word = (text: string) => ({ kind: 'words', field: null, text, isPrefix: false });
const vendor = (text: string, isPrefix = false) => ({ kind: 'text', field: 'vendor', text, isPrefix });

describe('parseSearchQuery', () => {
  it('reads any text as a query or a problem that says where, and never throws', () => {
    const syntax = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '(',
            ')',
            ' ',
            '-',
            'NOT ',
            ' AND ',
            ' OR ',
            '"',
            "'",
            '\\',
            '*',
            ':',
            ',',
            '>',
            '<',
            '=',
          ),
          fc.constantFrom(
            'vendor:',
            'price:>=',
            'tag_not:',
            'status:',
            'created_at:<',
            'collections:',
            'id:',
            '2024',
            'a',
          ),
          fc.string({ unit: 'binary', maxLength: 3 }),
        ),
        { maxLength: 30 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), syntax), (text) => {
        const reading = parseSearchQuery(text);
        if (reading.kind === 'query') {
          expect(parseSearchQuery(printSearchQuery(reading.query))).toEqual(reading);
          return;
        }
        const { position, value, reason, remedy } = reading.problem;
        expect(position).toBeGreaterThanOrEqual(0);
        expect(text.startsWith(value, position)).toBe(true);
        expect(reason).not.toBe('');
        expect(remedy).not.toBe('');
      }),
      { numRuns: 3000 },
    );
  });

  it('reads what printSearchQuery writes as the same query', () => {
    fc.assert(
      fc.property(searchQueries, (query) => {
        expect(parseSearchQuery(printSearchQuery(query))).toEqual({ kind: 'query', query });
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, unknown]>([
    ['', { kind: 'all' }],
    [' \t\n', { kind: 'all' }],
    ['Bob Norman', { kind: 'and', of: [word('Bob'), word('Norman')] }],
    ['"Bob Norman"', word('Bob Norman')],
    ["'Bob Norman'", word('Bob Norman')],
    ['norm*', { ...word('norm'), isPrefix: true }],
    ['green\\ hood*', { ...word('green hood'), isPrefix: true }],
    ['and or not', { kind: 'and', of: [word('and'), word('or'), word('not')] }],
    ['ANDROID ORANGE NOTE', { kind: 'and', of: [word('ANDROID'), word('ORANGE'), word('NOTE')] }],
    [
      'bob OR norman AND Shopify',
      { kind: 'and', of: [{ kind: 'or', of: [word('bob'), word('norman')] }, word('Shopify')] },
    ],
    ['a b OR c', { kind: 'and', of: [word('a'), { kind: 'or', of: [word('b'), word('c')] }] }],
    ['-a', { kind: 'not', of: word('a') }],
    ['NOT a', { kind: 'not', of: word('a') }],
    ['-(a OR b)', { kind: 'not', of: { kind: 'or', of: [word('a'), word('b')] } }],
    ['NOT(a)', { kind: 'not', of: word('a') }],
    ['(a)(b)', { kind: 'and', of: [word('a'), word('b')] }],
    ['title:green hoodie', { kind: 'and', of: [{ ...word('green'), field: 'title' }, word('hoodie')] }],
    ['VENDOR:Acme', vendor('Acme')],
    ['vendor:"say \\"hi\\""', vendor('say "hi"')],
    ["vendor:O'Neill", vendor("O'Neill")],
    ['vendor:nor*', vendor('nor', true)],
    ['vendor:"nor*"', vendor('nor*')],
    ['vendor:nor\\*', vendor('nor*')],
    ['vendor:""', vendor('')],
    ['vendor:*', { kind: 'exists', field: 'vendor' }],
    ['vendor:Snowdevil,Ice*', { kind: 'or', of: [vendor('Snowdevil'), vendor('Ice', true)] }],
    ['vendor:"a,b"', vendor('a,b')],
    ['vendor:a\\,b', vendor('a,b')],
    ['sku:a,b', { kind: 'text', field: 'sku', text: 'a,b', isPrefix: false }],
    ['status:active', { kind: 'text', field: 'status', text: 'ACTIVE', isPrefix: false }],
    ['tag_not:old', { kind: 'not', of: { kind: 'text', field: 'tag', text: 'old', isPrefix: false } }],
    [
      '-tag_not:old',
      { kind: 'not', of: { kind: 'not', of: { kind: 'text', field: 'tag', text: 'old', isPrefix: false } } },
    ],
    ['price:>=9.90', { kind: 'number', field: 'price', comparator: '>=', value: '9.90' }],
    ['inventory_total:<-1', { kind: 'number', field: 'inventory_total', comparator: '<', value: '-1' }],
    [
      'created_at:>2020-10-21T23:39:20Z',
      { kind: 'date', field: 'created_at', comparator: '>', value: '2020-10-21T23:39:20Z' },
    ],
    ["created_at:<='2024'", { kind: 'date', field: 'created_at', comparator: '<=', value: '2024' }],
    ['gift_card:TRUE', { kind: 'flag', field: 'gift_card', value: true }],
    [
      'product_id:0B0F9A52-6C1E-4D0A-9D55-0A4F6F3F7C11',
      { kind: 'id', field: 'id', value: '0b0f9a52-6c1e-4d0a-9d55-0a4f6f3f7c11' },
    ],
  ])('reads %j', (text, query) => {
    expect(queryOf(text)).toEqual(query);
  });

  it.each<[text: string, position: number, value: string, said: RegExp]>([
    ['vendor:Acme colour:red', 12, 'colour', /There is no field "colour".*title/s],
    ['constructor:x', 0, 'constructor', /no field/],
    ['category_id:sg-4', 0, 'category_id', /category:Bedding/],
    ['vendor:', 0, 'vendor:', /no value/],
    ['vendor: Acme', 0, 'vendor:', /no value/],
    ['vendor:(a OR b)', 0, 'vendor:', /\(vendor:a OR vendor:b\)/],
    ['vendor:,', 0, 'vendor:,', /no value/],
    ['a AND', 2, 'AND', /behind/],
    ['OR a', 0, 'OR', /before/],
    ['a OR OR b', 5, 'OR', /before/],
    ['(a AND) b', 3, 'AND', /behind/],
    ['NOT', 0, 'NOT', /behind/],
    ['a ()', 2, '(', /nothing in/],
    ['(a', 0, '(', /never closed/],
    ['a)', 1, ')', /closes none/],
    ['"a', 0, '"a', /never closed/],
    ['"a"b', 0, '"a"', /space/],
    ['a*b', 0, 'a*b', /only stand at the end/],
    ['a\\', 1, '\\', /Nothing follows/],
    ['*', 0, '*', /empty for every product/],
    ['salt & pepper', 5, '&', /quotation marks/],
    ['title:"…"', 0, 'title:"…"', /no letter/],
    ['vendor:>a', 0, 'vendor:>a', /cannot be compared/],
    ['price:12,50', 0, 'price:12,50', /with a point/],
    ['price:$5', 0, 'price:$5', /without a currency/],
    ['price:5*', 0, 'price:5*', /whole value/],
    ['price:>*', 0, 'price:>*', /whole value/],
    ['inventory_total:1.5', 0, 'inventory_total:1.5', /whole number/],
    ['created_at:<now', 0, 'created_at:<now', /"now"/],
    ['created_at:2023-02-29', 0, 'created_at:2023-02-29', /no date/],
    ['created_at:"2024-01-01T24:00"', 0, 'created_at:"2024-01-01T24:00"', /no date/],
    ['status:live', 0, 'status:live', /draft/],
    ['published:yes', 0, 'published:yes', /true or/],
    ['id:1234', 0, 'id:1234', /no id of the catalog/],
    ['a\u0000b', 1, '', /no text holds/],
    ['a \ud800', 2, '', /no text holds/],
  ])('says what is wrong with %j', (text, position, value, said) => {
    const problem = problemOf(text);
    expect(problem).toMatchObject({ position, value });
    expect(`${problem.reason} ${problem.remedy}`).toMatch(said);
  });

  it('has limits of length, terms and depth, and reads up to them', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(queryOf(nested(SEARCH_MAX_DEPTH))).toEqual(word('a'));
    expect(problemOf(nested(SEARCH_MAX_DEPTH + 1)).position).toBe(SEARCH_MAX_DEPTH);
    expect(problemOf('('.repeat(SEARCH_MAX_LENGTH)).reason).toMatch(/deep/);
    expect(problemOf('-('.repeat(SEARCH_MAX_LENGTH / 2)).reason).toMatch(/deep/);

    expect(queryOf(`vendor:${'a,'.repeat(SEARCH_MAX_TERMS)}`)).toMatchObject({ kind: 'or' });
    expect(problemOf(`vendor:${'a,'.repeat(SEARCH_MAX_TERMS + 1)}`).reason).toMatch(/terms/);
    expect(problemOf('sku:a '.repeat(SEARCH_MAX_TERMS + 1)).position).toBe(6 * SEARCH_MAX_TERMS);
    for (const walk of ['a ', 'price:>1 ', 'sku:a* ', 'sku:* ', 'vendor:a*,b ']) {
      expect(queryOf(walk.repeat(SEARCH_MAX_WALKS))).toMatchObject({ kind: 'and' });
      expect(problemOf(walk.repeat(SEARCH_MAX_WALKS + 1)).position).toBe(walk.length * SEARCH_MAX_WALKS);
    }

    expect(queryOf('a'.repeat(SEARCH_MAX_LENGTH))).toMatchObject({ kind: 'words' });
    expect(problemOf('a'.repeat(SEARCH_MAX_LENGTH + 1)).reason).toMatch(/characters/);
  });
});

describe('searchTextOf', () => {
  it('asks for all filters, and of each list for one', () => {
    const text = searchTextOf({
      category: 'Home & Garden > Linens',
      vendors: ['Acme', 'Granite, "Wool"'],
      tags: [],
      priceFrom: '5',
      priceTo: '9.99',
      statuses: ['ACTIVE'],
    });
    expect(text).toBe(
      'category:"Home & Garden > Linens" AND (vendor:Acme OR vendor:"Granite, \\"Wool\\"") AND price:>=5 AND price:<=9.99 AND status:ACTIVE',
    );
    expect(parseSearchQuery(text).kind).toBe('query');
    expect(searchTextOf({})).toBe('');
    expect(searchTextOf({ category: 'Bedding' })).toBe('category:Bedding');
    expect(searchTextOf({ skus: ['A-1', 'AND'] })).toBe('sku:A-1 OR sku:"AND"');
  });

  it('writes nothing that means more than its filters, whatever they hold', () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 10 })
      .filter((each) => each.isWellFormed() && !each.includes('\u0000'));
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 2, maxLength: 3 }), (category, tags) => {
        const whole = (field: string) => (each: string) => ({
          kind: 'text',
          field,
          text: each,
          isPrefix: false,
        });
        expect(queryOf(searchTextOf({ category, tags }))).toEqual({
          kind: 'and',
          of: [whole('category')(category), { kind: 'or', of: tags.map(whole('tag')) }],
        });
      }),
    );
  });
});
