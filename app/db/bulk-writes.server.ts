/** Products that a job carries to Shopify by bulk operations, and how far these are. */
import { z } from 'zod';
import type { Gid, SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

const operationSchema = z.object({
  /** Names the operation in Shopify where the answer that tells its id was lost. */
  token: z.string(),
  id: z.string().nullable(),
  lines: z.number(),
  hasEnded: z.boolean(),
});
export type BulkWriteOperation = z.infer<typeof operationSchema>;

export interface BulkWriteRow {
  id: string;
  runId: string | null;
  causedBy: string;
  productIds: SourceId[];
  operations: BulkWriteOperation[];
  finishedAt: Date | null;
}

/** Puts products on record that a job shall carry; returns the id of the row. */
export async function createBulkWrite(
  db: Queryable,
  row: { shopId: string; runId: string | null; causedBy: string; productIds: SourceId[]; now: Date },
): Promise<string> {
  const { now, ...data } = row;
  const { id } = await db.bulkWrite.create({ data: { ...data, createdAt: now }, select: { id: true } });
  return id;
}

/** Null where there is none (any more). */
export async function readBulkWrite(
  db: Queryable,
  { shopId, id }: { shopId: string; id: string },
): Promise<BulkWriteRow | null> {
  const row = await db.bulkWrite.findUnique({ where: { id, shopId } });
  return row && { ...row, operations: z.array(operationSchema).parse(row.operations) };
}

/** Those of the products that jobs of a run in the bulk lane have yet to carry, or carry now. */
export async function waitingForBulk(
  db: Queryable,
  runId: string,
  productIds: SourceId[],
): Promise<Set<SourceId>> {
  const rows = await db.$queryRaw<{ id: SourceId }[]>`
    SELECT DISTINCT product.id FROM app.bulk_write bulk, unnest(bulk.product_ids) AS product(id)
    WHERE bulk.run_id = ${runId}::uuid AND bulk.finished_at IS NULL AND product.id = ANY(${productIds}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}

/** Whether jobs of a run in the bulk lane are not through. */
export async function isBulkUnderWay(db: Queryable, runId: string): Promise<boolean> {
  return (await db.bulkWrite.count({ where: { runId, finishedAt: null } })) > 0;
}

/** Rows that are not through and were made before an instant. */
export async function unfinishedBulkWrites(
  db: Queryable,
  madeBefore: Date,
): Promise<{ id: string; shopId: string }[]> {
  return db.bulkWrite.findMany({
    where: { finishedAt: null, createdAt: { lt: madeBefore } },
    select: { id: true, shopId: true },
  });
}

/** Puts an operation on record, or what became of it. Operations of one job are written at the same time. */
export async function noteBulkOperation(
  db: Queryable,
  id: string,
  operation: BulkWriteOperation,
): Promise<void> {
  const { token } = operation;
  await db.$executeRaw`
    UPDATE app.bulk_write SET operations = COALESCE(
      (SELECT jsonb_agg(each) FROM jsonb_array_elements(operations) AS each WHERE each->>'token' <> ${token}), '[]'::jsonb
    ) || ${JSON.stringify([operation])}::jsonb
    WHERE id = ${id}::uuid`;
}

/** Shopify told that a bulk operation has ended. */
export async function tellBulkWrite(
  db: Queryable,
  told: { shopId: string; bulkOperationId: Gid; now: Date },
): Promise<void> {
  await db.$executeRaw`
    UPDATE app.bulk_write SET told_at = ${told.now}
    WHERE shop_id = ${told.shopId}::uuid AND finished_at IS NULL
      AND operations @> ${JSON.stringify([{ id: told.bulkOperationId }])}::jsonb`;
}

/** When Shopify last told of an operation of the row. */
export async function lastTold(db: Queryable, id: string): Promise<Date | null> {
  const row = await db.bulkWrite.findUnique({ where: { id }, select: { toldAt: true } });
  return row?.toldAt ?? null;
}

/** Nothing is left of it to be done. */
export async function finishBulkWrite(db: Queryable, id: string, now: Date): Promise<void> {
  await db.bulkWrite.updateMany({ where: { id }, data: { finishedAt: now } });
}
