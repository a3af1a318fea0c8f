import { describe, expect, it } from 'vitest';
import { priceLine } from './price-line';

const day = (number: number) => new Date(Date.UTC(2026, 10, number));
const shown = (points: ReturnType<typeof priceLine>) =>
  points.map(({ at, amount }) => [at.getUTCDate(), amount]);

describe('the line of a price', () => {
  it('begins where the record does and ends now', () => {
    const changes = [
      { at: day(20), before: '12.00', after: '9.99' },
      { at: day(10), before: '10.00', after: '12.00' },
    ];
    expect(shown(priceLine({ changes, current: '9.99', knownSince: day(1) }, day(29)))).toEqual([
      [1, '10.00'],
      [10, '12.00'],
      [20, '9.99'],
      [29, '9.99'],
    ]);
  });

  it('is level where nothing changed, and nothing where nothing is known', () => {
    expect(shown(priceLine({ changes: [], current: '5.00', knownSince: day(1) }, day(3)))).toEqual([
      [1, '5.00'],
      [3, '5.00'],
    ]);
    expect(priceLine({ changes: [], current: null, knownSince: null }, day(3))).toEqual([]);
  });
});
