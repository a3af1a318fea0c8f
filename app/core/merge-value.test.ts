import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identical, isEmpty, sameProductField, sameVariantField } from './canonical';
import type { Winner } from './decision';
import { mergeOrder, mergeStock, mergeValue, sameOrder } from './merge-value';

const policies = fc.constantFrom<Winner>('source-wins', 'remote-wins', 'manual');
const value = fc.constantFrom(null, '', 'a', 'a ', 'b', 'c');
const same = sameProductField.title;
const swapped = { 'source-wins': 'remote-wins', 'remote-wins': 'source-wins', manual: 'manual' } as const;
const based = fc.option(fc.record({ source: value, remote: value }), { nil: undefined });

describe('mergeValue', () => {
  it('never writes where the sides are the same', () => {
    fc.assert(
      fc.property(based, value, policies, (base, held, policy) => {
        const decision = mergeValue({ base, source: held, remote: held }, same, policy);
        // A side that went back to what the other holds has nothing left to tell.
        expect(decision.kind).toBe('skip');
      }),
    );
  });
  it('carries the change of one side to the other, whatever the policy', () => {
    fc.assert(
      fc.property(value, value, value, policies, (source, remote, next, policy) => {
        const base = { source, remote };
        fc.pre(
          !identical(next, source) && !identical(next, remote) && !same(next, remote) && !same(next, source),
        );
        expect(mergeValue({ base, source: next, remote }, same, policy)).toEqual({
          kind: 'push',
          before: remote,
          after: next,
        });
        expect(mergeValue({ base, source, remote: next }, same, policy)).toEqual({
          kind: 'pull',
          before: source,
          after: next,
        });
      }),
    );
  });
  it('lets the policy decide where both changed', () => {
    const values = { base: { source: 'a', remote: 'a' }, source: 'b', remote: 'c' };
    expect(mergeValue(values, same, 'source-wins').kind).toBe('push');
    expect(mergeValue(values, same, 'remote-wins').kind).toBe('pull');
    expect(mergeValue(values, same, 'manual')).toEqual({
      kind: 'conflict',
      reason: 'both-changed',
      base: 'a',
      source: 'b',
      remote: 'c',
    });
  });
  it('clears nothing at the first meeting', () => {
    fc.assert(
      fc.property(value, value, policies, (source, remote, policy) => {
        const decision = mergeValue({ base: undefined, source, remote }, same, policy);
        if (decision.kind === 'push' || decision.kind === 'pull') expect(isEmpty(decision.after)).toBe(false);
      }),
    );
  });
  it('treats both sides alike', () => {
    const mirrored = { push: 'pull', pull: 'push', skip: 'skip', conflict: 'conflict' } as const;
    fc.assert(
      fc.property(based, value, value, policies, (base, source, remote, policy) => {
        const [there, back] = [
          mergeValue({ base, source, remote }, same, policy),
          mergeValue(
            { base: base && { source: base.remote, remote: base.source }, source: remote, remote: source },
            same,
            swapped[policy],
          ),
        ];
        expect(back.kind).toBe(mirrored[there.kind]);
      }),
    );
  });
  it('leaves alone what the source does not manage', () => {
    expect(mergeValue({ base: undefined, source: undefined, remote: 'a' }, same, 'source-wins')).toEqual({
      kind: 'skip',
      reason: 'unmanaged',
    });
  });
});

describe('mergeOrder', () => {
  const order = fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e']);
  it('finds nothing to do once it is carried out', () => {
    fc.assert(
      fc.property(
        fc.option(order, { nil: undefined }),
        order,
        order,
        policies,
        (agreed, source, remote, policy) => {
          const base = agreed && { source: agreed, remote: agreed };
          const decision = mergeOrder({ base, source, remote }, policy);
          if (decision.kind === 'push') expect(decision.after).toEqual(source);
          if (decision.kind === 'pull') expect(decision.after).toEqual(remote);
          const after = decision.kind === 'pull' ? remote : source;
          expect(
            mergeOrder({ base: { source: after, remote: after }, source: after, remote: after }, policy),
          ).toEqual({ kind: 'skip', reason: 'unchanged' });
          if (sameOrder(source, remote)) expect(decision.kind).toBe('skip');
        },
      ),
    );
  });
  it('is not moved by what one side added', () => {
    expect(
      mergeOrder(
        {
          base: { source: ['a', 'b'], remote: ['a', 'b'] },
          source: ['x', 'a', 'b'],
          remote: ['a', 'y', 'b'],
        },
        'manual',
      ).kind,
    ).toBe('skip');
  });
});

describe('sameness', () => {
  it('knows amounts, absent weights and measures by what they mean', () => {
    expect(sameVariantField.price('12.50', '12.5')).toBe(true);
    expect(sameVariantField.price('12.50', '12.51')).toBe(false);
    expect(sameVariantField.compareAtPrice(null, '0.00')).toBe(false);
    expect(sameVariantField.weight(null, { value: '0', unit: 'KILOGRAMS' })).toBe(true);
    expect(sameVariantField.weight({ value: '1.50', unit: 'GRAMS' }, { unit: 'GRAMS', value: '1.5' })).toBe(
      true,
    );
    expect(sameVariantField.weight({ value: '1', unit: 'GRAMS' }, { value: '1', unit: 'OUNCES' })).toBe(
      false,
    );
    const unit = { quantityValue: '2.50', quantityUnit: 'KG', referenceValue: 1, referenceUnit: 'KG' };
    expect(sameVariantField.unitPriceMeasurement(unit, { ...unit, quantityValue: '2.5' })).toBe(true);
    expect(sameVariantField.unitPriceMeasurement(unit, null)).toBe(false);
  });
});

describe('mergeStock', () => {
  const level = fc.integer({ min: -20, max: 200 });
  /** Decides and carries out until nothing is left to do. */
  function settle(base: number, source: number, remote: number, policy: Winner) {
    const states = { base: { source: base, remote: base }, source, remote };
    for (let step = 0; step < 4; step += 1) {
      const decision = mergeStock(states, policy, true);
      if (decision.kind === 'push') states.remote = Number(decision.after);
      if (decision.kind === 'pull') states.source = Number(decision.after);
      const agreed = decision.kind === 'pull' ? decision.agreed : undefined;
      states.base = agreed
        ? { source: Number(agreed.source), remote: Number(agreed.remote) }
        : { source: states.source, remote: states.remote };
      if (decision.kind === 'skip') return { ...states, steps: step };
    }
    return { ...states, steps: 4 };
  }

  it('adds up what both sides moved, each once, whoever wins', () => {
    fc.assert(
      fc.property(level, level, level, policies, (base, source, remote, policy) => {
        fc.pre(source !== remote);
        const end = settle(base, source, remote, policy);
        expect(end.steps).toBeLessThan(4);
        expect([end.source, end.remote]).toEqual([source + remote - base, source + remote - base]);
      }),
    );
  });
  it('counts what both sides hold alike once: it may be our own write whose answer was lost', () => {
    fc.assert(
      fc.property(level, level, policies, (base, held, policy) => {
        expect(settle(base, held, held, policy)).toMatchObject({ source: held, remote: held });
      }),
    );
  });
  it('is a value like any other where a policy says who wins it', () => {
    const levels = { base: { source: 10, remote: 10 }, source: 8, remote: 7 };
    expect(mergeStock(levels, 'source-wins', false)).toEqual({ kind: 'push', before: 7, after: 8 });
    expect(mergeStock(levels, 'remote-wins', false)).toEqual({ kind: 'pull', before: 8, after: 7 });
    expect(mergeStock({ ...levels, base: undefined }, 'manual', true).kind).toBe('conflict');
  });
});
