import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dayCount, daysBetween } from './calendar-day';

const day = fc.integer({ min: 0, max: 30_000 }).map((days) => addDays('1990-01-01', days));

describe('days of a calendar', () => {
  it('go there and back', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -5_000, max: 5_000 }), (first, days) => {
        const other = addDays(first, days);
        expect(addDays(other, -days)).toBe(first);
        expect(dayCount(first, other)).toBe(days + 1);
        expect(daysBetween(first, other)).toHaveLength(Math.max(0, days + 1));
      }),
    );
  });

  it('know leap years', () => {
    expect(daysBetween('2028-02-28', '2028-03-01')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
    expect(dayCount('2026-03-01', '2026-02-01')).toBeLessThan(1);
  });
});
