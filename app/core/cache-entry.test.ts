import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryState, isTrusted, lastSeen, trustOf, trustedUntil } from './cache-entry';
import type { CacheControl, EntryFacts } from './cache-entry';

const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
const facts: fc.Arbitrary<EntryFacts> = fc.record({
  fetchedAt: instant,
  confirmedAt: fc.option(instant),
  invalidatedAt: fc.option(instant),
});
const seconds = fc.integer({ min: 1, max: 100_000 });
const control: fc.Arbitrary<CacheControl | null> = fc.option(
  fc.record({ isPinned: fc.boolean(), ttlSeconds: fc.option(seconds) }),
);
const trust = fc
  .record({ control, store: fc.option(seconds), usualMs: fc.integer({ min: 0, max: 10_000_000 }) })
  .map((given) => trustOf(given.control, given.store, given.usualMs));

describe('the state of an entry', () => {
  it('is that it must be read while it is marked, pinned or not', () => {
    fc.assert(
      fc.property(facts, trust, instant, (entry, given, now) => {
        const isRead = entryState(entry, given, now).kind === 'invalidated';
        expect(isRead).toBe(entry.invalidatedAt !== null);
      }),
    );
  });

  it('is fresh or pinned exactly where what was last seen is trusted', () => {
    fc.assert(
      fc.property(facts, trust, instant, (entry, given, now) => {
        const { kind } = entryState({ ...entry, invalidatedAt: null }, given, now);
        expect(kind === 'fresh' || kind === 'pinned').toBe(isTrusted(lastSeen(entry), given, now));
      }),
    );
  });

  it('never comes back to fresh by time alone', () => {
    fc.assert(
      fc.property(facts, trust, instant, fc.nat(), (entry, given, now, later) => {
        fc.pre(entryState(entry, given, now).kind === 'expired');
        expect(entryState(entry, given, new Date(now.getTime() + later)).kind).toBe('expired');
      }),
    );
  });

  it('of a pin outlasts everything that a time to live does not', () => {
    fc.assert(
      fc.property(instant, fc.option(seconds), fc.option(seconds), (seenAt, own, store) => {
        const pinned = trustOf({ isPinned: true, ttlSeconds: own }, store, 0);
        expect(trustedUntil(seenAt, pinned)).toBeNull();
        expect(isTrusted(seenAt, pinned, new Date('9000-01-01'))).toBe(true);
      }),
    );
  });

  it('goes by the product before the store, and by the store before the app', () => {
    const until = (own: number | null, store: number | null) =>
      trustOf({ isPinned: false, ttlSeconds: own }, store, 600_000);
    expect(until(5, 60)).toEqual({ kind: 'for', ms: 5_000 });
    expect(until(null, 60)).toEqual({ kind: 'for', ms: 60_000 });
    expect(until(null, null)).toEqual({ kind: 'for', ms: 600_000 });
    expect(trustOf(null, 60, 600_000)).toEqual({ kind: 'for', ms: 60_000 });
  });

  it('is that nothing is trusted which was never seen', () => {
    expect(isTrusted(null, { kind: 'pinned' }, new Date())).toBe(false);
    expect(entryState(null, { kind: 'pinned' }, new Date())).toEqual({ kind: 'empty' });
  });
});
