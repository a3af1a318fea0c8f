import type { Resources } from './resources';

/**
 * Stops an edit. One that is only planned ends at once; one that is being applied stops between two chunks: what was written
 * is carried to Shopify, everything else is left as it is. In the bulk lane the file on its way is stopped, and what Shopify
 * was not given is taken back.
 */
export async function cancelBulkEdit(
  { db, live, now }: Resources,
  { shopId, editId }: { shopId: string; editId: string },
): Promise<{ kind: 'cancelled' | 'not-running' | 'gone' }> {
  const edit = await db.bulkEdit.findUnique({ where: { id: editId, shopId }, select: { state: true } });
  if (!edit) return { kind: 'gone' };
  const { count } = await db.bulkEdit.updateMany({
    where: { id: editId, shopId, state: { in: ['planning', 'planned', 'applying'] } },
    data: { cancelRequestedAt: now() },
  });
  if (count === 0) return { kind: 'not-running' };
  const waits = await db.bulkEdit.updateMany({
    where: { id: editId, shopId, state: 'planned' },
    data: { state: 'cancelled', finishedAt: now() },
  });
  if (waits.count > 0)
    await db.bulkEditField.updateMany({ where: { editId, state: 'planned' }, data: { state: 'cancelled' } });
  await live.publish(shopId, { kind: 'edit-progress', editId });
  return { kind: 'cancelled' };
}
