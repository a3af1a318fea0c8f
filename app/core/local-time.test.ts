import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, localTime } from './local-time';

describe('local time', () => {
  it.each([
    ['2026-11-24T14:05', 'Europe/Berlin', '2026-11-24T13:05:00.000Z'],
    ['2026-07-24T14:05:09', 'Europe/Berlin', '2026-07-24T12:05:09.000Z'],
    ['2026-11-24', 'Europe/Berlin', '2026-11-23T23:00:00.000Z'],
    ['2026-11-24', 'America/Los_Angeles', '2026-11-24T08:00:00.000Z'],
    ['2026-11-24T00:00', 'Asia/Kathmandu', '2026-11-23T18:15:00.000Z'],
    // Twice: the first. Never: as far behind the jump.
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(instantOf(local, zone)?.toISOString()).toBe(instant);
  });

  it.each([
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-31',
    '2026-02-01T25:00',
    '2026-02-01T10:60',
    '26-02-01',
    '2026-02-01 10:00',
    '0001-01-01',
  ])('%j is no time', (text) => {
    expect(instantOf(text, 'Europe/Berlin')).toBeNull();
  });

  it('comes back to what the clock shows, and never later than the instant it was read at', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Apia',
    ];
    const seconds = fc.integer({ min: 0, max: 2_000_000_000 });
    fc.assert(
      fc.property(seconds, fc.constantFrom(...zones), (second, zone) => {
        const instant = new Date(second * 1000);
        const read = instantOf(localTime(instant, zone), zone);
        expect(read && localTime(read, zone)).toBe(localTime(instant, zone));
        expect(read!.getTime()).toBeLessThanOrEqual(instant.getTime());
      }),
      { numRuns: 2_000 },
    );
  });
});
