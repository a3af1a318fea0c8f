import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUnderWay, takeStep } from './joining';
import type { JoinStep, Joining } from './joining';

const START = Date.UTC(2026, 10, 29);
const OPEN: Joining = { state: 'open', shopId: null, expiresAt: new Date(START + 15 * 60_000) };

const shop = fc.constantFrom('a', 'b');
const step: fc.Arbitrary<JoinStep> = fc.oneof(
  shop.map((shopId): JoinStep => ({ kind: 'enter', shopId })),
  shop.map((shopId): JoinStep => ({ kind: 'confirm', shopId })),
  fc.constantFrom<JoinStep>({ kind: 'approve' }, { kind: 'refuse' }, { kind: 'cancel' }),
);
/** Steps with the minutes that pass before each. */
const play = fc.array(fc.tuple(step, fc.constantFrom(0, 1, 10, 16, 24 * 60)), { maxLength: 12 });

function playOut(steps: [JoinStep, number][]) {
  let joining = OPEN;
  let at = START;
  const taken: { step: JoinStep; before: Joining; at: number }[] = [];
  for (const [next, minutes] of steps) {
    at += minutes * 60_000;
    const outcome = takeStep(joining, next, new Date(at));
    if (outcome.kind === 'not-possible') continue;
    taken.push({ step: next, before: joining, at });
    joining = outcome.joining;
  }
  return { joining, taken, at };
}

describe('joining an account', () => {
  it('needs the code entered and confirmed by the same store and then approved, in this order', () => {
    fc.assert(
      fc.property(play, (steps) => {
        const { joining, taken } = playOut(steps);
        const kinds = taken.map((each) => each.step.kind);
        if (joining.state !== 'joined') return;
        expect(kinds).toEqual(['enter', 'confirm', 'approve']);
        const [entered, confirmed] = taken.map((each) => each.step);
        expect(entered).toMatchObject({ shopId: joining.shopId });
        expect(confirmed).toMatchObject({ shopId: joining.shopId });
      }),
      {
        examples: [
          [
            [
              [{ kind: 'enter', shopId: 'a' }, 0],
              [{ kind: 'confirm', shopId: 'a' }, 0],
              [{ kind: 'approve' }, 0],
            ],
          ],
        ],
      },
    );
  });

  it('takes each step at most once, and none after the end or when its time is over', () => {
    fc.assert(
      fc.property(play, (steps) => {
        const { joining, taken, at } = playOut(steps);
        const kinds = taken.map((each) => each.step.kind);
        expect(new Set(kinds).size).toBe(kinds.length);
        for (const each of taken) expect(isUnderWay(each.before, new Date(each.at))).toBe(true);
        if (!isUnderWay(joining, new Date(at)))
          for (const kind of ['approve', 'refuse', 'cancel'] as const)
            expect(takeStep(joining, { kind }, new Date(at)).kind).toBe('not-possible');
      }),
    );
  });

  it('is over when nobody enters, confirms or approves in time', () => {
    expect(takeStep(OPEN, { kind: 'enter', shopId: 'a' }, OPEN.expiresAt)).toEqual({
      kind: 'not-possible',
      why: 'expired',
    });
    const { joining } = playOut([
      [{ kind: 'enter', shopId: 'a' }, 0],
      [{ kind: 'confirm', shopId: 'a' }, 1],
    ]);
    expect(takeStep(joining, { kind: 'approve' }, new Date(START + 23 * 3_600_000)).kind).toBe('taken');
    expect(takeStep(joining, { kind: 'approve' }, new Date(START + 25 * 3_600_000)).kind).toBe(
      'not-possible',
    );
  });
});
