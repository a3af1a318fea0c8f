import { queueTurns } from './queue-promotions';
import type { Resources } from './resources';

export type EndedPromotion = { kind: 'ended' } | { kind: 'not-on'; state: string } | { kind: 'gone' };

/** Ends a promotion that is on, now: its products go back to what lies beneath. */
export async function endPromotion(
  { db, queue, live, now }: Resources,
  { shopId, promotionId, causedBy }: { shopId: string; promotionId: string; causedBy: string },
): Promise<EndedPromotion> {
  const promotion = await db.promotion.findUnique({ where: { id: promotionId, shopId } });
  if (!promotion) return { kind: 'gone' };
  // From here on it is due; whoever carries it finds who wanted it.
  const { count } = await db.promotion.updateMany({
    where: { id: promotionId, shopId, state: 'active' },
    data: { endsAt: now(), endedBy: causedBy },
  });
  if (count === 0) return { kind: 'not-on', state: promotion.state };
  await queueTurns(queue, shopId);
  await live.publish(shopId, { kind: 'overlays-changed' });
  return { kind: 'ended' };
}
