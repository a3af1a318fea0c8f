/**
 * Orders made and changed by the merchant's hand, for tests of what reads them. They move no stock: the admin's own button
 * (admin/merchant.ts) sells as a checkout would.
 */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { Change } from '../catalog/change';
import { instant } from '../clock';
import type { EmulatorContext } from '../context';
import type { Gid } from '../state/gid';
import type { Order, OrderLine } from '../state/operations';
import type { Shop } from '../state/shop';
import { currentQuantity, refundOf } from './amounts';

const amount = z.string().regex(/^\d+(\.\d{1,2})?$/);
const moment = z.iso.datetime({ offset: true });

const orderSchema = z.strictObject({
  lines: z
    .array(
      z.strictObject({
        variantId: z.string(),
        quantity: z.number().int().min(1).default(1),
        /** Of one unit; the variant's own unless given. */
        price: amount.optional(),
        /** Of the whole line. */
        discount: amount.default('0.00'),
      }),
    )
    .min(1),
  /** When it was made and last changed; now unless given. */
  at: moment.optional(),
  processedAt: moment.optional(),
  test: z.boolean().default(false),
});

export const makeOrdersSchema = z.strictObject({ orders: z.array(orderSchema).min(1) });
export type WantedOrder = z.input<typeof orderSchema>;

export const changeOrderSchema = z.discriminatedUnion('kind', [
  /** Something of it that is nobody's business here: its `updatedAt` moves. */
  z.strictObject({ kind: z.literal('touch'), orderId: z.string() }),
  z.strictObject({ kind: z.literal('cancel'), orderId: z.string() }),
  z.strictObject({ kind: z.literal('delete'), orderId: z.string() }),
  z.strictObject({
    kind: z.literal('refund'),
    orderId: z.string(),
    lineId: z.string(),
    quantity: z.number().int().min(1),
  }),
]);
export type OrderChange = z.infer<typeof changeOrderSchema>;

const whole = (text: string) => instant(Date.parse(text));

/** Makes orders; where one cannot be made, says why and makes none. */
export function makeOrders(context: EmulatorContext, shop: Shop, wanted: WantedOrder[]): Order[] | string {
  const change = new Change(context, shop);
  const read = z.array(orderSchema).parse(wanted);
  const [locationId = ''] = shop.locations.keys();
  const orders: Order[] = [];
  for (const { lines, at, processedAt, test } of read) {
    const made: OrderLine[] = [];
    for (const { variantId, quantity, price, discount } of lines) {
      const variant = shop.variants.get(variantId);
      if (!variant) return `lines.variantId: ${variantId} is no variant of this shop.`;
      const own = price ?? variant.price;
      if (new Decimal(own).times(quantity).lessThan(discount))
        return `lines.discount: ${discount} is more than the line comes to.`;
      const title = shop.products.get(variant.productId)?.title ?? '';
      made.push({ id: change.newGid('LineItem'), variantId, title, quantity, price: own, discount });
    }
    const createdAt = at === undefined ? change.now : whole(at);
    orders.push({
      id: change.newGid('Order'),
      name: `#${1001 + shop.orders.size + orders.length}`,
      locationId,
      lines: made,
      refunds: [],
      createdAt,
      updatedAt: createdAt,
      processedAt: processedAt === undefined ? createdAt : whole(processedAt),
      cancelledAt: null,
      test,
    });
  }
  for (const order of orders) {
    shop.orders.set(order.id, order);
    change.tell(`order ${order.id}`, { topic: 'orders/create', orderId: order.id });
  }
  change.commit();
  return orders;
}

/** Changes an order as its merchant would; where that cannot be, says why. Each change is told by orders/updated, too. */
export function changeOrder(context: EmulatorContext, shop: Shop, wanted: OrderChange): Order | string {
  const { orderId } = wanted;
  const order = shop.orders.get(orderId);
  if (!order) return `orderId: ${orderId} is no order of this shop.`;
  const change = new Change(context, shop);
  switch (wanted.kind) {
    case 'touch':
      break;
    case 'cancel':
      if (order.cancelledAt !== null) return `orderId: ${orderId} is cancelled already.`;
      order.cancelledAt = change.now;
      change.tell(`cancelled ${orderId}`, { topic: 'orders/cancelled', orderId });
      break;
    case 'delete':
      shop.orders.delete(orderId);
      change.tell(`deleted ${orderId}`, { topic: 'orders/delete', orderId });
      change.commit();
      return order;
    case 'refund': {
      const refused = refund(change, order, wanted);
      if (refused !== null) return refused;
    }
  }
  order.updatedAt = change.now;
  change.tell(`order ${orderId}`, { topic: 'orders/updated', orderId });
  change.commit();
  return order;
}

function refund(
  change: Change,
  order: Order,
  { lineId, quantity }: { lineId: Gid; quantity: number },
): string | null {
  const line = order.lines.find(({ id }) => id === lineId);
  if (!line) return `lineId: ${lineId} is no line of this order.`;
  const left = currentQuantity(order, line);
  if (quantity > left) return `quantity: only ${left} can be refunded, not ${quantity}.`;
  const refundId = change.newGid('Refund');
  const subtotal = refundOf(order, line, quantity);
  order.refunds.push({
    id: refundId,
    createdAt: change.now,
    lines: [{ id: change.newGid('RefundLineItem'), lineId, quantity, subtotal }],
  });
  change.tell(`refund ${refundId}`, { topic: 'refunds/create', orderId: order.id, refundId });
  return null;
}
