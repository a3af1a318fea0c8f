import type { Resources } from './resources';

export type CancelledPromotion =
  { kind: 'cancelled' } | { kind: 'not-scheduled'; state: string } | { kind: 'gone' };

/** Cancels a promotion that has not begun. One that is on is ended: end-promotion.ts. */
export async function cancelPromotion(
  { db, live, now }: Resources,
  { shopId, promotionId, causedBy }: { shopId: string; promotionId: string; causedBy: string },
): Promise<CancelledPromotion> {
  const promotion = await db.promotion.findUnique({ where: { id: promotionId, shopId } });
  if (!promotion) return { kind: 'gone' };
  const { count } = await db.promotion.updateMany({
    where: { id: promotionId, shopId, state: 'scheduled' },
    data: { state: 'cancelled', endedAt: now(), endedBy: causedBy },
  });
  if (count === 0) return { kind: 'not-scheduled', state: promotion.state };
  await live.publish(shopId, { kind: 'overlays-changed' });
  return { kind: 'cancelled' };
}
