import { describe, expect, it } from 'vitest';
import type { BulkChange, EditTerms, PlannedField } from './bulk-edit';
import { planProductEdit } from './bulk-edit-plan';
import type { SourceProduct, SourceVariant, VariantFields } from './product-state';

const PLACE = 'gid://shopify/Location/1';

function variant(id: string, fields: Partial<VariantFields> = {}): SourceVariant {
  return {
    id,
    fields: { price: '20.00', compareAtPrice: null, cost: '10.00', tracked: true, ...fields },
    optionValues: [id],
    mediaId: null,
    metafields: {},
    inventory: { [PLACE]: 5 },
  };
}

const picture = (id: string, alt = '') => ({
  id,
  url: `https://cdn.example.com/${id}.jpg`,
  alt,
  kind: 'IMAGE' as const,
});

function product(more: Partial<SourceProduct> = {}): SourceProduct {
  return {
    id: 'p',
    fields: { title: 'Tent', vendor: 'Acme', productType: '', status: 'ACTIVE', seoTitle: null },
    giftCard: false,
    tags: ['Sale', 'Camping'],
    options: [{ name: 'Size', values: ['a', 'b'] }],
    variants: [variant('a'), variant('b')],
    media: [picture('front', 'Front'), picture('back')],
    metafields: {},
    ...more,
  };
}

function terms(more: Partial<EditTerms> = {}): EditTerms {
  let made = 0;
  return { currencyCode: 'EUR', warnAbovePercent: 50, newId: () => `new-${++made}`, ...more };
}

function plan(changes: BulkChange[], subject = product(), more: Partial<EditTerms> = {}) {
  return planProductEdit(subject, 'all', changes, terms(more));
}

/** As "variant field: before -> after [warnings]" or "variant field: code". */
function told(fields: PlannedField[]): string[] {
  return fields.map(({ path: { variant, field }, before, after, ...rest }) => {
    const name = variant === null ? field : `${variant} ${field}`;
    const values = `${JSON.stringify(before)} -> ${JSON.stringify(after)}`;
    return rest.outcome === 'skip'
      ? `${name}: ${rest.code}`
      : [`${name}: ${values}`, ...rest.warnings].join(' ');
  });
}

const noFloor = { atCost: false, minimum: null };
const price = (change: Extract<BulkChange, { field: 'price' }>['change']): BulkChange => ({
  field: 'price',
  change,
  rounding: { to: 'none' },
  floor: noFloor,
});

describe('prices', () => {
  it('changes every selected variant and no other', () => {
    const change = price({ by: 'percent', percent: '-10' });
    expect(told(plan([change]))).toEqual(['a price: "20.00" -> "18.00"', 'b price: "20.00" -> "18.00"']);
    expect(told(planProductEdit(product(), new Set(['b']), [change], terms()))).toEqual([
      'b price: "20.00" -> "18.00"',
    ]);
  });

  it('rounds to what the currency has', () => {
    const of = (amount: string, currencyCode: string) =>
      told(
        plan(
          [price({ by: 'percent', percent: '-10' })],
          product({ variants: [variant('a', { price: amount, cost: null })] }),
          {
            currencyCode,
          },
        ),
      );
    expect(of('1995.00', 'JPY')).toEqual(['a price: "1995.00" -> "1796.00"']);
    expect(of('1.235', 'KWD')).toEqual(['a price: "1.235" -> "1.112"']);
    expect(of('1.25', 'EUR')).toEqual(['a price: "1.25" -> "1.13"']);
  });

  it('judges warnings on the final price, cost and compare-at price', () => {
    const compareAt: BulkChange = {
      field: 'compareAtPrice',
      change: { by: 'value', value: '15' },
      rounding: { to: 'none' },
    };
    const one = product({ variants: [variant('a')] });
    expect(told(plan([compareAt], one))).toEqual([
      'a compareAtPrice: null -> "15.00" compare-at-not-above-price',
    ]);
    expect(told(plan([compareAt, price({ by: 'value', value: '14.99' })], one))).toEqual([
      'a compareAtPrice: null -> "15.00"',
      'a price: "20.00" -> "14.99"',
    ]);
    expect(told(plan([price({ by: 'value', value: '9.99' })], one))).toEqual([
      'a price: "20.00" -> "9.99" below-cost large-change',
    ]);
    expect(told(plan([price({ by: 'amount', amount: '-20' })], one))).toEqual([
      'a price: "20.00" -> "0.00" below-cost large-change to-zero',
    ]);
  });

  it('goes on from the change before and shows the net effect once', () => {
    const up = price({ by: 'percent', percent: '25' });
    const down = price({ by: 'percent', percent: '-20' });
    const one = product({ variants: [variant('a')] });
    expect(told(plan([up, up], one))).toEqual(['a price: "20.00" -> "31.25" large-change']);
    expect(told(plan([up, down], one))).toEqual(['a price: unchanged']);
  });

  it('says where there is nothing to reckon from, and what is out of range', () => {
    const [bare] = plan(
      [price({ by: 'margin', percent: '40' })],
      product({ variants: [variant('a', { cost: null })] }),
    );
    expect(bare).toMatchObject({ outcome: 'skip', code: 'nothing-to-reckon-from', after: null });
    const [low] = plan([price({ by: 'amount', amount: '-20.01' })], product({ variants: [variant('a')] }));
    expect(low).toMatchObject({
      code: 'out-of-range',
      message: 'The price would be -0.01, which is below zero. Change it by less, or set a minimum.',
    });
  });

  it('raises to the floor, to the next amount that the rounding allows', () => {
    const change: BulkChange = {
      field: 'price',
      change: { by: 'percent', percent: '-60' },
      rounding: { to: 'ending', ending: '0.99' },
      floor: { atCost: true, minimum: '3' },
    };
    expect(told(plan([change], product({ variants: [variant('a')] }), { warnAbovePercent: 90 }))).toEqual([
      'a price: "20.00" -> "10.99" raised-to-floor',
    ]);
  });
});

describe('tags', () => {
  it('adds, removes, replaces and renames, whatever the case', () => {
    expect(told(plan([{ field: 'tags', change: { kind: 'add', tags: ['sale', 'New'] } }]))).toEqual([
      'tags:Sale: unchanged',
      'tags:New: null -> "New"',
    ]);
    expect(told(plan([{ field: 'tags', change: { kind: 'remove', tags: ['SALE', 'x'] } }]))).toEqual([
      'tags:Sale: "Sale" -> null',
      'tags:x: not-there',
    ]);
    expect(told(plan([{ field: 'tags', change: { kind: 'replace', tags: ['sale', 'x'] } }]))).toEqual([
      'tags:Camping: "Camping" -> null',
      'tags:Sale: unchanged',
      'tags:x: null -> "x"',
    ]);
    expect(told(plan([{ field: 'tags', change: { kind: 'rename', from: 'sale', to: 'Deal' } }]))).toEqual([
      'tags:Sale: "Sale" -> null',
      'tags:Deal: null -> "Deal"',
    ]);
    expect(told(plan([{ field: 'tags', change: { kind: 'rename', from: 'x', to: 'Deal' } }]))).toEqual([
      'tags:x: not-there',
    ]);
    expect(told(plan([{ field: 'tags', change: { kind: 'rename', from: 'Sale', to: 'SALE' } }]))).toEqual([
      'tags:Sale: unchanged',
    ]);
  });

  it('does nothing where the changes cancel each other out', () => {
    const changes: BulkChange[] = [
      { field: 'tags', change: { kind: 'remove', tags: ['sale'] } },
      { field: 'tags', change: { kind: 'add', tags: ['SALE'] } },
      { field: 'tags', change: { kind: 'add', tags: ['x'] } },
      { field: 'tags', change: { kind: 'remove', tags: ['X'] } },
    ];
    expect(told(plan(changes))).toEqual(['tags:x: unchanged', 'tags:Sale: unchanged']);
  });

  it('keeps the limits of length and number', () => {
    const full = product({ tags: Array.from({ length: 249 }, (_, i) => `t${i}`) });
    const [first, second] = plan([{ field: 'tags', change: { kind: 'add', tags: ['x', 'y'] } }], full);
    expect(first).toMatchObject({ outcome: 'change' });
    expect(second).toMatchObject({ code: 'out-of-range', message: expect.stringContaining('at most 250') });
    const long = 'x'.repeat(256);
    const change: BulkChange = { field: 'tags', change: { kind: 'rename', from: 'Sale', to: long } };
    expect(plan([change])).toMatchObject([{ code: 'out-of-range', after: long }]);
  });
});

describe('stock', () => {
  const adjust = (by: number, locationId = PLACE): BulkChange => ({
    field: 'inventory',
    change: { kind: 'adjust', by },
    locationId,
  });

  it('adjusts from nothing where the location has no level, and leaves what is not tracked', () => {
    const subject = product({
      variants: [variant('a'), { ...variant('b', { tracked: false }), inventory: {} }],
    });
    expect(told(plan([adjust(-5)], subject))).toEqual([
      `a inventory:${PLACE}: 5 -> 0 to-zero`,
      `b inventory:${PLACE}: not-tracked`,
    ]);
    const other = 'gid://shopify/Location/2';
    expect(told(plan([adjust(2, other)], product({ variants: [variant('a')] })))).toEqual([
      `a inventory:${other}: null -> 2`,
    ]);
    expect(plan([adjust(1_000_000_000)], product({ variants: [variant('a')] }))).toMatchObject([
      { code: 'out-of-range', after: 1_000_000_005 },
    ]);
  });
});

describe('pictures', () => {
  const add = (...names: string[]): BulkChange => ({
    field: 'media',
    change: {
      kind: 'add',
      pictures: names.map((name) => ({ url: picture(name).url, alt: '', kind: 'IMAGE' })),
    },
  });

  it('adds at the end, and an address once', () => {
    expect(told(plan([add('front', 'side', 'side')]))).toEqual([
      'media:front: unchanged',
      'media:new-1: null -> {"url":"https://cdn.example.com/side.jpg","alt":"","kind":"IMAGE"}',
    ]);
  });

  it('orders after what is added and removed', () => {
    expect(told(plan([add('side'), { field: 'media', change: { kind: 'move', from: 3, to: 1 } }]))).toEqual([
      'media:new-1: null -> {"url":"https://cdn.example.com/side.jpg","alt":"","kind":"IMAGE"}',
      'mediaOrder: ["front","back"] -> ["new-1","front","back"]',
    ]);
  });

  it('takes a removed picture from the variants that show it, selected or not', () => {
    const subject = product({ variants: [variant('a'), { ...variant('b'), mediaId: 'back' }] });
    const remove: BulkChange = { field: 'media', change: { kind: 'remove', position: 2 } };
    expect(told(planProductEdit(subject, new Set(['a']), [remove], terms()))).toEqual([
      'media:back: {"url":"https://cdn.example.com/back.jpg","alt":"","kind":"IMAGE"} -> null',
      'b variantMedia: "back" -> null',
    ]);
  });

  it('says the order where only it tells where a removed picture was', () => {
    expect(told(plan([{ field: 'media', change: { kind: 'remove', position: 1 } }]))[1]).toBe(
      'mediaOrder: ["front","back"] -> ["back"]',
    );
    expect(plan([{ field: 'media', change: { kind: 'remove', position: 3 } }])).toMatchObject([
      { path: { field: 'mediaOrder' }, code: 'not-there' },
    ]);
  });

  it('describes by the product and the place', () => {
    const alt: BulkChange = {
      field: 'media',
      change: { kind: 'alt', text: '{title} by {vendor} {position}' },
    };
    expect(told(plan([{ field: 'vendor', value: 'Orbit' }, alt]))).toEqual([
      'vendor: "Acme" -> "Orbit"',
      'mediaAlt:front: "Front" -> "Tent by Orbit 1"',
      'mediaAlt:back: "" -> "Tent by Orbit 2"',
    ]);
  });

  it('replaces all, keeping what it has by address', () => {
    const change: BulkChange = {
      field: 'media',
      change: {
        kind: 'replace',
        pictures: [
          { url: picture('side').url, alt: 'Side', kind: 'IMAGE' },
          { url: picture('front').url, alt: '', kind: 'IMAGE' },
        ],
      },
    };
    expect(told(plan([change]))).toEqual([
      'media:back: {"url":"https://cdn.example.com/back.jpg","alt":"","kind":"IMAGE"} -> null',
      'media:front: unchanged',
      'media:new-1: null -> {"url":"https://cdn.example.com/side.jpg","alt":"Side","kind":"IMAGE"}',
      'mediaOrder: ["front","back"] -> ["new-1","front"]',
    ]);
  });
});

describe('plain fields and metafields', () => {
  it('sets and clears them', () => {
    const metafield = {
      field: 'metafield',
      namespace: 'custom',
      key: 'care',
      type: 'single_line_text_field',
    } as const;
    const care = { namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'Cold' };
    expect(
      told(
        plan(
          [
            { field: 'status', value: 'DRAFT' },
            { field: 'vendor', value: ' Acme ' },
            { field: 'seoTitle', value: ' ' },
            { ...metafield, of: 'product', value: 'Cold' },
            { ...metafield, of: 'variant', value: null },
          ],
          product({ variants: [variant('a'), { ...variant('b'), metafields: { 'custom.care': care } }] }),
        ),
      ),
    ).toEqual([
      'status: "ACTIVE" -> "DRAFT"',
      'vendor: unchanged',
      'seoTitle: unchanged',
      `metafield:custom.care: null -> ${JSON.stringify(care)}`,
      'a metafield:custom.care: not-there',
      `b metafield:custom.care: ${JSON.stringify(care)} -> null`,
    ]);
    expect(plan([{ field: 'vendor', value: 'x'.repeat(256) }])).toMatchObject([{ code: 'out-of-range' }]);
  });
});
