/** Orders, as far as an app may see them, and their refunds. */
import type { Gid } from '../../state/gid';
import type { Order } from '../../state/operations';
import { visibleOrder, visibleOrders } from '../../orders/visible-orders';
import type { FieldResolver } from '../call';
import { paginate } from '../connection';
import type { PageArgs, SortValue } from '../connection';
import { compileSearch } from '../search';
import { orderSearch, plainIds } from '../search-fields';
import { refundSource } from '../types/order-type';

interface OrdersArgs extends PageArgs {
  query?: string | null;
  sortKey?: string | null;
}

const SORTS: Record<string, (order: Order) => SortValue> = {
  CREATED_AT: (order) => Date.parse(order.createdAt),
  ID: () => 0,
  ORDER_NUMBER: (order) => Number(order.name.replace(/\D/g, '')),
  PROCESSED_AT: (order) => Date.parse(order.processedAt),
  UPDATED_AT: (order) => Date.parse(order.updatedAt),
};
const byProcessing = (order: Order): SortValue => Date.parse(order.processedAt);

export const orderQueries: Record<string, FieldResolver> = {
  order: (_root, args: { id: Gid }, call) => visibleOrder(call, args.id),
  orders: (_root, args: OrdersArgs, call, info) => {
    const found = visibleOrders(call).filter(compileSearch(plainIds(args.query), orderSearch(call)));
    return paginate(call, info, found, args, SORTS[args.sortKey ?? ''] ?? byProcessing);
  },
  ordersCount: (_root, args: { query?: string | null; limit?: number | null }, call) => {
    const found = visibleOrders(call).filter(compileSearch(plainIds(args.query), orderSearch(call))).length;
    const isOver = args.limit != null && found > args.limit;
    return { count: isOver ? args.limit : found, precision: isOver ? 'AT_LEAST' : 'EXACT' };
  },
  refund: (_root, args: { id: Gid }, call) => {
    for (const order of visibleOrders(call)) {
      const refund = order.refunds.find(({ id }) => id === args.id);
      if (refund) return refundSource(order, refund);
    }
    return null;
  },
};
