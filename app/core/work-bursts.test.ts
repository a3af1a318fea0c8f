import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAUSE_MS, burstsOf } from './work-bursts';
import type { WrittenSlice } from './work-bursts';

const MINUTE_MS = 60_000;
const begin = Date.parse('2026-11-24T00:00:00Z');
const slice = (minute: number, products: number, from = 0): WrittenSlice => ({
  at: new Date(begin + minute * MINUTE_MS),
  until: new Date(begin + (minute + 5) * MINUTE_MS),
  productIds: Array.from({ length: products }, (_, index) => `p${from + index}`),
});
const at = (minute: number) => new Date(begin + minute * MINUTE_MS);

describe('bursts of work', () => {
  it('begin after a pause, and hold each product once', () => {
    const slices = [slice(0, 20), slice(5, 20, 10), slice(20, 12), slice(60, 11)];
    const { bursts, openSince } = burstsOf(slices, at(500));
    expect(bursts.map((burst) => [burst.at, burst.productIds.length])).toEqual([
      [at(0), 30],
      [at(60), 11],
    ]);
    expect(openSince).toBeNull();
  });

  it('are no trickle of a few products', () => {
    const trickle = Array.from({ length: 100 }, (_, index) => slice(index * 5, 3));
    expect(burstsOf(trickle, at(1_000))).toEqual({ bursts: [], openSince: null });
  });

  it('are told once they are over', () => {
    const slices = [slice(0, 20), slice(60, 20)];
    expect(burstsOf(slices, at(66))).toMatchObject({ bursts: [{ at: at(0) }], openSince: at(60) });
  });

  it('are the same however often they are looked for in between', () => {
    const steps = fc.array(
      fc.record({ pause: fc.integer({ min: 1, max: 12 }), products: fc.integer({ min: 1, max: 30 }) }),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 2_000 }), (list, cut) => {
        let minute = 0;
        const slices = list.map(({ pause, products }) => slice((minute += 5 * pause), products));
        const end = at(minute + 5 + PAUSE_MS / MINUTE_MS);
        const { bursts } = burstsOf(slices, end);
        const middle = at(Math.min(cut, minute));
        const known = slices.filter(({ until }) => until <= middle);
        const first = burstsOf(known, middle);
        const from = first.openSince ?? middle;
        // What is read again begins with the burst that may have gone on.
        const rest = slices.filter(
          (each) => each.at >= from || (first.openSince === null && !known.includes(each)),
        );
        expect([...first.bursts, ...burstsOf(rest, end).bursts]).toEqual(bursts);
      }),
    );
  });
});
