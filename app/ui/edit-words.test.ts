import { describe, expect, it } from 'vitest';
import { EDIT_WARNINGS } from '~/core/bulk-edit';
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import type { FieldValue } from '~/core/decision';
import { LONGEST_NAME, suggestedName } from './edit-name';
import { changeSentence, guardWords, plannedText, selectionSentence, warningWords } from './edit-words';

const NO_FLOOR = { atCost: false, minimum: null };
const NONE = { to: 'none' } as const;
const HALL = 'gid://shopify/Location/1';
const LOCATIONS = { [HALL]: 'Hall 3' };

const CHANGES: [BulkChange, string, string][] = [
  [
    { field: 'price', change: { by: 'percent', percent: '-10' }, rounding: NONE, floor: NO_FLOOR },
    'Lower the price by 10%',
    'Price -10%',
  ],
  [
    {
      field: 'price',
      change: { by: 'amount', amount: '5' },
      rounding: { to: 'ending', ending: '0.99' },
      floor: { atCost: true, minimum: '3' },
    },
    'Raise the price by 5.00, to the nearest that ends in .99, never below the cost or 3.00',
    'Price +5',
  ],
  [
    {
      field: 'price',
      change: { by: 'other-price', percent: '-20' },
      rounding: { to: 'step', step: '0.05' },
      floor: NO_FLOOR,
    },
    'Set the price to the compare-at price less 20%, rounded to the nearest 0.05',
    'Price from the other price -20%',
  ],
  [
    { field: 'price', change: { by: 'percent', percent: '-0' }, rounding: NONE, floor: NO_FLOOR },
    'Keep the price',
    'Price -0%',
  ],
  [
    { field: 'compareAtPrice', change: { by: 'other-price', percent: '0' }, rounding: NONE },
    'Set the compare-at price to the price',
    'Compare-at price from the other price',
  ],
  [{ field: 'cost', change: null, rounding: NONE }, 'Empty the cost', 'Cost per item emptied'],
  [
    { field: 'cost', change: { by: 'margin', percent: '40' }, rounding: NONE },
    'Set the cost so that the margin of the price is 40%',
    'Cost per item for a margin of 40%',
  ],
  [
    { field: 'tags', change: { kind: 'remove', tags: ['a', 'b', 'c', 'd', 'e'] } },
    'Remove the tags “a”, “b”, “c” and 2 more',
    'Tags -a, b, c, d, e',
  ],
  [{ field: 'tags', change: { kind: 'add', tags: ['a', 'b'] } }, 'Add the tags “a” and “b”', 'Tags +a, b'],
  [{ field: 'tags', change: { kind: 'replace', tags: [] } }, 'Remove all tags', 'Tags removed'],
  [
    { field: 'inventory', locationId: HALL, change: { kind: 'adjust', by: -3 } },
    'Lower the stock at Hall 3 by 3',
    'Stock -3 at Hall 3',
  ],
  [
    { field: 'inventory', locationId: 'gid://gone', change: { kind: 'set', available: 0 } },
    'Set the stock at a location that is gone to 0',
    'Stock to 0 at a location',
  ],
  [{ field: 'media', change: { kind: 'remove', position: null } }, 'Remove all pictures', 'Pictures removed'],
  [{ field: 'status', value: 'DRAFT' }, 'Set the status to “Draft”', 'Status Draft'],
  [{ field: 'vendor', value: '' }, 'Empty the vendor', 'Vendor emptied'],
  [{ field: 'seoTitle', value: 'Tents' }, 'Set the SEO title to “Tents”', 'SEO title Tents'],
  [
    { field: 'metafield', of: 'variant', namespace: 'custom', key: 'care', type: 'boolean', value: null },
    'Remove the variant metafield custom.care',
    'Metafield custom.care',
  ],
];

describe('a change', () => {
  it.each(CHANGES)('%j', (change, sentence, name) => {
    expect(changeSentence(change, LOCATIONS)).toBe(sentence);
    expect(suggestedName([change], { kind: 'query', query: 'vendor:Acme' }, LOCATIONS)).toBe(
      `${name} on vendor:Acme`,
    );
  });
});

describe('a name', () => {
  it('says all products, a list, and is never too long', () => {
    const vendor = (value: string): BulkChange => ({ field: 'vendor', value });
    expect(suggestedName([vendor('A')], { kind: 'query', query: ' ' }, {})).toBe('Vendor A on all products');
    expect(suggestedName([vendor('A')], { kind: 'skus', skus: ['a'] }, {})).toBe('Vendor A on 1 listed SKU');
    const long = suggestedName([vendor('🏕'.repeat(200))], { kind: 'query', query: '' }, {});
    expect([...long]).toHaveLength(LONGEST_NAME);
    expect(long.isWellFormed()).toBe(true);
  });
});

describe('a selection', () => {
  it.each<[ProductSelection, string]>([
    [{ kind: 'query', query: ' ' }, 'all products'],
    [{ kind: 'query', query: 'tag:a' }, 'products that match tag:a'],
    [{ kind: 'skus', skus: ['a', 'b'] }, '2 listed SKUs'],
    [{ kind: 'products', productIds: ['x'] }, '1 chosen product'],
  ])('%j', (selection, words) => {
    expect(selectionSentence(selection)).toBe(words);
  });
});

describe('codes', () => {
  it('have words for every warning', () => {
    for (const warning of EDIT_WARNINGS) expect(warningWords(warning)).not.toBe(warning);
  });
  it('of the guard say how far', () => {
    expect(guardWords({ limit: 'catalog-share', percent: '25', products: 300, ofProducts: 1200 })).toBe(
      'It changes 300 products of 1,200 (25.0% of your catalog).',
    );
    expect(guardWords({ limit: 'change', percent: '60.50', fields: 1 })).toBe(
      '1 number changes by more than your limit, the largest by 60.5%.',
    );
    expect(guardWords({ limit: 'zero-stock', fields: 2 })).toBe(
      'It sets 2 stock quantities to zero or below.',
    );
  });
});

describe('planned values', () => {
  const planned = (field: string, before: FieldValue, after: FieldValue) => ({
    path: { field },
    before,
    after,
  });
  it('are money, nothing, and places of pictures', () => {
    expect(plannedText(planned('price', '20.9', null))).toEqual({ before: '20.90', after: 'empty' });
    expect(plannedText(planned('mediaOrder', ['a', 'b'], ['b', 'c', 'a']))).toEqual({
      before: '1, 2',
      after: '2, new, 1',
    });
    expect(plannedText(planned('tags:Sale', null, 'Sale'))).toEqual({ before: 'not there', after: 'there' });
    expect(plannedText(planned('media:a', { url: 'https://a/b', alt: '' }, null)).after).toBe('not there');
    expect(plannedText(planned('media:a', null, { url: 'https://a/b', alt: 'A', kind: 'IMAGE' })).after).toBe(
      'https://a/b (“A”)',
    );
  });
});
