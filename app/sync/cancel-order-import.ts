import { stopWantingOrders } from '~/db/order-imports.server';
import type { Resources } from './resources';

/** Stops reading the orders of a shop; what was read stays, and a new start goes on from there. */
export async function cancelOrderImport(
  { db, live }: Resources,
  { shopId }: { shopId: string },
): Promise<boolean> {
  const isStopped = await stopWantingOrders(db, shopId);
  if (isStopped) await live.publish(shopId, { kind: 'orders-changed' });
  return isStopped;
}
