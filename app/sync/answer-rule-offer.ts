import type { FieldGroup } from '~/core/field-group';
import type { OfferedPolicy } from '~/core/rule-offer';
import { readRuleOffers } from '~/db/pages/rule-offers.server';
import { loadPolicies } from '~/db/policies.server';
import { requestConflicted } from './request-conflicted';
import type { Resources } from './resources';

export type RuleOfferOutcome =
  { kind: 'accepted'; products: number } | { kind: 'declined' } | { kind: 'gone' };

/** Takes an offered rule, or declines it for good. A rule holds for the whole store and keeps the limit that holds now. */
export async function answerRuleOffer(
  resources: Resources,
  input: {
    shopId: string;
    fieldGroup: FieldGroup;
    policy: OfferedPolicy;
    accepted: boolean;
    actor: string;
  },
): Promise<RuleOfferOutcome> {
  const { db } = resources;
  const { shopId, fieldGroup, policy, actor } = input;
  const offers = await readRuleOffers(db, shopId);
  if (!offers.some((offer) => offer.group === fieldGroup && offer.policy === policy)) return { kind: 'gone' };
  if (!input.accepted) {
    const key = { shopId, fieldGroup, conflictPolicy: policy };
    await db.declinedRule.upsert({
      where: { shopId_fieldGroup_conflictPolicy: key },
      create: { ...key, declinedBy: actor },
      update: {},
    });
    return { kind: 'declined' };
  }
  await db.$transaction(async (tx) => {
    const { store, rules } = await loadPolicies(tx, shopId);
    const held = rules.find((rule) => rule.productId === null && rule.fieldGroup === fieldGroup) ?? store;
    await tx.policyRule.deleteMany({ where: { shopId, productId: null, fieldGroup } });
    await tx.policyRule.create({
      data: {
        shopId,
        fieldGroup,
        conflictPolicy: policy,
        holdAbovePercent: held.holdAbovePercent,
        createdBy: actor,
      },
    });
  });
  return { kind: 'accepted', products: await requestConflicted(resources, { shopId, causedBy: actor }) };
}
