/** Products that were looked at outside of a job and left nothing to do. */
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { noteSettled } from './load-plan.server';
import type { SettledProduct } from './load-plan.server';

/**
 * Notes that these states leave nothing to do; answers the products of which that is sure. The version of the link is raised:
 * a job that has loaded an older state of the catalog, and would still send it, is turned away when it claims the product and
 * looks again. Where a job holds the claim already, only its end can tell.
 */
export async function noteSeen(
  db: Queryable,
  shopId: string,
  products: SettledProduct[],
  now: Date,
): Promise<Set<SourceId>> {
  if (products.length === 0) return new Set();
  const rows = await db.$queryRaw<{ id: SourceId }[]>`
    UPDATE app.product_link link SET version = link.version + 1
    FROM jsonb_to_recordset(${JSON.stringify(products.map(({ productId: id, version }) => ({ id, version })))}::jsonb) AS row(id uuid, version int)
    WHERE link.shop_id = ${shopId}::uuid AND link.product_id = row.id AND link.version = row.version
      AND (link.claimed_by IS NULL OR link.claimed_until < ${now})
    RETURNING link.product_id AS id`;
  const seen = new Set(rows.map(({ id }) => id));
  await noteSettled(
    db,
    shopId,
    products.flatMap((product) =>
      seen.has(product.productId) ? [{ ...product, version: product.version + 1 }] : [],
    ),
  );
  return seen;
}
