/** How often a look found what it needed in the cache. */
import type { Queryable } from './client.server';

/**
 * The share of looks (0 to 1) that needed no read, in each part of a range (`starts`: when they begin); null for a part in
 * which nothing was looked at, and for all of it where this is not counted.
 */
export async function readHitRates(
  db: Queryable,
  shopId: string,
  starts: readonly Date[],
): Promise<(number | null)[] | null> {
  const [table] = await db.$queryRaw<{ exists: boolean }[]>`
    SELECT to_regclass('app.cache_hour') IS NOT NULL AS exists`;
  if (table?.exists !== true) return null;
  const rows = await db.$queryRaw<{ part: number; rate: number | null }[]>`
    SELECT width_bucket(hour, ${starts.map((start) => start.toISOString())}::timestamptz[]) AS part,
      (sum(looks) FILTER (WHERE outcome = 'hit'))::float8 / NULLIF(sum(looks), 0) AS rate
    FROM app.cache_hour WHERE shop_id = ${shopId}::uuid AND hour >= ${starts[0] ?? new Date()}
    GROUP BY 1`;
  const byPart = new Map(rows.map(({ part, rate }) => [part - 1, rate ?? 0]));
  return starts.map((_, part) => byPart.get(part) ?? null);
}
