import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { robustDeviation } from './robust-deviation';

const counts = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 3, maxLength: 12 });

describe('how unusual a count is', () => {
  it('is not said of too little past', () => {
    expect(robustDeviation(1_000, [10, 10])).toBeNull();
  });

  it('is told by what is usual, which single outliers do not move', () => {
    const usual = [100, 110, 95, 105, 100];
    expect(robustDeviation(104, usual)?.deviations).toBeLessThan(1);
    expect(robustDeviation(1_000, usual)?.deviations).toBeGreaterThan(50);
    expect(robustDeviation(1_000, [...usual, 90_000])?.usual).toBeLessThan(110);
    // Sales every other week are usual here.
    expect(robustDeviation(1_000, [0, 1_000, 0, 1_000, 0, 1_000])?.deviations).toBeLessThan(6);
    expect(robustDeviation(9, [0, 0, 0])?.deviations).toBeLessThan(1);
  });

  it('grows with the count, does not depend on the order, and is 0 at the usual', () => {
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 1e6 }),
        (past, at, more) => {
          const here = robustDeviation(at, past);
          expect(robustDeviation(at + more, past)?.deviations).toBeGreaterThan(here?.deviations ?? NaN);
          expect(robustDeviation(at, past.toReversed())).toEqual(here);
          expect(robustDeviation(here?.usual ?? NaN, past)?.deviations).toBe(0);
        },
      ),
    );
  });
});
