/** What the lines of an order come to. The emulator knows no taxes and no shipping. */
import { Decimal } from 'decimal.js';
import type { Order, OrderLine } from '../state/operations';

const refundsOf = (order: Order, lineId: string) =>
  order.refunds.flatMap(({ lines }) => lines).filter((line) => line.lineId === lineId);

/** Units of a line that were not refunded. */
export function currentQuantity(order: Order, line: OrderLine): number {
  return refundsOf(order, line.id).reduce((left, { quantity }) => left - quantity, line.quantity);
}

/** The whole line after its discounts, what was refunded included. */
export function discountedTotal({ price, quantity, discount }: OrderLine): Decimal {
  return new Decimal(price).times(quantity).minus(discount);
}

/** The line after its discounts, without what was refunded. */
export function netTotal(order: Order, line: OrderLine): Decimal {
  return refundsOf(order, line.id).reduce(
    (left, { subtotal }) => left.minus(subtotal),
    discountedTotal(line),
  );
}

/** What refunding so many units of a line gives back: its share, to the cent; with the last unit all that is left. */
export function refundOf(order: Order, line: OrderLine, quantity: number): string {
  const left = currentQuantity(order, line);
  if (quantity === left) return netTotal(order, line).toFixed(2);
  return discountedTotal(line).times(quantity).dividedBy(line.quantity).toFixed(2, Decimal.ROUND_DOWN);
}
