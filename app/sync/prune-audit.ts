import { pruneChanges } from '~/db/audit-retention.server';
import type { PruneCursor } from '~/db/audit-retention.server';
import { pruneEdits } from '~/db/bulk-edits.server';
import type { Resources } from './resources';

const DAY_MS = 86_400_000;
const LIMITS = { rowsABatch: 5_000, rows: 1_000_000 };

/**
 * Deletes what the audit logs of all shops hold beyond their retention, in short statements, at most a million rows a
 * time: the next turn takes the rest. Bulk edits go with the log of what they did. Answers how many rows went.
 */
export async function pruneAudit(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  { signal, limits = LIMITS }: { signal: AbortSignal; limits?: typeof LIMITS },
): Promise<{ deleted: number }> {
  const shops = await db.shop.findMany({ select: { id: true, auditRetentionDays: true } });
  let [deleted, examined] = [0, 0];
  for (const shop of shops) {
    const before = new Date(now().getTime() - shop.auditRetentionDays * DAY_MS);
    let cursor: PruneCursor | null = null;
    do {
      if (examined >= limits.rows) return { deleted };
      signal.throwIfAborted();
      const batch = await pruneChanges(db, { shopId: shop.id, before, cursor, limit: limits.rowsABatch });
      examined += batch.examined;
      deleted += batch.deleted;
      cursor = batch.cursor;
    } while (cursor !== null);
    deleted += await pruneEdits(db, { shopId: shop.id, before }, signal);
  }
  return { deleted };
}
