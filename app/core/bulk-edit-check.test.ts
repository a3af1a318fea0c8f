import { describe, expect, it } from 'vitest';
import type { BulkChange, EditProblem } from './bulk-edit';
import { checkBulkChanges } from './bulk-edit-check';
import { readPriceAdjustment } from './price-adjustment';

const PLACE = 'gid://shopify/Location/1';
const check = (changes: BulkChange[], currencyCode = 'EUR') => checkBulkChanges(changes, { currencyCode });
const fields = (problems: EditProblem[]) => problems.map(({ field }) => field);

type PriceEdit = Extract<BulkChange, { field: 'price' }>;
const price = (change: PriceEdit['change'], more: Partial<PriceEdit> = {}): BulkChange => ({
  field: 'price',
  change,
  rounding: { to: 'none' },
  floor: { atCost: false, minimum: null },
  ...more,
});
const percent = (text: string, more: Partial<PriceEdit> = {}) =>
  price({ by: 'percent', percent: text }, more);
const metafield = (more: Partial<Extract<BulkChange, { field: 'metafield' }>>): BulkChange => ({
  field: 'metafield',
  of: 'product',
  namespace: 'custom',
  key: 'care',
  type: 'single_line_text_field',
  value: 'Cold',
  ...more,
});

const sound: BulkChange[][] = [
  [percent('-10')],
  [percent('-99.99'), percent('10')],
  [percent('0', { rounding: { to: 'ending', ending: '0.99' } })],
  [percent('0', { floor: { atCost: true, minimum: null } })],
  [price({ by: 'margin', percent: '0' })],
  [price({ by: 'value', value: '0' })],
  [{ field: 'compareAtPrice', change: null, rounding: { to: 'none' } }],
  // The compare-at price is reckoned from what the first change made of the price.
  [
    percent('10'),
    { field: 'compareAtPrice', change: { by: 'other-price', percent: '0' }, rounding: { to: 'none' } },
    price({ by: 'value', value: '5' }),
  ],
  [
    { field: 'tags', change: { kind: 'add', tags: ['a'] } },
    { field: 'tags', change: { kind: 'remove', tags: ['b'] } },
  ],
  [{ field: 'tags', change: { kind: 'replace', tags: [] } }],
  [{ field: 'inventory', change: { kind: 'set', available: 0 }, locationId: PLACE }],
  [
    { field: 'inventory', change: { kind: 'set', available: 5 }, locationId: PLACE },
    { field: 'inventory', change: { kind: 'adjust', by: -1 }, locationId: PLACE },
    { field: 'inventory', change: { kind: 'set', available: 5 }, locationId: 'gid://shopify/Location/2' },
  ],
  [{ field: 'media', change: { kind: 'remove', position: null } }],
  [metafield({}), metafield({ of: 'variant' }), metafield({ key: 'fit' })],
  [metafield({ type: 'list.single_line_text_field', value: '["a"]' })],
  [metafield({ value: null })],
];

const senseless: [name: string, changes: BulkChange[], field: string][] = [
  ['no change', [], 'changes'],
  ['a percentage that leaves nothing', [percent('-100')], 'changes.0.change.percent'],
  ['no number', [percent('10%')], 'changes.0.change.percent'],
  ['a number too long', [percent('1'.repeat(41))], 'changes.0.change.percent'],
  ['a change by nothing', [percent('0')], 'changes.0.change'],
  ['an amount of nothing', [price({ by: 'amount', amount: '-0.00' })], 'changes.0.change'],
  ['a value below zero', [price({ by: 'value', value: '-1' })], 'changes.0.change.value'],
  ['a margin of all', [price({ by: 'margin', percent: '100' })], 'changes.0.change.percent'],
  ['a margin below none', [price({ by: 'margin', percent: '-1' })], 'changes.0.change.percent'],
  [
    'an ending too fine',
    [percent('5', { rounding: { to: 'ending', ending: '0.999' } })],
    'changes.0.rounding.ending',
  ],
  ['a step of nothing', [percent('5', { rounding: { to: 'step', step: '0' } })], 'changes.0.rounding.step'],
  [
    'an ending below zero',
    [percent('5', { rounding: { to: 'ending', ending: '-0.01' } })],
    'changes.0.rounding.ending',
  ],
  [
    'a minimum below zero',
    [percent('5', { floor: { atCost: false, minimum: '-1' } })],
    'changes.0.floor.minimum',
  ],
  ['a price twice', [percent('5'), price({ by: 'value', value: '5' })], 'changes.1'],
  ['an empty tag', [{ field: 'tags', change: { kind: 'add', tags: ['a', ' '] } }], 'changes.0.change.tags.1'],
  [
    'a tag with a comma',
    [{ field: 'tags', change: { kind: 'remove', tags: ['a,b'] } }],
    'changes.0.change.tags.0',
  ],
  ['no tag', [{ field: 'tags', change: { kind: 'add', tags: [] } }], 'changes.0.change.tags'],
  [
    'a tag too long',
    [{ field: 'tags', change: { kind: 'add', tags: ['x'.repeat(256)] } }],
    'changes.0.change.tags.0',
  ],
  [
    'a tag renamed to itself',
    [{ field: 'tags', change: { kind: 'rename', from: 'Sale', to: ' sale' } }],
    'changes.0.change.to',
  ],
  [
    'tags that are then replaced',
    [
      { field: 'tags', change: { kind: 'add', tags: ['a'] } },
      { field: 'tags', change: { kind: 'replace', tags: ['b'] } },
    ],
    'changes.1',
  ],
  [
    'half a unit of stock',
    [{ field: 'inventory', change: { kind: 'set', available: 0.5 }, locationId: PLACE }],
    'changes.0.change.available',
  ],
  [
    'stock by nothing',
    [{ field: 'inventory', change: { kind: 'adjust', by: 0 }, locationId: PLACE }],
    'changes.0.change.by',
  ],
  [
    'no location',
    [{ field: 'inventory', change: { kind: 'adjust', by: 1 }, locationId: 'Berlin' }],
    'changes.0.locationId',
  ],
  [
    'a picture from no web address',
    [
      {
        field: 'media',
        change: { kind: 'add', pictures: [{ url: 'ftp://example.com/a.jpg', alt: '', kind: 'IMAGE' }] },
      },
    ],
    'changes.0.change.pictures.0.url',
  ],
  ['position 0', [{ field: 'media', change: { kind: 'move', from: 0, to: 1 } }], 'changes.0.change.from'],
  [
    'a picture moved nowhere',
    [{ field: 'media', change: { kind: 'move', from: 2, to: 2 } }],
    'changes.0.change.to',
  ],
  [
    'a vendor twice',
    [
      { field: 'vendor', value: 'a' },
      { field: 'vendor', value: 'b' },
    ],
    'changes.1',
  ],
  ['a type too long', [{ field: 'productType', value: 'x'.repeat(256) }], 'changes.0.value'],
  ['an unknown type of metafield', [metafield({ type: 'text' })], 'changes.0.type'],
  ['an unknown list of metafields', [metafield({ type: 'list.text' })], 'changes.0.type'],
  [
    'a value that the type cannot hold',
    [metafield({ type: 'number_integer', value: '1.5' })],
    'changes.0.value',
  ],
  ['a blank value', [metafield({ value: ' ' })], 'changes.0.value'],
  ['a metafield twice', [metafield({}), metafield({ value: null })], 'changes.1'],
];

describe('what makes no sense of a bulk edit', () => {
  it.each(sound.map((changes) => [JSON.stringify(changes), changes] as const))(
    'is nothing in %s',
    (_, changes) => {
      expect(check(changes)).toEqual([]);
    },
  );

  it.each(senseless)('is %s', (_, changes, field) => {
    const problems = check(changes);
    expect(fields(problems)).toEqual([field]);
    for (const { reason, remedy } of problems) expect(reason && remedy).not.toBe('');
  });

  it('is a rounding that the currency has no coin for', () => {
    const ending = (text: string) => [percent('5', { rounding: { to: 'ending', ending: text } })];
    expect(check(ending('0.99'), 'JPY')).toMatchObject([
      { value: '0.99', reason: 'Prices in JPY have 0 decimals.', remedy: 'Write a multiple of 1.' },
    ]);
    expect(check(ending('80'), 'JPY')).toEqual([]);
    expect(check(ending('0.995'), 'KWD')).toEqual([]);
    expect(check(ending('0.9995'), 'KWD')).toMatchObject([{ remedy: 'Write a multiple of 0.001.' }]);
  });
});

describe('a price adjustment in one text', () => {
  const read = (text: string) => {
    const result = readPriceAdjustment(text);
    return result.ok ? result.change : result.problem;
  };

  it('is a percentage, an amount or a value', () => {
    expect(read('-10%')).toEqual({ by: 'percent', percent: '-10' });
    expect(read(' +7.5% ')).toEqual({ by: 'percent', percent: '7.5' });
    expect(read('\u221210%')).toEqual({ by: 'percent', percent: '-10' });
    expect(read('+5')).toEqual({ by: 'amount', amount: '5' });
    expect(read('-2.50')).toEqual({ by: 'amount', amount: '-2.50' });
    expect(read('19.99')).toEqual({ by: 'value', value: '19.99' });
    expect(read('=19.99')).toEqual({ by: 'value', value: '19.99' });
  });

  it.each(['10%', '=10%', '1,50', '', '%', '-', '+-5', '1e3', 'NaN', '10 %', '.5', '5.', '-10%%'])(
    'cannot be read from "%s"',
    (text) => {
      expect(read(text)).toMatchObject({ field: 'price_adjustment', value: text });
    },
  );
});
