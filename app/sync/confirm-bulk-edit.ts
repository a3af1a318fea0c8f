import { z } from 'zod';
import { queueApplying } from './queue-edit';
import type { Resources } from './resources';
import { schedulePromotion } from './schedule-promotion';

export type ConfirmedEdit =
  | { kind: 'started' }
  /** A promotion: it is on the calendar now. */
  | { kind: 'scheduled'; promotionId: string }
  /** A promotion that would be over already. */
  | { kind: 'too-late' }
  /** A guard holds it: `expected` must be typed, the number of products that it changes. */
  | { kind: 'needs-confirmation'; expected: string }
  | { kind: 'needs-second-person' }
  | { kind: 'nothing-to-change' }
  | { kind: 'not-planned'; state: string }
  | { kind: 'gone' };

/** Lets a planned edit be applied; false where somebody else did, or cancelled it. */
async function applyPlannedEdit(
  { db, queue, now }: Resources,
  { shopId, editId, confirmedBy }: { shopId: string; editId: string; confirmedBy: string },
): Promise<boolean> {
  const { count } = await db.bulkEdit.updateMany({
    where: { id: editId, shopId, state: 'planned' },
    data: { state: 'applying', confirmedBy, startedAt: now() },
  });
  // A job that cannot be queued now is queued by the sweep.
  if (count > 0) await queueApplying(queue, { shopId, editId });
  return count > 0;
}

/**
 * Applies a planned edit. Where it goes beyond the shop's limits the number of products must be typed, and where the shop
 * asks for a second person it must be somebody else than whoever made it.
 */
export async function confirmBulkEdit(
  resources: Resources,
  edit: { shopId: string; editId: string; causedBy: string; confirmation: string | null },
): Promise<ConfirmedEdit> {
  const { shopId, editId, causedBy, confirmation } = edit;
  const { db } = resources;
  const planned = await db.bulkEdit.findUnique({ where: { id: editId, shopId } });
  if (!planned) return { kind: 'gone' };
  if (planned.state !== 'planned') return { kind: 'not-planned', state: planned.state };
  if (planned.fieldsToChange === 0) return { kind: 'nothing-to-change' };
  if (z.array(z.unknown()).parse(planned.guard).length > 0) {
    const { guardSecondPerson } = await db.shop.findUniqueOrThrow({
      where: { id: shopId },
      select: { guardSecondPerson: true },
    });
    if (guardSecondPerson && planned.causedBy === causedBy) return { kind: 'needs-second-person' };
    const expected = String(planned.productsToChange);
    if (confirmation?.trim() !== expected) return { kind: 'needs-confirmation', expected };
  }
  if (planned.target === 'promotion') {
    const scheduled = await schedulePromotion(resources, planned, causedBy);
    await resources.live.publish(shopId, { kind: 'edit-progress', editId });
    return scheduled ?? { kind: 'not-planned', state: 'finished' };
  }
  const started = await applyPlannedEdit(resources, { shopId, editId, confirmedBy: causedBy });
  if (!started) return { kind: 'not-planned', state: 'applying' };
  await resources.live.publish(shopId, { kind: 'edit-progress', editId });
  return { kind: 'started' };
}
