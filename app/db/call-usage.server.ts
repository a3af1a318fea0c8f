/** Calls to Shopify by shop, minute, hour and day. */
import type { CallUsage } from '~/core/call-usage';
import type { Queryable } from './client.server';

/** Adds what was counted to the roll-ups, in one statement. Shops that are unknown (any more) are left out. */
export async function addCallUsage(db: Queryable, usages: readonly CallUsage[]): Promise<void> {
  if (usages.length === 0) return;
  await db.$executeRaw`
    WITH known AS MATERIALIZED (
      SELECT id, timezone FROM app.shop WHERE id = ANY(${usages.map(({ shopId }) => shopId)}::uuid[]) FOR KEY SHARE
    )
    INSERT INTO app.activity_usage AS held (shop_id, grain, at, calls, mutations, points, bytes_sent, throttled, unanswered)
    SELECT known.id, grain, CASE grain WHEN 'minute' THEN row.at ELSE date_trunc(grain, row.at, known.timezone) END,
      sum(row.calls), sum(row.mutations), sum(row.points), sum(row."bytesSent"), sum(row.throttled), sum(row.unanswered)
    FROM jsonb_to_recordset(${JSON.stringify(usages)}::jsonb) AS row("shopId" uuid, at timestamptz, calls bigint, mutations bigint,
      points float8, "bytesSent" bigint, throttled bigint, unanswered bigint)
    JOIN known ON known.id = row."shopId"
    CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) AS grains(grain)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (shop_id, grain, at) DO UPDATE SET calls = held.calls + excluded.calls,
      mutations = held.mutations + excluded.mutations, points = held.points + excluded.points,
      bytes_sent = held.bytes_sent + excluded.bytes_sent, throttled = held.throttled + excluded.throttled,
      unanswered = held.unanswered + excluded.unanswered`;
}
