import { finishIfDone } from '~/db/runs.server';
import type { Resources } from './resources';

/** Stops a run: documents that are on their way finish and are recorded, everything else of it is left alone. */
export async function cancelRun(
  resources: Resources,
  { shopId, runId }: { shopId: string; runId: string },
): Promise<void> {
  const { db, live, now } = resources;
  const { count } = await db.syncRun.updateMany({
    where: { id: runId, shopId, state: { in: ['queued', 'adopting', 'running'] } },
    data: { cancelRequestedAt: now() },
  });
  if (count === 0) return;
  // Products that no job has taken yet will find no run that wants them.
  await db.$executeRaw`
    WITH dropped AS (
      DELETE FROM app.sync_request WHERE shop_id = ${shopId}::uuid AND run_id = ${runId}::uuid RETURNING product_id
    )
    UPDATE app.run_product product SET state = 'cancelled', code = 'cancelled', ended_at = ${now()},
      message = 'The run was cancelled before this product was looked at.'
    FROM dropped WHERE product.run_id = ${runId}::uuid AND product.product_id = dropped.product_id AND product.state = 'pending'`;
  await finishIfDone(db, runId, now());
  await live.publish(shopId, { kind: 'run-progress', runId });
}
