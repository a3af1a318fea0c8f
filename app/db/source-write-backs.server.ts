/** Fields that the merchant's own table is to be told: app.source_write_back. */
import type { FieldPath } from '~/core/decision';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

/**
 * Notes fields of a product that Shopify's side has won, in the transaction that wrote them into the catalog. Nothing is noted
 * where the product is of no table, or the merchant does not want it written.
 */
export async function noteWriteBacks(
  tx: Queryable,
  terms: { accountId: string; productId: SourceId; paths: FieldPath[]; now: Date },
): Promise<void> {
  const { accountId, productId, paths, now } = terms;
  if (paths.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO app.source_write_back (source_id, product_id, variant_id, field, noted_at)
    SELECT source.id, ${productId}::uuid, path.variant, path.field, ${now}
    FROM app.source_connection source
    CROSS JOIN jsonb_to_recordset(${JSON.stringify(paths)}::jsonb) AS path(variant uuid, field text)
    WHERE source.account_id = ${accountId}::uuid AND source.write_back AND EXISTS (
      SELECT 1 FROM app.source_product known WHERE known.source_id = source.id AND known.product_id = ${productId}::uuid)
    ON CONFLICT (source_id, product_id, variant_id, field) WHERE state = 'waiting' DO UPDATE SET retry_at = NULL, attempts = 0`;
}

export interface WaitingWriteBack {
  id: bigint;
  productId: SourceId;
  variantId: SourceId | null;
  field: string;
  attempts: number;
}

/** What is due, in the order in which it was noted. */
export async function dueWriteBacks(
  db: Queryable,
  terms: { sourceId: string; now: Date; limit: number },
): Promise<WaitingWriteBack[]> {
  return db.sourceWriteBack.findMany({
    where: {
      sourceId: terms.sourceId,
      state: 'waiting',
      OR: [{ retryAt: null }, { retryAt: { lte: terms.now } }],
    },
    orderBy: { id: 'asc' },
    take: terms.limit,
    select: { id: true, productId: true, variantId: true, field: true, attempts: true },
  });
}

/** Puts one off until it is tried again. */
export async function postponeWriteBack(
  db: Queryable,
  id: bigint,
  { message, retryAt }: { message: string; retryAt: Date },
): Promise<void> {
  await db.sourceWriteBack.updateMany({
    where: { id, state: 'waiting' },
    data: { message, retryAt, attempts: { increment: 1 } },
  });
}

export async function endWriteBack(
  tx: Queryable,
  id: bigint,
  end: { state: 'written' | 'moved' | 'refused'; message: string | null; now: Date },
): Promise<void> {
  await tx.sourceWriteBack.updateMany({
    where: { id, state: 'waiting' },
    data: { state: end.state, message: end.message, endedAt: end.now },
  });
}
