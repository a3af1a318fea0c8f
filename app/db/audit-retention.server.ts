/** Takes what is too old out of the audit log, a bounded batch at a time. */
import { z } from 'zod';
import type { Queryable } from './client.server';

/** The last row that was looked at. */
export interface PruneCursor {
  at: Date;
  id: bigint;
}

const answer = z
  .array(
    z.object({
      examined: z.bigint(),
      deleted: z.bigint(),
      at: z.date().nullable(),
      id: z.bigint().nullable(),
    }),
  )
  .length(1);

/**
 * Looks at up to `limit` rows of the shop from before an instant, oldest first, from the one after the cursor on, and
 * deletes them, but for those of fields that stand in open conflict: they tell how it came to that. `cursor` of the
 * answer is null once there are no more.
 */
export async function pruneChanges(
  db: Queryable,
  request: { shopId: string; before: Date; cursor: PruneCursor | null; limit: number },
): Promise<{ examined: number; deleted: number; cursor: PruneCursor | null }> {
  const { shopId, before, cursor, limit } = request;
  const [at, id] = [cursor?.at ?? new Date(0), cursor?.id ?? 0n];
  const [row] = answer.parse(
    await db.$queryRaw`
      WITH old AS (
        SELECT change.at, change.id, change.product_id, change.variant_id, change.field FROM app.change change
        WHERE change.shop_id = ${shopId}::uuid AND change.at < ${before} AND (change.at, change.id) > (${at}, ${id})
        ORDER BY change.at, change.id LIMIT ${limit}
      ), gone AS (
        DELETE FROM app.change change USING old
        WHERE change.id = old.id AND NOT EXISTS (
          SELECT 1 FROM app.conflict conflict
          WHERE conflict.shop_id = ${shopId}::uuid AND conflict.state IN ('open', 'resolving')
            AND conflict.product_id = old.product_id AND conflict.field = old.field
            AND conflict.variant_id::text IS NOT DISTINCT FROM old.variant_id)
        RETURNING 1
      ), last AS (
        SELECT old.at, old.id FROM old ORDER BY old.at DESC, old.id DESC LIMIT 1
      )
      SELECT (SELECT count(*) FROM old) AS examined, (SELECT count(*) FROM gone) AS deleted,
        (SELECT last.at FROM last) AS at, (SELECT last.id FROM last) AS id`,
  );
  const examined = Number(row?.examined ?? 0);
  const hasMore = examined === limit;
  return {
    examined,
    deleted: Number(row?.deleted ?? 0),
    cursor: hasMore && row?.at && row.id !== null ? { at: row.at, id: row.id } : null,
  };
}
