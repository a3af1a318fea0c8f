/** The lane of a run that nobody planned: by what is known before its products are loaded and merged. */
import type { Lane } from '~/core/forecast';
import { noDemand } from '~/core/forecast';
import { chunksOf } from '~/core/plan';
import type { SourceId } from '~/core/product-state';
import { movedProducts, planLoads } from '~/db/load-plan.server';
import { laneFor } from './forecast-edit';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';

const PAGE = 5_000;

/**
 * Products whose rows moved are taken for one operation each, and those not in the store yet for none, since no file creates
 * them. Where that says too much, the jobs decide again by what they find.
 */
export async function chooseRunLane(
  resources: Resources,
  scope: SyncScope,
  productIds: SourceId[],
): Promise<Lane> {
  const { db, now } = resources;
  const isCovered = new Set(productIds);
  const moved = (await movedProducts(db, scope)).filter((id) => isCovered.has(id));
  const [products, variants] = [
    { count: 0, rows: 0 },
    { count: 0, rows: 0 },
  ];
  for (const ids of chunksOf(moved, PAGE)) {
    for (const { extent } of (await planLoads(db, scope.shopId, ids, now())).values()) {
      if (extent.kind === 'unchanged') continue;
      const sum = extent.kind === 'variants' ? variants : products;
      sum.count += 1;
      sum.rows += extent.kind === 'variants' ? extent.variants.length : 1;
    }
  }
  const demand = {
    ...noDemand(),
    products: products.count + variants.count,
    operations: { 'product-update': products, 'variants-update': variants },
  };
  return (await laneFor(resources, scope, demand))?.forecast.lane ?? 'documents';
}
