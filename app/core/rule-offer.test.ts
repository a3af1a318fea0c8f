import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EQUAL_ANSWERS, replay, ruleFrom } from './rule-offer';
import type { Choice } from './rule-offer';

const choice = fc.constantFrom<Choice>('source', 'remote', 'value');
const answers = fc.array(choice, { maxLength: 12 });

describe('ruleFrom', () => {
  it('asks for the newest answer exactly when it was given five times in a row', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const newest = given.slice(0, EQUAL_ANSWERS);
        const isStreak = newest.length === EQUAL_ANSWERS && new Set(newest).size === 1;
        const rule = ruleFrom(given);
        expect(rule !== null).toBe(isStreak && newest[0] !== 'value');
        if (rule) expect(rule.policy).toBe(newest[0] === 'source' ? 'source-wins' : 'remote-wins');
      }),
    );
  });

  it('counts only since the last different answer', () => {
    const given: Choice[] = ['remote', 'remote', 'remote', 'remote', 'remote', 'remote', 'source', 'remote'];
    expect(ruleFrom(given)).toEqual({ policy: 'remote-wins', streak: 6 });
    expect(ruleFrom(given.slice(2))).toBeNull();
  });
});

describe('replay', () => {
  it('parts past answers into those the rule would have given and those it would not', () => {
    fc.assert(
      fc.property(
        answers,
        fc.constantFrom('source-wins' as const, 'remote-wins' as const),
        (given, policy) => {
          const { same, different } = replay(
            policy,
            given.map((one) => ({ choice: one })),
          );
          expect(same).toBe(given.filter((one) => `${one}-wins` === policy).length);
          expect(different.map((one) => one.choice)).toEqual(given.filter((one) => `${one}-wins` !== policy));
        },
      ),
    );
  });
});
