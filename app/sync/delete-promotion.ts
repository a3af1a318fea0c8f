import { inTransaction } from './record-work';
import type { Resources } from './resources';

export type DeletedPromotion = { kind: 'deleted' } | { kind: 'not-over'; state: string } | { kind: 'gone' };

/** Takes a promotion that is over, or was cancelled, off the list. What it did stays in the audit log. */
export async function deletePromotion(
  resources: Resources,
  { shopId, promotionId }: { shopId: string; promotionId: string },
): Promise<DeletedPromotion> {
  const { db, live } = resources;
  const promotion = await db.promotion.findUnique({ where: { id: promotionId, shopId } });
  if (!promotion) return { kind: 'gone' };
  const isDeleted = await inTransaction(resources, async (tx) => {
    const { count } = await tx.promotion.deleteMany({
      where: { id: promotionId, shopId, state: { in: ['ended', 'cancelled'] }, isCarried: true },
    });
    if (count > 0) await tx.promotionVariant.deleteMany({ where: { promotionId } });
    return count > 0;
  });
  if (!isDeleted) return { kind: 'not-over', state: promotion.state };
  await live.publish(shopId, { kind: 'overlays-changed' });
  return { kind: 'deleted' };
}
