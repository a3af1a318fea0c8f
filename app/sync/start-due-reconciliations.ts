import { startReconciliation } from './start-reconciliation';
import type { Resources } from './resources';

/** Starts a walk in each adopted shop whose last one, or else its adoption, is `intervalMs` ago. */
export async function startDueReconciliations(
  resources: Resources,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  const since = new Date(resources.now().getTime() - intervalMs);
  const shops = await resources.db.$queryRaw<{ id: string }[]>`
    SELECT shop.id FROM app.shop shop
    WHERE shop.uninstalled_at IS NULL AND shop.adopted_at <= ${since} AND NOT EXISTS (
      SELECT 1 FROM app.reconciliation walk
      WHERE walk.shop_id = shop.id AND (walk.started_at > ${since} OR walk.state = 'running'))`;
  for (const { id: shopId } of shops) {
    signal.throwIfAborted();
    try {
      await startReconciliation(resources, { shopId, causedBy: 'schedule' });
    } catch (error) {
      resources.log.error({ err: error, shopId }, 'A scheduled check of a store could not be started');
    }
  }
}
