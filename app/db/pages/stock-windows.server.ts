/**
 * How long a sale in one store stays unknown to the others, and what was sold meanwhile that was no longer there: from the
 * instants of the audit log (decision 016).
 */
import type { Queryable } from '../client.server';

export interface StoreWindow {
  shopId: string;
  /** Times that were measured. */
  times: number;
  /** Milliseconds from a movement in another store until this one showed it. */
  medianMs: number | null;
  p99Ms: number | null;
}

export interface Oversold {
  shopId: string;
  /** Units that a store sold after the last one was gone. */
  units: number;
  articles: number;
}

export interface StockWindows {
  days: number;
  windows: StoreWindow[];
  oversold: Oversold[];
}

export const WINDOW_DAYS = 7;
/** Of each store, the newest are enough to tell. */
const MOST_TIMES = 1_000;
/** What was told later than this belongs to no movement before. */
const LONGEST = '15 minutes';

/**
 * Of each stock figure that a store was told, the earliest movement in another store of the account that it can have told of:
 * one that was taken in since the store was last told of the article.
 */
export async function readStockWindows(db: Queryable, accountId: string, now: Date): Promise<StockWindows> {
  const since = new Date(now.getTime() - WINDOW_DAYS * 86_400_000);
  const [windows, oversold] = await Promise.all([
    db.$queryRaw<(StoreWindow & { p99Ms: number | null })[]>`
      SELECT shop.id AS "shopId", count(moved.at)::int AS times,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY moved.ms) AS "medianMs",
        percentile_cont(0.99) WITHIN GROUP (ORDER BY moved.ms) AS "p99Ms"
      FROM app.shop shop
      LEFT JOIN LATERAL (
        SELECT told.at, EXTRACT(EPOCH FROM told.at - first.changed_at)::float8 * 1000 AS ms
        FROM (
          SELECT change.variant_id, change.product_id, change.at,
            GREATEST(change.at - ${LONGEST}::interval, (
              SELECT max(before.at) FROM app.change before
              WHERE before.shop_id = change.shop_id AND before.product_id = change.product_id AND before.variant_id = change.variant_id
                AND before.field = change.field AND before.direction = 'push' AND before.state = 'applied' AND before.at < change.at
            )) AS since
          FROM app.change change
          WHERE change.shop_id = shop.id AND change.at >= ${since} AND change.field LIKE 'inventory:%'
            AND change.direction = 'push' AND change.state = 'applied' AND change.sent_at IS NOT NULL
          ORDER BY change.at DESC LIMIT ${MOST_TIMES}
        ) AS told
        CROSS JOIN LATERAL (
          SELECT min(pulled.changed_at) AS changed_at FROM app.change pulled
          JOIN app.shop other ON other.id = pulled.shop_id
          WHERE other.account_id = shop.account_id AND other.id <> shop.id
            AND pulled.product_id = told.product_id AND pulled.variant_id = told.variant_id
            AND pulled.direction = 'pull' AND pulled.state = 'applied' AND pulled.field LIKE 'inventory:%'
            AND pulled.at > told.since AND pulled.at <= told.at
        ) AS first
        WHERE first.changed_at IS NOT NULL AND first.changed_at <= told.at
      ) AS moved ON true
      WHERE shop.account_id = ${accountId}::uuid AND shop.uninstalled_at IS NULL
      GROUP BY shop.id, shop.installed_at ORDER BY shop.installed_at, shop.id`,
    db.$queryRaw<Oversold[]>`
      SELECT change.shop_id AS "shopId", count(DISTINCT change.variant_id)::int AS articles,
        sum(LEAST((change.before#>>'{}')::bigint, 0) - (change.after#>>'{}')::bigint)::int AS units
      FROM app.change change JOIN app.shop shop ON shop.id = change.shop_id
      WHERE shop.account_id = ${accountId}::uuid AND change.at >= ${since} AND change.field LIKE 'inventory:%'
        AND change.direction = 'pull' AND change.state = 'applied'
        AND jsonb_typeof(change.before) = 'number' AND jsonb_typeof(change.after) = 'number'
        AND (change.after#>>'{}')::bigint < LEAST((change.before#>>'{}')::bigint, 0)
      GROUP BY change.shop_id`,
  ]);
  return { days: WINDOW_DAYS, windows, oversold };
}
