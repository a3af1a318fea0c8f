/** How often what is cached of a store was enough. The one place that says so for alerts. */
import type { Queryable } from './client.server';

export interface HitRate {
  /** Products that were looked at. */
  looked: number;
  /** Of them, those that had to be read from Shopify. */
  missed: number;
}

/**
 * By the figures of the runs that ended since: reads of whole products beside products looked at. Runs that adopted are left
 * out: they know nothing yet by their nature. Work outside runs is counted nowhere so far.
 */
export async function readHitRate(db: Queryable, shopId: string, since: Date): Promise<HitRate> {
  const [row] = await db.$queryRaw<HitRate[]>`
    SELECT COALESCE(sum(products_total), 0)::int AS looked, COALESCE(sum(LEAST(product_reads, products_total)), 0)::int AS missed
    FROM app.sync_run
    WHERE shop_id = ${shopId}::uuid AND finished_at > ${since} AND adopted_scanned = 0`;
  return row ?? { looked: 0, missed: 0 };
}
