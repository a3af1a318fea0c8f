import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { progressOf, withSample } from './progress';
import type { Sample } from './progress';

const history = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: 50 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    let at = 0;
    let done = 0;
    return steps.map(([time, more]): Sample => ({ at: (at += time), done: (done += more) }));
  });

describe('progress', () => {
  it('computes rate and time left', () => {
    const samples = [
      { at: 0, done: 0 },
      { at: 10_000, done: 100 },
    ];
    expect(progressOf(300, samples)).toEqual({ fraction: 1 / 3, perSecond: 10, secondsLeft: 20 });
  });

  it('says nothing it cannot know', () => {
    expect(progressOf(0, [])).toEqual({ fraction: 0, perSecond: null, secondsLeft: null });
    expect(progressOf(10, [{ at: 5, done: 3 }])).toEqual({
      fraction: 0.3,
      perSecond: null,
      secondsLeft: null,
    });
    expect(progressOf(10, [{ at: 5, done: 10 }])).toEqual({ fraction: 1, perSecond: null, secondsLeft: 0 });
  });

  it('stays within its bounds whatever the history', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 3_000 }), (samples, total) => {
        const kept = samples.reduce<Sample[]>((all, sample) => withSample(all, sample), []);
        const { fraction, perSecond, secondsLeft } = progressOf(total, kept);
        expect(fraction).toBeGreaterThanOrEqual(0);
        expect(fraction).toBeLessThanOrEqual(1);
        if (perSecond !== null) expect(perSecond).toBeGreaterThan(0);
        if (secondsLeft !== null) expect(secondsLeft).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('keeps only the samples of the last seconds, the newest always', () => {
    fc.assert(
      fc.property(history, (samples) => {
        const kept = samples.reduce<Sample[]>((all, sample) => withSample(all, sample), []);
        const newest = samples.at(-1)!;
        expect(kept.at(-1)).toEqual(newest);
        expect(kept.every((sample) => newest.at - sample.at <= 15_000)).toBe(true);
      }),
    );
  });

  it('starts anew where a counter went back', () => {
    const back = { at: 2_000, done: 1 };
    expect(withSample([{ at: 1_000, done: 9 }], back)).toEqual([back]);
  });
});
