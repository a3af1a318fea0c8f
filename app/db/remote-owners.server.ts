/** Which product of a shop a variant or an inventory item belongs to, as far as the cache knows. */
import type { Gid } from '~/core/product-state';
import type { Queryable } from './client.server';

/** Products of the shop that have any of these variants or inventory items, each once. */
export async function productsOwning(
  db: Queryable,
  shopId: string,
  parts: { variants: Gid[]; inventoryItems: Gid[] },
): Promise<Gid[]> {
  const rows = await db.$queryRaw<{ id: Gid }[]>`
    SELECT remote_product_id AS id FROM app.remote_variant
    WHERE shop_id = ${shopId}::uuid AND remote_id = ANY(${parts.variants})
    UNION
    SELECT remote_product_id FROM app.remote_variant
    WHERE shop_id = ${shopId}::uuid AND inventory_item_id = ANY(${parts.inventoryItems})`;
  return rows.map((row) => row.id);
}
