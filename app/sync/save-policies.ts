import type { ShopPolicies } from '~/core/policy-rules';
import { keepOwnProductIds } from '~/db/pages/products.server';
import { requestConflicted } from './request-conflicted';
import type { Resources } from './resources';

export type SavePoliciesOutcome =
  /** `products`: how many are looked at again because they waited for a person. */
  { kind: 'saved'; products: number } | { kind: 'refused'; message: string };

/** More rules than a person can keep in mind, and than a page can show. */
export const MOST_RULES = 500;

const subject = (rule: { productId: string | null; fieldGroup: string | null }) =>
  `${rule.productId ?? ''} ${rule.fieldGroup ?? ''}`;

/** Stores every policy of a shop, in place of those that held. They hold from the next look at a product on. */
export async function savePolicies(
  resources: Resources,
  { shopId, policies, actor }: { shopId: string; policies: ShopPolicies; actor: string },
): Promise<SavePoliciesOutcome> {
  const { db, now } = resources;
  const { store, rules } = policies;
  if (rules.length > MOST_RULES)
    return {
      kind: 'refused',
      message: `A store can have ${MOST_RULES} rules; these are ${rules.length}. Remove some.`,
    };
  if (new Set(rules.map(subject)).size < rules.length)
    return { kind: 'refused', message: 'Two rules are about the same: remove one of them.' };
  if (rules.some((rule) => rule.productId === null && rule.fieldGroup === null))
    return { kind: 'refused', message: 'A rule for everything is the store’s own policy: change that.' };
  const shop = await db.shop.findUniqueOrThrow({ where: { id: shopId } });
  const productIds = [...new Set(rules.flatMap((rule) => rule.productId ?? []))];
  const own = await keepOwnProductIds(db, shop, productIds);
  if (own.length < productIds.length)
    return {
      kind: 'refused',
      message: 'A product of a rule is not in your catalog: remove that rule.',
    };
  await db.$transaction(async (tx) => {
    await tx.shop.update({
      where: { id: shopId },
      data: {
        conflictPolicy: store.conflict,
        holdAbovePercent: store.holdAbovePercent,
        deletionPolicy: store.deletion,
        policyChosenAt: now(),
      },
    });
    const held = new Map(
      (await tx.policyRule.findMany({ where: { shopId } })).map((rule) => [subject(rule), rule]),
    );
    const kept = new Set(rules.map(subject));
    await tx.policyRule.deleteMany({
      where: { id: { in: [...held].flatMap(([of, { id }]) => (kept.has(of) ? [] : [id])) } },
    });
    for (const rule of rules) {
      const before = held.get(subject(rule));
      const said = { conflictPolicy: rule.conflict, holdAbovePercent: rule.holdAbovePercent };
      if (!before)
        await tx.policyRule.create({
          data: { shopId, productId: rule.productId, fieldGroup: rule.fieldGroup, ...said, createdBy: actor },
        });
      else if (
        before.conflictPolicy !== rule.conflict ||
        (before.holdAbovePercent?.toNumber() ?? null) !== rule.holdAbovePercent
      )
        await tx.policyRule.update({ where: { id: before.id }, data: said });
    }
  });
  return { kind: 'saved', products: await requestConflicted(resources, { shopId, causedBy: actor }) };
}
