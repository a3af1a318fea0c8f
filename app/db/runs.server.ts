/** Sync runs: their products' end states and their figures. */
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

export interface EndState {
  productId: SourceId;
  state: 'applied' | 'skipped' | 'conflicted' | 'failed' | 'cancelled';
  code: string | null;
  /** What happened and what to do, in a merchant's words. */
  message: string | null;
  changes: number;
  points: number;
}

/** Points, calls and bytes that some work of a run took. */
export interface RunFigures {
  calls: number;
  mutations: number;
  productReads: number;
  points: number;
  bytesSent: number;
  throttled: number;
}

/** Lists these products in a run, as pending. A product that is listed already keeps its state. */
export async function listRunProducts(
  db: Queryable,
  scope: { runId: string; shopId: string },
  productIds: SourceId[],
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO app.run_product (run_id, shop_id, product_id, title)
    SELECT ${scope.runId}::uuid, ${scope.shopId}::uuid, link.product_id, link.title FROM app.product_link link
    WHERE link.shop_id = ${scope.shopId}::uuid AND link.product_id = ANY(${productIds}::uuid[])
    ON CONFLICT (run_id, product_id) DO NOTHING`;
}

/** Settles products of a run; one that has its end state already keeps it. */
export async function endProducts(db: Queryable, runId: string, ends: EndState[], now: Date): Promise<void> {
  if (ends.length === 0) return;
  await db.$executeRaw`
    UPDATE app.run_product product SET state = row.state, code = row.code, message = row.message, changes = row.changes,
      points = row.points, ended_at = ${now}
    FROM jsonb_to_recordset(${JSON.stringify(ends)}::jsonb)
      AS row("productId" uuid, state text, code text, message text, changes int, points float8)
    WHERE product.run_id = ${runId}::uuid AND product.product_id = row."productId" AND product.state = 'pending'`;
}

/** The products of a run that have no end state yet. */
export async function pendingProducts(db: Queryable, runId: string): Promise<SourceId[]> {
  const rows = await db.runProduct.findMany({
    where: { runId, state: 'pending' },
    select: { productId: true },
  });
  return rows.map(({ productId }) => productId);
}

/** Adds what some work took to a run. */
export async function addFigures(db: Queryable, runId: string, figures: RunFigures): Promise<void> {
  await db.$executeRaw`
    UPDATE app.sync_run SET calls = calls + ${figures.calls}::int, mutations = mutations + ${figures.mutations}::int,
      product_reads = product_reads + ${figures.productReads}::int, points = points + ${figures.points}::float8,
      bytes_sent = bytes_sent + ${figures.bytesSent}::bigint, throttled = throttled + ${figures.throttled}::int
    WHERE id = ${runId}::uuid`;
}

/** Adds to the counts of skipped fields by reason. */
export async function addSkips(db: Queryable, runId: string, skips: Record<string, number>): Promise<void> {
  if (Object.keys(skips).length === 0) return;
  await db.$executeRaw`
    UPDATE app.sync_run SET skips = (
      SELECT jsonb_object_agg(key, total) FROM (
        SELECT key, sum(value::bigint) AS total
        FROM (SELECT * FROM jsonb_each_text(skips) UNION ALL SELECT * FROM jsonb_each_text(${JSON.stringify(skips)}::jsonb)) AS both_
        GROUP BY key
      ) AS sums)
    WHERE id = ${runId}::uuid`;
}

/** Whether somebody asked to stop the run, or it has ended. */
export async function isStopped(db: Queryable, runId: string): Promise<boolean> {
  const run = await db.syncRun.findUnique({
    where: { id: runId },
    select: { cancelRequestedAt: true, state: true },
  });
  return run === null || run.cancelRequestedAt !== null || ['cancelled', 'failed'].includes(run.state);
}

/** Ends the run when no product of it is pending any more; returns whether this call did. */
export async function finishIfDone(db: Queryable, runId: string, now: Date): Promise<boolean> {
  const ended = await db.$executeRaw`
    UPDATE app.sync_run run SET state = CASE WHEN cancel_requested_at IS NULL THEN 'finished' ELSE 'cancelled' END, finished_at = ${now}
    WHERE id = ${runId}::uuid AND state = 'running'
      AND NOT EXISTS (SELECT 1 FROM app.run_product product WHERE product.run_id = run.id AND product.state = 'pending')`;
  return ended > 0;
}

/** Ends a run before it is through: products that are still pending end with this reason. */
export async function closeRun(
  db: Queryable,
  run: {
    runId: string;
    state: 'cancelled' | 'failed';
    error: string | null;
    code: string;
    message: string;
    now: Date;
  },
): Promise<void> {
  const { runId, state, error, code, message, now } = run;
  await db.$executeRaw`DELETE FROM app.sync_request WHERE run_id = ${runId}::uuid`;
  await db.runProduct.updateMany({
    where: { runId, state: 'pending' },
    data: { state, code, message, endedAt: now },
  });
  await db.syncRun.updateMany({
    where: { id: runId, state: { in: ['queued', 'adopting', 'running'] } },
    data: { state, error, finishedAt: now },
  });
}
