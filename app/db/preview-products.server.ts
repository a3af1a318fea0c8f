/** Products in the order in which a preview looks at them: those known to differ first, then the others. */
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

export interface PreviewProduct {
  productId: SourceId;
  title: string;
  isSettled: boolean;
}

/** The next linked products after one of them; null: from the first. */
export async function listPreviewProducts(
  db: Queryable,
  shopId: string,
  after: PreviewProduct | null,
  limit: number,
): Promise<PreviewProduct[]> {
  return db.$queryRaw<PreviewProduct[]>`
    SELECT product_id AS "productId", title, sync_state = 'in-sync' AS "isSettled" FROM app.product_link
    WHERE shop_id = ${shopId}::uuid AND state = 'linked'
      AND (${after === null} OR (sync_state = 'in-sync', product_id) > (${after?.isSettled ?? false}, ${after?.productId ?? null}::uuid))
    ORDER BY sync_state = 'in-sync', product_id LIMIT ${limit}`;
}

export async function countPreviewProducts(db: Queryable, shopId: string): Promise<number> {
  return db.productLink.count({ where: { shopId, state: 'linked' } });
}
