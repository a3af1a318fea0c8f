import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { available, QUIET_MS, reserve, SAFETY_POINTS, settle, unknownBucket, waitFor } from './points';
import type { Bucket } from './points';

const plan = fc.constantFrom(
  { maximum: 2_000, restoreRate: 100 },
  { maximum: 4_000, restoreRate: 200 },
  { maximum: 20_000, restoreRate: 1_000 },
);
const state: fc.Arbitrary<Bucket> = fc
  .record({
    plan,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    reservedAt: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ plan: held, share, reservedAt }) => ({ ...held, reservedAt, level: held.maximum * share }));
const points = fc.integer({ min: 0, max: 1_000 });
const later = fc.integer({ min: 0, max: 120_000 });

describe('the points budget', () => {
  it('never believes in more than the maximum', () => {
    fc.assert(
      fc.property(state, later, (held, ms) => {
        expect(available(held, held.reservedAt + ms)).toBeLessThanOrEqual(held.maximum);
      }),
    );
  });

  it('never falls below zero by a reservation of at most a full bucket', () => {
    fc.assert(
      fc.property(state, points, later, (held, wanted, ms) => {
        const at = held.reservedAt + ms;
        const { state: after, taken } = reserve(held, wanted, at);
        if (taken) expect(available(after, at)).toBeGreaterThanOrEqual(0);
        else expect(after).toBe(held);
      }),
    );
  });

  it('takes exactly what was asked, and keeps the safety points', () => {
    fc.assert(
      fc.property(state, points, later, (held, wanted, ms) => {
        const at = held.reservedAt + ms;
        const { state: after, taken } = reserve(held, wanted, at);
        fc.pre(taken && wanted + SAFETY_POINTS <= held.maximum);
        expect(available(held, at) - available(after, at)).toBeCloseTo(wanted, 6);
        expect(available(after, at)).toBeGreaterThanOrEqual(SAFETY_POINTS - 1e-6);
      }),
    );
  });

  it('says the wait exactly: after it the points can be taken, a little earlier they cannot', () => {
    fc.assert(
      fc.property(state, points, later, (held, wanted, ms) => {
        const at = held.reservedAt + ms;
        const wait = waitFor(held, wanted, at);
        expect(reserve(held, wanted, at + wait).taken).toBe(true);
        if (wait > 2) expect(reserve(held, wanted, at + wait - 2).taken).toBe(false);
      }),
    );
  });

  it('lets even a reservation of more than a full bucket through, when it is full', () => {
    const held = unknownBucket(0);
    expect(waitFor(held, 5_000, 0)).toBe(0);
    const { state: after, taken } = reserve(held, 5_000, 0);
    expect(taken).toBe(true);
    expect(available(after, 0)).toBe(-3_000);
  });

  it('after a settlement believes in no more than Shopify says', () => {
    fc.assert(
      fc.property(
        state,
        points,
        points,
        later,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        (held, reserved, actual, ms, share, isLeaving) => {
          const at = held.reservedAt + ms;
          const status = {
            maximumAvailable: held.maximum,
            restoreRate: held.restoreRate,
            currentlyAvailable: held.maximum * share,
          };
          const after = settle(held, { reserved, actual, status, isLeaving }, at);
          expect(available(after, at)).toBeLessThanOrEqual(status.currentlyAvailable + 1e-6);
          if (ms >= QUIET_MS && !isLeaving)
            expect(available(after, at)).toBeCloseTo(status.currentlyAvailable, 6);
        },
      ),
    );
  });

  it('without an answer gives back exactly what was not spent', () => {
    fc.assert(
      fc.property(
        state,
        points,
        later,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (held, reserved, ms, share) => {
          const at = held.reservedAt + ms;
          const actual = Math.floor(reserved * share);
          const after = settle(held, { reserved, actual, status: null, isLeaving: false }, at);
          const expected = Math.min(held.maximum, available(held, at) + reserved - actual);
          expect(available(after, at)).toBeCloseTo(expected, 6);
          expect(available(after, at + 1_000)).toBeCloseTo(
            Math.min(held.maximum, expected + held.restoreRate),
            6,
          );
        },
      ),
    );
  });

  it('learns a larger plan without losing what was spent meanwhile', () => {
    const first = reserve(unknownBucket(0), 300, 0).state;
    const second = reserve(first, 200, 10).state;
    const status = { maximumAvailable: 20_000, restoreRate: 1_000, currentlyAvailable: 19_700 };
    const after = settle(second, { reserved: 300, actual: 300, status, isLeaving: false }, 100);
    // The second call had not arrived when Shopify answered the first one.
    expect(available(after, 100)).toBeGreaterThanOrEqual(19_500);
    expect(available(after, 100)).toBeLessThanOrEqual(19_700);
  });

  it('agrees with a bucket of Shopify that is asked the same (no THROTTLED), whatever the delays', () => {
    const call = fc.record({
      cost: fc.integer({ min: 1, max: 900 }),
      latency: fc.integer({ min: 5, max: 400 }),
      over: fc.integer({ min: 0, max: 60 }),
    });
    fc.assert(
      fc.property(
        plan,
        fc.array(call, { maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        (held, calls, oneWay) => {
          // Shopify's own bucket; calls reach it `oneWay` ms after they were reserved, one after the other here.
          let truth: { level: number; at: number } = { level: held.maximum, at: 0 };
          const refill = (at: number) => {
            truth = {
              level: Math.min(held.maximum, truth.level + ((at - truth.at) * held.restoreRate) / 1_000),
              at,
            };
          };
          let ours = unknownBucket(0);
          let now = 0;
          for (const { cost, latency, over } of calls) {
            const wanted = cost + over;
            now += waitFor(ours, wanted, now);
            ours = reserve(ours, wanted, now).state;
            refill(now + oneWay);
            expect(truth.level).toBeGreaterThanOrEqual(cost);
            truth.level -= cost;
            refill(now + oneWay + latency);
            const status = {
              maximumAvailable: held.maximum,
              restoreRate: held.restoreRate,
              currentlyAvailable: truth.level,
            };
            now += 2 * oneWay + latency;
            ours = settle(ours, { reserved: wanted, actual: cost, status, isLeaving: false }, now);
          }
        },
      ),
    );
  });
});
