/** What people chose for the cache of products. */
import type { CacheControl } from '~/core/cache-entry';
import type { Gid, SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

/** Only what is named is changed. */
export type ControlChange = Partial<CacheControl>;

/** Changes what is chosen for products of the shop; answers how many there are. What says nothing any more is let go of. */
export async function changeControls(
  db: Queryable,
  shopId: string,
  productIds: readonly SourceId[],
  change: ControlChange,
  { by, now }: { by: string; now: Date },
): Promise<number> {
  const { isPinned = null, ttlSeconds } = change;
  const setsTtl = ttlSeconds !== undefined;
  const changed = await db.$executeRaw`
    INSERT INTO app.cache_control AS held (shop_id, product_id, is_pinned, ttl_seconds, set_by, set_at)
    SELECT shop_id, product_id, COALESCE(${isPinned}::boolean, false), ${ttlSeconds ?? null}::int, ${by}, ${now}
    FROM app.product_link WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${[...productIds]}::uuid[])
    ORDER BY product_id
    ON CONFLICT (shop_id, product_id) DO UPDATE SET is_pinned = COALESCE(${isPinned}::boolean, held.is_pinned),
      ttl_seconds = CASE WHEN ${setsTtl}::boolean THEN excluded.ttl_seconds ELSE held.ttl_seconds END,
      set_by = excluded.set_by, set_at = excluded.set_at`;
  await db.$executeRaw`
    DELETE FROM app.cache_control
    WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${[...productIds]}::uuid[]) AND NOT is_pinned AND ttl_seconds IS NULL`;
  return changed;
}

/** Of products of the catalog, those that are linked, each with the one of Shopify. */
export async function remotesOfProducts(
  db: Queryable,
  shopId: string,
  productIds: readonly SourceId[],
): Promise<{ productId: SourceId; remoteId: Gid }[]> {
  return db.$queryRaw`
    SELECT product_id AS "productId", remote_id AS "remoteId" FROM app.product_link
    WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${[...productIds]}::uuid[]) AND state = 'linked' AND remote_id IS NOT NULL
    ORDER BY product_id`;
}
