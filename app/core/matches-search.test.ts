import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesSearch } from './matches-search';
import type { SearchRow } from './matches-search';
import { parseSearchQuery } from './search-query';
import { searchQueries, searchRows, searchTerms } from './search-query.test-support';
import { foldCase, timeSpanOf, wordsOf } from './search-terms';

const ROW: SearchRow = {
  product: {
    id: '00000000-0000-4000-8000-000000000001',
    title: 'Green-hoodie for Café owners',
    handle: 'green-hoodie',
    vendor: 'Acme Outlet',
    productType: 'Tops',
    category: 'Apparel & Accessories > Clothing > Hoodies',
    collections: ['Summer picks', 'summer-picks', '4711'],
    tags: ['Summer sale, New', 'old'],
    status: 'ACTIVE',
    giftCard: false,
    published: true,
    createdAt: new Date('2024-02-29T12:00:00.500Z'),
    updatedAt: new Date('2024-03-01T00:00:00Z'),
    inventoryTotal: 12,
  },
  variant: {
    id: '00000000-0000-4000-8000-000000000002',
    title: 'Extra Large / Moss',
    sku: 'GH-XL-1',
    barcode: null,
    price: '19.90',
    compareAtPrice: null,
    cost: '8',
    updatedAt: new Date('2024-06-01T00:00:00Z'),
    inventoryQuantity: 5,
  },
};

function finds(text: string, row = ROW): boolean {
  const reading = parseSearchQuery(text);
  if (reading.kind === 'problem') throw new Error(reading.problem.reason);
  return matchesSearch(reading.query, row);
}

describe('matchesSearch', () => {
  it.each([
    ...[
      '',
      'green',
      'GREEN hoodie',
      '"green hoodie"',
      'hood*',
      '"hoodie for"',
      'green\\ hood*',
      'CAFÉ',
      'title:owners',
    ],
    ...[
      'outlet',
      'tops',
      'summer',
      '"summer sale"',
      'xl',
      '"GH XL"',
      'variant_title:"extra large"',
      'variant_title:moss',
    ],
    ...[
      'vendor:"acme outlet"',
      'vendor:acme*',
      'vendor:Acme\\ Out*',
      'vendor:x,acme*',
      'product_type:tops',
      'type OR tops',
    ],
    ...[
      'category:hoodies',
      'category:"clothing > hoodies"',
      'category:Tops',
      'category:cloth*',
      'category:Apparel*',
    ],
    ...[
      'category:"Apparel & Accessories > Clothing > Hoodies"',
      'tag:"summer sale"',
      'tag:new',
      'tag:sum*',
      'tag_not:x',
    ],
    ...[
      'status:active',
      'status:draft,active',
      'sku:gh-xl-1',
      'sku:GH*',
      'handle:Green-Hoodie',
      '-barcode:*',
      'cost:*',
    ],
    ...[
      'price:19.9',
      'price:>=19.90 price:<20',
      'cost:<=8.0000',
      'inventory_total:>5',
      'inventory_quantity:5',
    ],
    ...[
      'created_at:2024',
      'created_at:2024-02',
      'created_at:2024-02-29',
      'created_at:>2024-01',
      'created_at:<=2024-02-29',
    ],
    ...[
      'created_at:>"2024-02-29T12:00:00Z"',
      'created_at:"2024-02-29T13:00:00.5+01:00"',
      'updated_at:>=2024-06',
    ],
    ...[
      'published:true',
      'gift_card:false',
      'id:00000000-0000-4000-8000-000000000001',
      'category:*',
      'variant_id:*',
    ],
    ...['-compare_at_price:>0', 'NOT (vendor:x OR price:>100)'],
  ])('finds the row by %s', (text) => {
    expect(finds(text)).toBe(true);
  });

  it.each([
    ...['hood', 'blue', '"green for"', '"hoodie green"', 'title:outlet', '"sale new"', 'owner', 'apparel'],
    ...[
      'vendor:acme',
      'vendor:outlet',
      'category:cloth',
      'category:clothing',
      'category:"ies"',
      'tag:summer',
      'tag_not:NEW',
    ],
    ...[
      'status:draft',
      'sku:GH',
      'handle:green',
      'barcode:*',
      'compare_at_price:>=0',
      'compare_at_price:<1',
      'price:>19.9',
    ],
    ...['created_at:>2024', 'created_at:>2024-02', 'created_at:<2024-02-29', 'created_at:"2024-02-29T12:00"'],
    ...[
      'updated_at:2024-03-01',
      'published:false',
      'id:00000000-0000-4000-8000-000000000002',
      '-green',
      'green blue',
    ],
  ])('does not find the row by %s', (text) => {
    expect(finds(text)).toBe(false);
  });

  it('weighs a product without variants as a row whose variant has nothing', () => {
    const bare: SearchRow = { product: { ...ROW.product, inventoryTotal: null }, variant: null };
    for (const text of [
      'green',
      '-sku:*',
      '-price:>5',
      '-price:<=5',
      '-variant_title:*',
      '-inventory_total:0',
    ])
      expect([text, finds(text, bare)]).toEqual([text, true]);
    for (const text of [
      'price:*',
      'price:>=0',
      'sku:""',
      'variant_id:*',
      'inventory_quantity:<=0',
      'inventory_total:*',
    ])
      expect([text, finds(text, bare)]).toEqual([text, false]);
  });

  it('obeys the laws of logic', () => {
    fc.assert(
      fc.property(searchRows, searchTerms, searchTerms, searchQueries, (row, a, b, any) => {
        const [holdsA, holdsB] = [matchesSearch(a, row), matchesSearch(b, row)];
        expect(matchesSearch({ kind: 'and', of: [a, b] }, row)).toBe(holdsA && holdsB);
        expect(matchesSearch({ kind: 'or', of: [a, b] }, row)).toBe(holdsA || holdsB);
        if (any.kind !== 'all')
          expect(matchesSearch({ kind: 'not', of: any }, row)).toBe(!matchesSearch(any, row));
      }),
    );
  });

  it('finds exactly one of below, at and above wherever there is a value', () => {
    const ordered = searchTerms.filter((term) => term.kind === 'number' || term.kind === 'date');
    fc.assert(
      fc.property(searchRows, ordered, (row, term) => {
        if (term.kind !== 'number' && term.kind !== 'date') return;
        const holds = (comparator: typeof term.comparator) => matchesSearch({ ...term, comparator }, row);
        const isThere = matchesSearch({ kind: 'exists', field: term.field }, row);
        expect([holds('<'), holds('='), holds('>')].filter(Boolean)).toHaveLength(isThere ? 1 : 0);
        expect(holds('<=')).toBe(holds('<') || holds('='));
        expect(holds('>=')).toBe(holds('>') || holds('='));
      }),
    );
  });
});

describe('the words of a text', () => {
  it('are parted by what is no letter or digit, in any script', () => {
    expect(wordsOf('  Salt & Pepper—“Éclair” x_1/日本 茶…')).toEqual([
      'Salt',
      'Pepper',
      'Éclair',
      'x',
      '1',
      '日本',
      '茶',
    ]);
  });

  it('are folded letter by letter', () => {
    expect(foldCase('ÉCLAIR ΣΊΣΥΦΟΣ İ 😀')).toBe('éclair σίσυφοσ i 😀');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(foldCase(foldCase(text))).toBe(foldCase(text));
        expect([...foldCase(text)]).toHaveLength([...text].length);
      }),
    );
  });
});

describe('timeSpanOf', () => {
  it('covers the whole of what is named', () => {
    const span = (text: string) => {
      const { from, until } = timeSpanOf(text)!;
      return [new Date(from).toISOString(), until - from];
    };
    expect(span('2024')).toEqual(['2024-01-01T00:00:00.000Z', 366 * 86_400_000]);
    expect(span('2024-02')).toEqual(['2024-02-01T00:00:00.000Z', 29 * 86_400_000]);
    expect(span('2023-12-31')).toEqual(['2023-12-31T00:00:00.000Z', 86_400_000]);
    expect(span('2024-01-01T00:30:00.25+01:30')).toEqual(['2023-12-31T23:00:00.250Z', 1]);
    expect(span('2024-01-01T00:30-01:00')).toEqual(['2024-01-01T01:30:00.000Z', 1]);
    for (const text of [
      '',
      '24',
      '2024-13',
      '2024-00',
      '2023-02-29',
      '2024-01-01T25:00',
      '2024-01-01T10',
      'now',
      '2024-1-1',
    ])
      expect([text, timeSpanOf(text)]).toEqual([text, null]);
  });
});
