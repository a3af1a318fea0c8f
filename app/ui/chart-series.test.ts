import { describe, expect, it } from 'vitest';
import {
  chartRows,
  describeSeries,
  formatAmount,
  formatPointTime,
  formatTick,
  formatTimeTick,
  hasSign,
  seriesStyle,
} from './chart-series';

const at = (hour: number) => `2026-11-24T${String(hour).padStart(2, '0')}:00:00.000Z`;

describe('chart series', () => {
  it('joins series by moment, in the order of time, and knows what is missing', () => {
    const rows = chartRows([
      {
        name: 'One',
        unit: 'calls',
        points: [
          { at: at(2), value: 5 },
          { at: at(1), value: 0 },
        ],
      },
      {
        name: 'Other',
        unit: 'ms',
        points: [
          { at: at(2), value: 7 },
          { at: at(3), value: null },
        ],
      },
    ]);
    expect(rows.map((row) => [row.at, ...row.values])).toEqual([
      [at(1), 0, null],
      [at(2), 5, 7],
      [at(3), null, null],
    ]);
  });

  it('gives a sign to each of a few points, and of many to those that no line reaches', () => {
    const rowsOf = (values: (number | null)[]) =>
      values.map((value, index) => ({ at: at(1), time: index, values: [value] }));
    const many = rowsOf([7, ...Array.from({ length: 50 }, () => null), 1, 2, null, 3]);
    const signed = (rows: ReturnType<typeof rowsOf>) =>
      rows.flatMap((_, index) => (hasSign(rows, index, 0) ? [index] : []));
    expect(signed(many)).toEqual([0, 54]);
    expect(signed(rowsOf([1, null, 2, 3]))).toEqual([0, 2, 3]);
  });

  it('says in words what a series shows', () => {
    const points = [
      { at: at(1), value: 4 },
      { at: at(2), value: null },
      { at: at(3), value: 1200 },
      { at: at(4), value: 3 },
    ];
    expect(describeSeries({ name: 'Updated', unit: 'products', points }, 'moment', 'Europe/Berlin')).toBe(
      'Updated: lowest 3 products, highest 1,200 products (24 Nov 2026, 04:00), latest 3 products.',
    );
    expect(describeSeries({ name: 'Updated', unit: 'products', points: [] }, 'day', 'UTC')).toBe(
      'Updated: no figures.',
    );
  });

  it('writes amounts and axis marks by their unit', () => {
    expect([
      formatAmount(1234.5, 'points'),
      formatAmount(null, 'points'),
      formatAmount(340, 'ms'),
      formatAmount(2_500_000, 'bytes'),
      formatAmount(84.56, '%'),
    ]).toEqual(['1,234.5 points', '–', '340 ms', '2.5 MB', '84.6%']);
    expect([formatTick(12_345, 'points'), formatTick(1_500, 'ms'), formatTick(50, '%')]).toEqual([
      '12.3K',
      '1.5 s',
      '50%',
    ]);
  });

  it('writes times in the zone of the store, as exact as the chart is', () => {
    const late = '2026-11-24T23:30:00.000Z';
    expect(formatPointTime(late, 'moment', 'Europe/Berlin')).toBe('25 Nov 2026, 00:30');
    expect(formatPointTime(late, 'day', 'Europe/Berlin')).toBe('25 Nov 2026');
    expect(formatPointTime('2026-10-31T23:00:00.000Z', 'month', 'Europe/Berlin')).toBe('November 2026');
    const time = Date.parse(late);
    expect(formatTimeTick(time, 3_600_000, 'moment', 'Europe/Berlin')).toBe('00:30');
    expect(formatTimeTick(time, 7 * 86_400_000, 'moment', 'Europe/Berlin')).toBe('25 Nov');
    expect(formatTimeTick(time, 3_600_000, 'day', 'Europe/Berlin')).toBe('25 Nov');
    expect(formatTimeTick(time, 0, 'month', 'Europe/Berlin')).toBe('Nov 2026');
  });

  it('gives each of six series a colour, a dash and a pattern of its own', () => {
    const styles = [0, 1, 2, 3, 4, 5].map(seriesStyle);
    for (const key of ['colour', 'dash', 'pattern'] as const)
      expect(new Set(styles.map((style) => style[key])).size).toBe(6);
  });
});
