import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAYS_LOOKED_BACK, lowestPrice, showsLowestPrice } from './lowest-price';
import type { PriceHistory } from './lowest-price';

const DAY = 86_400_000;
const on = (day: number) => new Date(day * DAY);

/** What a shopper saw on the day, hour by hour, by the record alone. */
function priceAt({ changes, current }: PriceHistory, instant: number): string | null {
  const sorted = changes.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const last = sorted.findLast(({ at }) => at.getTime() <= instant);
  if (last !== undefined) return last.after;
  return sorted.length > 0 ? (sorted[0]?.before ?? null) : current;
}

/** Prices that follow one another without a gap, changed on whole days. */
const histories: fc.Arbitrary<PriceHistory> = fc
  .record({
    days: fc
      .uniqueArray(fc.integer({ min: 0, max: 90 }), { maxLength: 6 })
      .map((days) => days.sort((a, b) => a - b)),
    prices: fc.array(
      fc.integer({ min: 1, max: 50 }).map((units) => `${units}.00`),
      { minLength: 7, maxLength: 7 },
    ),
    knownSince: fc.integer({ min: 0, max: 60 }),
  })
  .map(({ days, prices, knownSince }) => ({
    knownSince: on(knownSince),
    current: prices[days.length] ?? null,
    changes: days.map((day, index) => ({
      at: on(day),
      before: prices[index] ?? null,
      after: prices[index + 1] ?? null,
    })),
  }));

describe('the lowest price of 30 days', () => {
  it('is the lowest of all instants of the window that are known', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 61, max: 100 }), (history, day) => {
        const from = Math.max(day - DAYS_LOOKED_BACK, (history.knownSince?.getTime() ?? 0) / DAY);
        const seen = Array.from({ length: (day - from) * 2 }, (_, at) =>
          priceAt(history, (from + at / 2) * DAY),
        );
        const expected = Decimal.min(...seen.flatMap((price) => price ?? [])).toFixed(2);
        const found = lowestPrice(history, on(day));
        expect(found?.amount).toBe(expected);
        expect(found?.knownOnlySince === null).toBe(
          (history.knownSince?.getTime() ?? 0) <= (day - DAYS_LOOKED_BACK) * DAY,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('counts a price that ended within the window, and none that ended before', () => {
    const history = (at: number): PriceHistory => ({
      knownSince: on(0),
      current: '20.00',
      changes: [{ at: on(at), before: '5.00', after: '20.00' }],
    });
    expect(lowestPrice(history(71), on(100))?.amount).toBe('5.00');
    expect(lowestPrice(history(70), on(100))?.amount).toBe('20.00');
  });

  it('says what it does not know', () => {
    expect(lowestPrice({ knownSince: null, current: '20.00', changes: [] }, on(100))).toBeNull();
    expect(lowestPrice({ knownSince: on(90), current: null, changes: [] }, on(100))).toBeNull();
    expect(lowestPrice({ knownSince: on(90), current: '20.00', changes: [] }, on(100))).toEqual({
      amount: '20.00',
      knownOnlySince: on(90).toISOString(),
    });
  });

  it('is shown where the shop says so, else by its currency', () => {
    expect(showsLowestPrice({ show30DayLowest: null, currencyCode: 'EUR' })).toBe(true);
    expect(showsLowestPrice({ show30DayLowest: null, currencyCode: 'USD' })).toBe(false);
    expect(showsLowestPrice({ show30DayLowest: false, currencyCode: 'EUR' })).toBe(false);
    expect(showsLowestPrice({ show30DayLowest: true, currencyCode: 'USD' })).toBe(true);
  });
});
