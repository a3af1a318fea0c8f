import { describe, expect, it } from 'vitest';
import { t975 } from './student-t';

describe('t975', () => {
  it('falls steadily to the normal quantile', () => {
    for (let degrees = 1; degrees < 400; degrees++) expect(t975(degrees + 1)).toBeLessThan(t975(degrees));
    expect(t975(100_000)).toBeCloseTo(1.96, 3);
  });

  it('is that of the tables', () => {
    expect(t975(4)).toBeCloseTo(2.776, 3);
    expect(t975(40)).toBeCloseTo(2.021, 2);
    expect(t975(120)).toBeCloseTo(1.98, 2);
  });
});
