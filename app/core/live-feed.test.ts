import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningOf, newOnes, stepsOf, wholeMs } from './live-feed';
import type { FeedInstants } from './live-feed';

const at = (ms: number) => new Date(1_700_000_000_000 + ms).toISOString();
const instant = fc.option(fc.integer({ min: 0, max: 600_000 }).map(at));
const instants: fc.Arbitrary<FeedInstants> = fc.record({
  changedAt: instant,
  askedAt: instant,
  decidedAt: instant,
  sentAt: instant,
  confirmedAt: instant,
});

describe('the steps of a change', () => {
  it('tell how long each took', () => {
    expect(
      stepsOf({
        changedAt: at(0),
        askedAt: at(100),
        decidedAt: at(120),
        sentAt: at(160),
        confirmedAt: at(470),
      }),
    ).toEqual([
      { kind: 'changed', afterMs: null },
      { kind: 'decided', afterMs: 120 },
      { kind: 'sent', afterMs: 40 },
      { kind: 'confirmed', afterMs: 310 },
    ]);
  });

  it('begin with the request where nobody knows when the source changed, and leave out what is not known', () => {
    const found = { changedAt: null, askedAt: at(0), decidedAt: at(50), sentAt: null, confirmedAt: at(70) };
    expect(stepsOf(found)).toEqual([
      { kind: 'asked', afterMs: null },
      { kind: 'decided', afterMs: 50 },
      { kind: 'confirmed', afterMs: 20 },
    ]);
    expect(wholeMs(found)).toBe(70);
    expect(wholeMs({ ...found, confirmedAt: null })).toBe(null);
    expect(wholeMs({ ...found, askedAt: null })).toBe(null);
  });

  it('never take less than nothing, and one whose clock is behind delays no later one', () => {
    const skewed = {
      changedAt: at(100),
      askedAt: null,
      decidedAt: at(40),
      sentAt: at(90),
      confirmedAt: at(130),
    };
    expect(stepsOf(skewed).map(({ afterMs }) => afterMs)).toEqual([null, 0, 0, 30]);
  });

  it('add up to the whole wherever the confirmation is the last of them', () => {
    fc.assert(
      fc.property(instants, (each) => {
        const steps = stepsOf(each);
        for (const { afterMs } of steps) expect(afterMs ?? 0).toBeGreaterThanOrEqual(0);
        expect(steps.filter(({ afterMs }) => afterMs === null).length).toBe(Math.min(1, steps.length));
        const from = beginningOf(each);
        const known = [from, each.decidedAt, each.sentAt].flatMap((one) => one ?? []);
        if (from === null || each.confirmedAt === null) return;
        if (known.some((one) => one > (each.confirmedAt ?? ''))) return;
        expect(steps.reduce((sum, { afterMs }) => sum + (afterMs ?? 0), 0)).toBe(wholeMs(each));
      }),
    );
  });
});

describe('what is new', () => {
  const ids = fc.uniqueArray(
    fc.integer({ min: 0, max: 20 }).map((id) => ({ id: String(id) })),
    {
      selector: ({ id }) => id,
    },
  );

  it('is what was not there before, and nothing at the first look', () => {
    fc.assert(
      fc.property(ids, ids, (before, now) => {
        const fresh = newOnes(before, now);
        expect(newOnes(null, now)).toEqual([]);
        expect(newOnes(before, before)).toEqual([]);
        expect(fresh.every(({ id }) => !before.some((one) => one.id === id))).toBe(true);
        const old = now.filter((one) => !fresh.includes(one));
        expect(old.every(({ id }) => before.some((one) => one.id === id))).toBe(true);
      }),
    );
  });
});
