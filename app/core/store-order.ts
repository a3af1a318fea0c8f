/** Orders as analytics needs them: what was sold when and for how much, and nothing of who bought it. */
import type { Gid } from './product-state';

export interface OrderLine {
  id: Gid;
  /** Null: it has none, or it was deleted. */
  variantId: Gid | null;
  productId: Gid | null;
  /** As ordered. */
  quantity: number;
  /** Without what was refunded or removed. */
  units: number;
  /** Of these units in the shop's currency, after all discounts and without taxes: a decimal as text. */
  revenue: string;
  refundedUnits: number;
  refunded: string;
}

export interface StoreOrder {
  id: Gid;
  createdAt: Date;
  /** The instant that Shopify's own reports go by. */
  processedAt: Date;
  updatedAt: Date;
  cancelledAt: Date | null;
  isTest: boolean;
  /** The shop's currency when the order was made. */
  currency: string;
  lines: OrderLine[];
}

/** Which orders the app may read: none, those of the last 60 days, or all. */
export type OrderAccess = 'none' | 'recent' | 'all';

/** What granted scopes give. */
export function orderAccess(scopes: readonly string[]): OrderAccess {
  const has = (scope: string) => scopes.includes(`read_${scope}`) || scopes.includes(`write_${scope}`);
  if (!has('orders')) return 'none';
  return has('all_orders') ? 'all' : 'recent';
}
