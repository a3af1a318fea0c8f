import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFLICT_POLICIES } from './decision';
import type { FieldPolicy } from './decision';
import { FIELD_GROUPS } from './field-group';
import type { FieldGroup } from './field-group';
import { policyOf } from './policy-rules';
import type { PolicyRule, ShopPolicies } from './policy-rules';

const PRODUCTS = ['tent', 'mug', 'lamp'];
const fieldPolicy = fc.record({
  conflict: fc.constantFrom(...CONFLICT_POLICIES),
  holdAbovePercent: fc.constantFrom(null, 10, 50),
});
const rule = fc
  .tuple(
    fc.option(fc.constantFrom(...PRODUCTS)),
    fc.option(fc.constantFrom<FieldGroup>('price', 'inventory', 'content')),
    fieldPolicy,
  )
  .map(([productId, fieldGroup, policy]): PolicyRule => ({ productId, fieldGroup, ...policy }));
const shopPolicies: fc.Arbitrary<ShopPolicies> = fc.record({
  store: fc
    .tuple(fieldPolicy, fc.constantFrom('archive' as const, 'delete' as const))
    .map(([policy, deletion]) => ({ ...policy, deletion })),
  rules: fc.uniqueArray(rule, { selector: ({ productId, fieldGroup }) => `${productId} ${fieldGroup}` }),
});
const subject = fc.constantFrom(...PRODUCTS);
const group = fc.constantFrom(...FIELD_GROUPS);

/** What holds for a group, said the long way: the rule of the highest rank that speaks of it. */
function effective({ store, rules }: ShopPolicies, productId: string, of: FieldGroup): FieldPolicy {
  const rank = (one: PolicyRule) =>
    one.productId === null ? (one.fieldGroup === null ? 0 : 1) : one.fieldGroup === null ? 2 : 3;
  const [best] = rules
    .filter((one) => one.productId === null || one.productId === productId)
    .filter((one) => one.fieldGroup === null || one.fieldGroup === of)
    .sort((a, b) => rank(b) - rank(a));
  const { conflict, holdAbovePercent } = best ?? store;
  return { conflict, holdAbovePercent };
}

describe('policyOf', () => {
  it('lets the most specific rule hold for every group', () => {
    fc.assert(
      fc.property(shopPolicies, subject, group, (policies, productId, of) => {
        const policy = policyOf(policies, productId);
        const own = { conflict: policy.conflict, holdAbovePercent: policy.holdAbovePercent ?? null };
        expect(policy.groups?.[of] ?? own).toEqual(effective(policies, productId, of));
      }),
    );
  });

  it('names a group only where it departs, and stock wherever a rule names it', () => {
    fc.assert(
      fc.property(shopPolicies, subject, (policies, productId) => {
        const policy = policyOf(policies, productId);
        const own = { conflict: policy.conflict, holdAbovePercent: policy.holdAbovePercent };
        for (const [of, departs] of Object.entries(policy.groups ?? {}))
          if (of !== 'inventory') expect(departs).not.toEqual(own);
        const about = (id: string | null, of: FieldGroup | null) =>
          policies.rules.some((one) => one.productId === id && one.fieldGroup === of);
        const isNamed =
          about(productId, 'inventory') || (about(null, 'inventory') && !about(productId, null));
        expect(policy.groups?.inventory !== undefined).toBe(isNamed);
      }),
    );
  });

  it('does not care for the order of rules, nor for rules of other products', () => {
    fc.assert(
      fc.property(shopPolicies, subject, (policies, productId) => {
        const { store, rules } = policies;
        const own = rules.filter((one) => one.productId === null || one.productId === productId);
        expect(policyOf({ store, rules: own.reverse() }, productId)).toEqual(policyOf(policies, productId));
      }),
    );
  });

  it('leaves stock to add up under a rule for all of a product, and names it under one that repeats the store’s', () => {
    const store = { conflict: 'source-wins', holdAbovePercent: null, deletion: 'archive' } as const;
    const stock = { conflict: 'source-wins', holdAbovePercent: null, fieldGroup: 'inventory' } as const;
    const everything = {
      conflict: 'manual',
      holdAbovePercent: null,
      productId: 'tent',
      fieldGroup: null,
    } as const;
    const rules = [{ ...stock, productId: null }, everything];
    expect(policyOf({ store, rules }, 'mug').groups).toEqual({
      inventory: { conflict: 'source-wins', holdAbovePercent: null },
    });
    expect(policyOf({ store, rules }, 'tent')).toEqual({
      conflict: 'manual',
      holdAbovePercent: null,
      groups: {},
      deletion: 'archive',
    });
  });
});
