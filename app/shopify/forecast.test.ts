/** The forecast of sums beside the documents that are really composed of the same plan. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_LIMITS, batchOperations } from '~/core/batch';
import { EDIT_KINDS, forecastDocuments } from '~/core/forecast';
import type { EditKind, ForecastDemand, ForecastTerms } from '~/core/forecast';
import type { Operation } from '~/core/operation';
import { documentCosts, sampleOperation } from './document-costs';
import { composeBatch, measureCall } from './send';

const shop = { publicationId: 'gid://shopify/Publication/1', locations: 1 };
const costs = documentCosts(shop);
const terms: ForecastTerms = {
  bucket: { maximum: 2_000, restoreRate: 100, available: 2_000 },
  costs,
  speed: { first: 0.35, further: 0.02 },
  rowSeconds: 0.0005,
  callsUnderWay: 10,
  productsPerJob: 250,
  productsPerPart: 30,
  partsUnderWay: 6,
};
/** All products go to the batcher at once. */
const whole: ForecastTerms = { ...terms, productsPerJob: 1e9, productsPerPart: 1e9 };

type Shape = Partial<Record<EditKind, number>>;

const rows: Record<EditKind, number> = {
  'product-update': 6,
  'tags-add': 20,
  'tags-remove': 20,
  'variants-update': 100,
  'media-remove': 8,
  'media-add': 3,
  'media-update': 8,
  'media-reorder': 8,
  'metafields-set': 25,
  'metafields-delete': 40,
  'inventory-set': 100,
  publish: 1,
};
const SHARED: readonly EditKind[] = ['metafields-set', 'metafields-delete', 'inventory-set'];
const kinds = (of: readonly EditKind[]): fc.Arbitrary<Shape> =>
  fc
    .subarray([...of], { minLength: 1 })
    .chain((chosen) =>
      fc
        .tuple(...chosen.map((kind) => fc.integer({ min: 1, max: rows[kind] })))
        .map((counts) => Object.fromEntries(chosen.map((kind, index) => [kind, counts[index]]))),
    );
const anyShape = kinds(EDIT_KINDS);
const ownShape = kinds(EDIT_KINDS.filter((kind) => !SHARED.includes(kind)));

function operationsOf(shapes: Shape[]): Operation[] {
  return shapes.flatMap((shape, index) =>
    EDIT_KINDS.flatMap((kind) => {
      const count = shape[kind];
      return count === undefined ? [] : [{ ...sampleOperation(kind, count), productId: `p${index}` }];
    }),
  );
}

function demandOf(shapes: Shape[]): ForecastDemand {
  const operations: ForecastDemand['operations'] = {};
  for (const shape of shapes)
    for (const kind of EDIT_KINDS) {
      const count = shape[kind];
      if (count === undefined) continue;
      const sum = operations[kind] ?? { count: 0, rows: 0 };
      operations[kind] = { count: sum.count + 1, rows: sum.rows + count };
    }
  return {
    products: shapes.length,
    operations,
    textBytes: 0,
    unread: { products: 0, variants: 0 },
    unconfirmed: { products: 0, variants: 0, items: 0 },
  };
}

function composed(shapes: Shape[]) {
  const batches = batchOperations(operationsOf(shapes), (call) => measureCall(call, shop)).flat();
  const points = batches.reduce((sum, { calls }) => sum + composeBatch(calls, shop).points, 0);
  return { calls: batches.length, points };
}

const times = (demand: ForecastDemand, by: number): ForecastDemand => ({
  products: demand.products * by,
  operations: Object.fromEntries(
    Object.entries(demand.operations).map(([kind, sum]) => [
      kind,
      { count: sum.count * by, rows: sum.rows * by },
    ]),
  ),
  textBytes: demand.textBytes * by,
  unread: { products: demand.unread.products * by, variants: demand.unread.variants * by },
  unconfirmed: {
    products: demand.unconfirmed.products * by,
    variants: demand.unconfirmed.variants * by,
    items: demand.unconfirmed.items * by,
  },
});

const demands: fc.Arbitrary<ForecastDemand> = fc
  .record({
    shapes: fc.array(anyShape, { minLength: 1, maxLength: 12 }),
    unread: fc.nat(12),
    variants: fc.nat(200),
    textBytes: fc.nat(400_000),
    unconfirmed: fc.record({ products: fc.nat(12), variants: fc.nat(300), items: fc.nat(300) }),
  })
  .map(({ shapes, unread, variants, textBytes, unconfirmed }) => {
    const products = Math.min(unread, shapes.length);
    return {
      ...demandOf(shapes),
      textBytes,
      unread: { products, variants: products === 0 ? 0 : variants },
      unconfirmed,
    };
  });

describe('a forecast of documents', () => {
  it('of products that are all alike has the points and the documents of the batcher', () => {
    fc.assert(
      fc.property(anyShape, fc.integer({ min: 1, max: 25 }), (shape, count) => {
        const shapes = Array.from({ length: count }, () => shape);
        const real = composed(shapes);
        const forecast = forecastDocuments(demandOf(shapes), whole);
        // A product that takes several documents is parted by its operations, not evenly.
        const isChained = real.calls > count;
        if (!isChained) expect(forecast.calls).toBe(real.calls);
        expect(Math.abs(forecast.points - real.points)).toBeLessThanOrEqual(real.calls);
      }),
      { numRuns: 60 },
    );
  });

  it('of products of which each is different has the points of the batcher within a point a document', () => {
    fc.assert(
      fc.property(fc.array(ownShape, { minLength: 1, maxLength: 25 }), (shapes) => {
        const real = composed(shapes);
        const forecast = forecastDocuments(demandOf(shapes), whole);
        expect(Math.abs(forecast.points - real.points)).toBeLessThanOrEqual(
          Math.max(real.calls, forecast.calls),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('of any products has about as many documents, and their points but for mutations that are shared', () => {
    fc.assert(
      fc.property(fc.array(anyShape, { minLength: 1, maxLength: 25 }), (shapes) => {
        const real = composed(shapes);
        const forecast = forecastDocuments(demandOf(shapes), whole);
        const shared = SHARED.length * 10 * Math.max(real.calls, forecast.calls);
        expect(Math.abs(forecast.points - real.points)).toBeLessThanOrEqual(shared + real.calls);
        expect(forecast.calls).toBeGreaterThanOrEqual(Math.ceil(shapes.length / DOCUMENT_LIMITS.products));
      }),
      { numRuns: 60 },
    );
  });

  it('never shrinks where there is more to do, and is never negative', () => {
    fc.assert(
      fc.property(demands, fc.integer({ min: 1, max: 40 }), (demand, by) => {
        const less = forecastDocuments(times(demand, by), terms);
        const more = forecastDocuments(times(demand, by + 1), terms);
        for (const figure of ['calls', 'points', 'seconds'] as const) {
          expect(less[figure]).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(less[figure])).toBe(true);
          expect(more[figure]).toBeGreaterThanOrEqual(less[figure] - 1e-6);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is never slower on a larger plan, with a fuller bucket or with more calls under way', () => {
    fc.assert(
      fc.property(demands, fc.integer({ min: 1, max: 100 }), (demand, by) => {
        const much = times(demand, by);
        const { seconds } = forecastDocuments(much, terms);
        const empty = { ...terms.bucket, available: 0 };
        const larger = { maximum: 20_000, restoreRate: 1_000, available: 20_000 };
        expect(forecastDocuments(much, { ...terms, bucket: empty }).seconds).toBeGreaterThanOrEqual(seconds);
        expect(forecastDocuments(much, { ...terms, bucket: larger }).seconds).toBeLessThanOrEqual(seconds);
        expect(forecastDocuments(much, { ...terms, callsUnderWay: 20 }).seconds).toBeLessThanOrEqual(seconds);
      }),
      { numRuns: 100 },
    );
  });

  it('of nothing is nothing', () => {
    expect(forecastDocuments(demandOf([]), terms)).toEqual({
      lane: 'documents',
      calls: 0,
      points: 0,
      seconds: 0,
    });
  });
});
