import type { Queryable } from '../client.server';

/**
 * The edit that asks again for what had moved of this one; null where there is none, or where it was given up before it wrote
 * anything. A second one would change by percent what the first has changed already.
 */
export async function readAskedAgain(
  db: Queryable,
  shopId: string,
  editId: string,
): Promise<{ id: string; name: string; state: string } | null> {
  return db.bulkEdit.findFirst({
    where: {
      shopId,
      selection: { path: ['fieldsMovedIn'], equals: editId },
      OR: [{ state: { notIn: ['cancelled', 'failed'] } }, { fieldsApplied: { gt: 0 } }],
    },
    orderBy: { createdAt: 'desc' },
    select: { id: true, name: true, state: true },
  });
}
