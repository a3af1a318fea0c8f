/** A token bucket a key of the REST API, kept in PostgreSQL so that all web processes share it. */
import { z } from 'zod';
import type { Queryable } from './client.server';

export interface RateLimit {
  /** Requests that the bucket regains in a minute. */
  perMinute: number;
  /** Requests that a full bucket holds. */
  burst: number;
}

export interface RateLimitAnswer {
  isAllowed: boolean;
  /** Whole requests that are left. */
  remaining: number;
  /** Seconds until another request is let through; 0 where one would be now. */
  retryAfter: number;
  /** Seconds until the bucket is full again. */
  fullAfter: number;
}

const row = z.object({ taken: z.number().nullable(), held: z.number().nullable() });

/**
 * Takes one request out of the key's bucket, in one statement. A request that is refused writes nothing: whoever knocks
 * too often costs one read.
 */
export async function takeRequest(
  db: Queryable,
  key: { id: string; shopId: string },
  { perMinute, burst }: RateLimit,
  now: Date,
): Promise<RateLimitAnswer> {
  const perSecond = perMinute / 60;
  const [answer] = z.array(row).parse(
    await db.$queryRaw`
      WITH taken AS (
        INSERT INTO app.api_rate_limit AS bucket (key_id, shop_id, tokens, counted_at)
        VALUES (${key.id}::uuid, ${key.shopId}::uuid, ${burst}::float8 - 1, ${now})
        ON CONFLICT (key_id) DO UPDATE SET
          tokens = LEAST(${burst}::float8, bucket.tokens + ${perSecond}::float8
            * GREATEST(0, EXTRACT(EPOCH FROM excluded.counted_at - bucket.counted_at))::float8) - 1,
          counted_at = GREATEST(bucket.counted_at, excluded.counted_at)
        WHERE LEAST(${burst}::float8, bucket.tokens + ${perSecond}::float8
          * GREATEST(0, EXTRACT(EPOCH FROM excluded.counted_at - bucket.counted_at))::float8) >= 1
        RETURNING tokens
      )
      SELECT (SELECT tokens FROM taken) AS taken,
        (SELECT LEAST(${burst}::float8, tokens + ${perSecond}::float8
          * GREATEST(0, EXTRACT(EPOCH FROM ${now}::timestamptz - counted_at))::float8)
         FROM app.api_rate_limit WHERE key_id = ${key.id}::uuid) AS held`,
  );
  const isAllowed = answer !== undefined && answer.taken !== null;
  const tokens = answer?.taken ?? answer?.held ?? 0;
  return {
    isAllowed,
    remaining: Math.max(0, Math.floor(tokens)),
    retryAfter: tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond)),
    fullAfter: Math.max(0, Math.ceil((burst - tokens) / perSecond)),
  };
}
