import type { Gid } from '~/core/product-state';
import type { Resources } from './resources';

/** Shopify finished a bulk operation: the walk that waits for it goes on. Operations nobody waits for are none of ours. */
export async function bulkOperationFinished(
  { db, queue }: Resources,
  { shopId, bulkOperationId }: { shopId: string; bulkOperationId: Gid },
): Promise<void> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM app.reconciliation
    WHERE shop_id = ${shopId}::uuid AND state = 'running'
      AND bulk_operations @> ${JSON.stringify([{ id: bulkOperationId }])}::jsonb`;
  await queue.add(rows.map(({ id }) => ({ name: 'reconcile-store', shopId, reconciliationId: id })));
}
