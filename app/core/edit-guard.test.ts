import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedField } from './bulk-edit';
import { type EditGuard, guardFindings } from './edit-guard';
import { noTotals, withProduct } from './edit-totals';

const guard: EditGuard = {
  catalogPercent: '50',
  changePercent: '50',
  zeroStock: true,
  secondPerson: false,
  source: false,
};
const nothing: EditGuard = { ...guard, catalogPercent: null, changePercent: null, zeroStock: false };

function change(field: string, before: PlannedField['before'], after: PlannedField['after']): PlannedField {
  return { path: { variant: 'v', field }, before, after, outcome: 'change', warnings: ['large-change'] };
}
const skip: PlannedField = {
  path: { variant: null, field: 'vendor' },
  before: 'a',
  after: 'a',
  outcome: 'skip',
  code: 'unchanged',
  message: '',
};
const stock = 'inventory:gid://shopify/Location/1';
const found = (fields: PlannedField[], catalog = 100, by = guard) =>
  guardFindings(withProduct(noTotals(), fields, by), catalog, by);

describe('the guard', () => {
  it('lets a plan through that stays on its limits', () => {
    expect(found([change('price', '10.00', '15.00'), change(stock, 10, 5)], 2)).toEqual([]);
    expect(found([change('price', '10.00', '99.00'), change(stock, 10, 0)], 1, nothing)).toEqual([]);
    expect(found([skip], 1)).toEqual([]);
  });

  it('finds what goes beyond them, and by how much', () => {
    const two = [
      change('price', '3.00', '1.00'),
      change('cost', '10.00', '15.01'),
      change('price', '10.00', '14.00'),
    ];
    expect(found(two)).toEqual([{ limit: 'change', percent: '66.67', fields: 2 }]);
    expect(found([change(stock, -1, -2), change(stock, null, 0)])).toEqual([
      { limit: 'zero-stock', fields: 2 },
    ]);
    expect(found([change('vendor', 'a', 'b')], 1)).toEqual([
      { limit: 'catalog-share', percent: '100', products: 1, ofProducts: 1 },
    ]);
    // A change of text that reads like a number is none.
    expect(found([change('seoTitle', '10', '99')])).toEqual([]);
  });

  it('counts a move from zero as one beyond any limit', () => {
    expect(found([change('price', '0.00', '5.00')])).toEqual([
      { limit: 'change', percent: '100', fields: 1 },
    ]);
  });

  it('sums up the same however often it stops and goes on from JSON', () => {
    const fields = fc.array(
      fc.oneof(
        fc.constant(skip),
        fc.tuple(fc.nat(20), fc.nat(20)).map(([a, b]) => change('price', `${a}.00`, `${b}.00`)),
        fc.tuple(fc.nat(20), fc.integer({ min: -5, max: 20 })).map(([a, b]) => change(stock, a, b)),
      ),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 6 }), (products) => {
        const straight = products.reduce((sum, each) => withProduct(sum, each, guard), noTotals());
        const resumed = products.reduce(
          (sum, each) => withProduct(JSON.parse(JSON.stringify(sum)), each, guard),
          noTotals(),
        );
        expect(resumed).toEqual(straight);
        const all = products.flat();
        expect(straight.fieldsSkipped + straight.fieldsToChange).toBe(all.length);
        expect(straight.warnings['large-change'] ?? 0).toBe(straight.fieldsToChange);
        expect(straight.productsToChange).toBe(
          products.filter((each) => each.some(({ outcome }) => outcome === 'change')).length,
        );
      }),
    );
  });
});
