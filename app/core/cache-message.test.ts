import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_ATTEMPTS, reasonsByProduct, retryAfterMs } from './cache-message';

describe('what a listener is told', () => {
  it('is every product once, with each of its reasons once and no other', () => {
    const news = fc.array(
      fc.record({ remoteId: fc.constantFrom('a', 'b', 'c'), reason: fc.constantFrom('changed', 'removed') }),
    );
    fc.assert(
      fc.property(news, (given) => {
        const pairs = [...reasonsByProduct(given)].flatMap(([id, reasons]) =>
          reasons.map((why) => `${id} ${why}`),
        );
        expect(pairs.sort()).toEqual(
          [...new Set(given.map((each) => `${each.remoteId} ${each.reason}`))].sort(),
        );
      }),
    );
  });
});

describe('a message that fails', () => {
  it('is tried again later each time, by chance a quarter sooner or later, and never after more than 75 minutes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MOST_ATTEMPTS }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, random) => {
          const wait = retryAfterMs(n, random);
          expect(wait).toBeGreaterThanOrEqual(retryAfterMs(n, 0));
          expect(wait).toBeLessThanOrEqual(75 * 60_000);
          expect(retryAfterMs(n + 1, 0.5)).toBeGreaterThanOrEqual(retryAfterMs(n, 0.5));
        },
      ),
    );
  });
});
