/** "Look at this product": one row a product that is asked for and not yet being looked at. */
import type { SourceId } from '~/core/product-state';
import type { WaitingSince } from '~/core/waiting-since';
import type { Queryable } from './client.server';

/** What is known of when a product changed. `askedAt` left out: it is asked for the first time. */
export type KnownSince = Partial<WaitingSince>;

/**
 * Asks for products. `added`: those that need a job. A product that waits for another run's job, or, where no run asks, for
 * any, needs none; nor does one that this run asked for before. `elsewhere`: those that another run's job will look at. A run
 * gets a job of its own where only a webhook asked: that one would not end it in the run. Of what is asked for already the
 * first instants stay.
 */
export async function addRequests(
  db: Queryable,
  request: {
    shopId: string;
    productIds: SourceId[];
    cause: string;
    runId: string | null;
    now: Date;
    since?: ReadonlyMap<SourceId, KnownSince>;
  },
): Promise<{ added: SourceId[]; elsewhere: SourceId[] }> {
  const { shopId, productIds, cause, runId, now, since } = request;
  const instants = (of: keyof WaitingSince) =>
    productIds.map((id) => since?.get(id)?.[of]?.toISOString() ?? null);
  const rows = await db.$queryRaw<{ id: SourceId; outcome: 'added' | 'elsewhere' | 'asked' }[]>`
    WITH held AS (
      SELECT product_id, run_id FROM app.sync_request
      WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${productIds}::uuid[])
    ), asked AS (
      INSERT INTO app.sync_request AS request (shop_id, product_id, run_id, cause, requested_at, asked_at, source_changed_at, remote_changed_at)
      SELECT ${shopId}::uuid, id, ${runId}::uuid, ${cause}, ${now}, COALESCE(asked_at, ${now}), source_changed_at, remote_changed_at
      FROM unnest(${productIds}::uuid[], ${instants('askedAt')}::timestamptz[], ${instants('sourceChangedAt')}::timestamptz[],
        ${instants('remoteChangedAt')}::timestamptz[]) AS row(id, asked_at, source_changed_at, remote_changed_at)
      ON CONFLICT (shop_id, product_id) DO UPDATE SET run_id = coalesce(request.run_id, excluded.run_id),
        asked_at = LEAST(request.asked_at, excluded.asked_at),
        source_changed_at = LEAST(request.source_changed_at, excluded.source_changed_at),
        remote_changed_at = LEAST(request.remote_changed_at, excluded.remote_changed_at)
      RETURNING product_id, run_id, xmax = 0 AS is_new
    )
    SELECT asked.product_id AS id,
      CASE WHEN is_new OR (asked.run_id = ${runId}::uuid AND held.run_id IS DISTINCT FROM ${runId}::uuid) THEN 'added'
        WHEN asked.run_id IS DISTINCT FROM ${runId}::uuid THEN 'elsewhere' ELSE 'asked' END AS outcome
    FROM asked LEFT JOIN held ON held.product_id = asked.product_id`;
  const of = (outcome: string) => rows.flatMap((row) => (row.outcome === outcome ? [row.id] : []));
  return { added: of('added'), elsewhere: of('elsewhere') };
}

/**
 * Takes the requests of products that a job looks at now, and answers since when each waits: whoever asks from here on gets
 * a look of its own. What a job took stands in app.sync_job until it has ended: the next attempt of one that was cut off
 * takes it with what was asked for since.
 */
export async function takeRequests(
  db: Queryable,
  take: { shopId: string; jobId: string; productIds: SourceId[]; now: Date },
): Promise<Map<SourceId, WaitingSince>> {
  const { shopId, jobId, productIds, now } = take;
  const rows = await db.$queryRaw<(WaitingSince & { productId: SourceId })[]>`
    WITH asked AS (
      DELETE FROM app.sync_request WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${productIds}::uuid[])
      RETURNING product_id, source_changed_at, remote_changed_at, asked_at
    ), taken AS (
      SELECT product_id, min(source_changed_at) AS source_changed_at, min(remote_changed_at) AS remote_changed_at, min(asked_at) AS asked_at
      FROM (
        SELECT * FROM asked
        UNION ALL
        SELECT key::uuid, (value->>0)::timestamptz, (value->>1)::timestamptz, (value->>2)::timestamptz
        FROM app.sync_job job, jsonb_each(job.products) WHERE job.id = ${jobId} AND job.shop_id = ${shopId}::uuid
      ) AS waiting GROUP BY product_id
    ), kept AS (
      INSERT INTO app.sync_job (id, shop_id, products, taken_at)
      SELECT ${jobId}, ${shopId}::uuid, jsonb_object_agg(product_id, jsonb_build_array(source_changed_at, remote_changed_at, asked_at)), ${now}
      FROM taken HAVING count(*) > 0
      ON CONFLICT (id) DO UPDATE SET products = excluded.products, taken_at = excluded.taken_at
    )
    SELECT product_id AS "productId", source_changed_at AS "sourceChangedAt", remote_changed_at AS "remoteChangedAt",
      asked_at AS "askedAt" FROM taken`;
  return new Map(rows.map(({ productId, ...since }) => [productId, since]));
}

/** The job has ended: what it took is done, or asked for anew. */
export async function forgetTaken(db: Queryable, jobId: string): Promise<void> {
  await db.$executeRaw`DELETE FROM app.sync_job WHERE id = ${jobId}`;
}

/** Since when the products of a job that gave up wait; those of which nothing is known any more are left out. */
export async function takenBy(
  db: Queryable,
  { shopId, jobId }: { shopId: string; jobId: string },
): Promise<Map<SourceId, WaitingSince>> {
  const rows = await db.$queryRaw<(WaitingSince & { productId: SourceId })[]>`
    SELECT key AS "productId", (value->>0)::timestamptz AS "sourceChangedAt", (value->>1)::timestamptz AS "remoteChangedAt",
      (value->>2)::timestamptz AS "askedAt"
    FROM app.sync_job job, jsonb_each(job.products) WHERE job.id = ${jobId} AND job.shop_id = ${shopId}::uuid`;
  return new Map(rows.map(({ productId, ...since }) => [productId, since]));
}

/** Forgets what jobs took that gave up long ago. */
export async function forgetOldTaken(db: Queryable, olderThan: Date): Promise<void> {
  await db.$executeRaw`DELETE FROM app.sync_job WHERE taken_at < ${olderThan}`;
}

export interface WaitingRequest {
  shopId: string;
  productId: SourceId;
  runId: string | null;
  cause: string;
}

/**
 * Requests older than an instant: their job was lost. They are stamped anew, so that the next sweep leaves them alone. Those
 * of the bulk lane, and of shops whose jobs take turns, may wait long: they are not lost.
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
        AND NOT EXISTS (SELECT 1 FROM app.shop_turn turn WHERE turn.shop_id = asked.shop_id AND turn.admitted_at IS NULL)
      ORDER BY requested_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) AS old
    WHERE request.shop_id = old.shop_id AND request.product_id = old.product_id
    RETURNING request.shop_id AS "shopId", request.product_id AS "productId", request.run_id AS "runId", request.cause`;
}
