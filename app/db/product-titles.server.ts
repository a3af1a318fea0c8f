import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

/** The account's products among these, by title as people sort it. */
export async function sortByTitle(
  db: Queryable,
  accountId: string,
  productIds: SourceId[],
): Promise<SourceId[]> {
  const rows = await db.$queryRaw<{ id: SourceId }[]>`
    SELECT id FROM catalog.product WHERE account_id = ${accountId}::uuid AND id = ANY(${productIds}::uuid[])
    ORDER BY lower(title), id`;
  return rows.map(({ id }) => id);
}
