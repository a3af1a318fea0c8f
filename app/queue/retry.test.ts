import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryWait } from './retry';

const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('retryWait', () => {
  it('lies between half and the whole of a doubling wait of at most a minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), uniform, (attempt, random) => {
        const longest = Math.min(1_000 * 2 ** (attempt - 1), 60_000);
        const wait = retryWait(attempt, () => random);
        expect(wait).toBeGreaterThanOrEqual(longest / 2);
        expect(wait).toBeLessThanOrEqual(longest);
      }),
    );
  });

  it('never gets shorter with more attempts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), uniform, (attempt, random) => {
        expect(retryWait(attempt + 1, () => random)).toBeGreaterThanOrEqual(retryWait(attempt, () => random));
      }),
    );
  });
});
