/** What the cache was worth, and what was left as it is, by the hour. */
import type { CacheOutcome, OutcomeSum } from '~/core/cache-outcome';
import type { Queryable } from './client.server';

/** Adds what a job counted. One statement; the rows in their order, so that jobs of a shop never wait for each other in a circle. */
export async function addCacheCounts(
  db: Queryable,
  shopId: string,
  { looks, skips }: { looks: readonly OutcomeSum[]; skips: ReadonlyMap<string, number> },
  now: Date,
): Promise<void> {
  if (looks.length === 0 && skips.size === 0) return;
  const reasons = [...skips].map(([reason, fields]) => ({ reason, fields }));
  await db.$executeRaw`
    WITH skipped AS (
      INSERT INTO app.skip_hour AS held (shop_id, hour, reason, fields)
      SELECT ${shopId}::uuid, date_trunc('hour', ${now}::timestamptz), reason, fields
      FROM jsonb_to_recordset(${JSON.stringify(reasons)}::jsonb) AS row(reason text, fields int) ORDER BY reason
      ON CONFLICT (shop_id, hour, reason) DO UPDATE SET fields = held.fields + excluded.fields
    )
    INSERT INTO app.cache_hour AS held (shop_id, hour, outcome, looks, points, bytes)
    SELECT ${shopId}::uuid, date_trunc('hour', ${now}::timestamptz), outcome, looks, points, bytes
    FROM jsonb_to_recordset(${JSON.stringify(looks)}::jsonb) AS row(outcome text, looks int, points float8, bytes bigint)
    ORDER BY outcome
    ON CONFLICT (shop_id, hour, outcome) DO UPDATE SET looks = held.looks + excluded.looks,
      points = held.points + excluded.points, bytes = held.bytes + excluded.bytes`;
}

export interface CacheHourSum {
  /** When the part begins; ISO. */
  at: Date;
  outcome: CacheOutcome;
  looks: number;
  points: number;
  bytes: number;
}

/** Forgets hours that are older than anybody looks at. */
export async function forgetCacheHours(db: Queryable, before: Date): Promise<void> {
  await db.cacheHour.deleteMany({ where: { hour: { lt: before } } });
  await db.skipHour.deleteMany({ where: { hour: { lt: before } } });
}
