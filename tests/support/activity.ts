/** Roll-ups beside what the audit log and the runs say when they are counted by plain SQL. */
import type { Database } from '~/db/client.server';

type Rows = Record<string, unknown>[];

/** Everything rolled up of a shop, in an order of its own; what came to nothing left out. */
export async function rolledUp(db: Database, shopId: string): Promise<Record<string, Rows>> {
  const [counts, latencies, categories, products, periods] = await Promise.all([
    db.$queryRaw<Rows>`
      SELECT grain, at, direction, state, code, n::int FROM app.activity_count
      WHERE shop_id = ${shopId}::uuid AND n <> 0 ORDER BY 1, 2, 3, 4, 5`,
    db.$queryRaw<Rows>`
      SELECT grain, at, bin, n::int FROM app.activity_latency WHERE shop_id = ${shopId}::uuid AND n <> 0 ORDER BY 1, 2, 3`,
    db.$queryRaw<Rows>`
      SELECT day::text, product_type, category, applied::int, failed::int FROM app.activity_category
      WHERE shop_id = ${shopId}::uuid AND (applied <> 0 OR failed <> 0) ORDER BY 1, 2, 3`,
    db.$queryRaw<Rows>`
      SELECT grain, start::text, product_id, applied::int, failed::int FROM app.activity_product
      WHERE shop_id = ${shopId}::uuid AND (applied <> 0 OR failed <> 0) ORDER BY 1, 2, 3`,
    db.$queryRaw<Rows>`
      SELECT grain, start::text, products::int FROM app.activity_period
      WHERE shop_id = ${shopId}::uuid AND products <> 0 ORDER BY 1, 2`,
  ]);
  return { counts, latencies, categories, products, periods };
}

/** The same, counted from the audit log and the products of runs. */
export async function recounted(db: Database, shopId: string): Promise<Record<string, Rows>> {
  const [counts, latencies, categories, products, periods] = await Promise.all([
    db.$queryRaw<Rows>`
      SELECT grain, date_trunc(grain, seen.at, CASE grain WHEN 'minute' THEN 'UTC' ELSE shop.timezone END) AS at,
        direction, seen.state, seen.code, count(*)::int AS n
      FROM (
        SELECT shop_id, at, direction, state, CASE WHEN state = 'failed' THEN COALESCE(code, '') ELSE '' END AS code FROM app.change
        UNION ALL
        SELECT shop_id, ended_at, 'run', state, '' FROM app.run_product WHERE ended_at IS NOT NULL
      ) AS seen
      JOIN app.shop ON shop.id = seen.shop_id CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) AS grains(grain)
      WHERE shop.id = ${shopId}::uuid GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
    db.$queryRaw<Rows>`
      SELECT grain, date_trunc(grain, change.at, CASE grain WHEN 'minute' THEN 'UTC' ELSE shop.timezone END) AS at,
        GREATEST(0, ceil(ln(GREATEST(0.001, extract(epoch FROM change.at - changed_at)) * 1000) / ln(1.1)))::int AS bin, count(*)::int AS n
      FROM app.change JOIN app.shop ON shop.id = change.shop_id CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) AS grains(grain)
      WHERE shop.id = ${shopId}::uuid AND state = 'applied' AND changed_at IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    db.$queryRaw<Rows>`
      SELECT (change.at AT TIME ZONE shop.timezone)::date::text AS day, COALESCE(product_type, '') AS product_type,
        COALESCE(category, '') AS category,
        (count(*) FILTER (WHERE state = 'applied'))::int AS applied, (count(*) FILTER (WHERE state = 'failed'))::int AS failed
      FROM app.change JOIN app.shop ON shop.id = change.shop_id LEFT JOIN catalog.product ON product.id = change.product_id
      WHERE shop.id = ${shopId}::uuid AND direction IN ('push', 'pull') AND state IN ('applied', 'failed')
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    db.$queryRaw<Rows>`
      SELECT grain, date_trunc(grain, change.at AT TIME ZONE shop.timezone)::date::text AS start, product_id,
        (count(*) FILTER (WHERE state = 'applied'))::int AS applied, (count(*) FILTER (WHERE state = 'failed'))::int AS failed
      FROM app.change JOIN app.shop ON shop.id = change.shop_id CROSS JOIN (VALUES ('day'), ('week'), ('month')) AS grains(grain)
      WHERE shop.id = ${shopId}::uuid AND direction IN ('push', 'pull') AND state IN ('applied', 'failed')
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    db.$queryRaw<Rows>`
      SELECT grain, date_trunc(grain, change.at AT TIME ZONE shop.timezone)::date::text AS start,
        count(DISTINCT product_id)::int AS products
      FROM app.change JOIN app.shop ON shop.id = change.shop_id CROSS JOIN (VALUES ('day'), ('week'), ('month')) AS grains(grain)
      WHERE shop.id = ${shopId}::uuid AND direction IN ('push', 'pull') AND state = 'applied' GROUP BY 1, 2 ORDER BY 1, 2`,
  ]);
  return { counts, latencies, categories, products, periods };
}
