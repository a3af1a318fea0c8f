/** When each side last changed a product: what "newest wins" weighs. */
import { z } from 'zod';
import type { ChangedAt } from '~/core/decision';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

export interface ProductChangedAt {
  product: ChangedAt;
  variants: Map<SourceId, ChangedAt>;
}

/** Null stays null: coerced, it would be 1970. */
const instant = z.union([z.null(), z.coerce.date()]);
const rows = z.array(
  z.object({
    productId: z.string(),
    source: instant,
    remote: instant,
    variants: z
      .array(z.object({ id: z.string(), source: instant, remote: instant }))
      .nullable()
      .transform((list) => list ?? []),
  }),
);

/**
 * The catalog's side by the database's clock (its triggers stamp each row), Shopify's by its own: the updatedAt it last
 * told, which also moves for other reasons than an edit.
 */
export async function readChangedAt(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
): Promise<Map<SourceId, ProductChangedAt>> {
  const found = await db.$queryRaw`
    SELECT product.id::text AS "productId", product.updated_at AS source, remote.changed_at AS remote,
      (SELECT jsonb_agg(jsonb_build_object('id', variant.id, 'source', variant.updated_at, 'remote', other.changed_at))
        FROM catalog.variant variant
        LEFT JOIN app.base_variant base ON base.shop_id = ${shopId}::uuid AND base.variant_id = variant.id
        LEFT JOIN app.remote_variant other ON other.shop_id = ${shopId}::uuid AND other.remote_id = base.remote_id
        WHERE variant.product_id = product.id) AS variants
    FROM catalog.product product
    LEFT JOIN app.product_link link ON link.shop_id = ${shopId}::uuid AND link.product_id = product.id
    LEFT JOIN app.remote_product remote ON remote.shop_id = ${shopId}::uuid AND remote.remote_id = link.remote_id
    WHERE product.id = ANY(${productIds}::uuid[])`;
  return new Map(
    rows.parse(found).map(({ productId, source, remote, variants }) => [
      productId,
      {
        product: { source, remote },
        variants: new Map(variants.map(({ id, ...at }) => [id, at])),
      },
    ]),
  );
}
