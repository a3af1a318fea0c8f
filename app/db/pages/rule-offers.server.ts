/** Rules the app could offer, from what a merchant answered again and again. */
import type { FieldValue } from '~/core/decision';
import { FIELD_GROUPS } from '~/core/field-group';
import type { FieldGroup } from '~/core/field-group';
import { replay, ruleFrom } from '~/core/rule-offer';
import type { Choice, OfferedPolicy } from '~/core/rule-offer';
import type { Queryable } from '../client.server';
import { fieldValue } from '../field-value.server';
import { loadPolicies } from '../policies.server';

export interface RuleOffer {
  group: FieldGroup;
  policy: OfferedPolicy;
  /** Equal answers in a row, the newest ones. */
  streak: number;
  /** Past conflicts of the group that were looked at, newest first. */
  considered: number;
  /** Of those, how many the rule would have answered as the merchant did. */
  same: number;
  differing: DifferingAnswer[];
  /** How many more differ than are listed. */
  moreDiffering: number;
  /** Conflicts of the group that the rule would settle now. */
  waiting: number;
}

export interface DifferingAnswer {
  id: string;
  productId: string;
  productTitle: string;
  field: string;
  source: FieldValue;
  remote: FieldValue;
  choice: Choice;
  value: FieldValue;
  resolvedAt: string;
}

const ANSWERS_CONSIDERED = 100;
const DIFFERING_SHOWN = 20;

interface PastAnswer extends Omit<DifferingAnswer, 'resolvedAt' | 'productTitle'> {
  productTitle: string | null;
  resolvedAt: Date;
}

/** A held value is asked for by the limit, not by the rule: those answers say nothing about who should win. */
function pastAnswers(db: Queryable, shopId: string, group: FieldGroup): Promise<PastAnswer[]> {
  return db.$queryRaw<PastAnswer[]>`
    SELECT c.id, c.product_id AS "productId", l.title AS "productTitle", c.field, c.source, c.remote, c.choice, c.value,
      c.resolved_at AS "resolvedAt"
    FROM app.conflict c LEFT JOIN app.product_link l ON l.shop_id = c.shop_id AND l.product_id = c.product_id
    WHERE c.shop_id = ${shopId}::uuid AND c.field_group = ${group} AND c.reason = 'both-changed'
      AND c.state IN ('resolving', 'resolved') AND c.choice IN ('source', 'remote', 'value') AND c.resolved_at IS NOT NULL
    ORDER BY c.resolved_at DESC, c.id DESC LIMIT ${ANSWERS_CONSIDERED}`;
}

/** Offers that stand now: no rule says the same already, and nobody declined it. */
export async function readRuleOffers(db: Queryable, shopId: string): Promise<RuleOffer[]> {
  const [policies, declined, groups] = await Promise.all([
    loadPolicies(db, shopId),
    db.declinedRule.findMany({ where: { shopId } }),
    db.conflict.groupBy({
      by: ['fieldGroup'],
      where: { shopId, resolvedAt: { not: null } },
      _count: { _all: true },
    }),
  ]);
  const answered = new Set(groups.map((one) => one.fieldGroup));
  const offers: RuleOffer[] = [];
  for (const group of FIELD_GROUPS.filter((one) => answered.has(one))) {
    const answers = await pastAnswers(db, shopId, group);
    const rule = ruleFrom(answers.map(({ choice }) => choice));
    if (rule === null) continue;
    const { policy, streak } = rule;
    const current =
      policies.rules.find((one) => one.productId === null && one.fieldGroup === group) ?? policies.store;
    if (current.conflict === policy) continue;
    if (declined.some((one) => one.fieldGroup === group && one.conflictPolicy === policy)) continue;
    const { same, different } = replay(policy, answers);
    offers.push({
      group,
      policy,
      streak,
      considered: answers.length,
      same,
      differing: different.slice(0, DIFFERING_SHOWN).map((answer) => ({
        ...answer,
        source: fieldValue.parse(answer.source),
        remote: fieldValue.parse(answer.remote),
        value: fieldValue.parse(answer.value),
        productTitle: answer.productTitle ?? 'A product that is gone',
        resolvedAt: answer.resolvedAt.toISOString(),
      })),
      moreDiffering: Math.max(0, different.length - DIFFERING_SHOWN),
      waiting: await db.conflict.count({
        where: { shopId, fieldGroup: group, state: 'open', reason: 'both-changed' },
      }),
    });
  }
  return offers;
}
