import { wantOrders } from '~/db/order-imports.server';
import { queueOrders } from './queue-orders';
import type { Resources } from './resources';

/** Begins to read the orders of a shop, or goes on where it was stopped; from then on they are followed. */
export async function startOrderImport(
  { db, queue, live }: Resources,
  { shopId, causedBy }: { shopId: string; causedBy: string },
): Promise<void> {
  await wantOrders(db, shopId, causedBy);
  await queueOrders(queue, shopId);
  await live.publish(shopId, { kind: 'orders-changed' });
}
