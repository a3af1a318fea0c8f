import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localTime } from './local-time';
import { dueSummary } from './summary-time';

const BERLIN = 'Europe/Berlin';
const HOUR = 3_600_000;

describe('a daily summary', () => {
  it('is due from its time on for some hours, of the day by the store’s clock', () => {
    const at = (text: string) => dueSummary('08:00', new Date(text), BERLIN);
    expect(at('2026-01-10T06:59:00Z')).toBeNull();
    expect(at('2026-01-10T07:00:00Z')).toEqual({
      day: '2026-01-10',
      from: new Date('2026-01-09T07:00:00Z'),
      until: new Date('2026-01-10T07:00:00Z'),
    });
    expect(at('2026-01-10T18:59:00Z')?.day).toBe('2026-01-10');
    expect(at('2026-01-10T19:01:00Z')).toBeNull();
    expect(dueSummary('23:30', new Date('2026-01-10T23:00:00Z'), BERLIN)?.day).toBe('2026-01-10');
  });

  it('is of 23 and of 25 hours when the clock is moved', () => {
    const hours = (text: string) => {
      const due = dueSummary('08:00', new Date(text), BERLIN);
      return due === null ? null : (due.until.getTime() - due.from.getTime()) / HOUR;
    };
    expect([hours('2026-03-29T07:00:00Z'), hours('2026-10-25T08:00:00Z')]).toEqual([23, 25]);
    // At an hour that comes twice, and at one that does not come.
    expect(dueSummary('02:30', new Date('2026-10-25T06:00:00Z'), BERLIN)?.day).toBe('2026-10-25');
    expect(dueSummary('02:30', new Date('2026-03-29T06:00:00Z'), BERLIN)?.day).toBe('2026-03-29');
  });

  it('comes once a day, and its spans follow one another without a gap', () => {
    const zone = fc.constantFrom(BERLIN, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC');
    fc.assert(
      fc.property(
        zone,
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 360 }),
        (timeZone, hour, minute, firstDay) => {
          const at = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const start = Date.UTC(2026, 0, 1) + firstDay * 24 * HOUR;
          const made = new Map<string, { from: Date; until: Date }>();
          for (let ms = start; ms < start + 4 * 24 * HOUR; ms += HOUR / 4) {
            const due = dueSummary(at, new Date(ms), timeZone);
            if (due !== null) made.set(due.day, due);
          }
          const spans = [...made.values()];
          expect(spans.length).toBeGreaterThanOrEqual(3);
          for (const [index, span] of spans.entries())
            if (index > 0) expect(span.from).toEqual(spans[index - 1]?.until);
          for (const [day, { until }] of made) expect(localTime(until, timeZone).slice(0, 10)).toBe(day);
        },
      ),
      { numRuns: 60 },
    );
  });
});
