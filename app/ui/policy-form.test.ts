import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFLICT_POLICIES } from '~/core/decision';
import { FIELD_GROUPS } from '~/core/field-group';
import { holdProblem, policiesOf, policyForm } from './policy-form';

const fieldPolicy = fc.record({
  conflict: fc.constantFrom(...CONFLICT_POLICIES),
  holdAbovePercent: fc.constantFrom<number | null>(null, 0.5, 20, 1_000_000),
});
const rule = fc
  .tuple(fc.option(fc.uuid()), fc.option(fc.constantFrom(...FIELD_GROUPS)), fieldPolicy)
  .filter(([productId, fieldGroup]) => productId !== null || fieldGroup !== null)
  .map(([productId, fieldGroup, policy]) => ({ productId, fieldGroup, ...policy }));
const subject = (one: { productId: string | null; fieldGroup: string | null }) =>
  `${one.productId} ${one.fieldGroup}`;

describe('policyForm', () => {
  it('means the policies it was made of', () => {
    fc.assert(
      fc.property(fieldPolicy, fc.uniqueArray(rule, { selector: subject }), (own, rules) => {
        const policies = { store: { ...own, deletion: 'archive' as const }, rules };
        const read = policiesOf(policyForm(policies));
        const sorted = (list: typeof rules) => [...list].sort((a, b) => (subject(a) < subject(b) ? -1 : 1));
        if (!read.ok) throw new Error(read.message);
        expect(read.policies.store).toEqual(policies.store);
        expect(sorted(read.policies.rules)).toEqual(sorted(rules));
      }),
    );
  });

  it('says which limit cannot be used', () => {
    const form = policyForm({
      store: { conflict: 'manual', holdAbovePercent: null, deletion: 'archive' },
      rules: [{ productId: null, fieldGroup: 'price', conflict: 'manual', holdAbovePercent: 5 }],
    });
    const spoiled = {
      ...form,
      groups: { ...form.groups, price: { conflict: 'manual' as const, hold: 'lots' } },
    };
    expect(policiesOf(spoiled)).toEqual({ ok: false, message: expect.stringMatching(/Prices.*lots/) });
  });

  it.each(['0', '-1', '1e3', '20%', '0.001', '1000001', 'NaN'])('takes no limit of %s', (hold) => {
    expect(holdProblem(hold)).not.toBeNull();
  });
  it.each(['', ' ', '20', '0.01', ' 12.5 '])('takes a limit of “%s”', (hold) => {
    expect(holdProblem(hold)).toBeNull();
  });
});
