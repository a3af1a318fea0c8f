import type { Resources } from './resources';
import { startRun } from './start-run';

/** A new run of the products that failed in this one, or were cancelled before they were looked at. */
export async function retryRun(
  resources: Resources,
  { shopId, runId, causedBy }: { shopId: string; runId: string; causedBy: string },
): Promise<{ runId: string }> {
  const run = await resources.db.syncRun.findUnique({
    where: { id: runId, shopId },
    select: { state: true, error: true },
  });
  const products = await resources.db.runProduct.findMany({
    where: { runId, shopId, state: { in: ['failed', 'cancelled'] } },
    select: { productId: true },
  });
  const isWhole = products.length === 0 && run?.state === 'failed';
  if (products.length === 0 && !isWhole)
    throw new Error('No product of this run failed: there is nothing to retry.');
  return startRun(resources, {
    shopId,
    trigger: 'retry',
    causedBy,
    ...(!isWhole && { productIds: products.map((product) => product.productId) }),
  });
}
