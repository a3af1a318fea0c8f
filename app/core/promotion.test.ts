import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlaps, termsProblems, turnOf } from './promotion';
import type { PromotionState } from './promotion';

const at = (second: number) => new Date(second * 1_000);
const spans = fc
  .record({
    from: fc.integer({ min: 0, max: 9 }),
    length: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
  })
  .map(({ from, length }) => ({ startsAt: at(from), endsAt: length === null ? null : at(from + length) }));
const isOn = ({ startsAt, endsAt }: { startsAt: Date; endsAt: Date | null }, instant: Date) =>
  startsAt <= instant && (endsAt === null || instant < endsAt);
const instants = Array.from({ length: 40 }, (_, index) => at(index / 2));

describe('a promotion in time', () => {
  it('overlaps another where both are on at some instant', () => {
    fc.assert(
      fc.property(spans, spans, (a, b) => {
        expect(overlaps(a, b)).toBe(instants.some((instant) => isOn(a, instant) && isOn(b, instant)));
      }),
    );
  });

  it('is on when its turns are taken at any instants, in any order of delays, exactly while it shall be', () => {
    fc.assert(
      fc.property(spans, fc.uniqueArray(fc.nat(39), { minLength: 1 }), (span, looks) => {
        let state: PromotionState = 'scheduled';
        let begun = 0;
        for (const look of looks.sort((a, b) => a - b)) {
          const now = instants[look] ?? at(0);
          const turn = turnOf({ ...span, state }, now);
          if (turn === 'begin') begun += 1;
          state = turn === 'begin' ? 'active' : turn === null ? state : 'ended';
          expect(state === 'active').toBe(isOn(span, now));
        }
        expect(begun).toBeLessThanOrEqual(1);
        expect(turnOf({ ...span, state: 'cancelled' }, at(99))).toBeNull();
      }),
    );
  });

  it('is refused where it makes no sense', () => {
    const terms = { startsAt: at(10), endsAt: at(20), priority: 0, showsBaseAsCompareAt: false };
    const fields = (change: Partial<typeof terms>, now: Date) =>
      termsProblems({ ...terms, ...change }, now).map(({ field }) => field);
    expect(fields({}, at(0))).toEqual([]);
    expect(fields({}, at(15))).toEqual([]);
    expect(fields({}, at(20))).toEqual(['endsAt']);
    expect(fields({ endsAt: at(10) }, at(0))).toEqual(['endsAt']);
    expect(fields({ priority: 1.5 }, at(0))).toEqual(['priority']);
  });
});
