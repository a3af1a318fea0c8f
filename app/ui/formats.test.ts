import { describe, expect, it } from 'vitest';
import {
  counted,
  formatBytes,
  formatDay,
  formatInstant,
  formatMonth,
  formatRate,
  formatShare,
  formatSpan,
  formatTime,
} from './formats';

describe('formats', () => {
  it('writes numbers, rates and sizes', () => {
    expect(counted(1, 'product')).toBe('1 product');
    expect(counted(12_345, 'product')).toBe('12,345 products');
    expect(counted(2, 'match', 'matches')).toBe('2 matches');
    expect(formatRate(3.44)).toBe('3.4');
    expect(formatRate(99.6)).toBe('100');
    expect([999, 1_234, 3_400_000].map(formatBytes)).toEqual(['999 B', '1.2 kB', '3.4 MB']);
  });

  it('writes shares', () => {
    expect(formatShare(0, 0)).toBe('0%');
    expect(formatShare(0, 250)).toBe('0%');
    expect(formatShare(1, 250)).toBe('0.4%');
    expect(formatShare(1, 100_000)).toBe('under 0.1%');
    expect(formatShare(250, 250)).toBe('100%');
  });

  it('writes spans', () => {
    expect([0, 59.6, 60, 125, 3_600, 4_800].map(formatSpan)).toEqual([
      '0 s',
      '1 min',
      '1 min',
      '2 min 5 s',
      '1 h',
      '1 h 20 min',
    ]);
  });

  it('writes an instant in the time zone of the shop', () => {
    expect(formatInstant('2026-11-24T23:05:00.000Z', 'UTC')).toBe('24 Nov 2026, 23:05');
    expect(formatInstant('2026-11-24T23:05:00.000Z', 'Europe/Berlin')).toBe('25 Nov 2026, 00:05');
  });

  it('writes a month, a day and a time of day', () => {
    expect([formatMonth('2026-01'), formatMonth('2026-12')]).toEqual(['January 2026', 'December 2026']);
    expect([formatDay('2026-11-29'), formatDay('2026-11-30'), formatDay('2028-02-29')]).toEqual([
      'Sunday, 29 November',
      'Monday, 30 November',
      'Tuesday, 29 February',
    ]);
    expect(formatTime('2026-11-24T23:05:00.000Z', 'Europe/Berlin')).toBe('00:05');
  });
});
