import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AmountChange, BulkChange, ProductSelection, Rounding, TagChange } from '~/core/bulk-edit';
import { checkBulkChanges } from '~/core/bulk-edit-check';
import { newChange } from './edit-change-form';
import type { ChangeForm } from './edit-change-form';
import { controlProblem, loadedEdit, newEdit, readEdit } from './edit-form';
import { filterQuery, filtersOf, NO_SELECTION, selectionForm, typedSkus } from './edit-selection-form';
import type { FilterForm } from './edit-selection-form';

const SHOP = { currencyCode: 'EUR', timeZone: 'Europe/Berlin', now: new Date('2026-11-25T12:00:00Z') };

/** As the model spells numbers: no sign but a minus, no superfluous zeros. */
const amount = fc
  .tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.constantFrom('', '.5', '.25', '.99'))
  .map(([whole, decimals]) => `${whole}${decimals}`);
const signed = fc.tuple(fc.constantFrom('', '-'), amount).map(([sign, number]) => `${sign}${number}`);

const amountChange: fc.Arbitrary<AmountChange> = fc.oneof(
  signed.map((percent) => ({ by: 'percent' as const, percent })),
  signed.map((number) => ({ by: 'amount' as const, amount: number })),
  amount.map((value) => ({ by: 'value' as const, value })),
  amount.map((percent) => ({ by: 'margin' as const, percent })),
  signed.map((percent) => ({ by: 'other-price' as const, percent })),
);
const rounding: fc.Arbitrary<Rounding> = fc.oneof(
  fc.constant({ to: 'none' as const }),
  fc
    .oneof(amount, fc.constantFrom('0.99', '0.95', '0.00'))
    .map((ending) => ({ to: 'ending' as const, ending })),
  fc.oneof(amount, fc.constant('0.05')).map((step) => ({ to: 'step' as const, step })),
);
const floor = fc.record({ atCost: fc.boolean(), minimum: fc.option(amount) });
/** What people write: letters of any kind, quotation marks, spaces inside. */
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((one) => one.trim() !== '');
const trimmed = text.map((one) => one.trim());
const tag = trimmed
  .map((one) => one.replaceAll(',', ''))
  .map((one) => one.trim())
  .filter((one) => one !== '');
const tags = fc.uniqueArray(tag, { minLength: 1, maxLength: 4 });
const place = fc.integer({ min: 1, max: 250 });
const pictures = fc.array(
  fc.record({
    url: fc.webUrl(),
    alt: fc.string(),
    kind: fc.constantFrom('IMAGE' as const, 'VIDEO' as const),
  }),
  { minLength: 1, maxLength: 3 },
);
const units = fc.integer({ min: -1_000_000, max: 1_000_000 });

const change: fc.Arbitrary<BulkChange> = fc.oneof(
  fc.record({ field: fc.constant('price' as const), change: amountChange, rounding, floor }),
  fc.record({
    field: fc.constantFrom('compareAtPrice' as const, 'cost' as const),
    change: amountChange,
    rounding,
  }),
  fc
    .constantFrom('compareAtPrice' as const, 'cost' as const)
    .map((field) => ({ field, change: null, rounding: { to: 'none' as const } })),
  fc.record({
    field: fc.constant('tags' as const),
    change: fc.oneof(
      fc.record({ kind: fc.constantFrom('add' as const, 'remove' as const, 'replace' as const), tags }),
      fc.constant<TagChange>({ kind: 'replace', tags: [] }),
      fc.record({ kind: fc.constant('rename' as const), from: tag, to: tag }),
    ),
  }),
  fc.record({
    field: fc.constant('inventory' as const),
    locationId: fc.integer({ min: 1 }).map((id) => `gid://shopify/Location/${id}`),
    change: fc.oneof(
      units.map((available) => ({ kind: 'set' as const, available })),
      units.map((by) => ({ kind: 'adjust' as const, by })),
    ),
  }),
  fc.record({
    field: fc.constant('media' as const),
    change: fc.oneof(
      fc.record({ kind: fc.constantFrom('add' as const, 'replace' as const), pictures }),
      fc.record({ kind: fc.constant('move' as const), from: place, to: place }),
      fc.record({ kind: fc.constant('alt' as const), text: fc.string() }),
      fc.record({ kind: fc.constant('remove' as const), position: fc.option(place) }),
    ),
  }),
  fc.record({
    field: fc.constant('status' as const),
    value: fc.constantFrom('ACTIVE' as const, 'DRAFT' as const, 'ARCHIVED' as const, 'UNLISTED' as const),
  }),
  fc.record({
    field: fc.constantFrom('vendor' as const, 'productType' as const),
    value: fc.oneof(text, fc.constant('')),
  }),
  fc.record({
    field: fc.constantFrom('seoTitle' as const, 'seoDescription' as const),
    value: fc.option(text),
  }),
  fc.record({
    field: fc.constant('metafield' as const),
    of: fc.constantFrom('product' as const, 'variant' as const),
    namespace: fc.stringMatching(/^[a-z_]{3,12}$/),
    key: fc.stringMatching(/^[a-z_]{2,12}$/),
    type: fc.constantFrom('single_line_text_field', 'list.number_integer', 'money'),
    value: fc.option(text),
  }),
);

const query = fc.oneof(
  fc.constantFrom(
    '',
    'vendor:Acme',
    'tag:sale -status:archived',
    'vendor:Acme AND price:>=10',
    'price:>=10 AND vendor:Acme',
    'vendor:Acme AND vendor:Fjell',
    'vendor:norm*',
    '(tag:a OR vendor:b)',
    'price:>10',
    ' vendor:Acme',
    'tent',
  ),
);

const selection: fc.Arbitrary<ProductSelection> = fc.oneof(
  query.map((one) => ({ kind: 'query' as const, query: one })),
  fc.uniqueArray(text, { minLength: 1, maxLength: 5 }).map((skus) => ({ kind: 'skus' as const, skus })),
  fc
    .uniqueArray(fc.uuid(), { minLength: 1, maxLength: 5 })
    .map((productIds) => ({ kind: 'products' as const, productIds })),
);

const filters: fc.Arbitrary<FilterForm> = fc.record({
  vendors: fc.uniqueArray(text, { maxLength: 3 }),
  productTypes: fc.uniqueArray(text, { maxLength: 3 }),
  category: fc.oneof(fc.constant(''), trimmed),
  collection: fc.oneof(fc.constant(''), trimmed),
  tags: fc.uniqueArray(text, { maxLength: 3 }),
  statuses: fc.subarray(['ACTIVE' as const, 'ARCHIVED' as const, 'DRAFT' as const, 'UNLISTED' as const]),
  priceFrom: fc.oneof(fc.constant(''), amount),
  priceTo: fc.oneof(fc.constant(''), amount),
});

describe('a saved edit', () => {
  it('is typed again as what it was', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), selection, (changes, chosen) => {
        const typed = loadedEdit({ name: 'Saved', selection: chosen, changes }, newEdit());
        const read = readEdit(typed, SHOP);
        expect(read.selection).toEqual(chosen);
        // What makes no sense stays typed, and is told of.
        if (checkBulkChanges(changes, { currencyCode: SHOP.currencyCode }).length === 0) {
          expect(read.problems).toEqual([]);
          expect(read.changes).toEqual(changes);
        } else {
          expect(read.changes).toBeNull();
          expect(read.problems).not.toEqual([]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('of a selection alone leaves the changes as they are', () => {
    const before = newEdit();
    const after = loadedEdit(
      { name: 'Acme', selection: { kind: 'query', query: 'vendor:Acme' }, changes: null },
      before,
    );
    expect(after.changes).toBe(before.changes);
    expect(after.name).toBe(before.name);
    expect(after.selection.filters.vendors).toEqual(['Acme']);
  });
});

describe('filters', () => {
  it('are the filters again that their search was made of', () => {
    fc.assert(
      fc.property(filters, (chosen) => {
        expect(filtersOf(filterQuery(chosen))).toEqual(chosen);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['vendor:norm*', 'price:>10', 'tent', 'vendor:Acme AND vendor:Fjell', '-tag:sale', 'sku:A'])(
    'do not pretend to mean %s',
    (search) => {
      expect(filtersOf(search)).toBeNull();
      expect(selectionForm({ kind: 'query', query: search })).toMatchObject({ way: 'search', query: search });
    },
  );

  it('say which price is none, and which range holds nothing', () => {
    const read = (part: Partial<FilterForm>) =>
      readEdit(newEdit({ ...NO_SELECTION, filters: { ...NO_SELECTION.filters, ...part } }), SHOP);
    expect(read({ priceFrom: '12,50' })).toMatchObject({
      selection: null,
      problems: expect.arrayContaining([expect.objectContaining({ control: 'filters.priceFrom' })]),
    });
    expect(read({ priceFrom: '20', priceTo: '3' }).problems[0]?.control).toBe('filters.priceTo');
  });
});

describe('a list of SKUs', () => {
  it('is read from lines, commas, semicolons and tabs, each SKU once', () => {
    expect(typedSkus(' A-1\r\nB 2;C,A-1\tD\n\n')).toEqual(['A-1', 'B 2', 'C', 'D']);
  });
  it('that no edit can take is told of', () => {
    const read = (skus: string) => readEdit(newEdit({ ...NO_SELECTION, way: 'skus', skus }), SHOP);
    expect(read('x'.repeat(256)).problems[0]).toMatchObject({ control: 'skus', isMissing: false });
    const many = Array.from({ length: 50_001 }, (_, at) => `S${at}`).join();
    expect(read(many)).toMatchObject({ selection: null });
    expect(read(many.slice(0, many.lastIndexOf(','))).selection).not.toBeNull();
  });
  it('that cannot be typed is kept whole', () => {
    const form = selectionForm({ kind: 'skus', skus: ['A,1', ' B'] });
    expect(form.skuList?.skus).toEqual(['A,1', ' B']);
  });
});

describe('what cannot be used', () => {
  const read = (part: Partial<ChangeForm>) => {
    const edit = newEdit();
    return readEdit({ ...edit, changes: [{ ...newChange('price', '0'), ...part }] }, SHOP);
  };

  it.each<[Partial<ChangeForm>, string]>([
    [{ number: '1,5' }, 'number'],
    [{ number: '-5' }, 'number'],
    [{ number: 'ten' }, 'number'],
    [{ number: '100' }, 'number'],
    [{ way: 'margin', number: '100' }, 'number'],
    [{ way: 'percent-more', number: '0' }, 'number'],
    [{ number: '5', rounding: 'ending', ending: '0.999' }, 'ending'],
    [{ number: '5', rounding: 'step', step: '0' }, 'step'],
    [{ number: '5', minimum: 'x' }, 'minimum'],
    [{ field: 'tags', tagWay: 'rename', from: 'Sale', to: 'sale' }, 'to'],
    [{ field: 'inventory', locationId: 'gid://shopify/Location/1', quantity: '1.5' }, 'quantity'],
    [
      { field: 'inventory', locationId: 'gid://shopify/Location/1', stockWay: 'lower', quantity: '0' },
      'quantity',
    ],
    [{ field: 'media', mediaWay: 'move', position: '2', moveTo: '2' }, 'moveTo'],
    [{ field: 'media', mediaWay: 'remove', position: '0' }, 'position'],
    [{ field: 'media', pictures: [{ url: 'ftp://a/b', alt: '', kind: 'IMAGE' }] }, 'pictures.0'],
    [
      { field: 'media', pictures: [{ url: 'https://a.b/c', alt: 'x'.repeat(513), kind: 'IMAGE' }] },
      'pictures.0.alt',
    ],
    [{ field: 'vendor', text: 'x'.repeat(256) }, 'text'],
    [{ field: 'metafield', namespace: 'x y', key: 'care', text: 'a' }, 'namespace'],
    [{ field: 'metafield', key: 'care', type: 'number_integer', text: 'a' }, 'text'],
  ])('%j is told of at its control', (part, control) => {
    const { changes, problems } = read(part);
    expect(changes).toBeNull();
    expect(problems).toMatchObject([{ control: `changes.0.${control}`, isMissing: false }]);
  });

  it.each<[Partial<ChangeForm>, string]>([
    [{}, 'number'],
    [{ number: '5', rounding: 'ending' }, 'ending'],
    [{ field: 'tags' }, 'tags'],
    [{ field: 'tags', tags: ' , ' }, 'tags'],
    [{ field: 'vendor' }, 'text'],
    [{ field: 'media' }, 'pictures.0'],
  ])('%j is only missing', (part, control) => {
    expect(read(part).problems).toMatchObject([{ control: `changes.0.${control}`, isMissing: true }]);
  });

  it.each([
    [' 10 %', '-10'],
    ['+10', '-10'],
    ['.5', '-0.5'],
  ])('a number as “%s” is forgiven', (number, percent) => {
    expect(read({ number }).changes).toMatchObject([{ change: { by: 'percent', percent } }]);
  });

  it('in a search is told with its place', () => {
    const edit = newEdit({ ...NO_SELECTION, way: 'search', query: 'tag:sale vendorr:x' });
    const { selection: chosen, problems } = readEdit(edit, SHOP);
    expect(chosen).toBeNull();
    expect(problems[0]).toMatchObject({
      control: 'query',
      message: expect.stringMatching(/^At character 10/),
    });
  });

  it('of two changes that undo each other is told at the later', () => {
    const edit = newEdit();
    const vendor = { ...newChange('vendor', '0'), text: 'A' };
    const read = readEdit({ ...edit, changes: [vendor, { ...vendor, id: '1', text: 'B' }] }, SHOP);
    expect(read.problems).toMatchObject([{ control: 'changes.1.field' }]);
  });

  it('of the server finds its control', () => {
    const stock = { ...newChange('inventory', '0'), locationId: 'gid://shopify/Location/9' };
    const problem = { value: stock.locationId, reason: 'R.', remedy: 'M.' };
    expect(controlProblem({ ...problem, field: 'locationId' }, [newChange('price', '1'), stock])).toEqual({
      control: 'changes.1.locationId',
      message: 'R. M.',
      isMissing: false,
    });
    expect(controlProblem({ ...problem, field: 'shop' }, [stock]).control).toBe('');
  });
});
