import type { EditProblem } from '~/core/bulk-edit';
import { termsProblems } from '~/core/promotion';
import { queueTurns } from './queue-promotions';
import type { Resources } from './resources';

export type RescheduledPromotion =
  | { kind: 'rescheduled' }
  /** It has begun, so its start stands; or it is over. */
  | { kind: 'too-late'; state: string }
  | { kind: 'refused'; problems: EditProblem[] }
  | { kind: 'gone' };

/** Moves a promotion: before it begins its start and end, while it is on its end only. What is not named stays. */
export async function reschedulePromotion(
  { db, queue, live, now }: Resources,
  change: {
    shopId: string;
    promotionId: string;
    startsAt?: Date;
    endsAt?: Date | null;
    causedBy: string;
  },
): Promise<RescheduledPromotion> {
  const { shopId, promotionId } = change;
  const promotion = await db.promotion.findUnique({ where: { id: promotionId, shopId } });
  if (!promotion) return { kind: 'gone' };
  const { state } = promotion;
  if (state !== 'scheduled' && (state !== 'active' || change.startsAt !== undefined))
    return { kind: 'too-late', state };
  const { priority, showsBaseAsCompareAt } = promotion;
  const startsAt = change.startsAt ?? promotion.startsAt;
  const endsAt = change.endsAt === undefined ? promotion.endsAt : change.endsAt;
  const problems = termsProblems({ startsAt, endsAt, priority, showsBaseAsCompareAt }, now());
  if (problems.length > 0) return { kind: 'refused', problems };
  const { count } = await db.promotion.updateMany({
    where: { id: promotionId, shopId, state },
    data: { startsAt, endsAt },
  });
  if (count === 0) return { kind: 'too-late', state: 'active' };
  await queueTurns(queue, shopId, { now: now(), at: [startsAt, endsAt] });
  await live.publish(shopId, { kind: 'overlays-changed' });
  return { kind: 'rescheduled' };
}
