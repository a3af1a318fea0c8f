/** Buckets in the table app.points_budget: `available` is what the bucket held at `updated_at`, the last reservation. */
import { z } from 'zod';
import { QUIET_MS, SAFETY_POINTS, UNKNOWN_MAXIMUM, UNKNOWN_RESTORE_RATE } from '~/core/points';
import type { BucketStore } from './points-budget';

/** A pool of connections, as far as the buckets need one. */
export interface Sql {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

const INSERT_UNKNOWN = `
INSERT INTO app.points_budget (shop_id, maximum, restore_rate, available, updated_at)
VALUES ($1, $2, $3, $2, clock_timestamp()) ON CONFLICT (shop_id) DO NOTHING`;

/** The row, locked, with the time after the lock was got and what the bucket holds then: core/points.ts in SQL. */
const HELD = `
held AS MATERIALIZED (SELECT * FROM app.points_budget WHERE shop_id = $1 FOR UPDATE),
timed AS MATERIALIZED (
  SELECT held.*, now.at, GREATEST(0, EXTRACT(EPOCH FROM now.at - held.updated_at))::float8 AS seconds
  FROM held CROSS JOIN LATERAL (SELECT clock_timestamp() AS at WHERE held.shop_id IS NOT NULL) AS now
),
bucket AS MATERIALIZED (SELECT *, LEAST(maximum, available + restore_rate * seconds) AS level FROM timed)`;

const RESERVE = `
WITH ${HELD},
taken AS (
  UPDATE app.points_budget AS budget
  SET available = bucket.level - $2::float8, updated_at = GREATEST(bucket.at, bucket.updated_at)
  FROM bucket
  WHERE budget.shop_id = bucket.shop_id AND bucket.level >= LEAST($2::float8 + ${SAFETY_POINTS} + $3::float8 * bucket.maximum, bucket.maximum)
  RETURNING 1
)
SELECT maximum, restore_rate, available, (EXTRACT(EPOCH FROM updated_at) * 1000)::float8 AS reserved_at,
       (EXTRACT(EPOCH FROM at) * 1000)::float8 AS at, EXISTS (SELECT 1 FROM taken) AS taken
FROM bucket`;

// $2 points to give back; $3 maximum, $4 restore rate and $5 available as Shopify says, or null; $6: calls are leaving.
const SETTLE = `
WITH ${HELD},
told AS MATERIALIZED (
  SELECT *, COALESCE($3::float8, maximum) AS new_maximum, COALESCE($4::float8, restore_rate) AS new_rate,
    CASE
      WHEN $5::float8 IS NULL THEN level + $2::float8
      WHEN NOT $6::boolean AND seconds * 1000 >= ${QUIET_MS} THEN $5::float8
      ELSE LEAST(level + $2::float8 + $3::float8 - maximum, $5::float8)
    END AS new_level
  FROM bucket
)
UPDATE app.points_budget AS budget
SET maximum = told.new_maximum, restore_rate = told.new_rate,
    available = LEAST(told.new_level, told.new_maximum) - told.new_rate * told.seconds
FROM told WHERE budget.shop_id = told.shop_id
RETURNING 1`;

const READ = `
SELECT maximum, restore_rate, LEAST(maximum, available + restore_rate
  * GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - updated_at))::float8) AS available
FROM app.points_budget WHERE shop_id = $1`;

const bucketRow = z.object({
  maximum: z.number(),
  restore_rate: z.number(),
  available: z.number(),
  reserved_at: z.number(),
  at: z.number(),
  taken: z.boolean(),
});
const stateRow = z.object({ maximum: z.number(), restore_rate: z.number(), available: z.number() });

/** Keeps the buckets in PostgreSQL, by its clock. */
export function postgresBuckets(sql: Sql): BucketStore {
  /** Runs a statement that gives a row for every known shop; makes the row where it is missing. */
  const onBucket = async (statement: string, shopId: string, values: unknown[]): Promise<unknown> => {
    const first = await sql.query(statement, [shopId, ...values]);
    if (first.rows.length > 0) return first.rows[0];
    await sql.query(INSERT_UNKNOWN, [shopId, UNKNOWN_MAXIMUM, UNKNOWN_RESTORE_RATE]);
    return (await sql.query(statement, [shopId, ...values])).rows[0];
  };
  return {
    reserve: async (shopId, points, keptShare) => {
      const row = bucketRow.parse(await onBucket(RESERVE, shopId, [points, keptShare]));
      const bucket = {
        maximum: row.maximum,
        restoreRate: row.restore_rate,
        level: row.available,
        reservedAt: row.reserved_at,
      };
      return { taken: row.taken, bucket, at: row.at };
    },
    settle: async (shopId, { reserved, actual, status, isLeaving }) => {
      const told = [
        status?.maximumAvailable ?? null,
        status?.restoreRate ?? null,
        status?.currentlyAvailable ?? null,
      ];
      await onBucket(SETTLE, shopId, [reserved - actual, ...told, isLeaving]);
    },
    read: async (shopId) => {
      const { rows } = await sql.query(READ, [shopId]);
      if (rows.length === 0) return null;
      const row = stateRow.parse(rows[0]);
      return { maximum: row.maximum, restoreRate: row.restore_rate, available: row.available };
    },
  };
}
