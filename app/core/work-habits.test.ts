import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from './local-time';
import {
  SLOTS,
  fadedWeight,
  learnHabits,
  productsForecast,
  slotOf,
  startForecast,
  wallMinutes,
  withWork,
} from './work-habits';
import type { WorkHistory } from './work-habits';

const DAY_MS = 86_400_000;
const zone = 'Europe/Berlin';
const empty = (timeZone = zone): WorkHistory => ({
  timeZone,
  since: new Date('2026-09-14T00:00:00Z'),
  starts: [],
  touched: [],
});
const at = (local: string, timeZone = zone) => {
  const instant = instantOf(local, timeZone);
  if (!instant) throw new Error(local);
  return instant;
};
/** "2026-09-14" and so many days later. */
const dayAfter = (day: number) =>
  new Date(Date.parse('2026-09-14T00:00:00Z') + day * DAY_MS).toISOString().slice(0, 10);
const around = (instant: Date, minutes: number): [Date, Date] => [
  new Date(instant.getTime() - minutes * 60_000),
  new Date(instant.getTime() + minutes * 60_000),
];
/** Work at a time of the days given. */
function worked(days: number[], time: string, productIds: (day: number) => string[] = () => ['a']) {
  return days.reduce(
    (history, day) =>
      withWork(history, { at: at(`${dayAfter(day)}T${time}`), kind: 'run', productIds: productIds(day) }),
    empty(),
  );
}
const daysUntil = (end: number) => Array.from({ length: end }, (_, day) => day);

describe('the hour of the week', () => {
  it.each([
    ['2026-11-23T00:30', 0],
    ['2026-11-24T05:00', 29],
    ['2026-11-29T23:59', 167],
  ])('of %s is %d', (local, slot) => expect(slotOf(at(local), zone)).toBe(slot));

  it('is one of a week, in any zone and year', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1950-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        fc.constantFrom(zone, 'Asia/Kathmandu', 'America/Los_Angeles'),
        (instant, timeZone) => {
          const slot = slotOf(instant, timeZone);
          expect(Number.isInteger(slot) && slot >= 0 && slot < SLOTS).toBe(true);
        },
      ),
    );
  });
});

describe('when work begins', () => {
  it('is near certain where it did every day, also after the clocks were put back', () => {
    // Put back on the 25th of October: day 41.
    const habits = learnHabits(worked(daysUntil(42), '02:30'));
    const next = at(`${dayAfter(42)}T02:30`);
    expect(startForecast(habits, ...around(next, 5)).probability).toBeGreaterThan(0.95);
    const byUtc = new Date(next.getTime() - 3_600_000);
    expect(startForecast(habits, ...around(byUtc, 5)).probability).toBe(0);
  });

  it('is expected when it did', () => {
    const habits = learnHabits(worked(daysUntil(30), '10:00'));
    const from = at(`${dayAfter(30)}T09:53`);
    expect(startForecast(habits, from, new Date(from.getTime() + 12 * 60_000)).minutes).toBeCloseTo(7, 6);
  });

  it('is likely on the day of the week it did, and on no other', () => {
    const habits = learnHabits(worked([4, 11, 18, 25, 32, 39], '18:00'));
    const of = (day: number) => startForecast(habits, ...around(at(`${dayAfter(day)}T18:00`), 5)).probability;
    expect(of(46)).toBeGreaterThan(0.9);
    expect(Math.max(of(42), of(43), of(44), of(45), of(47))).toBeLessThan(0.3);
  });

  it('is doubted soon where it stopped', () => {
    const habits = learnHabits(worked(daysUntil(35), '02:00'));
    const of = (day: number) => startForecast(habits, ...around(at(`${dayAfter(day)}T02:00`), 5)).probability;
    expect(of(35)).toBeGreaterThan(0.95);
    expect(of(38)).toBeLessThan(0.7);
    expect(of(42)).toBeLessThan(0.4);
  });

  it('is learned from nothing that was known beforehand', () => {
    const history = daysUntil(20).reduce(
      (known, day) =>
        withWork(known, { at: at(`${dayAfter(day)}T12:00`), kind: 'promotion', productIds: ['a'] }),
      empty(),
    );
    const window = around(at(`${dayAfter(20)}T12:00`), 5);
    expect(startForecast(learnHabits(history), ...window).probability).toBe(0);
    expect(productsForecast(learnHabits(history), ...window).size).toBe(0);
  });

  it('is a probability, and grows with the window and with one more occasion, whatever was done', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 40 * 1_440 }), { maxLength: 60 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 5, max: 45 }), (starts, length) => {
        const begin = empty().since.getTime();
        const of = (list: number[]) =>
          learnHabits({
            ...empty(),
            starts: list.map((minute) => ({ at: new Date(begin + minute * 60_000), kind: 'run' })),
          });
        const from = new Date(begin + 41 * DAY_MS);
        const until = new Date(from.getTime() + length * 60_000);
        const { probability, minutes: after } = startForecast(of(starts), from, until);
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
        expect(after >= 0 && after <= length).toBe(true);
        // Of work that both windows have known for equally long: what is known for longer counts more days without it.
        const known = of([...starts, length / 2]);
        const longer = startForecast(known, from, new Date(until.getTime() + 300_000));
        const shorter = startForecast(known, from, until);
        expect(longer.probability).toBeGreaterThanOrEqual(shorter.probability * 0.5);
        // Yesterday, in the middle of the window.
        const again = startForecast(of([...starts, 40 * 1_440 + length / 2]), from, until);
        expect(again.probability).toBeGreaterThanOrEqual(probability - 1e-9);
      }),
    );
  });
});

describe('which products work writes', () => {
  it('are those it wrote, as often as it did', () => {
    const history = worked(daysUntil(40), '02:00', (day) => (day % 2 === 0 ? ['often', 'half'] : ['often']));
    const found = productsForecast(learnHabits(history), ...around(at(`${dayAfter(40)}T02:00`), 5));
    expect(found.get('often')).toBeGreaterThan(0.95);
    expect(found.get('half')).toBeGreaterThan(0.35);
    expect(found.get('half')).toBeLessThan(0.65);
    expect(found.has('never')).toBe(false);
  });

  it('are those of this time of the day', () => {
    const nightly = worked(daysUntil(30), '02:00', () => ['night']);
    const history = daysUntil(30).reduce(
      (known, day) =>
        withWork(known, { at: at(`${dayAfter(day)}T15:00`), kind: 'edit', productIds: ['day'] }),
      nightly,
    );
    const found = productsForecast(learnHabits(history), ...around(at(`${dayAfter(30)}T02:00`), 5));
    expect([...found.keys()]).toEqual(['night']);
  });

  it('are found across the full hour', () => {
    const history = worked(daysUntil(30), '01:59');
    const found = productsForecast(
      learnHabits(history),
      at(`${dayAfter(30)}T02:00`),
      at(`${dayAfter(30)}T02:09`),
    );
    expect(found.get('a')).toBeGreaterThan(0.9);
  });

  it('have a probability, whatever was done', () => {
    const work = fc.record({
      minute: fc.integer({ min: 0, max: 40 * 1_440 }),
      productIds: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(work, { maxLength: 30 }), (works) => {
        const begin = empty().since.getTime();
        const history = works
          .sort((a, b) => a.minute - b.minute)
          .reduce(
            (known, { minute, productIds }) =>
              withWork(known, { at: new Date(begin + minute * 60_000), kind: 'run', productIds }),
            empty(),
          );
        const from = new Date(begin + 41 * DAY_MS);
        for (const probability of productsForecast(
          learnHabits(history),
          from,
          new Date(from.getTime() + 600_000),
        ).values()) {
          expect(probability).toBeGreaterThan(0);
          expect(probability).toBeLessThanOrEqual(1);
        }
        // Compact: a row a slot and product, however often it was written.
        const keys = history.touched.map(({ slot, productId }) => `${slot} ${productId}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('fade by half in two weeks', () => {
    const now = new Date('2026-10-01T00:00:00Z');
    const row = { weight: 3, at: new Date(now.getTime() - 14 * DAY_MS) };
    expect(fadedWeight(row, now)).toBeCloseTo(1.5, 9);
    expect(fadedWeight({ ...row, at: now }, now)).toBe(3);
  });

  it('are told by the clock on the wall', () => {
    expect(wallMinutes(at('2026-10-26T02:00'), zone) - wallMinutes(at('2026-10-24T02:00'), zone)).toBe(2_880);
  });
});
