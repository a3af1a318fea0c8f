/** How often a look found what it needed in the cache. */
import type { Queryable } from './client.server';

/** The share of looks (0 to 1) that needed no read, in each part of a range (`starts`: when they begin); null: there were none. */
export async function readHitRates(
  db: Queryable,
  shopId: string,
  starts: readonly Date[],
): Promise<(number | null)[]> {
  const rows = await db.$queryRaw<{ part: number; rate: number | null }[]>`
    SELECT width_bucket(hour, ${starts.map((start) => start.toISOString())}::timestamptz[]) AS part,
      (sum(looks) FILTER (WHERE outcome = 'hit'))::float8 / NULLIF(sum(looks), 0) AS rate
    FROM app.cache_hour WHERE shop_id = ${shopId}::uuid AND hour >= ${starts[0] ?? new Date()}
    GROUP BY 1`;
  const byPart = new Map(rows.map(({ part, rate }) => [part - 1, rate ?? 0]));
  return starts.map((_, part) => byPart.get(part) ?? null);
}

/**
 * Looks since then, to whole hours, and those that had to read. What was never read before says nothing about the cache
 * and is left out.
 */
export async function readHitCounts(
  db: Queryable,
  shopId: string,
  since: Date,
): Promise<{ looked: number; missed: number }> {
  const [row] = await db.$queryRaw<{ looked: number; missed: number }[]>`
    SELECT COALESCE(sum(looks), 0)::int AS looked, COALESCE(sum(looks) FILTER (WHERE outcome <> 'hit'), 0)::int AS missed
    FROM app.cache_hour
    WHERE shop_id = ${shopId}::uuid AND hour > ${since}::timestamptz - interval '1 hour' AND outcome <> 'cold'`;
  return row ?? { looked: 0, missed: 0 };
}
