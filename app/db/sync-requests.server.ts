/** "Look at this product": one row a product that is asked for and not yet being looked at. */
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

/**
 * Asks for products. `added`: those that need a job. A product that waits for another run's job, or, where no run asks, for
 * any, needs none; nor does one that this run asked for before. `elsewhere`: those that another run's job will look at. A run
 * gets a job of its own where only a webhook asked: that one would not end it in the run.
 */
export async function addRequests(
  db: Queryable,
  request: { shopId: string; productIds: SourceId[]; cause: string; runId: string | null; now: Date },
): Promise<{ added: SourceId[]; elsewhere: SourceId[] }> {
  const { shopId, productIds, cause, runId, now } = request;
  const rows = await db.$queryRaw<{ id: SourceId; outcome: 'added' | 'elsewhere' | 'asked' }[]>`
    WITH held AS (
      SELECT product_id, run_id FROM app.sync_request
      WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${productIds}::uuid[])
    ), asked AS (
      INSERT INTO app.sync_request AS request (shop_id, product_id, run_id, cause, requested_at)
      SELECT ${shopId}::uuid, id, ${runId}::uuid, ${cause}, ${now} FROM unnest(${productIds}::uuid[]) AS id
      ON CONFLICT (shop_id, product_id) DO UPDATE SET run_id = coalesce(request.run_id, excluded.run_id)
      RETURNING product_id, run_id, xmax = 0 AS is_new
    )
    SELECT asked.product_id AS id,
      CASE WHEN is_new OR (asked.run_id = ${runId}::uuid AND held.run_id IS DISTINCT FROM ${runId}::uuid) THEN 'added'
        WHEN asked.run_id IS DISTINCT FROM ${runId}::uuid THEN 'elsewhere' ELSE 'asked' END AS outcome
    FROM asked LEFT JOIN held ON held.product_id = asked.product_id`;
  const of = (outcome: string) => rows.flatMap((row) => (row.outcome === outcome ? [row.id] : []));
  return { added: of('added'), elsewhere: of('elsewhere') };
}

/** Takes the requests of products that are now being looked at: whoever asks from here on gets a look of its own. */
export async function takeRequests(db: Queryable, shopId: string, productIds: SourceId[]): Promise<void> {
  await db.$executeRaw`
    DELETE FROM app.sync_request WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${productIds}::uuid[])`;
}

export interface WaitingRequest {
  shopId: string;
  productId: SourceId;
  runId: string | null;
  cause: string;
}

/**
 * Requests older than an instant: their job was lost. They are stamped anew, so that the next sweep leaves them alone. Those
 * of the bulk lane wait for their turn, which may be long: they are not lost.
 */
export async function reviveRequests(
  db: Queryable,
  olderThan: Date,
  now: Date,
  limit: number,
): Promise<WaitingRequest[]> {
  return db.$queryRaw<WaitingRequest[]>`
    UPDATE app.sync_request request SET requested_at = ${now}
    FROM (
      SELECT shop_id, product_id FROM app.sync_request asked WHERE requested_at < ${olderThan}
        AND NOT EXISTS (SELECT 1 FROM app.bulk_write bulk WHERE bulk.shop_id = asked.shop_id AND bulk.finished_at IS NULL
          AND asked.product_id = ANY(bulk.product_ids))
      ORDER BY requested_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) AS old
    WHERE request.shop_id = old.shop_id AND request.product_id = old.product_id
    RETURNING request.shop_id AS "shopId", request.product_id AS "productId", request.run_id AS "runId", request.cause`;
}
