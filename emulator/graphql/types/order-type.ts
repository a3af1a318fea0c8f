/** Fields of Order, LineItem and Refund. Whoever bought is not emulated. */
import { Decimal } from 'decimal.js';
import { currentQuantity, discountedTotal, netTotal } from '../../orders/amounts';
import { legacyId } from '../../state/gid';
import type { Gid } from '../../state/gid';
import type { Order, OrderLine, Refund, RefundLine } from '../../state/operations';
import type { Call, ResolverTable } from '../call';
import { paginate } from '../connection';
import type { PageArgs } from '../connection';

/** A line with the order it is of: what is left of it depends on the order's refunds. */
interface LineSource extends OrderLine {
  order: Order;
}

interface RefundSource extends Refund {
  order: Order;
}

const moneyBag = (call: Call, amount: string) => {
  const value = { amount, currencyCode: call.shop.currencyCode };
  return { shopMoney: value, presentmentMoney: value };
};
const exactly = (amount: Decimal) => amount.toFixed(2);

const lineSource = (order: Order, line: OrderLine): LineSource => ({ ...line, order });

/** A refund as its fields are resolved. */
export function refundSource(order: Order, refund: Refund): RefundSource {
  return { ...refund, order };
}

const allRefunded = (order: Order) =>
  order.refunds
    .flatMap(({ lines }) => lines)
    .reduce((sum, { subtotal }) => sum.plus(subtotal), new Decimal(0));

export const orderTypes: ResolverTable = {
  Order: {
    legacyResourceId: (order: Order) => legacyId(order.id),
    currencyCode: (_order: Order, _args, call) => call.shop.currencyCode,
    displayFinancialStatus: () => 'PAID',
    displayFulfillmentStatus: () => 'UNFULFILLED',
    taxesIncluded: () => false,
    tags: () => [],
    totalRefundedSet: (order: Order, _args, call) => moneyBag(call, exactly(allRefunded(order))),
    lineItems: (order: Order, args: PageArgs, call, info) =>
      paginate(
        call,
        info,
        order.lines.map((line) => lineSource(order, line)),
        args,
      ),
    refunds: (order: Order, args: { first?: number | null }) =>
      order.refunds.slice(0, args.first ?? order.refunds.length).map((refund) => refundSource(order, refund)),
  },
  LineItem: {
    name: (line: LineSource) => line.title,
    variant: (line: LineSource, _args, call) => call.shop.variants.get(line.variantId) ?? null,
    product: (line: LineSource, _args, call) =>
      call.shop.products.get(call.shop.variants.get(line.variantId)?.productId ?? '') ?? null,
    currentQuantity: (line: LineSource) => currentQuantity(line.order, line),
    refundableQuantity: (line: LineSource) => currentQuantity(line.order, line),
    isGiftCard: () => false,
    sku: (line: LineSource, _args, call) => {
      const itemId: Gid = call.shop.variants.get(line.variantId)?.inventoryItemId ?? '';
      return call.shop.inventoryItems.get(itemId)?.sku ?? null;
    },
    originalUnitPriceSet: (line: LineSource, _args, call) => moneyBag(call, line.price),
    originalTotalSet: (line: LineSource, _args, call) =>
      moneyBag(call, exactly(new Decimal(line.price).times(line.quantity))),
    discountedTotalSet: (line: LineSource, _args, call) => moneyBag(call, exactly(discountedTotal(line))),
    priceAfterAllDiscountsBeforeTaxesSet: (line: LineSource, _args, call) =>
      moneyBag(call, exactly(netTotal(line.order, line))),
  },
  Refund: {
    legacyResourceId: (refund: RefundSource) => legacyId(refund.id),
    processedAt: (refund: RefundSource) => refund.createdAt,
    updatedAt: (refund: RefundSource) => refund.createdAt,
    refundLineItems: (refund: RefundSource, args: PageArgs, call, info) =>
      paginate(
        call,
        info,
        refund.lines.map((line) => ({ ...line, order: refund.order })),
        args,
      ),
  },
  RefundLineItem: {
    lineItem: ({ order, lineId }: RefundLine & { order: Order }) => {
      const line = order.lines.find(({ id }) => id === lineId);
      if (!line) throw new Error(`Order ${order.id} has no line ${lineId}.`);
      return lineSource(order, line);
    },
    subtotalSet: (line: RefundLine, _args, call) => moneyBag(call, line.subtotal),
    restockType: () => 'NO_RESTOCK',
    restocked: () => false,
  },
};
