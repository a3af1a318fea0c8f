import { describe, expect, it } from 'vitest';
import { dayOf, periodStart, periodStarts, readAnalyticsQuery, spanStart } from './analytics-query';

describe('the query of the analytics', () => {
  it('takes what it knows, and the usual for what it does not', () => {
    expect(readAnalyticsQuery(new URLSearchParams('span=12m&grain=week&errors=nonsense'))).toEqual({
      span: '12m',
      grain: 'week',
      errors: 'type',
      most: 'span',
    });
  });

  it('counts days of the store', () => {
    const late = new Date('2026-11-30T23:30:00Z');
    expect([dayOf(late, 'UTC'), dayOf(late, 'Europe/Berlin')]).toEqual(['2026-11-30', '2026-12-01']);
    expect(['1m', '3m', '12m'].map((span) => spanStart(span as '1m', late, 'Europe/Berlin'))).toEqual([
      '2026-12-01',
      '2026-10-01',
      '2026-01-01',
    ]);
    expect(spanStart('12m', new Date('2026-02-28T12:00:00Z'), 'UTC')).toBe('2025-03-01');
  });

  it('begins weeks on Monday and months on their first, and leaves none out', () => {
    // 29 November 2026 is a Sunday.
    expect(periodStart('week', '2026-11-29')).toBe('2026-11-23');
    expect(periodStarts('week', '2026-11-01', '2026-11-29')).toEqual([
      '2026-10-26',
      '2026-11-02',
      '2026-11-09',
      '2026-11-16',
      '2026-11-23',
    ]);
    expect(periodStarts('month', '2026-11-15', '2027-02-01')).toEqual([
      '2026-11-01',
      '2026-12-01',
      '2027-01-01',
      '2027-02-01',
    ]);
    // Over the day of 23 hours and over that of 25.
    expect(periodStarts('day', '2026-03-28', '2026-03-30')).toHaveLength(3);
    expect(periodStarts('day', '2026-01-01', '2026-12-31')).toHaveLength(365);
  });
});
