/** How fresh the cache is of products: what must be read or looked at again before it is written. */
import type { Seen } from '~/core/edit-demand';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

/**
 * What the cache holds of the products that the shop has; those that are not linked to one of Shopify's are absent. What was
 * seen longer than `trustMs` ago counts as old, but where something else was chosen for the product.
 */
export async function readSeen(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
  { trustMs, now }: { trustMs: number; now: Date },
): Promise<Map<SourceId, Seen>> {
  const rows = await db.$queryRaw<(Seen & { productId: SourceId })[]>`
    SELECT link.product_id AS "productId",
      COALESCE(remote.invalidated_at IS NULL AND COALESCE(remote.expires_at > ${now}, true) AND remote.remote_id IS NOT NULL, false) AS "isRead",
      COALESCE(GREATEST(remote.fetched_at, remote.confirmed_at) < trust.since, false) AS "isProductOld",
      variants.count AS variants, COALESCE(GREATEST(variants.oldest, remote.confirmed_at) < trust.since, false) AS "areVariantsOld"
    FROM app.product_link link
    LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
    LEFT JOIN app.cache_control control ON control.shop_id = link.shop_id AND control.product_id = link.product_id
    CROSS JOIN LATERAL (
      SELECT CASE WHEN control.is_pinned THEN NULL
        ELSE ${now}::timestamptz - COALESCE(control.ttl_seconds * 1000::float8, ${trustMs}) * interval '1 millisecond' END AS since
    ) AS trust
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count, min(variant.fetched_at) AS oldest FROM app.remote_variant variant
      WHERE variant.shop_id = link.shop_id AND variant.remote_product_id = link.remote_id
    ) AS variants
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = ANY(${productIds}::uuid[]) AND link.state = 'linked'`;
  return new Map(rows.map(({ productId, ...seen }) => [productId, seen]));
}
