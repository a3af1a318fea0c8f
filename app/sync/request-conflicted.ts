import type { SourceId } from '~/core/product-state';
import { requestSync } from './request-sync';
import type { Resources } from './resources';

/** Asks for every product that waits for a person: a changed policy may settle it. Answers how many. */
export async function requestConflicted(
  resources: Resources,
  { shopId, causedBy }: { shopId: string; causedBy: string },
): Promise<number> {
  const rows = await resources.db.$queryRaw<{ id: SourceId }[]>`
    SELECT product_id AS id FROM app.conflict WHERE shop_id = ${shopId}::uuid AND state IN ('open', 'resolving')
    UNION
    SELECT product_id FROM app.product_link WHERE shop_id = ${shopId}::uuid AND sync_state IN ('conflict', 'held')`;
  const productIds = rows.map((row) => row.id);
  if (productIds.length > 0)
    await requestSync(resources, { shopId, productIds, cause: 'policy', causedBy, runId: null });
  return productIds.length;
}
