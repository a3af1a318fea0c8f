/** What happened in shops, rolled up from the audit log and the runs: tables app.activity_*, docs/decisions/020. */
import type { Database, Queryable } from './client.server';

/** Shops of which something is to be rolled up. */
export async function shopsToRollUp(db: Queryable): Promise<{ id: string; timezone: string }[]> {
  return db.$queryRaw`
    SELECT id, timezone FROM app.shop
    WHERE EXISTS (SELECT 1 FROM app.activity_delta delta WHERE delta.shop_id = shop.id)`;
}

/**
 * Rolls up to `limit` deltas of a shop and answers how many it took: one transaction, so that each counts once whatever is
 * killed or commits late. Null: somebody else is at it.
 */
export async function rollUp(
  db: Database,
  { shopId, timeZone, limit }: { shopId: string; timeZone: string; limit: number },
): Promise<number | null> {
  return db.$transaction(
    async (tx) => {
      // Two at a time would wait for each other's rows.
      const [lock] = await tx.$queryRaw<{ isMine: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(hashtextextended(${`activity ${shopId}`}, 0)) AS "isMine"`;
      if (lock?.isMine !== true) return null;
      // Held until the end: whoever erases the shop waits for this, and erases it, too.
      const shops = await tx.$queryRaw<unknown[]>`
        SELECT 1 FROM app.shop WHERE id = ${shopId}::uuid FOR KEY SHARE`;
      if (shops.length === 0) return null;
      return rollUpDeltas(tx, shopId, timeZone, limit);
    },
    { timeout: 60_000, maxWait: 10_000 },
  );
}

async function rollUpDeltas(tx: Queryable, shopId: string, timeZone: string, limit: number): Promise<number> {
  const [row] = await tx.$queryRaw<{ taken: number }[]>`
    WITH taken AS (
      DELETE FROM app.activity_delta WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM app.activity_delta WHERE shop_id = ${shopId}::uuid LIMIT ${limit}))
      RETURNING at, product_id, direction, state, code, bin, n
    ), minutes AS (
      SELECT at, direction, state, code, bin, sum(n) AS n FROM taken GROUP BY at, direction, state, code, bin
    ), moments AS (
      SELECT 'minute' AS grain, at, direction, state, code, bin, n FROM minutes
      UNION ALL
      SELECT grain, date_trunc(grain, at, ${timeZone}), direction, state, code, bin, n FROM minutes, (VALUES ('hour'), ('day')) AS grains(grain)
    ), counts AS (
      INSERT INTO app.activity_count AS held (shop_id, grain, at, direction, state, code, n)
      SELECT ${shopId}::uuid, grain, at, direction, state, code, sum(n) FROM moments
      GROUP BY grain, at, direction, state, code HAVING sum(n) <> 0
      ON CONFLICT (shop_id, grain, at, direction, state, code) DO UPDATE SET n = held.n + excluded.n
    ), latencies AS (
      INSERT INTO app.activity_latency AS held (shop_id, grain, at, bin, n)
      SELECT ${shopId}::uuid, grain, at, bin, sum(n) FROM moments WHERE bin IS NOT NULL
      GROUP BY grain, at, bin HAVING sum(n) <> 0
      ON CONFLICT (shop_id, grain, at, bin) DO UPDATE SET n = held.n + excluded.n
    ), carried AS (
      SELECT product_id, (at AT TIME ZONE ${timeZone})::date AS day,
        COALESCE(sum(n) FILTER (WHERE state = 'applied'), 0) AS applied, COALESCE(sum(n) FILTER (WHERE state = 'failed'), 0) AS failed
      FROM taken WHERE product_id IS NOT NULL AND direction IN ('push', 'pull') AND state IN ('applied', 'failed')
      GROUP BY 1, 2
    ), categories AS (
      INSERT INTO app.activity_category AS held (shop_id, day, product_type, category, applied, failed)
      SELECT ${shopId}::uuid, day, COALESCE(product.product_type, ''), COALESCE(product.category, ''), sum(applied), sum(failed)
      FROM carried LEFT JOIN catalog.product product ON product.id = carried.product_id
      GROUP BY 2, 3, 4 HAVING sum(applied) <> 0 OR sum(failed) <> 0
      ON CONFLICT (shop_id, day, product_type, category)
        DO UPDATE SET applied = held.applied + excluded.applied, failed = held.failed + excluded.failed
    ), periods AS (
      SELECT grain, start, product_id, sum(applied) AS applied, sum(failed) AS failed FROM (
        SELECT 'day' AS grain, day AS start, product_id, applied, failed FROM carried
        UNION ALL SELECT 'week', date_trunc('week', day::timestamp)::date, product_id, applied, failed FROM carried
        UNION ALL SELECT 'month', date_trunc('month', day::timestamp)::date, product_id, applied, failed FROM carried
      ) AS by_grain GROUP BY grain, start, product_id HAVING sum(applied) <> 0 OR sum(failed) <> 0
    ), products AS (
      -- What it added is kept, so that what was there before needs no join: how many rows one has, PostgreSQL cannot know here.
      INSERT INTO app.activity_product AS held (shop_id, grain, start, product_id, applied, failed, added)
      SELECT ${shopId}::uuid, grain, start, product_id, applied, failed, applied FROM periods
      ON CONFLICT (shop_id, grain, start, product_id) DO UPDATE
        SET applied = held.applied + excluded.applied, failed = held.failed + excluded.failed, added = excluded.added
      RETURNING grain, start, (applied > 0)::int - (applied - added > 0)::int AS more
    ), distinct_products AS (
      INSERT INTO app.activity_period AS held (shop_id, grain, start, products)
      SELECT ${shopId}::uuid, grain, start, sum(more) FROM products GROUP BY 2, 3 HAVING sum(more) <> 0
      ON CONFLICT (shop_id, grain, start) DO UPDATE SET products = held.products + excluded.products
    )
    SELECT count(*)::int AS taken FROM taken`;
  return row?.taken ?? 0;
}

/** Roll-ups of their own kinds are kept so long; days are of the store. */
export interface ActivityRetention {
  minuteDays: number;
  productDays: number;
  productWeeks: number;
  hourDays: number;
}

/** Forgets roll-ups that nobody asks for any more, of all shops. */
export async function pruneActivity(db: Queryable, keep: ActivityRetention, now: Date): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * 86_400_000);
  for (const [grain, days] of [
    ['minute', keep.minuteDays],
    ['hour', keep.hourDays],
    ['day', keep.hourDays],
  ] as const) {
    await db.$executeRaw`DELETE FROM app.activity_count WHERE grain = ${grain} AND at < ${before(days)}`;
    await db.$executeRaw`DELETE FROM app.activity_latency WHERE grain = ${grain} AND at < ${before(days)}`;
    await db.$executeRaw`DELETE FROM app.activity_usage WHERE grain = ${grain} AND at < ${before(days)}`;
  }
  await db.$executeRaw`DELETE FROM app.activity_category WHERE day < ${before(keep.hourDays)}::date`;
  await db.$executeRaw`DELETE FROM app.activity_period WHERE start < ${before(keep.hourDays)}::date`;
  for (const [grain, days] of [
    ['day', keep.productDays],
    ['week', keep.productWeeks * 7],
    ['month', keep.hourDays],
  ] as const)
    await db.$executeRaw`DELETE FROM app.activity_product WHERE grain = ${grain} AND start < ${before(days)}::date`;
  // A job that was at work when its shop was erased may have noted something after.
  await db.$executeRaw`
    DELETE FROM app.activity_delta delta WHERE NOT EXISTS (SELECT 1 FROM app.shop WHERE shop.id = delta.shop_id)`;
}

/** Erases all that is rolled up of a shop, and what waits to be. */
export async function eraseActivity(tx: Queryable, shopId: string): Promise<void> {
  const where = { shopId };
  // Whoever is adding to it now is done first, and nobody begins.
  await tx.$queryRaw`SELECT 1 FROM app.shop WHERE id = ${shopId}::uuid FOR UPDATE`;
  await tx.$executeRaw`DELETE FROM app.activity_delta WHERE shop_id = ${shopId}::uuid`;
  await tx.activityCount.deleteMany({ where });
  await tx.activityLatency.deleteMany({ where });
  await tx.activityCategory.deleteMany({ where });
  await tx.activityProduct.deleteMany({ where });
  await tx.activityPeriod.deleteMany({ where });
  await tx.activityUsage.deleteMany({ where });
}
