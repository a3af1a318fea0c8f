import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  UNKNOWN_SPEED,
  callSeconds,
  learnedOwnTimes,
  learnedTimes,
  noTimes,
  rowSeconds,
  speedOf,
  withCall,
} from './call-speed';

const line = (first: number, further: number, fields: number[]) =>
  fields.reduce((times, count) => withCall(times, count, first + further * (count - 1)), noTimes());

describe('the speed of a store', () => {
  it('is what was measured', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 20, maxLength: 60 }),
        (first, further, fields) => {
          fc.pre(new Set(fields).size > 2);
          const speed = speedOf(line(first, further, fields));
          expect(speed.first).toBeCloseTo(first, 4);
          expect(speed.further).toBeCloseTo(further, 4);
        },
      ),
    );
  });

  it('of calls that are all alike is right for such calls', () => {
    const speed = speedOf(line(0.5, 0.1, [10, 10, 10]));
    expect(callSeconds(speed, 10)).toBeCloseTo(1.4, 6);
    expect(speed.further).toBe(UNKNOWN_SPEED.further);
  });

  it('is never negative, whatever was measured', () => {
    const calls = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 12 }), fc.double({ min: 0, max: 9, noNaN: true })),
    );
    fc.assert(
      fc.property(calls, (list) => {
        const { first, further } = speedOf(list.reduce((times, own) => withCall(times, ...own), noTimes()));
        expect(first).toBeGreaterThanOrEqual(0);
        expect(further).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(first + further)).toBe(true);
      }),
    );
  });

  it('follows a store that becomes slower', () => {
    let times = noTimes();
    for (let round = 0; round < 50; round += 1) times = learnedTimes(times, line(0.2, 0, [1, 2, 3, 4]));
    expect(speedOf(times).first).toBeCloseTo(0.2, 3);
    for (let round = 0; round < 300; round += 1) times = learnedTimes(times, line(0.9, 0, [1, 2, 3, 4]));
    expect(speedOf(times).first).toBeGreaterThan(0.85);
  });

  it('of a store that was never called is the assumed one', () => {
    expect(speedOf(noTimes())).toEqual(UNKNOWN_SPEED);
  });
});

describe('the app’s own work', () => {
  it('is what the last rows took, not what the first did', () => {
    const slow = { rows: 3_000, seconds: 30 };
    const fast = { rows: 1_000, seconds: 1 };
    let times = { rows: 0, seconds: 0 };
    expect(rowSeconds(times)).toBeGreaterThan(0);
    times = learnedOwnTimes(times, slow);
    expect(rowSeconds(times)).toBeCloseTo(0.01, 9);
    for (let round = 0; round < 120; round += 1) times = learnedOwnTimes(times, fast);
    expect(rowSeconds(times)).toBeCloseTo(0.001, 4);
    expect(times.rows).toBeLessThanOrEqual(15_000);
    expect(rowSeconds(learnedOwnTimes(times, { rows: 29_000, seconds: 58 }))).toBeCloseTo(0.002, 9);
  });
});
