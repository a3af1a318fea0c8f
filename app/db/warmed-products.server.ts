/** What is warmed: chosen, read, and used or not before it went stale. */
import type { CacheControl } from '~/core/cache-entry';
import type { ChosenProduct, KnownWork, WarmingRecord } from '~/core/warming';
import type { Gid, SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

const DAY_MS = 86_400_000;
/** What became of warming is judged by so much of the past. */
const RECORD_DAYS = 14;

export interface CachedFreshness {
  productId: SourceId;
  variants: number;
  /** When what the cache holds was last known to be true; null where the product must be read anyway. */
  seenAt: Date | null;
  control: CacheControl | null;
}

interface FreshnessRow extends Omit<CachedFreshness, 'control'> {
  /** Null: nobody chose anything for it. */
  isPinned: boolean | null;
  ttlSeconds: number | null;
}

/** How fresh the cache is of linked products; the others are absent. */
export async function cachedFreshness(
  db: Queryable,
  shopId: string,
  productIds: readonly SourceId[],
  now: Date,
): Promise<CachedFreshness[]> {
  const rows = await db.$queryRaw<FreshnessRow[]>`
    SELECT link.product_id AS "productId", control.is_pinned AS "isPinned", control.ttl_seconds AS "ttlSeconds",
      CASE WHEN remote.invalidated_at IS NULL AND COALESCE(remote.expires_at > ${now}, true) THEN GREATEST(remote.fetched_at, remote.confirmed_at) END AS "seenAt",
      COALESCE(cardinality(remote.variant_order), 1) AS variants
    FROM app.product_link link
    LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
    LEFT JOIN app.cache_control control ON control.shop_id = link.shop_id AND control.product_id = link.product_id
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = ANY(${[...productIds]}::uuid[]) AND link.state = 'linked'`;
  return rows.map(({ isPinned, ttlSeconds, ...row }) => ({
    ...row,
    control: isPinned === null ? null : { isPinned, ttlSeconds },
  }));
}

/** Promotions that will begin or end within a time, and their products: work that is known beforehand. */
export async function promotionsToTurn(
  db: Queryable,
  shopId: string,
  { from, until }: { from: Date; until: Date },
): Promise<KnownWork[]> {
  return db.$queryRaw`
    SELECT promotion.id, turns.at AS "startsAt",
      ARRAY(SELECT DISTINCT product_id::text FROM app.promotion_variant WHERE promotion_id = promotion.id) AS "productIds"
    FROM app.promotion promotion
    CROSS JOIN LATERAL (SELECT CASE promotion.state WHEN 'scheduled' THEN promotion.starts_at ELSE promotion.ends_at END AS at) AS turns
    WHERE promotion.shop_id = ${shopId}::uuid AND promotion.state IN ('scheduled', 'active')
      AND turns.at > ${from} AND turns.at <= ${until}
    ORDER BY turns.at, promotion.id`;
}

/** What became of what was warmed lately, as far as that is known. */
export async function warmingRecord(db: Queryable, shopId: string, now: Date): Promise<WarmingRecord> {
  const {
    _sum: { used, unused, expectedUnused },
  } = await db.warmingHour.aggregate({
    where: { shopId, hour: { gte: new Date(now.getTime() - RECORD_DAYS * DAY_MS) } },
    _sum: { used: true, unused: true, expectedUnused: true },
  });
  return {
    warmed: (used ?? 0) + (unused ?? 0),
    unused: unused ?? 0,
    expectedUnused: expectedUnused ?? 0,
  };
}

/** Notes products to be warmed; those of an earlier choice must have been settled. */
export async function noteChosen(
  db: Queryable,
  shopId: string,
  chosen: readonly Pick<ChosenProduct, 'productId' | 'probability' | 'reason'>[],
  { expectedAt, now }: { expectedAt: Date; now: Date },
): Promise<void> {
  const rows = chosen.map(({ productId, probability, reason }) => ({
    id: productId,
    probability,
    reason: reason.kind,
    promotion: reason.kind === 'promotion' ? reason.id : null,
  }));
  await db.$executeRaw`
    INSERT INTO app.warmed_product (shop_id, product_id, reason, promotion_id, probability, expected_at, chosen_at)
    SELECT ${shopId}::uuid, row.id, row.reason, row.promotion, row.probability, ${expectedAt}, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row(id uuid, probability float8, reason text, promotion uuid)
    ON CONFLICT (shop_id, product_id) DO NOTHING`;
}

export interface ToWarm {
  productId: SourceId;
  remoteId: Gid;
}

/** The next products to be read, those that are expected soonest and likeliest first. */
export async function nextToWarm(db: Queryable, shopId: string, limit: number): Promise<ToWarm[]> {
  return db.$queryRaw`
    SELECT warmed.product_id AS "productId", link.remote_id AS "remoteId" FROM app.warmed_product warmed
    JOIN app.product_link link ON link.shop_id = warmed.shop_id AND link.product_id = warmed.product_id
    WHERE warmed.shop_id = ${shopId}::uuid AND warmed.warmed_at IS NULL AND link.remote_id IS NOT NULL
    ORDER BY warmed.expected_at NULLS LAST, warmed.probability DESC, warmed.product_id LIMIT ${limit}::int`;
}

/** Notes products as read, with what it cost. */
export async function noteWarmed(
  db: Queryable,
  shopId: string,
  products: readonly { productId: SourceId; points: number }[],
  now: Date,
): Promise<void> {
  const rows = JSON.stringify(products);
  await db.$executeRaw`
    WITH read AS (
      UPDATE app.warmed_product warmed SET warmed_at = ${now}
      FROM jsonb_to_recordset(${rows}::jsonb) AS row("productId" uuid, points float8)
      WHERE warmed.shop_id = ${shopId}::uuid AND warmed.product_id = row."productId" AND warmed.warmed_at IS NULL
      RETURNING warmed.reason, row.points
    )
    INSERT INTO app.warming_hour AS held (shop_id, hour, reason, warmed, points)
    SELECT ${shopId}::uuid, date_trunc('hour', ${now}::timestamptz), reason, count(*)::int, sum(points) FROM read GROUP BY reason
    ON CONFLICT (shop_id, hour, reason) DO UPDATE SET warmed = held.warmed + excluded.warmed, points = held.points + excluded.points`;
}

/** Lets go of what was chosen and not read: it is no use any more. */
export async function dropUnread(
  db: Queryable,
  shopId: string,
  which: { productIds: readonly SourceId[] } | { expectedBefore: Date },
): Promise<void> {
  if ('productIds' in which)
    await db.warmedProduct.deleteMany({
      where: { shopId, warmedAt: null, productId: { in: [...which.productIds] } },
    });
  else
    await db.warmedProduct.deleteMany({
      where: { shopId, warmedAt: null, expectedAt: { lt: which.expectedBefore } },
    });
}

/**
 * Counts what was warmed by whether it was used: a sync looked at it before `trustMs` were over. What may still be used is
 * left, but of `productIds`: they are about to be chosen anew.
 */
export async function settleWarmed(
  db: Queryable,
  shopId: string,
  { now, trustMs, productIds }: { now: Date; trustMs: number; productIds: readonly SourceId[] },
): Promise<void> {
  await db.$executeRaw`
    WITH looked AS (
      SELECT warmed.product_id, COALESCE(link.last_synced_at > warmed.warmed_at
        AND link.last_synced_at <= warmed.warmed_at + ${trustMs} * interval '1 millisecond', false) AS is_used
      FROM app.warmed_product warmed
      LEFT JOIN app.product_link link ON link.shop_id = warmed.shop_id AND link.product_id = warmed.product_id
      WHERE warmed.shop_id = ${shopId}::uuid AND warmed.warmed_at IS NOT NULL
    ), ended AS (
      DELETE FROM app.warmed_product warmed USING looked
      WHERE warmed.shop_id = ${shopId}::uuid AND warmed.product_id = looked.product_id AND (looked.is_used
        OR warmed.warmed_at + ${trustMs} * interval '1 millisecond' < ${now}::timestamptz OR warmed.product_id = ANY(${[...productIds]}::uuid[]))
      RETURNING warmed.reason, warmed.probability, date_trunc('hour', warmed.warmed_at) AS hour, looked.is_used
    )
    INSERT INTO app.warming_hour AS held (shop_id, hour, reason, used, unused, expected_unused)
    SELECT ${shopId}::uuid, hour, reason, (count(*) FILTER (WHERE is_used))::int, (count(*) FILTER (WHERE NOT is_used))::int,
      sum(1 - probability) FROM ended GROUP BY hour, reason
    ON CONFLICT (shop_id, hour, reason) DO UPDATE SET used = held.used + excluded.used,
      unused = held.unused + excluded.unused, expected_unused = held.expected_unused + excluded.expected_unused`;
}
