/** When a store worked and what it wrote, rolled up: as many rows as hours of the week know products, however long ago. */
import { PRODUCT_HALF_LIFE_DAYS, REMEMBERED_WEEKS } from '~/core/work-habits';
import type { WorkHistory, WorkKind } from '~/core/work-habits';
import type { WrittenSlice } from '~/core/work-bursts';
import type { SourceId } from '~/core/product-state';
import { z } from 'zod';
import type { Queryable } from './client.server';

const DAY_MS = 86_400_000;
/** Rows of a shop; the products that were written least lately are forgotten first. */
const MOST_PRODUCTS = 50_000;
/** What was written once is forgotten after about eight weeks. */
const LEAST_WEIGHT = 0.06;
const kind = z.enum(['run', 'edit', 'promotion']) satisfies z.ZodType<WorkKind>;

/**
 * Up to when a shop's work was learned from. One of which nothing was has its audit log to learn from, back to its
 * installation or as far as work is remembered.
 */
export async function learnedUntil(
  db: Queryable,
  shop: { shopId: string; installedAt: Date },
  now: Date,
): Promise<Date> {
  const remembered = now.getTime() - REMEMBERED_WEEKS * 7 * DAY_MS;
  const since = new Date(Math.max(shop.installedAt.getTime(), remembered));
  const row = await db.workLearned.upsert({
    where: { shopId: shop.shopId },
    create: { shopId: shop.shopId, since, until: since },
    update: {},
  });
  return row.until;
}

/** Products that were written to Shopify after `from` and until `until`, in slices of five minutes. */
export async function writtenSlices(
  db: Queryable,
  shopId: string,
  { from, until }: { from: Date; until: Date },
): Promise<WrittenSlice[]> {
  return db.$queryRaw`
    SELECT LEAST(min(run.started_at), min(written.at)) AS at,
      max(written.at) AS until, array_agg(DISTINCT written.product_id::text) AS "productIds"
    FROM app.change written
    LEFT JOIN app.sync_run run ON run.id = written.run_id
      AND run.started_at > written.at - interval '5 minutes'
    WHERE written.shop_id = ${shopId}::uuid AND written.at > ${from} AND written.at <= ${until}
      AND written.direction = 'push' AND written.state = 'applied'
    GROUP BY date_bin('5 minutes', written.at, TIMESTAMPTZ '2000-01-01')
    ORDER BY min(written.at)`;
}

/** What kind of work began at an instant: a promotion that turned then, an edit's run, or any other. */
export async function kindOfWork(db: Queryable, shopId: string, at: Date): Promise<WorkKind> {
  const [row] = await db.$queryRaw<{ kind: string }[]>`
    SELECT CASE
      WHEN EXISTS (SELECT 1 FROM app.promotion promotion WHERE promotion.shop_id = ${shopId}::uuid
        AND (promotion.activated_at BETWEEN ${at}::timestamptz - interval '3 minutes' AND ${at}
          OR promotion.ended_at BETWEEN ${at}::timestamptz - interval '3 minutes' AND ${at})) THEN 'promotion'
      WHEN EXISTS (SELECT 1 FROM app.sync_run run WHERE run.shop_id = ${shopId}::uuid AND run.trigger = 'edit'
        AND run.started_at BETWEEN ${at}::timestamptz - interval '1 minute' AND ${at}) THEN 'edit'
      ELSE 'run' END AS kind`;
  return kind.parse(row?.kind);
}

/** Adds work to the history; `slot` is the hour of the week it began in, or null where no habit is learned from it. */
export async function addWork(
  tx: Queryable,
  shopId: string,
  work: { at: Date; kind: WorkKind; productIds: readonly SourceId[]; slot: number | null },
): Promise<void> {
  const { at, productIds, slot } = work;
  await tx.$executeRaw`
    INSERT INTO app.work_start (shop_id, at, kind, products)
    VALUES (${shopId}::uuid, ${at}, ${work.kind}, ${productIds.length}) ON CONFLICT (shop_id, at) DO NOTHING`;
  if (slot === null) return;
  await tx.$executeRaw`
    INSERT INTO app.work_product AS held (shop_id, slot, product_id, weight, at)
    SELECT ${shopId}::uuid, ${slot}, id, 1, ${at} FROM unnest(${[...productIds]}::uuid[]) AS id
    ON CONFLICT (shop_id, slot, product_id) DO UPDATE SET at = excluded.at,
      weight = 1 + held.weight * power(2, -extract(epoch FROM excluded.at - held.at) / (86400.0 * ${PRODUCT_HALF_LIFE_DAYS}))`;
}

/** Notes up to when a shop's work was learned from. */
export async function noteLearned(tx: Queryable, shopId: string, until: Date): Promise<void> {
  await tx.workLearned.updateMany({ where: { shopId }, data: { until } });
}

/** Forgets what no longer tells of anything. */
export async function forgetOldWork(db: Queryable, shopId: string, now: Date): Promise<void> {
  const before = new Date(now.getTime() - REMEMBERED_WEEKS * 7 * DAY_MS);
  await db.$executeRaw`DELETE FROM app.work_start WHERE shop_id = ${shopId}::uuid AND at < ${before}`;
  await db.$executeRaw`DELETE FROM app.warming_hour WHERE shop_id = ${shopId}::uuid AND hour < ${before}`;
  await db.$executeRaw`
    DELETE FROM app.work_product held USING (
      SELECT slot, product_id, weight * power(2, -extract(epoch FROM ${now}::timestamptz - at) / (86400.0 * ${PRODUCT_HALF_LIFE_DAYS})) AS faded,
        row_number() OVER (ORDER BY weight * power(2, -extract(epoch FROM ${now}::timestamptz - at) / (86400.0 * ${PRODUCT_HALF_LIFE_DAYS})) DESC) AS place
      FROM app.work_product WHERE shop_id = ${shopId}::uuid
    ) AS ranked
    WHERE held.shop_id = ${shopId}::uuid AND held.slot = ranked.slot AND held.product_id = ranked.product_id
      AND (ranked.faded < ${LEAST_WEIGHT} OR ranked.place > ${MOST_PRODUCTS})`;
}

/** All that is known of when a shop works; the products only where somebody asks for them. */
export async function readWorkHistory(
  db: Queryable,
  { shopId, timeZone }: { shopId: string; timeZone: string },
  slots: readonly number[] = [],
): Promise<WorkHistory | null> {
  const learned = await db.workLearned.findUnique({ where: { shopId } });
  if (!learned) return null;
  const [starts, touched] = await Promise.all([
    db.workStartRow.findMany({ where: { shopId }, orderBy: { at: 'asc' } }),
    db.workProduct.findMany({
      where: { shopId, slot: { in: [...slots] } },
      select: { slot: true, productId: true, weight: true, at: true },
    }),
  ]);
  return {
    timeZone,
    since: learned.since,
    starts: starts.map((start) => ({ at: start.at, kind: kind.parse(start.kind) })),
    touched,
  };
}
