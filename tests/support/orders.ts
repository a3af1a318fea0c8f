/** Orders of a store in tests: made and changed by the merchant, and what they should have come to. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { localTime } from '~/core/local-time';
import type { OrderChange, WantedOrder } from '../../emulator/orders/orders';
import type { Order } from '../../emulator/state/operations';
import { DEMO_SHOP } from './connected-shop';
import { shopOf } from './merchant';
import type { Stage } from './stage';

async function control(stage: Pick<Stage, 'emulator'>, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${stage.emulator.origin}/_emulator/shops/${DEMO_SHOP}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

const made = z.object({ orders: z.array(z.object({ id: z.string() })) });

/** Makes orders; answers their ids. */
export async function sell(stage: Pick<Stage, 'emulator'>, orders: WantedOrder[]): Promise<string[]> {
  return made.parse(await control(stage, 'orders/many', { orders })).orders.map(({ id }) => id);
}

export async function changeOrder(stage: Pick<Stage, 'emulator'>, change: OrderChange): Promise<void> {
  await control(stage, 'orders/change', change);
}

/** The order as the store holds it. */
export function storeOrder(stage: Pick<Stage, 'emulator'>, id: string): Order {
  const order = shopOf(stage).orders.get(id);
  if (!order) throw new Error(`The store has no order ${id}.`);
  return order;
}

/** "day variant: units revenue", of each variant and day, from the orders themselves. */
export function soldByRights(
  orders: Iterable<Order>,
  timeZone: string,
  isCounted: (order: Order) => boolean = () => true,
): string[] {
  const sums = new Map<string, { units: number; revenue: Decimal; orders: Set<string> }>();
  for (const order of orders) {
    if (order.test || order.cancelledAt !== null || !isCounted(order)) continue;
    const day = localTime(new Date(order.processedAt), timeZone).slice(0, 10);
    const refunded = order.refunds.flatMap(({ lines }) => lines);
    for (const line of order.lines) {
      const own = refunded.filter(({ lineId }) => lineId === line.id);
      const key = `${day} ${line.variantId}`;
      const sum = sums.get(key) ?? { units: 0, revenue: new Decimal(0), orders: new Set<string>() };
      sum.units += line.quantity - own.reduce((all, { quantity }) => all + quantity, 0);
      sum.revenue = own
        .reduce((left, { subtotal }) => left.minus(subtotal), new Decimal(line.price).times(line.quantity))
        .minus(line.discount)
        .plus(sum.revenue);
      sum.orders.add(order.id);
      sums.set(key, sum);
    }
  }
  return [...sums]
    .map(([key, { units, revenue, orders: of }]) => `${key}: ${of.size} ${units} ${revenue.toFixed(4)}`)
    .sort();
}

/** The same from what the app has stored. */
export async function soldAsStored({
  resources,
  shopId,
}: Pick<Stage, 'resources' | 'shopId'>): Promise<string[]> {
  const rows = await resources.db.$queryRaw<{ text: string }[]>`
    SELECT day::text || ' ' || variant_id || ': ' || orders || ' ' || units || ' ' || revenue::text AS text
    FROM app.variant_day WHERE shop_id = ${shopId}::uuid`;
  return rows.map(({ text }) => text).sort();
}

/** The sums of days, against the sums of variants. */
export async function storeDaysDiffer({
  resources,
  shopId,
}: Pick<Stage, 'resources' | 'shopId'>): Promise<number> {
  const rows = await resources.db.$queryRaw<unknown[]>`
    SELECT * FROM (
      SELECT day, currency, sum(units)::int AS units, sum(revenue) AS revenue FROM app.variant_day
      WHERE shop_id = ${shopId}::uuid GROUP BY day, currency) counted
    FULL JOIN (SELECT * FROM app.store_day WHERE shop_id = ${shopId}::uuid) kept USING (day, currency)
    WHERE counted.units IS DISTINCT FROM kept.units OR counted.revenue IS DISTINCT FROM kept.revenue`;
  return rows.length;
}
