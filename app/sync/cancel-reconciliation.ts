import { endWalk } from '~/db/reconciliations.server';
import type { Resources } from './resources';

/** Stops a walk; what it asked for so far is still looked at. False where it had ended. */
export async function cancelReconciliation(
  { db, queue, now }: Resources,
  { shopId, reconciliationId }: { shopId: string; reconciliationId: string },
): Promise<boolean> {
  const isEnded = await endWalk(db, { id: reconciliationId, shopId }, { state: 'cancelled' }, now());
  // Shopify may still be reading for it: a job tells it to stop.
  if (isEnded) await queue.add([{ name: 'reconcile-store', shopId, reconciliationId }]);
  return isEnded;
}
