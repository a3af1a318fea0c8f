import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedAt, earlier } from './waiting-since';

const instant = fc.option(fc.integer({ min: 0, max: 1_000 }).map((ms) => new Date(ms)));

describe('the first of two instants', () => {
  it('is the same in whatever order they come, and the known one where one is not known', () => {
    fc.assert(
      fc.property(instant, instant, instant, (a, b, c) => {
        expect(earlier(a, b)).toEqual(earlier(b, a));
        expect(earlier(earlier(a, b), c)).toEqual(earlier(a, earlier(b, c)));
        expect(earlier(a, null)).toBe(a);
        const known = [a, b].flatMap((each) => each?.getTime() ?? []);
        expect(earlier(a, b)?.getTime() ?? null).toBe(known.length > 0 ? Math.min(...known) : null);
      }),
    );
  });
});

describe('a change', () => {
  it('begins on the side it comes from', () => {
    const since = { sourceChangedAt: new Date(1), remoteChangedAt: new Date(2), askedAt: new Date(3) };
    expect(changedAt('push', since)).toBe(since.sourceChangedAt);
    expect(changedAt('pull', since)).toBe(since.remoteChangedAt);
    expect(changedAt('pull', { ...since, remoteChangedAt: null })).toBe(null);
  });
});
