import type { BulkEdit } from '#generated/prisma/client';
import { isPriceChange } from '~/core/promotion';
import { insertPromotion, storedTerms } from '~/db/promotions.server';
import { bulkChangesSchema } from './bulk-edit-schema';
import { queueTurns } from './queue-promotions';
import { inTransaction } from './record-work';
import type { Resources } from './resources';

/** Puts a planned promotion on the calendar; null where somebody else did, or cancelled it. */
export async function schedulePromotion(
  resources: Resources,
  edit: BulkEdit,
  confirmedBy: string,
): Promise<{ kind: 'scheduled'; promotionId: string } | { kind: 'too-late' } | null> {
  const { queue, live, now } = resources;
  const { id, shopId, name } = edit;
  const terms = storedTerms(edit.promotion);
  if (terms.endsAt !== null && terms.endsAt.getTime() <= now().getTime()) return { kind: 'too-late' };
  const changes = bulkChangesSchema.parse(edit.changes).filter(isPriceChange);
  const isScheduled = await inTransaction(resources, async (tx) => {
    const { count } = await tx.bulkEdit.updateMany({
      where: { id, shopId, state: 'planned', cancelRequestedAt: null },
      data: { state: 'finished', confirmedBy, startedAt: now(), finishedAt: now() },
    });
    if (count > 0)
      await insertPromotion(tx, { id, shopId, name, changes, terms, createdBy: confirmedBy, now: now() });
    return count > 0;
  });
  if (!isScheduled) return null;
  // A job that cannot be queued now is made up for by the sweep.
  await queueTurns(queue, shopId, { now: now(), at: [terms.startsAt, terms.endsAt] });
  await live.publish(shopId, { kind: 'overlays-changed' });
  return { kind: 'scheduled', promotionId: id };
}
