/** When each side last changed: the database's clock for the catalog, Shopify's for the store. Only "newest wins" asks. */
import type { ChangedAt } from '~/core/decision';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

interface ChangedRow extends ChangedAt {
  productId: SourceId;
  variantId: SourceId | null;
}

/** For each product, when its own fields (null) and its variants changed on each side. */
export async function loadChangedAt(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
): Promise<Map<SourceId, ReadonlyMap<SourceId | null, ChangedAt>>> {
  const rows = await db.$queryRaw<ChangedRow[]>`
    SELECT link.product_id AS "productId", NULL::uuid AS "variantId", product.updated_at AS source, remote.changed_at AS remote
    FROM app.product_link link
    LEFT JOIN catalog.product product ON product.id = link.product_id
    LEFT JOIN app.remote_product remote ON remote.shop_id = link.shop_id AND remote.remote_id = link.remote_id
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = ANY(${productIds}::uuid[])
    UNION ALL
    SELECT base.product_id, base.variant_id, variant.updated_at, remote.changed_at
    FROM app.base_variant base
    LEFT JOIN catalog.variant variant ON variant.id = base.variant_id
    LEFT JOIN app.remote_variant remote ON remote.shop_id = base.shop_id AND remote.remote_id = base.remote_id
    WHERE base.shop_id = ${shopId}::uuid AND base.product_id = ANY(${productIds}::uuid[])`;
  const products = Map.groupBy(rows, (row) => row.productId);
  return new Map(
    [...products].map(([productId, own]) => [
      productId,
      new Map(own.map(({ variantId, source, remote }) => [variantId, { source, remote }])),
    ]),
  );
}
