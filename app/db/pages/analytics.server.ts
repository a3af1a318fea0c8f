/** Read model of the analytics: sums over roll-ups, by days of the store. */
import { dayOf, periodStart, periodStarts, spanStart } from '~/core/analytics-query';
import type { AnalyticsGrain, AnalyticsSpan, ErrorGroup, MostChangedOf } from '~/core/analytics-query';
import { SLOTS } from '~/core/work-habits';
import type { Queryable } from '../client.server';
import { readTitles } from './audit.server';

export interface AnalyticsScope {
  id: string;
  accountId: string;
  timezone: string;
}

const LISTED = 50;

/** What sync changed in a day, week or month. */
export interface UpdatedPeriod {
  /** Its first day ("2026-11-23"). */
  start: string;
  /** Each counted once. */
  products: number;
  changes: number;
  failed: number;
}

/** A period that begins before the span counts whole. */
export async function readUpdatedPeriods(
  db: Queryable,
  shop: AnalyticsScope,
  { span, grain, now }: { span: AnalyticsSpan; grain: AnalyticsGrain; now: Date },
): Promise<UpdatedPeriod[]> {
  const starts = periodStarts(grain, spanStart(span, now, shop.timezone), dayOf(now, shop.timezone));
  const [first = ''] = starts;
  const rows = await db.$queryRaw<UpdatedPeriod[]>`
    SELECT COALESCE(period.start, summed.start)::text AS start, COALESCE(period.products, 0)::float8 AS products,
      COALESCE(summed.applied, 0)::float8 AS changes, COALESCE(summed.failed, 0)::float8 AS failed
    FROM (
      SELECT start, products FROM app.activity_period
      WHERE shop_id = ${shop.id}::uuid AND grain = ${grain} AND start >= ${first}::date
    ) AS period
    FULL JOIN (
      SELECT date_trunc(${grain}, day::timestamp)::date AS start, sum(applied) AS applied, sum(failed) AS failed
      FROM app.activity_category WHERE shop_id = ${shop.id}::uuid AND day >= ${first}::date GROUP BY 1
    ) AS summed ON summed.start = period.start`;
  const byStart = new Map(rows.map((row) => [row.start, row]));
  return starts.map((start) => byStart.get(start) ?? { start, products: 0, changes: 0, failed: 0 });
}

export interface ChangedProduct {
  productId: string;
  /** "" where neither the catalog nor the shop knows the product any more. */
  title: string;
  changes: number;
}

/** The products that sync changed most. */
export async function readMostChanged(
  db: Queryable,
  shop: AnalyticsScope,
  { span, of, now }: { span: AnalyticsSpan; of: MostChangedOf; now: Date },
): Promise<ChangedProduct[]> {
  const today = dayOf(now, shop.timezone);
  const isSpan = of === 'span';
  const grain = isSpan ? 'month' : of;
  const first = isSpan ? spanStart(span, now, shop.timezone) : periodStart(of, today);
  const isOnePeriod = !isSpan || span === '1m';
  // One period has its order in an index: no more is read than is shown.
  const rows = isOnePeriod
    ? await db.$queryRaw<{ productId: string; changes: number }[]>`
        SELECT product_id AS "productId", applied::float8 AS changes FROM app.activity_product
        WHERE shop_id = ${shop.id}::uuid AND grain = ${grain} AND start = ${first}::date AND applied > 0
        ORDER BY applied DESC, product_id LIMIT ${LISTED}`
    : await db.$queryRaw<{ productId: string; changes: number }[]>`
        SELECT product_id AS "productId", sum(applied)::float8 AS changes FROM app.activity_product
        WHERE shop_id = ${shop.id}::uuid AND grain = ${grain} AND start >= ${first}::date
        GROUP BY product_id HAVING sum(applied) > 0 ORDER BY sum(applied) DESC, product_id LIMIT ${LISTED}`;
  return named(db, shop, rows);
}

async function named<T extends { productId: string }>(
  db: Queryable,
  shop: AnalyticsScope,
  rows: T[],
): Promise<(T & { title: string })[]> {
  const titles = await readTitles(
    db,
    { shopId: shop.id, accountId: shop.accountId },
    rows.map(({ productId }) => productId),
  );
  return rows.map((row) => ({ ...row, title: titles.get(row.productId) ?? '' }));
}

/** What happened in an hour of the week, over all weeks of the span. */
export interface PeakHour {
  /** 0: Monday, midnight to one o'clock, by the store's clock. */
  slot: number;
  /** Changes that were carried. */
  changes: number;
  /** Sync runs that began. */
  runs: number;
}

/** All 168 hours of a week. */
export async function readPeakHours(
  db: Queryable,
  shop: AnalyticsScope,
  { span, now }: { span: AnalyticsSpan; now: Date },
): Promise<PeakHour[]> {
  const first = spanStart(span, now, shop.timezone);
  const rows = await db.$queryRaw<PeakHour[]>`
    SELECT ((extract(isodow FROM local) - 1) * 24 + extract(hour FROM local))::int AS slot,
      sum(changes)::float8 AS changes, sum(runs)::float8 AS runs
    FROM (
      SELECT at AT TIME ZONE ${shop.timezone} AS local, changes, runs FROM (
        SELECT at, sum(n) AS changes, 0 AS runs FROM app.activity_count
        WHERE shop_id = ${shop.id}::uuid AND grain = 'hour' AND at >= ${first}::timestamp AT TIME ZONE ${shop.timezone}
          AND direction IN ('push', 'pull') AND state = 'applied' GROUP BY at
        UNION ALL
        SELECT date_trunc('hour', started_at, ${shop.timezone}), 0, count(*) FROM app.sync_run
        WHERE shop_id = ${shop.id}::uuid AND created_at >= ${first}::timestamp AT TIME ZONE ${shop.timezone}
          AND started_at IS NOT NULL GROUP BY 1
      ) AS hours
      -- Not taken apart: the clock is asked once an hour.
      OFFSET 0
    ) AS seen
    GROUP BY 1`;
  const bySlot = new Map(rows.map((row) => [row.slot, row]));
  return Array.from({ length: SLOTS }, (_, slot) => bySlot.get(slot) ?? { slot, changes: 0, runs: 0 });
}

/** How often changes failed in one group of products, or with one code. */
export interface ErrorRate {
  /** A type, a category, a product's title or a code; "" where there is none. */
  name: string;
  productId: string | null;
  /** Null: what did not fail has no code. */
  applied: number | null;
  failed: number;
}

/** Groups of which something failed, those with the most failures first. */
export async function readErrorRates(
  db: Queryable,
  shop: AnalyticsScope,
  { span, by, now }: { span: AnalyticsSpan; by: ErrorGroup; now: Date },
): Promise<ErrorRate[]> {
  const first = spanStart(span, now, shop.timezone);
  if (by === 'code')
    return db.$queryRaw<ErrorRate[]>`
      SELECT code AS name, NULL AS "productId", NULL AS applied, sum(n)::float8 AS failed FROM app.activity_count
      WHERE shop_id = ${shop.id}::uuid AND grain = 'hour' AND at >= ${first}::timestamp AT TIME ZONE ${shop.timezone}
        AND direction IN ('push', 'pull') AND state = 'failed'
      GROUP BY code HAVING sum(n) > 0 ORDER BY failed DESC, name LIMIT ${LISTED}`;
  if (by === 'product') {
    const rows = await db.$queryRaw<{ productId: string; applied: number; failed: number }[]>`
      WITH failing AS (
        SELECT product_id, sum(failed) AS failed FROM app.activity_product
        WHERE shop_id = ${shop.id}::uuid AND grain = 'month' AND start >= ${first}::date AND failed > 0
        GROUP BY product_id ORDER BY 2 DESC, 1 LIMIT ${LISTED}
      )
      SELECT failing.product_id AS "productId", failing.failed::float8 AS failed, COALESCE((
        SELECT sum(applied) FROM app.activity_product own
        WHERE own.shop_id = ${shop.id}::uuid AND own.grain = 'month' AND own.product_id = failing.product_id
          AND own.start = ANY(${periodStarts('month', first, dayOf(now, shop.timezone))}::date[])
      ), 0)::float8 AS applied
      FROM failing ORDER BY failing.failed DESC, failing.product_id`;
    return (await named(db, shop, rows)).map(({ productId, title, applied, failed }) => ({
      name: title,
      productId,
      applied,
      failed,
    }));
  }
  const rows = await db.$queryRaw<{ name: string; applied: number; failed: number }[]>`
    SELECT CASE ${by} WHEN 'type' THEN product_type ELSE category END AS name, sum(applied)::float8 AS applied, sum(failed)::float8 AS failed
    FROM app.activity_category WHERE shop_id = ${shop.id}::uuid AND day >= ${first}::date
    GROUP BY 1 HAVING sum(failed) > 0 ORDER BY sum(failed) DESC, 1 LIMIT ${LISTED}`;
  return rows.map((row) => ({ ...row, productId: null }));
}
