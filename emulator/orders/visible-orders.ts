/** Which orders an app sees: without read_all_orders those of the last 60 days. */
import type { Gid } from '../state/gid';
import type { Order } from '../state/operations';
import type { Call } from '../graphql/call';

const RECENT_MS = 60 * 86_400_000;

function isVisible({ granted, emulator }: Call, order: Order): boolean {
  if (granted.has('read_all_orders')) return true;
  const at = emulator.switches.orderAge === 'created' ? order.createdAt : order.processedAt;
  return Date.parse(at) >= emulator.clock.now() - RECENT_MS;
}

/** All orders that the caller may see. */
export function visibleOrders(call: Call): Order[] {
  return [...call.shop.orders.values()].filter((order) => isVisible(call, order));
}

/** An order by its id; null where there is none, or the caller may not see it. */
export function visibleOrder(call: Call, id: Gid): Order | null {
  const order = call.shop.orders.get(id);
  return order && isVisible(call, order) ? order : null;
}
