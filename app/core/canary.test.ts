import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLive } from './canary';

const percent = fc.integer({ min: 1, max: 100 });

describe('isLive', () => {
  it('writes all products of a live store and none of a shadow', () => {
    fc.assert(
      fc.property(fc.uuid(), percent, (id, share) => {
        expect(isLive('live', share, id)).toBe(true);
        expect(isLive('shadow', share, id)).toBe(false);
        expect(isLive('canary', 100, id)).toBe(true);
      }),
    );
  });

  it('keeps every product that was live when the share grows', () => {
    fc.assert(
      fc.property(fc.uuid(), percent, percent, (id, one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)];
        if (isLive('canary', small, id)) expect(isLive('canary', large, id)).toBe(true);
      }),
    );
  });

  it('takes about the share that was asked for, also of ids that follow one another', () => {
    const random = fc.sample(fc.uuid(), { numRuns: 20_000, seed: 7 });
    const following = Array.from(
      { length: 20_000 },
      (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    for (const ids of [random, following])
      for (const share of [1, 5, 50, 90]) {
        const live = ids.filter((id) => isLive('canary', share, id)).length / ids.length;
        // Five standard deviations of a fair draw.
        const tolerance = 5 * Math.sqrt(((share / 100) * (1 - share / 100)) / ids.length);
        expect(Math.abs(live - share / 100)).toBeLessThan(tolerance);
      }
  });

  it('does not ask how an id is spelled', () => {
    const id = 'ABCDEF00-0000-4000-8000-00000000ABCD';
    for (const share of [1, 25, 60])
      expect(isLive('canary', share, id)).toBe(isLive('canary', share, id.toLowerCase()));
  });
});
