/** Policies of a shop: what its row says, and the rules that depart from it. */
import { z } from 'zod';
import { CONFLICT_POLICIES } from '~/core/decision';
import { FIELD_GROUPS } from '~/core/field-group';
import type { ShopPolicies } from '~/core/policy-rules';
import type { Queryable } from './client.server';

const conflict = z.enum(CONFLICT_POLICIES);
const deletion = z.enum(['archive', 'delete']);
const fieldGroup = z.enum(FIELD_GROUPS).nullable();

/** Every policy of the shop; throws where there is no such shop. */
export async function loadPolicies(db: Queryable, shopId: string): Promise<ShopPolicies> {
  const [shop, rules] = await Promise.all([
    db.shop.findUniqueOrThrow({
      where: { id: shopId },
      select: { conflictPolicy: true, holdAbovePercent: true, deletionPolicy: true },
    }),
    db.policyRule.findMany({ where: { shopId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
  ]);
  return {
    store: {
      conflict: conflict.parse(shop.conflictPolicy),
      holdAbovePercent: shop.holdAbovePercent?.toNumber() ?? null,
      deletion: deletion.parse(shop.deletionPolicy),
    },
    rules: rules.map((rule) => ({
      productId: rule.productId,
      fieldGroup: fieldGroup.parse(rule.fieldGroup),
      conflict: conflict.parse(rule.conflictPolicy),
      holdAbovePercent: rule.holdAbovePercent?.toNumber() ?? null,
    })),
  };
}
