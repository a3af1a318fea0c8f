/** What the rules of alerts measure, read from what is on record anyway: a statement a rule. */
import type { Queryable } from './client.server';

export interface SyncFailures {
  letters: number;
  runs: number;
  /** Why the last of them failed; null where none did. */
  reason: string | null;
}

/** Jobs that gave up and runs that failed since, without a retry or a later run that finished. */
export async function readSyncFailures(db: Queryable, shopId: string, since: Date): Promise<SyncFailures> {
  const [row] = await db.$queryRaw<SyncFailures[]>`
    WITH failed AS (
      SELECT 'letter' AS kind, failed_at AS at, reason FROM app.dead_letter
      WHERE shop_id = ${shopId}::uuid AND retried_at IS NULL AND failed_at > ${since}
      UNION ALL
      SELECT 'run', finished_at, COALESCE(error, '') FROM app.sync_run run
      WHERE shop_id = ${shopId}::uuid AND state = 'failed' AND finished_at > ${since} AND NOT EXISTS (
        SELECT 1 FROM app.sync_run later
        WHERE later.shop_id = run.shop_id AND later.created_at > run.created_at AND later.state = 'finished'))
    SELECT count(*) FILTER (WHERE kind = 'letter')::int AS letters, count(*) FILTER (WHERE kind = 'run')::int AS runs,
      (array_agg(reason ORDER BY at DESC))[1] AS reason
    FROM failed`;
  return row ?? { letters: 0, runs: 0, reason: null };
}

/** So many rows of the audit log are counted at most: where more were written, these say enough. */
const MOST_COUNTED = 50_000;

/** Pushes and pulls on record since, by whether they took effect; of very many the newest. */
export async function readErrorRate(
  db: Queryable,
  shopId: string,
  since: Date,
): Promise<{ failed: number; applied: number; message: string | null }> {
  const [row] = await db.$queryRaw<{ failed: number; applied: number; message: string | null }[]>`
    SELECT count(*) FILTER (WHERE state = 'failed')::int AS failed, count(*) FILTER (WHERE state = 'applied')::int AS applied,
      mode() WITHIN GROUP (ORDER BY message) FILTER (WHERE state = 'failed') AS message
    FROM (
      SELECT state, message FROM app.change
      WHERE shop_id = ${shopId}::uuid AND at > ${since} AND direction IN ('push', 'pull') AND state IN ('failed', 'applied')
      ORDER BY at DESC, id DESC LIMIT ${MOST_COUNTED}) AS newest`;
  return row ?? { failed: 0, applied: 0, message: null };
}

/** Answers "throttled" of the runs that were under way since. */
export async function readThrottled(db: Queryable, shopId: string, since: Date): Promise<number> {
  const { _sum } = await db.syncRun.aggregate({
    where: { shopId, OR: [{ finishedAt: null }, { finishedAt: { gt: since } }] },
    _sum: { throttled: true },
  });
  return _sum.throttled ?? 0;
}

export interface LatePrice {
  since: Date;
  title: string;
  /** Variants whose price is late. */
  variants: number;
}

/**
 * The oldest price of the catalog that both sides have not agreed on, among products that are known to have changed: asked
 * for, gathering, in a job, or drifted. What a person must decide is not late, and a price under an overlay is not the catalog's.
 * Null: none that changed before `before`.
 */
export async function readLatePrice(
  db: Queryable,
  shop: { id: string; accountId: string },
  before: Date,
): Promise<LatePrice | null> {
  const rows = await db.$queryRaw<(Omit<LatePrice, 'since'> & { since: Date | null })[]>`
    WITH candidate AS (
      SELECT product_id, COALESCE(source_changed_at, asked_at) AS since FROM app.sync_request WHERE shop_id = ${shop.id}::uuid
      UNION ALL
      SELECT key::uuid, COALESCE((value->>0)::timestamptz, (value->>2)::timestamptz)
      FROM app.sync_job job, jsonb_each(job.products) WHERE job.shop_id = ${shop.id}::uuid
      UNION ALL
      SELECT captured.product_id, COALESCE(captured.changed_at, captured.first_at) FROM app.captured_change captured
      UNION ALL
      SELECT link.product_id, NULL FROM app.product_link link
      WHERE link.shop_id = ${shop.id}::uuid AND link.drifted_at < ${before} AND link.sync_state IN ('pending', 'failed')
    ), late AS (
      SELECT variant.id, variant.product_id, COALESCE(candidate.since, GREATEST(link.drifted_at, variant.updated_at)) AS since
      FROM candidate
      JOIN app.product_link link ON link.shop_id = ${shop.id}::uuid AND link.product_id = candidate.product_id
        AND link.sync_state NOT IN ('conflict', 'held', 'ambiguous')
      JOIN catalog.variant variant ON variant.product_id = candidate.product_id AND variant.account_id = ${shop.accountId}::uuid
      JOIN app.base_variant base ON base.shop_id = ${shop.id}::uuid AND base.variant_id = variant.id
      WHERE (base.state->'fields'->'price'->>'source')::numeric IS DISTINCT FROM variant.price
        AND NOT EXISTS (SELECT 1 FROM app.store_override over
          WHERE over.shop_id = ${shop.id}::uuid AND over.product_id = variant.product_id AND over.variant_id = variant.id AND over.field = 'price')
        AND NOT EXISTS (SELECT 1 FROM app.promotion_variant part JOIN app.promotion ON promotion.id = part.promotion_id
          WHERE part.shop_id = ${shop.id}::uuid AND part.product_id = variant.product_id AND part.variant_id = variant.id AND promotion.state = 'active'))
    SELECT min(since) AS since, count(DISTINCT late.id)::int AS variants,
      COALESCE((array_agg(product.title ORDER BY late.since))[1], '') AS title
    FROM late JOIN catalog.product product ON product.id = late.product_id WHERE since < ${before}`;
  const [row] = rows;
  return row === undefined || row.since === null ? null : { ...row, since: row.since };
}

/** When the oldest change of the account's catalog was committed whose burst should be over by now; null: none. */
export async function readOldestCaptured(db: Queryable, accountId: string, now: Date): Promise<Date | null> {
  const [row] = await db.$queryRaw<{ since: Date | null }[]>`
    SELECT min(COALESCE(captured.changed_at, captured.first_at)) AS since
    FROM app.captured_change captured JOIN catalog.product product ON product.id = captured.product_id
    WHERE product.account_id = ${accountId}::uuid AND captured.due_at < ${now}`;
  return row?.since ?? null;
}

/** What the last check of the store that came to its end since found. */
export async function readLastDrift(
  db: Queryable,
  shopId: string,
  since: Date,
): Promise<{ drifted: number; scanned: number; finishedAt: Date } | null> {
  const last = await db.reconciliation.findFirst({
    where: { shopId, state: 'finished', finishedAt: { gt: since } },
    orderBy: { finishedAt: 'desc' },
    select: { productsDrifted: true, productsScanned: true, finishedAt: true },
  });
  if (last === null || last.finishedAt === null) return null;
  return { drifted: last.productsDrifted, scanned: last.productsScanned, finishedAt: last.finishedAt };
}

/** Pushes and pulls on record within each span, in the order of the spans; no more than MOST_COUNTED of each. */
export async function countChangesWithin(
  db: Queryable,
  shopId: string,
  spans: { from: Date; until: Date }[],
): Promise<number[]> {
  const rows = await db.$queryRaw<{ count: number }[]>`
    SELECT (SELECT count(*)::int FROM (
      SELECT 1 FROM app.change
      WHERE shop_id = ${shopId}::uuid AND at > span.from AND at <= span.until AND direction IN ('push', 'pull') AND state = 'applied'
      LIMIT ${MOST_COUNTED}) AS counted) AS count
    FROM unnest(${spans.map(({ from }) => from)}::timestamptz[], ${spans.map(({ until }) => until)}::timestamptz[])
      WITH ORDINALITY AS span("from", until, position) ORDER BY span.position`;
  return rows.map(({ count }) => count);
}

export interface TokenState {
  expires: Date | null;
  refreshTokenExpires: Date | null;
}

/** The access token that work without a user has; null: none. */
export async function readToken(db: Queryable, domain: string): Promise<TokenState | null> {
  return db.session.findUnique({
    where: { id: `offline_${domain}` },
    select: { expires: true, refreshTokenExpires: true },
  });
}
