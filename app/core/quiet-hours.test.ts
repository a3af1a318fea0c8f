import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localTime } from './local-time';
import { isQuietAt, isTimeOfDay } from './quiet-hours';

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC');

describe('quiet hours', () => {
  it('go across midnight by the store’s clock', () => {
    const hours = { from: '22:00', until: '07:00' };
    const at = (text: string) => isQuietAt(hours, new Date(text), 'Europe/Berlin');
    // Berlin is an hour ahead in winter and two in summer.
    expect([at('2026-01-10T20:59:00Z'), at('2026-01-10T21:00:00Z'), at('2026-01-11T05:59:59Z')]).toEqual([
      false,
      true,
      true,
    ]);
    expect([at('2026-01-11T06:00:00Z'), at('2026-07-10T20:00:00Z'), at('2026-07-11T05:00:00Z')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('are quiet or not: the hours and the rest of the day make up the day', () => {
    fc.assert(
      fc.property(clock, clock, instant, zone, (from, until, now, timeZone) => {
        const inside = isQuietAt({ from, until }, now, timeZone);
        if (from === until) expect(inside).toBe(false);
        else expect(isQuietAt({ from: until, until: from }, now, timeZone)).toBe(!inside);
        if (from !== until && localTime(now, timeZone).slice(11, 16) === from) expect(inside).toBe(true);
        expect(isQuietAt(null, now, timeZone)).toBe(false);
      }),
    );
  });

  it('are times of day', () => {
    expect(['00:00', '23:59', '07:30'].every(isTimeOfDay)).toBe(true);
    expect(['24:00', '7:30', '07:60', '', '07:30:00'].some(isTimeOfDay)).toBe(false);
  });
});
