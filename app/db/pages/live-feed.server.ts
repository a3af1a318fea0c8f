/** Read model of the live feed: what was last recorded, product by product, what is being looked at, and how long it takes. */
import { z } from 'zod';
import type { FieldValue } from '~/core/decision';
import type { FeedInstants } from '~/core/live-feed';
import { fieldValue } from '../field-value.server';
import type { Queryable } from '../client.server';
import { readTitles } from './audit.server';
import { readLocationNames, readValueNames } from './value-names.server';

export interface FeedItem extends FeedInstants {
  id: string;
  productId: string;
  /** "" where neither the catalog nor the shop knows the product any more. */
  title: string;
  direction: string;
  state: string;
  field: string;
  /** Null for the product's own fields, "" for a variant that is gone. */
  variant: string | null;
  before: FieldValue;
  after: FieldValue;
  message: string | null;
  /** Further changes of the product that were recorded with this one and ended like it. */
  more: number;
  /** When it was recorded, however it ended. */
  at: string;
}

/** A product that is on its way. */
export interface FeedWaiting extends FeedInstants {
  productId: string;
  title: string;
  state: 'waiting' | 'looking' | 'writing';
}

export interface FeedLatency {
  changes: number;
  medianMs: number;
  p99Ms: number;
}

export interface LiveFeed {
  /** The instant of this answer (ISO 8601, UTC). */
  now: string;
  items: FeedItem[];
  waiting: FeedWaiting[];
  /** From the source to the confirmation, of the last hour; null: nothing was confirmed whose beginning is known. */
  latency: FeedLatency | null;
  names: { ids: Record<string, string>; locations: Record<string, string> };
}

const ITEMS = 12;
const WAITING = 4;
/** Rows of the log that are looked through, newest first: what a large edit writes must not make the page slow. */
const ROWS_FOR_ITEMS = 2_000;
const ROWS_FOR_LATENCY = 20_000;
const LATENCY_MS = 3_600_000;
/** A job that took its products longer ago, and still has not ended, is one that gave up; or of the bulk lane. */
const LOOKING_MS = 600_000;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const storedItems = z.array(
  z.object({
    id: z.bigint(),
    product_id: z.string(),
    variant_id: z.string().nullable(),
    direction: z.string(),
    state: z.string(),
    field: z.string(),
    before: fieldValue,
    after: fieldValue,
    message: z.string().nullable(),
    more: z.number(),
    changed_at: z.date().nullable(),
    asked_at: z.date().nullable(),
    decided_at: z.date().nullable(),
    sent_at: z.date().nullable(),
    at: z.date(),
  }),
);

/** One row stands for all that were recorded of a product together and ended alike. */
async function readItems(db: Queryable, shopId: string) {
  return storedItems.parse(
    await db.$queryRaw`
      SELECT change.id, change.product_id, change.variant_id, change.direction, change.state, change.field, change.before, change.after,
        change.message, together.more, together.changed_at, together.asked_at, together.decided_at, together.sent_at, change.at
      FROM (
        SELECT max(id) AS id, at, count(*)::int - 1 AS more, min(changed_at) AS changed_at, min(asked_at) AS asked_at,
          max(decided_at) AS decided_at, max(sent_at) AS sent_at
        FROM (
          SELECT id, product_id, direction, state, at, changed_at, asked_at, decided_at, sent_at FROM app.change
          WHERE shop_id = ${shopId}::uuid ORDER BY at DESC, id DESC LIMIT ${ROWS_FOR_ITEMS}
        ) AS newest
        WHERE direction IN ('push', 'pull')
        GROUP BY product_id, direction, state, at ORDER BY at DESC, max(id) DESC LIMIT ${ITEMS}
      ) AS together
      JOIN app.change change ON change.id = together.id
      ORDER BY together.at DESC, change.id DESC`,
  );
}

interface WaitingRow {
  productId: string;
  state: FeedWaiting['state'];
  changedAt: Date | null;
  askedAt: Date;
}

/** Those that are being looked at first, then some of those that wait for their job. */
async function readWaiting(db: Queryable, shopId: string, now: Date): Promise<WaitingRow[]> {
  const since = new Date(now.getTime() - LOOKING_MS);
  return db.$queryRaw<WaitingRow[]>`
    (SELECT taken.product_id AS "productId", CASE WHEN link.claimed_by = taken.job_id THEN 'writing' ELSE 'looking' END AS state,
      LEAST(taken.source_changed_at, taken.remote_changed_at) AS "changedAt", taken.asked_at AS "askedAt"
    FROM (
      SELECT job.id AS job_id, job.taken_at, key::uuid AS product_id, (value->>0)::timestamptz AS source_changed_at,
        (value->>1)::timestamptz AS remote_changed_at, (value->>2)::timestamptz AS asked_at
      FROM app.sync_job job, jsonb_each(job.products)
      WHERE job.shop_id = ${shopId}::uuid AND (job.taken_at > ${since} OR job.id LIKE 'bulk:%')
    ) AS taken
    LEFT JOIN app.product_link link ON link.shop_id = ${shopId}::uuid AND link.product_id = taken.product_id
    -- What its job is through with is below, as it was recorded.
    WHERE link.last_synced_at IS NULL OR link.last_synced_at < taken.taken_at
    ORDER BY taken.taken_at DESC, taken.product_id LIMIT ${WAITING})
    UNION ALL
    (SELECT product_id, 'waiting', LEAST(source_changed_at, remote_changed_at), asked_at
    FROM app.sync_request WHERE shop_id = ${shopId}::uuid LIMIT ${WAITING})
    LIMIT ${WAITING}`;
}

/**
 * From the source to the confirmation, of the changes whose beginning in the source is known. Others (a run of the whole
 * catalog, an import) would tell how long their run took, not how far the store is behind.
 */
async function readLatency(db: Queryable, shopId: string, now: Date): Promise<FeedLatency | null> {
  const [row] = await db.$queryRaw<{ changes: number; median: number | null; p99: number | null }[]>`
    SELECT count(*)::int AS changes, percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) AS median,
      percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) AS p99
    FROM (
      SELECT GREATEST(0, EXTRACT(EPOCH FROM at - changed_at) * 1000)::float8 AS ms
      FROM (
        SELECT at, changed_at FROM app.change
        WHERE shop_id = ${shopId}::uuid AND at > ${new Date(now.getTime() - LATENCY_MS)}
          AND changed_at IS NOT NULL AND state = 'applied'
        ORDER BY at DESC LIMIT ${ROWS_FOR_LATENCY}
      ) AS newest
    ) AS confirmed`;
  if (row === undefined || row.median === null || row.p99 === null) return null;
  return { changes: row.changes, medianMs: row.median, p99Ms: row.p99 };
}

export async function readLiveFeed(
  db: Queryable,
  shop: { id: string; accountId: string },
  now: Date,
): Promise<LiveFeed> {
  const [stored, waiting, latency, locations] = await Promise.all([
    readItems(db, shop.id),
    readWaiting(db, shop.id, now),
    readLatency(db, shop.id, now),
    readLocationNames(db, shop.id),
  ]);
  const productIds = [...stored.map((row) => row.product_id), ...waiting.map(({ productId }) => productId)];
  const [titles, names] = await Promise.all([
    readTitles(db, { shopId: shop.id, accountId: shop.accountId }, [...new Set(productIds)]),
    readValueNames(
      db,
      shop.accountId,
      stored.map(({ field, variant_id, before, after }) => ({
        field,
        variantId: variant_id,
        values: [before, after],
      })),
    ),
  ]);
  return {
    now: now.toISOString(),
    latency,
    names: { ids: Object.fromEntries(names), locations },
    items: stored.map((row) => ({
      // One that is brought up to date (a conflict that is found again, a failure that was mended) is news.
      id: `${row.id}@${row.at.getTime()}`,
      productId: row.product_id,
      title: titles.get(row.product_id) ?? '',
      direction: row.direction,
      state: row.state,
      field: row.field,
      variant: row.variant_id === null ? null : (names.get(row.variant_id) ?? ''),
      before: row.before,
      after: row.after,
      message: row.message,
      more: row.more,
      at: row.at.toISOString(),
      changedAt: iso(row.changed_at),
      askedAt: iso(row.asked_at),
      decidedAt: iso(row.decided_at),
      sentAt: iso(row.sent_at),
      confirmedAt: row.state === 'applied' ? row.at.toISOString() : null,
    })),
    waiting: waiting.map(({ productId, state, changedAt, askedAt }) => ({
      productId,
      title: titles.get(productId) ?? '',
      state,
      changedAt: iso(changedAt),
      askedAt: iso(askedAt),
      decidedAt: null,
      sentAt: null,
      confirmedAt: null,
    })),
  };
}
