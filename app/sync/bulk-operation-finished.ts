import type { Gid } from '~/core/product-state';
import { tellBulkWrite } from '~/db/bulk-writes.server';
import type { Resources } from './resources';

/** Shopify finished a bulk operation: the walk or the job that waits for it goes on. Operations nobody waits for are none of ours. */
export async function bulkOperationFinished(
  { db, queue, now }: Resources,
  { shopId, bulkOperationId }: { shopId: string; bulkOperationId: Gid },
): Promise<void> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM app.reconciliation
    WHERE shop_id = ${shopId}::uuid AND state = 'running'
      AND bulk_operations @> ${JSON.stringify([{ id: bulkOperationId }])}::jsonb`;
  await tellBulkWrite(db, { shopId, bulkOperationId, now: now() });
  await queue.add(rows.map(({ id }) => ({ name: 'reconcile-store', shopId, reconciliationId: id })));
}
