import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from '~/core/local-time';
import {
  calendarDays,
  calendarWeeks,
  dayOf,
  daysOf,
  monthAfter,
  readMonth,
  shownDays,
} from './promotion-calendar-month';
import type { CalendarPromotion } from './promotion-calendar-month';

const ZONES = ['Europe/Berlin', 'America/New_York', 'Pacific/Auckland', 'Asia/Kolkata', 'UTC'];
const zone = fc.constantFrom(...ZONES);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Around the changes of clocks in spring and autumn. */
const month = fc.constantFrom('2026-02', '2026-03', '2026-04', '2026-10', '2026-11', '2027-01');
const promotionsIn = (of: string): fc.Arbitrary<CalendarPromotion[]> => {
  const start = Date.parse(`${of}-01T00:00:00Z`);
  const hours = (from: number, to: number) => fc.integer({ min: 24 * from, max: 24 * to });
  return fc.uniqueArray(
    fc
      .record({
        id: fc.uuid(),
        name: fc.constant('Sale'),
        state: fc.constantFrom('scheduled' as const, 'active' as const, 'ended' as const),
        priority: fc.constantFrom(0, 500, 1_000),
        begins: hours(-40, 40),
        lasts: fc.oneof(fc.integer({ min: 1, max: 48 }), hours(1, 50), fc.constant(null)),
      })
      .map(({ begins, lasts, ...promotion }) => ({
        ...promotion,
        activatedAt: null,
        startsAt: new Date(start + begins * HOUR_MS).toISOString(),
        endsAt: lasts === null ? null : new Date(start + (begins + lasts) * HOUR_MS).toISOString(),
      })),
    { maxLength: 12, selector: ({ id }) => id },
  );
};
const scene = month.chain((of) => fc.tuple(fc.constant(of), promotionsIn(of), zone));

const midnights = new Map<string, number>();
/** Reckoned once each: it takes long. */
function midnight(day: string, timeZone: string): number {
  const key = `${day} ${timeZone}`;
  const known = midnights.get(key) ?? instantOf(day, timeZone)!.getTime();
  midnights.set(key, known);
  return known;
}

/** By the instants themselves: is it on at some moment of the day? */
function isOn({ startsAt, endsAt }: CalendarPromotion, day: string, timeZone: string): boolean {
  const begin = midnight(day, timeZone);
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  const end = midnight(next, timeZone);
  return Date.parse(startsAt) < end && (endsAt === null || Date.parse(endsAt) > begin);
}

describe('a month', () => {
  it('is shown in whole weeks from Monday to Sunday, each of its days once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_500 }), (months) => {
        const of = monthAfter('1971-01', months);
        const days = calendarWeeks(of, [], 'UTC').flatMap((week) => week.days);
        expect(days.length % 7).toBe(0);
        expect(new Date(`${days[0]}T00:00:00Z`).getUTCDay()).toBe(1);
        expect(new Set(days).size).toBe(days.length);
        const numbers = days.map((day) => Date.parse(`${day}T00:00:00Z`) / DAY_MS);
        expect(numbers).toEqual(numbers.map((_, at) => numbers[0]! + at));
        const own = days.filter((day) => day.startsWith(of));
        expect(own.length).toBe(
          new Date(Date.UTC(Number(of.slice(0, 4)), Number(of.slice(5)), 0)).getUTCDate(),
        );
        // No week without a day of the month.
        expect(days.findIndex((day) => day.startsWith(of))).toBeLessThan(7);
        expect(days.length - 1 - days.findLastIndex((day) => day.startsWith(of))).toBeLessThan(7);
        expect(shownDays(of).from).toBe(days[0]);
      }),
    );
  });

  it('is read from an address, else it is the one of today', () => {
    expect(readMonth('2026-02', '2026-11-25')).toBe('2026-02');
    for (const wrong of [null, '', '2026-13', '2026-2', '0001-01', '2026-02-01', 'x'])
      expect(readMonth(wrong, '2026-11-25')).toBe('2026-11');
    expect([monthAfter('2026-12', 1), monthAfter('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
  });
});

describe('bars', () => {
  it('cover exactly the days on which a promotion is on, in every zone and over changes of clocks', () => {
    fc.assert(
      fc.property(scene, ([of, promotions, timeZone]) => {
        for (const { days, lanes } of calendarWeeks(of, promotions, timeZone))
          for (const promotion of promotions) {
            const bars = lanes.flat().filter((bar) => bar.promotion.id === promotion.id);
            expect(bars.length).toBeLessThanOrEqual(1);
            const covered = bars.flatMap(({ from, length }) => days.slice(from, from + length));
            expect(covered).toEqual(days.filter((day) => isOn(promotion, day, timeZone)));
          }
      }),
      { numRuns: 200 },
    );
  });

  it('never overlap in a lane, and what wins lies above what it wins over', () => {
    fc.assert(
      fc.property(scene, ([of, promotions, timeZone]) => {
        for (const { lanes } of calendarWeeks(of, promotions, timeZone)) {
          for (const lane of lanes)
            lane.forEach((bar, at) => {
              expect(bar.from + bar.length).toBeLessThanOrEqual(7);
              const next = lane[at + 1];
              if (next !== undefined) expect(next.from).toBeGreaterThanOrEqual(bar.from + bar.length);
            });
          const placed = lanes.flatMap((lane, depth) => lane.map((bar) => ({ ...bar, depth })));
          for (const a of placed)
            for (const b of placed)
              if (
                a.from < b.from + b.length &&
                b.from < a.from + a.length &&
                a.promotion.priority > b.promotion.priority
              )
                expect(a.depth).toBeLessThan(b.depth);
          // No lane is empty, so none is wasted.
          expect(lanes.every((lane) => lane.length > 0)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('say whether they go on beyond their week', () => {
    fc.assert(
      fc.property(scene, ([of, promotions, timeZone]) => {
        for (const { days, lanes } of calendarWeeks(of, promotions, timeZone))
          for (const { promotion, comesFromBefore, goesOn } of lanes.flat()) {
            const { first, last } = daysOf(promotion, timeZone);
            expect(comesFromBefore).toBe(first < days[0]!);
            expect(goesOn).toBe(last === null || last > days[6]!);
          }
      }),
    );
  });

  it('end the day before where the end is midnight, and never before they begin', () => {
    const at = (text: string) => instantOf(text, 'Europe/Berlin')!.toISOString();
    const days = (startsAt: string, endsAt: string) =>
      daysOf({ startsAt: at(startsAt), endsAt: at(endsAt) }, 'Europe/Berlin');
    expect(days('2026-11-27', '2026-12-01')).toEqual({ first: '2026-11-27', last: '2026-11-30' });
    // The day of 25 hours.
    expect(days('2026-10-25', '2026-10-26')).toEqual({ first: '2026-10-25', last: '2026-10-25' });
    expect(days('2026-11-27', '2026-11-27')).toEqual({ first: '2026-11-27', last: '2026-11-27' });
  });
});

describe('a month day by day', () => {
  it('names each start and end within it on its day, in order, and what is on from before', () => {
    fc.assert(
      fc.property(scene, ([of, promotions, timeZone]) => {
        const { onFromBefore, days } = calendarDays(of, promotions, timeZone);
        const names = days.map(({ day }) => day);
        expect(names).toEqual(names.toSorted());
        expect(new Set(names).size).toBe(names.length);
        const told = days.flatMap(({ day, events }) => events.map(({ at }) => [day, at]));
        const wanted = promotions
          .flatMap(({ startsAt, endsAt }) => [startsAt, ...(endsAt === null ? [] : [endsAt])])
          .map((at) => [dayOf(new Date(at), timeZone), at])
          .filter(([day]) => day!.startsWith(of));
        expect(told.toSorted()).toEqual(wanted.toSorted());
        expect(new Set(onFromBefore.map(({ id }) => id))).toEqual(
          new Set(
            promotions
              .filter(
                (promotion) =>
                  dayOf(new Date(promotion.startsAt), timeZone) < `${of}-01` &&
                  isOn(promotion, `${of}-01`, timeZone),
              )
              .map(({ id }) => id),
          ),
        );
      }),
    );
  });
});
