/** Read model of the cache page and of the API's figures: what the cache was worth, and what stands out in it. */
import { CACHE_OUTCOMES, hitRate } from '~/core/cache-outcome';
import type { CacheMiss, CacheOutcome } from '~/core/cache-outcome';
import type { Queryable } from '../client.server';

const HOUR_MS = 3_600_000;

/** Ranges of the page: how long, and how long a point of its charts is. */
export const CACHE_RANGES = {
  '24h': { hours: 24, bucketHours: 1 },
  '7d': { hours: 7 * 24, bucketHours: 6 },
  '30d': { hours: 30 * 24, bucketHours: 24 },
} as const;
export type CacheRange = keyof typeof CACHE_RANGES;

export interface CacheFigures {
  looks: number;
  hits: number;
  /** Of 1; null: nothing was looked at. */
  hitRate: number | null;
  misses: Record<CacheMiss, number>;
  /** What hits saved, estimated, and what misses took. */
  savedReads: number;
  savedPoints: number;
  savedBytes: number;
  spentPoints: number;
}

export interface CachePoint {
  /** When it begins; ISO. */
  at: string;
  figures: CacheFigures;
}

interface SumRow {
  at: Date;
  outcome: string;
  looks: number;
  points: number;
  bytes: number;
}

const known = new Set<string>(CACHE_OUTCOMES);
const isOutcome = (text: string): text is CacheOutcome => known.has(text);

function figuresOf(rows: readonly SumRow[]): CacheFigures {
  const sums = rows.flatMap(({ outcome, ...row }) => (isOutcome(outcome) ? [{ ...row, outcome }] : []));
  const of = (outcome: CacheOutcome, what: 'looks' | 'points' | 'bytes') =>
    sums.reduce((sum, row) => sum + (row.outcome === outcome ? row[what] : 0), 0);
  const hits = of('hit', 'looks');
  return {
    looks: sums.reduce((sum, { looks }) => sum + looks, 0),
    hits,
    hitRate: hitRate(sums),
    misses: {
      cold: of('cold', 'looks'),
      expired: of('expired', 'looks'),
      webhook: of('webhook', 'looks'),
      reconciliation: of('reconciliation', 'looks'),
      warming: of('warming', 'looks'),
      person: of('person', 'looks'),
      api: of('api', 'looks'),
      doubt: of('doubt', 'looks'),
    },
    savedReads: hits,
    savedPoints: of('hit', 'points'),
    savedBytes: of('hit', 'bytes'),
    spentPoints: sums.reduce((sum, { outcome, points }) => sum + (outcome === 'hit' ? 0 : points), 0),
  };
}

/** Figures of the last hours, all together and in parts that begin at whole multiples of their length before now's hour. */
export async function readCacheFigures(
  db: Queryable,
  shopId: string,
  { hours, bucketHours, now }: { hours: number; bucketHours: number; now: Date },
): Promise<{ total: CacheFigures; points: CachePoint[] }> {
  const end = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS + HOUR_MS;
  const from = new Date(end - hours * HOUR_MS);
  const rows = await db.$queryRaw<SumRow[]>`
    SELECT date_bin(${bucketHours} * interval '1 hour', hour, ${from}::timestamptz) AS at, outcome,
      sum(looks)::int AS looks, sum(points)::float8 AS points, sum(bytes)::float8 AS bytes
    FROM app.cache_hour WHERE shop_id = ${shopId}::uuid AND hour >= ${from}
    GROUP BY 1, 2`;
  const byPart = Map.groupBy(rows, ({ at }) => at.getTime());
  const parts = Array.from({ length: Math.ceil(hours / bucketHours) }, (_, index) => {
    const at = from.getTime() + index * bucketHours * HOUR_MS;
    return { at: new Date(at).toISOString(), figures: figuresOf(byPart.get(at) ?? []) };
  });
  return { total: figuresOf(rows), points: parts };
}

/** Fields that were left as they are in the last hours, by reason, the most frequent first. */
export async function readSkips(
  db: Queryable,
  shopId: string,
  { hours, now }: { hours: number; now: Date },
): Promise<{ reason: string; fields: number }[]> {
  const from = new Date(now.getTime() - hours * HOUR_MS);
  return db.$queryRaw`
    SELECT reason, sum(fields)::float8 AS fields FROM app.skip_hour
    WHERE shop_id = ${shopId}::uuid AND hour >= ${from} GROUP BY reason ORDER BY fields DESC, reason`;
}

export interface CacheContents {
  products: number;
  /** Linked products of which nothing is cached. */
  empty: number;
  invalidated: number;
  pinned: number;
  /** With a time to live of their own. */
  ownTtl: number;
}

/** What the cache holds now of the linked products. */
export async function readCacheContents(db: Queryable, shopId: string): Promise<CacheContents> {
  const [row] = await db.$queryRaw<CacheContents[]>`
    SELECT count(*)::int AS products, (count(*) FILTER (WHERE remote.remote_id IS NULL))::int AS empty,
      count(remote.invalidated_at)::int AS invalidated, (count(*) FILTER (WHERE control.is_pinned))::int AS pinned,
      count(control.ttl_seconds)::int AS "ownTtl"
    FROM app.product_link link
    LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
    LEFT JOIN app.cache_control control ON control.shop_id = link.shop_id AND control.product_id = link.product_id
    WHERE link.shop_id = ${shopId}::uuid AND link.state = 'linked' AND link.remote_id IS NOT NULL`;
  return row ?? { products: 0, empty: 0, invalidated: 0, pinned: 0, ownTtl: 0 };
}

export interface CachedProduct {
  id: string;
  title: string;
  /** Changes of it among the latest of the audit log. */
  changes: number;
  /** When what is cached was last known to be true; ISO. Null: nothing is cached. */
  seenAt: string | null;
}

const LISTED = 10;
/** Of the audit log so many rows are looked through, and none that are older. */
const RECENT = { changes: 20_000, days: 7 };

interface ListedRow extends Omit<CachedProduct, 'seenAt'> {
  seenAt: Date | null;
}

const listed = (rows: ListedRow[]): CachedProduct[] =>
  rows.map((row) => ({ ...row, seenAt: row.seenAt?.toISOString() ?? null }));

/** Products that were changed most often lately: what of the cache is used most. */
export async function readHottest(db: Queryable, shopId: string, now: Date): Promise<CachedProduct[]> {
  const since = new Date(now.getTime() - RECENT.days * 24 * HOUR_MS);
  return listed(
    await db.$queryRaw<ListedRow[]>`
      WITH recent AS (
        SELECT product_id FROM app.change WHERE shop_id = ${shopId}::uuid AND at > ${since} AND direction IN ('push', 'pull')
        ORDER BY at DESC, id DESC LIMIT ${RECENT.changes}::int
      ), counted AS (
        SELECT product_id, count(*)::int AS changes FROM recent GROUP BY product_id ORDER BY changes DESC, product_id LIMIT ${LISTED}::int
      )
      SELECT counted.product_id AS id, link.title, counted.changes, GREATEST(remote.fetched_at, remote.confirmed_at) AS "seenAt"
      FROM counted
      JOIN app.product_link link ON link.shop_id = ${shopId}::uuid AND link.product_id = counted.product_id
      LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
      ORDER BY counted.changes DESC, counted.product_id`,
  );
}

/** Cached products that were seen longest ago. */
export async function readStalest(db: Queryable, shopId: string): Promise<CachedProduct[]> {
  return listed(
    await db.$queryRaw<ListedRow[]>`
      SELECT link.product_id AS id, link.title, 0 AS changes, remote.seen_at AS "seenAt"
      FROM (
        SELECT remote_id, GREATEST(fetched_at, confirmed_at) AS seen_at FROM app.remote_product
        WHERE shop_id = ${shopId}::uuid ORDER BY seen_at, remote_id LIMIT 100
      ) AS remote
      JOIN app.product_link link ON link.shop_id = ${shopId}::uuid AND link.remote_id = remote.remote_id AND link.state = 'linked'
      ORDER BY remote.seen_at, link.product_id LIMIT ${LISTED}::int`,
  );
}
