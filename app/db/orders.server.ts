/**
 * Orders, their lines, and what was sold of a variant on a day. The sums are kept in the transaction that changes lines: what an
 * order touched before and after is counted anew, so that storing the same order twice changes nothing.
 */
import type { Gid } from '~/core/product-state';
import type { StoreOrder } from '~/core/store-order';
import type { Queryable } from './client.server';

/** A sum that is to be counted anew; `day` as "2026-11-28". */
interface Cell {
  day: string;
  currency: string;
  variantId: string;
}

/** The number in an id of Shopify. */
export function orderNumber(id: Gid): bigint {
  return BigInt(id.slice(id.lastIndexOf('/') + 1));
}

function cellsOf(db: Queryable, shopId: string, orderIds: Gid[]): Promise<Cell[]> {
  return db.$queryRaw<Cell[]>`
    SELECT DISTINCT day::text AS day, currency, variant_id AS "variantId" FROM app.order_line
    WHERE shop_id = ${shopId}::uuid AND order_id = ANY(${orderIds}::text[])`;
}

async function countAgain(db: Queryable, shopId: string, cells: Cell[]): Promise<void> {
  if (cells.length === 0) return;
  const wanted = JSON.stringify(cells);
  await db.$executeRaw`
    DELETE FROM app.variant_day sold
    USING jsonb_to_recordset(${wanted}::jsonb) AS cell(day date, currency text, "variantId" text)
    WHERE sold.shop_id = ${shopId}::uuid AND sold.day = cell.day AND sold.currency = cell.currency
      AND sold.variant_id = cell."variantId"`;
  await db.$executeRaw`
    INSERT INTO app.variant_day
      (shop_id, variant_id, day, currency, orders, units, revenue, refunded_units, refunded)
    SELECT ${shopId}::uuid, line.variant_id, line.day, line.currency, count(DISTINCT line.order_id), sum(line.units),
      sum(line.revenue), sum(line.refunded_units), sum(line.refunded)
    FROM app.order_line line
    JOIN (SELECT DISTINCT * FROM jsonb_to_recordset(${wanted}::jsonb) AS cell(day date, currency text, "variantId" text)) cell
      ON cell.day = line.day AND cell.currency = line.currency AND cell."variantId" = line.variant_id
    WHERE line.shop_id = ${shopId}::uuid AND NOT line.cancelled
    GROUP BY line.variant_id, line.day, line.currency`;
  const days = [...new Set(cells.map(({ day }) => day))];
  await db.$executeRaw`
    DELETE FROM app.store_day WHERE shop_id = ${shopId}::uuid AND day = ANY(${days}::date[])`;
  await db.$executeRaw`
    INSERT INTO app.store_day (shop_id, day, currency, units, revenue)
    SELECT shop_id, day, currency, sum(units), sum(revenue) FROM app.variant_day
    WHERE shop_id = ${shopId}::uuid AND day = ANY(${days}::date[]) GROUP BY shop_id, day, currency`;
}

/**
 * Stores orders as they are now; in the transaction of whoever calls, who sees to it that no older reading is stored over a newer
 * one. A line keeps the variant it is known for when that was deleted since.
 */
export async function saveOrders(
  db: Queryable,
  { shopId, timeZone }: { shopId: string; timeZone: string },
  orders: StoreOrder[],
): Promise<void> {
  if (orders.length === 0) return;
  const ids = orders.map(({ id }) => id);
  const before = await cellsOf(db, shopId, ids);
  const rows = orders.map((order) => ({
    ...{ id: order.id, number: String(orderNumber(order.id)), currency: order.currency },
    created: order.createdAt.toISOString(),
    processed: order.processedAt.toISOString(),
    updated: order.updatedAt.toISOString(),
    cancelled: order.cancelledAt?.toISOString() ?? null,
  }));
  await db.$executeRaw`
    INSERT INTO app.shop_order
      (shop_id, order_id, number, created_at, processed_at, updated_at, cancelled_at, currency)
    SELECT ${shopId}::uuid, id, number, created, processed, updated, cancelled, currency
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given(id text, number bigint, created timestamptz,
      processed timestamptz, updated timestamptz, cancelled timestamptz, currency text)
    ON CONFLICT (shop_id, order_id) DO UPDATE SET processed_at = excluded.processed_at, updated_at = excluded.updated_at,
      cancelled_at = excluded.cancelled_at, currency = excluded.currency`;
  const lines = orders.flatMap((order) =>
    order.lines.map((line) => ({
      ...{ id: line.id, order: order.id, quantity: line.quantity, units: line.units, revenue: line.revenue },
      ...{ refundedUnits: line.refundedUnits, refunded: line.refunded, currency: order.currency },
      variant: line.variantId ?? '',
      product: line.productId ?? '',
      processed: order.processedAt.toISOString(),
      cancelled: order.cancelledAt !== null,
    })),
  );
  await db.$executeRaw`
    DELETE FROM app.order_line WHERE shop_id = ${shopId}::uuid AND order_id = ANY(${ids}::text[])
      AND NOT (line_id = ANY(${lines.map(({ id }) => id)}::text[]))`;
  await db.$executeRaw`
    INSERT INTO app.order_line (shop_id, line_id, order_id, variant_id, product_id, processed_at, day, currency, quantity,
      units, revenue, refunded_units, refunded, cancelled)
    SELECT ${shopId}::uuid, id, "order", variant, product, processed, (processed AT TIME ZONE ${timeZone})::date, currency,
      quantity, units, revenue, "refundedUnits", refunded, cancelled
    FROM jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) AS given(id text, "order" text, variant text, product text,
      processed timestamptz, currency text, quantity int, units int, revenue numeric, "refundedUnits" int, refunded numeric,
      cancelled boolean)
    ON CONFLICT (shop_id, line_id) DO UPDATE SET
      variant_id = COALESCE(NULLIF(excluded.variant_id, ''), order_line.variant_id),
      product_id = COALESCE(NULLIF(excluded.product_id, ''), order_line.product_id),
      processed_at = excluded.processed_at, day = excluded.day, currency = excluded.currency,
      quantity = excluded.quantity, units = excluded.units, revenue = excluded.revenue,
      refunded_units = excluded.refunded_units, refunded = excluded.refunded, cancelled = excluded.cancelled`;
  const after = await cellsOf(db, shopId, ids);
  await countAgain(db, shopId, [...before, ...after]);
}

/** Lets go of orders that were deleted in Shopify; in the transaction of whoever calls. */
export async function removeOrders(db: Queryable, shopId: string, ids: Gid[]): Promise<void> {
  if (ids.length === 0) return;
  const cells = await cellsOf(db, shopId, ids);
  await db.orderLine.deleteMany({ where: { shopId, orderId: { in: ids } } });
  await db.shopOrder.deleteMany({ where: { shopId, orderId: { in: ids } } });
  await countAgain(db, shopId, cells);
}

/** Puts all lines into the days of another time zone and counts everything anew; in the transaction of whoever calls. */
export async function moveDays(db: Queryable, shopId: string, timeZone: string): Promise<void> {
  await db.$executeRaw`
    UPDATE app.order_line SET day = (processed_at AT TIME ZONE ${timeZone})::date WHERE shop_id = ${shopId}::uuid`;
  await db.variantDay.deleteMany({ where: { shopId } });
  await db.storeDay.deleteMany({ where: { shopId } });
  await db.$executeRaw`
    INSERT INTO app.variant_day
      (shop_id, variant_id, day, currency, orders, units, revenue, refunded_units, refunded)
    SELECT shop_id, variant_id, day, currency, count(DISTINCT order_id), sum(units), sum(revenue), sum(refunded_units),
      sum(refunded)
    FROM app.order_line WHERE shop_id = ${shopId}::uuid AND NOT cancelled GROUP BY shop_id, variant_id, day, currency`;
  await db.$executeRaw`
    INSERT INTO app.store_day (shop_id, day, currency, units, revenue)
    SELECT shop_id, day, currency, sum(units), sum(revenue) FROM app.variant_day
    WHERE shop_id = ${shopId}::uuid GROUP BY shop_id, day, currency`;
}

/**
 * Stored orders made since an instant that a complete list of ids does not name: those with a number above `after` up to `upTo`
 * (null: no end).
 */
export async function ordersNotListed(
  db: Queryable,
  shopId: string,
  { listed, after, upTo, since }: { listed: Gid[]; after: bigint; upTo: bigint | null; since: Date },
): Promise<Gid[]> {
  const rows = await db.$queryRaw<{ id: Gid }[]>`
    SELECT order_id AS id FROM app.shop_order
    WHERE shop_id = ${shopId}::uuid AND number > ${after} AND (${upTo}::bigint IS NULL OR number <= ${upTo}::bigint)
      AND created_at >= ${since} AND NOT (order_id = ANY(${listed}::text[]))`;
  return rows.map(({ id }) => id);
}
