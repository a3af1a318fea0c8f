import { describe, expect, it } from 'vitest';
import type { PlannedField } from './bulk-edit';
import type { FieldValue } from './decision';
import { withProductDemand } from './edit-demand';
import { noDemand } from './forecast';
import type { Seen } from './edit-demand';

const FRESH: Seen = { isRead: true, variants: 2, isProductOld: false, areVariantsOld: false };
const change = (
  variant: string | null,
  field: string,
  before: FieldValue,
  after: FieldValue,
): PlannedField => ({
  path: { variant, field },
  before,
  after,
  outcome: 'change',
  warnings: [],
});
const skip: PlannedField = {
  path: { variant: 'v9', field: 'price' },
  before: '1.00',
  after: '1.00',
  outcome: 'skip',
  code: 'unchanged',
  message: '',
};

describe('withProductDemand', () => {
  it('counts one operation a kind and product, and what it carries', () => {
    const first = withProductDemand(
      noDemand(),
      [
        change('v1', 'price', '1.00', '2.00'),
        change('v1', 'compareAtPrice', null, '3.00'),
        change('v2', 'price', '1.00', '2.00'),
        change(null, 'tags:a', null, 'a'),
        change(null, 'tags:b', 'b', null),
        change('v1', 'inventory:gid://shopify/Location/1', 1, 2),
        change(null, 'vendor', 'a', 'b'),
        change(null, 'seoTitle', null, 'b'),
        change(null, 'media:m1', null, { url: 'https://a.example/1.jpg', alt: '', kind: 'IMAGE' }),
        change(null, 'mediaOrder', ['m0'], ['m1', 'm0']),
        skip,
      ],
      FRESH,
    );
    const both = withProductDemand(first, [change('v3', 'price', '1.00', '2.00')], FRESH);
    expect(both).toEqual({
      products: 2,
      operations: {
        'variants-update': { count: 2, rows: 3 },
        'tags-add': { count: 1, rows: 1 },
        'tags-remove': { count: 1, rows: 1 },
        'inventory-set': { count: 1, rows: 1 },
        'product-update': { count: 1, rows: 2 },
        'media-add': { count: 1, rows: 1 },
        'media-reorder': { count: 1, rows: 1 },
      },
      textBytes: 0,
      unread: { products: 0, variants: 0 },
      unconfirmed: { products: 0, variants: 0, items: 0 },
    });
  });

  it('leaves out a product of which nothing changes', () => {
    expect(withProductDemand(noDemand(), [skip], { ...FRESH, isRead: false })).toEqual(noDemand());
  });

  it('asks for what the cache lacks, or saw long ago', () => {
    const fields = [
      change('v1', 'price', '1', '2'),
      change('v1', 'cost', '1', '2'),
      change(null, 'vendor', 'a', 'b'),
    ];
    expect(
      withProductDemand(noDemand(), fields, { ...FRESH, isRead: false, areVariantsOld: true }),
    ).toMatchObject({
      unread: { products: 1, variants: 2 },
      unconfirmed: { products: 0, variants: 0, items: 0 },
    });
    const old = { ...FRESH, isProductOld: true, areVariantsOld: true };
    expect(withProductDemand(noDemand(), fields, old)).toMatchObject({
      unread: { products: 0, variants: 0 },
      unconfirmed: { products: 1, variants: 1, items: 1 },
    });
  });

  it('counts the bytes of long texts', () => {
    const value = { namespace: 'a', key: 'b', type: 'multi_line_text_field', value: 'ü'.repeat(1_000) };
    const demand = withProductDemand(noDemand(), [change(null, 'metafield:a.b', null, value)], FRESH);
    expect(demand.textBytes).toBeGreaterThan(2_000);
    expect(demand.operations).toEqual({ 'metafields-set': { count: 1, rows: 1 } });
  });
});
