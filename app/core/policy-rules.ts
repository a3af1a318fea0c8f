/** Which policy holds for a product: the store's own, and the rules that depart from it. */
import type { FieldPolicy, MergePolicy } from './decision';
import { FIELD_GROUPS } from './field-group';
import type { FieldGroup } from './field-group';
import type { SourceId } from './product-state';

/** A departure from the store's policy. It says both who wins and the limit: nothing of a wider rule shows through. */
export interface PolicyRule extends FieldPolicy {
  /** Null: every product. */
  productId: SourceId | null;
  /** Null: every field. */
  fieldGroup: FieldGroup | null;
}

export interface ShopPolicies {
  store: FieldPolicy & { deletion: MergePolicy['deletion'] };
  /** At most one for each product and field group. */
  rules: PolicyRule[];
}

const sameFieldPolicy = (a: FieldPolicy, b: FieldPolicy): boolean =>
  a.conflict === b.conflict && a.holdAbovePercent === b.holdAbovePercent;

const fieldPolicy = ({ conflict, holdAbovePercent }: FieldPolicy): FieldPolicy => ({
  conflict,
  holdAbovePercent,
});

/**
 * The policy of one product. The most specific rule holds: product and group, then product, then group, then all. A
 * group is named only where it departs from the product's own policy; "inventory" is named wherever a rule names it,
 * because changes of stock on both sides add up unless a rule says otherwise.
 */
export function policyOf(policies: ShopPolicies, productId: SourceId): MergePolicy {
  const ruleFor = (product: SourceId | null, group: FieldGroup | null) =>
    policies.rules.find((rule) => rule.productId === product && rule.fieldGroup === group);
  const productRule = ruleFor(productId, null);
  const own = fieldPolicy(productRule ?? ruleFor(null, null) ?? policies.store);
  const groups: Partial<Record<FieldGroup, FieldPolicy>> = {};
  for (const group of FIELD_GROUPS) {
    const rule = ruleFor(productId, group) ?? (productRule ? undefined : ruleFor(null, group));
    if (rule && (group === 'inventory' || !sameFieldPolicy(rule, own))) groups[group] = fieldPolicy(rule);
  }
  return { ...own, groups, deletion: policies.store.deletion };
}
