/** Rows of the audit log, written as they are. */
import { randomUUID } from 'node:crypto';
import type { Prisma } from '#generated/prisma/client';
import type { Database } from '~/db/client.server';

/** Writes rows in order, each with what it does not say filled in; returns their ids. */
export async function putChanges(
  db: Database,
  shopId: string,
  rows: (Partial<Prisma.ChangeUncheckedCreateInput> & { productId: string })[],
): Promise<bigint[]> {
  const ids: bigint[] = [];
  for (const row of rows) {
    const { id } = await db.change.create({
      data: {
        changeKey: randomUUID(),
        shopId,
        field: 'title',
        direction: 'push',
        before: 'before',
        after: 'after',
        state: 'applied',
        causedBy: 'user 1',
        ...row,
      },
    });
    ids.push(id);
  }
  return ids;
}
