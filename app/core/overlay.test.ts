import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BulkChange } from './bulk-edit';
import { identical } from './canonical';
import { holderOf } from './held-paths';
import { applyOverlays, withOverrides } from './overlay';
import type { FieldOverride, Overlay, PromotionOverlay } from './overlay';
import { overridableValue } from './override-edit';
import { sourceProducts } from './products.test-support';
import type { PriceChange } from './promotion';
import type { SourceProduct } from './product-state';

const EUR = { currencyCode: 'EUR' };
const floor = { atCost: false, minimum: null };
const whole = { to: 'none' } as const;

const priceChange: fc.Arbitrary<PriceChange> = fc.oneof(
  fc.constantFrom('-50', '-10', '0', '25').map((percent): PriceChange => ({
    field: 'price',
    change: { by: 'percent', percent },
    rounding: whole,
    floor,
  })),
  fc.constant<PriceChange>({
    field: 'price',
    change: { by: 'margin', percent: '40' },
    rounding: whole,
    floor,
  }),
  fc.constant<PriceChange>({
    field: 'compareAtPrice',
    change: { by: 'value', value: '77.00' },
    rounding: whole,
  }),
  fc.constant<PriceChange>({ field: 'compareAtPrice', change: null, rounding: whole }),
);

const instant = fc.integer({ min: 0, max: 3 }).map((at) => new Date(at * 1_000));

function overlaysOf(product: SourceProduct): fc.Arbitrary<Overlay[]> {
  const ids = product.variants.map(({ id }) => id);
  const promotion: fc.Arbitrary<PromotionOverlay> = fc.record({
    kind: fc.constant('promotion' as const),
    id: fc.uuid(),
    name: fc.constant('Sale'),
    priority: fc.integer({ min: 0, max: 2 }),
    startsAt: instant,
    showsBaseAsCompareAt: fc.boolean(),
    changes: fc.array(priceChange, { minLength: 1, maxLength: 2 }),
    variantIds: fc.subarray(ids).map((some) => new Set(some)),
  });
  const variant = fc.constantFrom(...ids, 'gone');
  const placed = (
    field: string,
    of: fc.Arbitrary<string | null>,
    value: fc.Arbitrary<FieldOverride['value']>,
  ) =>
    fc.record({
      kind: fc.constant('override' as const),
      id: fc.uuid(),
      path: of.map((owner) => ({ variant: owner, field })),
      value,
      setAt: instant,
    });
  const own = fc.constant(null);
  const override: fc.Arbitrary<FieldOverride> = fc.oneof(
    placed('price', variant, fc.constantFrom('5.00', '33.33')),
    placed('compareAtPrice', variant, fc.constantFrom('44.00', null)),
    placed('vendor', own, fc.constantFrom('Other')),
    placed('tags', own, fc.constantFrom<string[]>([], ['Sale', 'New'])),
    placed(
      'metafield:custom.care',
      fc.oneof(own, variant),
      fc.constantFrom(null, {
        namespace: 'custom',
        key: 'care',
        type: 'single_line_text_field',
        value: 'hot',
      }),
    ),
  );
  return fc.uniqueArray(fc.oneof(promotion, override), { selector: ({ id }) => id, maxLength: 5 });
}

const staged = sourceProducts.chain((product) =>
  fc.record({ product: fc.constant(product), overlays: overlaysOf(product) }),
);
const held = (overlaid: ReturnType<typeof applyOverlays>) =>
  [...overlaid.held].sort(([a], [b]) => (a < b ? -1 : 1));

describe('the effective source', () => {
  it('is the source where nothing lies over it', () => {
    fc.assert(
      fc.property(sourceProducts, (product) => {
        const overlaid = applyOverlays(product, [], EUR);
        expect(overlaid.product).toBe(product);
        expect(overlaid.held.size).toBe(0);
      }),
    );
  });

  it('does not depend on the order of its overlays', () => {
    fc.assert(
      fc.property(
        staged.chain((stage) =>
          fc.record({
            ...{ product: fc.constant(stage.product), overlays: fc.constant(stage.overlays) },
            shuffled: fc.shuffledSubarray(stage.overlays, { minLength: stage.overlays.length }),
          }),
        ),
        ({ product, overlays, shuffled }) => {
          const [one, other] = [applyOverlays(product, overlays, EUR), applyOverlays(product, shuffled, EUR)];
          expect(other.product).toEqual(one.product);
          expect(held(other)).toEqual(held(one));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('differs from the source only where a path is held, and without an overlay is what lies beneath', () => {
    fc.assert(
      fc.property(staged, ({ product, overlays }) => {
        const all = applyOverlays(product, overlays, EUR);
        const paths = product.variants.flatMap(({ id }) =>
          ['price', 'compareAtPrice', 'cost', 'sku'].map((field) => ({ variant: id, field })),
        );
        for (const path of [...paths, { variant: null, field: 'vendor' }, { variant: null, field: 'tags' }]) {
          const holder = holderOf(all.held, path);
          const [is, was] = [overridableValue(all.product, path), overridableValue(product, path)];
          if (holder === null) expect(is).toEqual(was);
          else {
            // Whoever holds it says what it is: without all others that do not reach down to it, it stands.
            const beneath = overlays.filter(({ id, kind }) => id === holder.id || kind === 'override');
            expect(overridableValue(applyOverlays(product, beneath, EUR).product, path)).toEqual(is);
            const without = applyOverlays(
              product,
              overlays.filter(({ id }) => id !== holder.id),
              EUR,
            );
            expect(holderOf(without.held, path)?.id).not.toBe(holder.id);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes of two overlays on different fields the same, whichever lies above', () => {
    fc.assert(
      fc.property(sourceProducts, fc.boolean(), (product, first) => {
        const ids = new Set(product.variants.map(({ id }) => id));
        const sale = (id: string, priority: number, change: PriceChange): PromotionOverlay => ({
          ...{ kind: 'promotion', id, name: id, priority, startsAt: new Date(0), variantIds: ids },
          ...{ showsBaseAsCompareAt: false, changes: [change] },
        });
        const price: PriceChange = {
          field: 'price',
          change: { by: 'percent', percent: '-10' },
          rounding: whole,
          floor,
        };
        const compareAt: PriceChange = {
          field: 'compareAtPrice',
          change: { by: 'value', value: '9.00' },
          rounding: whole,
        };
        const at = (high: boolean) => [sale('a', high ? 2 : 0, price), sale('b', 1, compareAt)];
        expect(applyOverlays(product, at(first), EUR).product).toEqual(
          applyOverlays(product, at(!first), EUR).product,
        );
      }),
    );
  });
});

describe('a promotion', () => {
  const variant = { optionValues: ['S'], mediaId: null, metafields: {}, inventory: {} };
  const product: SourceProduct = {
    ...{ id: 'p', giftCard: false, tags: [], options: [], media: [], metafields: {} },
    fields: { title: 'Tent' },
    variants: [{ id: 'v', ...variant, fields: { price: '20.00', compareAtPrice: null, cost: null } }],
  };
  const sale = (terms: Partial<PromotionOverlay>): PromotionOverlay => ({
    ...{
      kind: 'promotion',
      id: 'x',
      name: 'X',
      priority: 0,
      startsAt: new Date(0),
      showsBaseAsCompareAt: false,
    },
    variantIds: new Set(['v']),
    changes: [{ field: 'price', change: { by: 'percent', percent: '-10' }, rounding: whole, floor }],
    ...terms,
  });
  const override = (value: string): FieldOverride => ({
    ...{ kind: 'override', id: 'o', path: { variant: 'v', field: 'price' }, value, setAt: new Date(0) },
  });
  const fields = (overlays: Overlay[]) => applyOverlays(product, overlays, EUR).product.variants[0]?.fields;

  it('is reckoned from the overridden price, never from another promotion', () => {
    const other = sale({ id: 'y', priority: -1 });
    expect(fields([sale({}), other])).toMatchObject({ price: '18.00' });
    expect(fields([sale({}), other, override('100.00')])).toMatchObject({ price: '90.00' });
    expect(withOverrides(product, [sale({}), override('100.00')]).product.variants[0]?.fields.price).toBe(
      '100.00',
    );
  });

  it('shows the base price, and wins by priority, then by the later start, then by the id', () => {
    expect(fields([sale({ showsBaseAsCompareAt: true })])).toMatchObject({
      price: '18.00',
      compareAtPrice: '20.00',
    });
    const half = (terms: Partial<PromotionOverlay>) =>
      sale({
        id: 'a',
        changes: [{ field: 'price', change: { by: 'percent', percent: '-50' }, rounding: whole, floor }],
        ...terms,
      });
    expect(fields([sale({}), half({ priority: 1 })])).toMatchObject({ price: '10.00' });
    expect(fields([sale({}), half({ startsAt: new Date(1) })])).toMatchObject({ price: '10.00' });
    expect(fields([sale({}), half({})])).toMatchObject({ price: '18.00' });
    expect(fields([sale({}), half({ id: 'z' })])).toMatchObject({ price: '10.00' });
  });

  it('holds nothing of a variant that it cannot be reckoned for, and what is beneath shows', () => {
    const margin: BulkChange = {
      field: 'price',
      change: { by: 'margin', percent: '40' },
      rounding: whole,
      floor,
    };
    const overlaid = applyOverlays(
      product,
      [sale({ changes: [margin] }), sale({ id: 'y', priority: -5 })],
      EUR,
    );
    expect(overlaid.product.variants[0]?.fields.price).toBe('18.00');
    expect(holderOf(overlaid.held, { variant: 'v', field: 'price' })).toMatchObject({ id: 'y' });
    expect(identical(product.variants[0]?.fields.price, '20.00')).toBe(true);
  });
});
