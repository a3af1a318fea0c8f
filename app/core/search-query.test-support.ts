/** Random searches, and random rows that they have a chance to find: both draw on the same few values. */
import fc from 'fast-check';
import type { SearchRow, SearchedProduct, SearchedVariant } from './matches-search';
import {
  AMOUNT_FIELDS,
  COMPARATORS,
  COUNT_FIELDS,
  DATE_FIELDS,
  FLAG_FIELDS,
  ID_FIELDS,
  TEXT_FIELDS,
  WORD_FIELDS,
} from './search-terms';
import type { SearchNode, SearchQuery, SearchTerm } from './search-terms';

const uuid = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
export const PRODUCT_IDS = [0, 1, 2, 3].map(uuid);
export const VARIANT_IDS = [4, 5, 6, 7, 8, 9].map(uuid);

/** Texts with what is special to the syntax, to SQL's patterns, and to capitals. */
const VALUES = [
  'Bedding',
  'bed',
  'BED LINEN',
  'Linen',
  'Salt & Pepper',
  'a,b',
  'A',
  'b',
  'D’Addario',
  "O'Neill",
  'say "hi"',
  'Éclair',
  'éclair au café',
  'ΣΊΣΥΦΟΣ',
  'İzmir',
  '100%',
  '100_',
  'back\\slash',
  'x:y',
  '(x)',
  '-5',
  '*',
  'AND',
  'not',
  '>3',
  '日本 茶',
  'Home > Bedding',
  'Home > Bedding > BED LINEN',
  'SKU-1',
  'sku-1-2',
];
const value = fc.constantFrom(...VALUES);
const DATES = [
  ...['2024', '2024-02', '2024-02-29', '2024-02-29T12:00', '2024-02-29T12:00:00Z'],
  ...['2024-02-29T14:00:00.000+02:00', '2024-03-01T00:00:00Z', '2025-01-01'],
];
const INSTANTS = [
  '2023-12-31T23:59:59.999Z',
  '2024-02-29T12:00:00.000Z',
  '2024-03-01T00:00:00.000Z',
  '2025-01-01T00:00:00.001Z',
];
const AMOUNTS = ['0', '9.99', '10', '10.0', '10.0001', '12.5', '-1', '99999999999999'];

/** Any text a value may be, those of the rows above all. */
const text = fc.oneof(
  { weight: 8, arbitrary: value },
  { weight: 1, arbitrary: value.map((each) => each.toLowerCase()) },
  { weight: 1, arbitrary: value.map((each) => each.slice(0, 2)) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', maxLength: 8 })
      .map((each) => each.replaceAll('\u0000', ''))
      .filter((each) => each.isWellFormed()),
  },
);
const wordy = text.filter((each) => /[a-z0-9]/i.test(each));
const comparator = fc.constantFrom(...COMPARATORS);

export const searchTerms: fc.Arbitrary<SearchTerm> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('words' as const),
      field: fc.constantFrom(...WORD_FIELDS, null),
      text: wordy,
      isPrefix: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc
      .record({
        kind: fc.constant('text' as const),
        field: fc.constantFrom(...TEXT_FIELDS.filter((field) => field !== 'status')),
        text,
        isPrefix: fc.boolean(),
      })
      .map((term) => (term.text === '' ? { ...term, isPrefix: false } : term)),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('text' as const),
      field: fc.constant('status' as const),
      text: fc.constantFrom('ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED'),
      isPrefix: fc.constant(false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('number' as const),
      field: fc.constantFrom(...AMOUNT_FIELDS),
      comparator,
      value: fc.constantFrom(...AMOUNTS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('number' as const),
      field: fc.constantFrom(...COUNT_FIELDS),
      comparator,
      value: fc.constantFrom('-3', '0', '2', '4', '7'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('date' as const),
      field: fc.constantFrom(...DATE_FIELDS),
      comparator,
      value: fc.constantFrom(...DATES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('flag' as const),
      field: fc.constantFrom(...FLAG_FIELDS),
      value: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('id' as const),
      field: fc.constantFrom(...ID_FIELDS),
      value: fc.constantFrom(...PRODUCT_IDS, ...VARIANT_IDS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('exists' as const),
      field: fc.constantFrom(
        ...[...WORD_FIELDS, ...TEXT_FIELDS, ...AMOUNT_FIELDS, ...COUNT_FIELDS],
        ...[...DATE_FIELDS, ...FLAG_FIELDS, ...ID_FIELDS],
      ),
    }),
  },
);

const { node } = fc.letrec<{ node: SearchNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    searchTerms,
    fc.record({ kind: fc.constant('not' as const), of: tie('node') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

/** Queries as `parseSearchQuery` makes them, well within its limits. */
export const searchQueries: fc.Arbitrary<SearchQuery> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: 'all' as const }) },
  { weight: 40, arbitrary: node },
);

const instant = fc.constantFrom(...INSTANTS).map((each) => new Date(each));
const amount = fc.constantFrom('0', '9.99', '10', '10.0001', '12.5');
const stock = fc.option(fc.integer({ min: -3, max: 7 }));

export const searchedProducts: fc.Arbitrary<Omit<SearchedProduct, 'id' | 'handle' | 'inventoryTotal'>> =
  fc.record({
    title: fc.array(value, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' ')),
    vendor: fc.oneof(fc.constant(''), value),
    productType: fc.oneof(fc.constant(''), value),
    category: fc.option(fc.oneof(fc.constant(''), value)),
    collections: fc.array(value, { maxLength: 3 }),
    tags: fc.array(
      fc.oneof(
        value,
        value.map((each) => ` ${each} `),
        fc.constant(''),
      ),
      { maxLength: 3 },
    ),
    status: fc.constantFrom('ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED'),
    giftCard: fc.boolean(),
    published: fc.boolean(),
    createdAt: instant,
    updatedAt: instant,
  });

export const searchedVariants: fc.Arbitrary<Omit<SearchedVariant, 'id'>> = fc.record({
  title: fc.array(value, { maxLength: 3 }).map((parts) => parts.join(' / ')),
  sku: fc.option(fc.oneof(fc.constant(''), value)),
  barcode: fc.option(value),
  price: amount,
  compareAtPrice: fc.option(amount),
  cost: fc.option(amount),
  updatedAt: instant,
  inventoryQuantity: stock,
});

export const searchRows: fc.Arbitrary<SearchRow> = fc.record({
  product: searchedProducts.chain((product) =>
    fc
      .record({
        id: fc.constantFrom(...PRODUCT_IDS),
        handle: value.map((each) => each.toLowerCase()),
        inventoryTotal: stock,
      })
      .map((rest) => ({ ...product, ...rest })),
  ),
  variant: fc.option(
    searchedVariants.chain((variant) => fc.constantFrom(...VARIANT_IDS).map((id) => ({ ...variant, id }))),
  ),
});
