import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noTimes } from './call-speed';
import { bulkSpeed, chooseLane, isTooSlow, learnedBulk, linesOf } from './choose-lane';
import type { BulkTerms } from './choose-lane';
import { forecastReads } from './forecast';
import type { Forecast, ForecastDemand } from './forecast';

const demandOfLines = (lines: number): ForecastDemand => ({
  products: lines,
  operations: { 'variants-update': { count: lines, rows: lines * 10 } },
  textBytes: 0,
  unread: { products: 0, variants: 0 },
  unconfirmed: { products: 0, variants: 0, items: 0 },
});
const documentsOf = (seconds: number): Forecast => ({ lane: 'documents', calls: 1, points: 1, seconds });
const terms = (times = noTimes()): BulkTerms => ({
  times,
  reads: { calls: 0, points: 0, seconds: 0 },
});

interface World {
  start: number;
  linesPerSecond: number;
}
const trueSeconds = ({ start, linesPerSecond }: World, lines: number) => start + lines / linesPerSecond;
const learnedFrom = (world: World, sizes: number[]) =>
  sizes.reduce(
    (times, lines) => learnedBulk(times, { lines, seconds: trueSeconds(world, lines) }),
    noTimes(),
  );

const worlds: fc.Arbitrary<World> = fc.record({
  start: fc.double({ min: 0.1, max: 120, noNaN: true }),
  linesPerSecond: fc.double({ min: 0.05, max: 500, noNaN: true }),
});
const manySizes = fc
  .array(fc.integer({ min: 100, max: 20_000 }), { minLength: 3, maxLength: 30 })
  .filter((sizes) => Math.max(...sizes) > 2 * Math.min(...sizes));
const lineCounts = fc.integer({ min: 1, max: 100_000 });
/** Of documents: what the plan allows. */
const documentRates = fc.constantFrom(8.3, 16.6, 83, 166);

/** What it takes to do as was chosen: an operation that is too slow is stopped, and documents carry what is left. */
function secondsAsChosen(world: World, lines: number, documents: Forecast, bulk: BulkTerms): number {
  const { forecast, patience } = chooseLane(documents, demandOfLines(lines), bulk);
  if (forecast.lane === 'documents') return documents.seconds;
  const step = Math.max(0.1, documents.seconds / 400);
  for (let seconds = step; ; seconds += step) {
    const done = Math.max(0, Math.min(lines, (seconds - world.start) * world.linesPerSecond));
    if (done >= lines || seconds > 10 * documents.seconds) return trueSeconds(world, lines);
    if (isTooSlow({ lines: Math.floor(done), ofLines: lines, seconds }, patience))
      return seconds + documents.seconds * (1 - done / lines);
  }
}

describe('the lane', () => {
  it('is never more than 20 % slower than the better one, once the store is known', () => {
    fc.assert(
      fc.property(worlds, manySizes, lineCounts, documentRates, (world, sizes, lines, rate) => {
        const documents = documentsOf(1 + lines / rate);
        const taken = secondsAsChosen(world, lines, documents, terms(learnedFrom(world, sizes)));
        const bulk = lines < 100 ? Infinity : trueSeconds(world, lines);
        expect(taken).toBeLessThanOrEqual(1.2 * Math.min(documents.seconds, bulk) + 0.5);
      }),
      { numRuns: 500 },
    );
  });

  it('is never more than 20 % slower than documents, where nothing or little is known, and that is wrong', () => {
    fc.assert(
      fc.property(
        worlds,
        fc.option(fc.tuple(worlds, fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 2 }))),
        lineCounts,
        documentRates,
        (world, believed, lines, rate) => {
          const times = believed ? learnedFrom(...believed) : noTimes();
          const documents = documentsOf(1 + lines / rate);
          const taken = secondsAsChosen(world, lines, documents, terms(times));
          expect(taken).toBeLessThanOrEqual(1.2 * documents.seconds + 0.5);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of a store that was never seen to work is tried where there is much to win, and not otherwise', () => {
    expect(chooseLane(documentsOf(600), demandOfLines(5_000), terms()).forecast.lane).toBe('bulk');
    expect(chooseLane(documentsOf(30), demandOfLines(5_000), terms()).forecast.lane).toBe('documents');
    expect(chooseLane(documentsOf(600), demandOfLines(50), terms()).forecast.lane).toBe('documents');
  });

  it('is that of documents where something cannot be a line', () => {
    const stock = { 'inventory-set': { count: 5_000, rows: 5_000 } };
    const demand = { ...demandOfLines(5_000), operations: stock };
    expect(linesOf(demand)).toBeNull();
    const fast = learnedFrom({ start: 0.1, linesPerSecond: 500 }, [100, 1_000, 5_000]);
    expect(chooseLane(documentsOf(600), demand, terms(fast)).forecast.lane).toBe('documents');
  });
});

describe('what is read before it', () => {
  it('takes no time where nothing is', () => {
    const read = { points: 1, idsPerCall: 100 };
    const costs = {
      operation: () => ({ points: 12, bytes: 500 }),
      ...{ wholeProduct: () => read, productFields: read, variantFields: read, itemFields: read },
    };
    const terms = {
      ...{ bucket: { maximum: 2_000, restoreRate: 100, available: 0 }, costs, rowSeconds: 0.001 },
      ...{ speed: { first: 100, further: 1 }, callsUnderWay: 10 },
      ...{ productsPerJob: 250, productsPerPart: 30, partsUnderWay: 6 },
    };
    const demand = demandOfLines(1_000);
    expect(forecastReads(demand, terms)).toEqual({ calls: 0, points: 0, seconds: 0 });
    const unread = { products: 1_000, variants: 1_000 };
    expect(forecastReads({ ...demand, unread }, terms).seconds).toBeGreaterThanOrEqual(100);
  });
});

describe('what is learned of bulk operations', () => {
  it('is their start and their pace', () => {
    fc.assert(
      fc.property(worlds, manySizes, (world, sizes) => {
        const speed = bulkSpeed(learnedFrom(world, sizes.slice(-12)));
        fc.pre(new Set(sizes.slice(-12)).size > 2);
        // An odd operation may have been cut down: only where none was is it exact.
        const times = sizes.slice(-12).map((lines) => trueSeconds(world, lines));
        fc.pre(Math.max(...times) < 2 * Math.min(...times));
        expect((speed?.first ?? 0) + (speed?.further ?? 0) * 999).toBeCloseTo(trueSeconds(world, 1_000), 0);
      }),
    );
  });

  it('is hardly moved by an odd one', () => {
    const times = learnedFrom({ start: 5, linesPerSecond: 100 }, [500, 1_000, 2_000, 1_500, 700]);
    const odd = learnedBulk(times, { lines: 1_000, seconds: 36_000 });
    const seconds = (of: typeof times) => (bulkSpeed(of)?.first ?? 0) + (bulkSpeed(of)?.further ?? 0) * 999;
    expect(seconds(odd)).toBeLessThan(2 * seconds(times));
  });
});
