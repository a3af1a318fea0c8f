import { describe, expect, it } from 'vitest';
import { comparePositions, readPosition, writePosition } from './binlog-position';

describe('a place in the log', () => {
  it('is kept as text, beside which an instant of a scan is none', () => {
    const place = { file: 'binlog.000002', position: 4, begun: 1_700_000_000 };
    expect(readPosition(writePosition(place))).toEqual(place);
    for (const text of [null, '1700000000.123456', '{}', '2026-01-01 00:00:00+00'])
      expect(readPosition(text)).toBe(null);
  });

  it('comes before a later one, also behind file 999999', () => {
    const at = (file: string, position: number) => ({ file, position });
    expect(comparePositions(at('binlog.999999', 900), at('binlog.1000000', 4))).toBeLessThan(0);
    expect(comparePositions(at('binlog.000002', 4), at('binlog.000002', 900))).toBeLessThan(0);
    expect(comparePositions(at('binlog.000003', 4), at('binlog.000002', 900))).toBeGreaterThan(0);
  });
});
