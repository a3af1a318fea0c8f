/** Which product of a shop a variant or an inventory item belongs to, as far as the cache knows. */
import type { Gid } from '~/core/product-state';
import type { Queryable } from './client.server';

/** The product of the shop that each of these variants and inventory items is of, by their id. */
export async function productsOwning(
  db: Queryable,
  shopId: string,
  parts: { variants: Gid[]; inventoryItems: Gid[] },
): Promise<Map<Gid, Gid>> {
  const rows = await db.$queryRaw<{ part: Gid; product: Gid }[]>`
    SELECT remote_id AS part, remote_product_id AS product FROM app.remote_variant
    WHERE shop_id = ${shopId}::uuid AND remote_id = ANY(${parts.variants})
    UNION
    SELECT inventory_item_id, remote_product_id FROM app.remote_variant
    WHERE shop_id = ${shopId}::uuid AND inventory_item_id = ANY(${parts.inventoryItems})`;
  return new Map(rows.map(({ part, product }) => [part, product]));
}
