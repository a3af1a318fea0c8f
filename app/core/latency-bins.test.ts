import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RELATIVE_ERROR, binMs, latencyBin, percentilesOf } from './latency-bins';

const span = fc.oneof(
  fc.double({ min: 0, max: 50, noNaN: true }),
  fc.double({ min: 0, max: 1_000_000_000, noNaN: true }),
  fc.integer({ min: 0, max: 100_000 }),
);
const share = fc.constantFrom(0, 0.01, 0.5, 0.9, 0.95, 0.99, 1);

const counted = (spans: number[]) => spans.map((ms) => ({ bin: latencyBin(ms), n: 1 }));

describe('latency bins', () => {
  it('answers every percentile within 5 % of the span at its rank, or a millisecond', () => {
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 60 }), share, (spans, at) => {
        const sorted = spans.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(at * sorted.length)) - 1]!;
        const [answer] = percentilesOf(counted(spans), [at]);
        expect(Math.abs(answer! - exact)).toBeLessThanOrEqual(Math.max(1, exact * (RELATIVE_ERROR + 1e-9)));
      }),
      { numRuns: 500 },
    );
    expect(RELATIVE_ERROR).toBeLessThan(0.05);
  });

  it('adds up: parts of a history tell what the whole does', () => {
    fc.assert(
      fc.property(fc.array(span), fc.array(span), (one, other) => {
        expect(percentilesOf([...counted(one), ...counted(other)], [0.5, 0.99])).toEqual(
          percentilesOf(counted([...other, ...one]), [0.5, 0.99]),
        );
      }),
    );
  });

  it('takes back what moved', () => {
    expect(
      percentilesOf(
        [
          { bin: 10, n: 3 },
          { bin: 90, n: 1 },
          { bin: 90, n: -1 },
        ],
        [1],
      ),
    ).toEqual([binMs(10)]);
    expect(percentilesOf([], [0.5])).toEqual([null]);
  });
});
