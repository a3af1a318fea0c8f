/** Product CSVs at addresses that are looked at again and again: app.csv_watch. */
import type { CsvWatch } from '#generated/prisma/client';
import type { Queryable } from './client.server';

/**
 * Takes watches whose time has come, and puts their next time off by `leaseMs` so that nobody else takes them; whoever took one
 * and dies is followed by another after that. Shops without the app are left out.
 */
export async function takeDueWatches(
  db: Queryable,
  { now, leaseMs, limit }: { now: Date; leaseMs: number; limit: number },
): Promise<CsvWatch[]> {
  const taken = await db.$queryRaw<{ shopId: string }[]>`
    UPDATE app.csv_watch SET next_at = ${new Date(now.getTime() + leaseMs)}
    WHERE shop_id IN (
      SELECT watch.shop_id FROM app.csv_watch watch JOIN app.shop shop ON shop.id = watch.shop_id
      WHERE watch.next_at <= ${now} AND shop.uninstalled_at IS NULL
      ORDER BY watch.next_at LIMIT ${limit} FOR UPDATE OF watch SKIP LOCKED)
    RETURNING shop_id AS "shopId"`;
  return db.csvWatch.findMany({ where: { shopId: { in: taken.map(({ shopId }) => shopId) } } });
}

/** What a look found out. */
export interface CsvLook {
  nextAt: Date;
  lookedAt: Date;
  failures: number;
  problem: string | null;
  etag?: string | null;
  lastModified?: string | null;
  digest?: string;
  importId?: string;
}

/** Notes what was found, unless another address was set meanwhile. */
export async function noteCsvLook(db: Queryable, watch: CsvWatch, look: CsvLook): Promise<void> {
  await db.csvWatch.updateMany({ where: { shopId: watch.shopId, url: watch.url }, data: look });
}
