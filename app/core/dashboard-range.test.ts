import { describe, expect, it } from 'vitest';
import { DASHBOARD_RANGES, RANGE_TERMS, rangeStarts } from './dashboard-range';

const iso = (dates: Date[]) => dates.map((date) => date.toISOString());
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Chatham'];

describe('ranges of the dashboard', () => {
  it.each(DASHBOARD_RANGES)('%s rises, and ends in the part of now', (range) => {
    for (const zone of ZONES)
      for (const at of [
        '2026-11-29T05:34:12Z',
        '2026-10-25T00:30:00Z',
        '2026-10-25T01:30:00Z',
        '2027-03-28T01:10:00Z',
      ]) {
        const now = new Date(at);
        const starts = rangeStarts(range, now, zone).map((date) => date.getTime());
        expect(starts).toHaveLength(RANGE_TERMS[range].steps);
        for (const [index, start] of starts.entries())
          if (index > 0) expect([zone, at, start > starts[index - 1]!]).toEqual([zone, at, true]);
        expect(starts.at(-1)).toBeLessThanOrEqual(now.getTime());
        // An hour that comes twice belongs to the part that began before it.
        const longest = RANGE_TERMS[range].stepMinutes * 60_000 + 3_600_000;
        expect(now.getTime() - starts.at(-1)!).toBeLessThan(longest);
      }
  });

  it('begins days at midnight of the store, also where the clock is put back', () => {
    const starts = iso(rangeStarts('90d', new Date('2026-10-27T12:00:00Z'), 'Europe/Berlin'));
    expect(starts.slice(-4)).toEqual([
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
      '2026-10-26T23:00:00.000Z',
    ]);
  });
});
