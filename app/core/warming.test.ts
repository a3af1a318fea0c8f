import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  UNUSED_SHARE,
  chooseWarming,
  habitualStart,
  habitualUpcoming,
  knownUpcoming,
  warmingAllowance,
} from './warming';
import type { Upcoming, WarmingTerms } from './warming';
import { learnHabits, withWork } from './work-habits';
import type { Habits, WorkHistory } from './work-habits';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const now = new Date('2026-11-24T10:00:00Z');
const after = (minutes: number) => new Date(now.getTime() + minutes * MINUTE_MS);
const TRUST = 600_000;
const noTerms: WarmingTerms = {
  freshUntil: new Map(),
  pointsOf: () => 10,
  allowance: 1e9,
  record: { warmed: 0, unused: 0, expectedUnused: 0 },
};
const likely = (products: [string, number][], startsAt = after(6)): Upcoming => ({
  reason: { kind: 'habit' },
  startsAt,
  products: new Map(products),
});
const upcomingAt = (habits: Habits, moment: Date, trustMs = TRUST): Upcoming[] => {
  const start = habitualStart(habits, moment, trustMs);
  return start ? [habitualUpcoming(habits, start)] : [];
};
/** Daily at this minute after ten. */
const daily = (minutes: number): WorkHistory => {
  let history: WorkHistory = {
    timeZone: 'UTC',
    since: new Date(now.getTime() - 40 * DAY_MS),
    starts: [],
    touched: [],
  };
  for (let day = 39; day > 0; day -= 1)
    history = withWork(history, {
      at: new Date(after(minutes).getTime() - day * DAY_MS),
      kind: 'run',
      productIds: ['a', 'b'],
    });
  return history;
};

describe('work that will begin', () => {
  it('is read for within ten minutes where its time is set', () => {
    const known = [0, 1, 5, 9, 10, 30].map((minutes) => ({
      id: String(minutes),
      startsAt: after(minutes),
      productIds: ['a'],
    }));
    const reasons = knownUpcoming(known, now, TRUST).map(({ reason }) => reason);
    expect(reasons).toEqual(['1', '5', '9'].map((id) => ({ kind: 'promotion', id })));
  });

  it('is read for at one moment of each day, five to ten minutes before', () => {
    const habits = learnHabits(daily(20));
    const moments = Array.from({ length: 120 }, (_, minute) => minute - 60).filter(
      (minute) => upcomingAt(habits, after(minute)).length > 0,
    );
    const lead = moments.map((minute) => 20 - minute);
    expect(lead.length).toBeGreaterThan(0);
    expect(Math.max(...lead)).toBeLessThanOrEqual(10);
    // Later moments are as good only as long as the start has not passed by: what is fresh then is not read again.
    const first = moments[0] ?? 0;
    expect(20 - first).toBeGreaterThanOrEqual(5);
    const [upcoming] = upcomingAt(habits, after(first));
    expect(upcoming?.products.get('a')).toBeGreaterThan(0.9);
    const until = new Date(after(first).getTime() + TRUST);
    for (const minute of moments.slice(1)) {
      const again = upcomingAt(habits, after(minute));
      const freshUntil = new Map(['a', 'b'].map((id) => [id, until]));
      expect(chooseWarming(again, { ...noTerms, freshUntil })).toEqual([]);
    }
  });

  it('is read for never where nothing is trusted', () => {
    const habits = learnHabits(daily(6));
    const starts = (trustMs: number) =>
      [-1, 0, 1].flatMap((minute) => habitualStart(habits, after(minute), trustMs) ?? []);
    expect(starts(TRUST)).not.toEqual([]);
    expect(starts(0)).toEqual([]);
    const known = [{ id: 'p', startsAt: after(5), productIds: ['a'] }];
    expect(knownUpcoming(known, now, 0)).toEqual([]);
  });
});

describe('what warming may take', () => {
  it('is part of what the store restores, and nothing while it is busy', () => {
    const bucket = { maximum: 2_000, restoreRate: 100, available: 2_000 };
    expect(warmingAllowance(bucket, 300_000)).toBe(15_000);
    expect(warmingAllowance({ ...bucket, available: 900 }, 300_000)).toBe(0);
    expect(warmingAllowance(bucket, -1)).toBe(0);
  });
});

describe('what is chosen', () => {
  const products = fc.uniqueArray(
    fc.tuple(fc.string({ minLength: 1, maxLength: 4 }), fc.double({ min: 0, max: 1, noNaN: true })),
    {
      selector: ([id]) => id,
      maxLength: 60,
    },
  );

  it('costs no more than is allowed, is not fresh, and is likely used', () => {
    const record = fc.record({
      warmed: fc.integer({ min: 0, max: 500 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        products,
        fc.integer({ min: 0, max: 700 }),
        record,
        fc.func(fc.boolean()),
        (list, allowance, past, isFresh) => {
          const freshUntil = new Map(list.map(([id]) => [id, isFresh(id) ? after(7) : after(5)]));
          const chosen = chooseWarming([likely(list)], {
            ...noTerms,
            freshUntil,
            allowance,
            record: {
              warmed: past.warmed,
              unused: past.warmed * past.share,
              expectedUnused: past.warmed * past.share,
            },
          });
          expect(chosen.reduce((sum, { points }) => sum + points, 0)).toBeLessThanOrEqual(allowance);
          expect(chosen.filter(({ productId }) => isFresh(productId))).toEqual([]);
          const unused = chosen.reduce((sum, { probability }) => sum + 1 - probability, 0);
          expect(unused).toBeLessThanOrEqual(1.5 * UNUSED_SHARE * chosen.length + 1e-9);
          if (past.warmed > 0 && past.share > 0.5)
            expect(unused).toBeLessThanOrEqual(0.5 * UNUSED_SHARE * chosen.length + 1e-9);
        },
      ),
    );
  });

  it('is the likeliest, and grows with what is allowed', () => {
    fc.assert(
      fc.property(products, fc.integer({ min: 0, max: 300 }), (list, allowance) => {
        const chosen = chooseWarming([likely(list)], { ...noTerms, allowance });
        const ids = new Set(chosen.map(({ productId }) => productId));
        const least = Math.min(...chosen.map(({ probability }) => probability));
        if (chosen.length * 10 + 10 <= allowance && chosen.length > 0)
          // Nothing as likely was left out for want of points.
          expect(list.filter(([id, own]) => !ids.has(id) && own > least)).toEqual([]);
        const more = new Set(
          chooseWarming([likely(list)], { ...noTerms, allowance: allowance + 50 }).map(
            ({ productId }) => productId,
          ),
        );
        expect([...ids].filter((id) => !more.has(id))).toEqual([]);
      }),
    );
  });

  it('is what a promotion is certain to need, and what a habit makes surer', () => {
    const sure: Upcoming = { ...likely([['a', 0.99]]), reason: { kind: 'promotion', id: 'p' } };
    const [chosen] = chooseWarming([likely([['a', 0.6]]), sure], noTerms);
    expect(chosen?.probability).toBeCloseTo(0.996, 9);
    expect(chosen?.reason).toEqual({ kind: 'promotion', id: 'p' });
    expect(chooseWarming([likely([['a', 0.6]])], noTerms)).toEqual([]);
  });

  it('may be less likely where little was expected to be for nothing lately, and must be likelier where very much was', () => {
    const of = (record: WarmingTerms['record'], probability: number) =>
      chooseWarming([likely([['a', probability]])], { ...noTerms, record }).length;
    const none = { warmed: 0, unused: 0, expectedUnused: 0 };
    expect(of(none, 1 - UNUSED_SHARE + 0.01)).toBe(1);
    expect(of(none, 1 - UNUSED_SHARE - 0.01)).toBe(0);
    expect(of({ warmed: 100, unused: 0, expectedUnused: 1 }, 1 - UNUSED_SHARE - 0.01)).toBe(1);
    expect(of({ warmed: 100, unused: 0, expectedUnused: 50 }, 1 - UNUSED_SHARE - 0.01)).toBe(0);
    expect(of({ warmed: 100, unused: 50, expectedUnused: 1 }, 1 - UNUSED_SHARE + 0.01)).toBe(0);
    expect(of({ warmed: 100, unused: 50, expectedUnused: 1 }, 1 - UNUSED_SHARE / 4)).toBe(1);
  });
});
