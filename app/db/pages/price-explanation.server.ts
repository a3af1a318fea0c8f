/** Read model of "Why is this price?": the variants of a product whose prices in the store are not simply the catalog's. */
import { explainPrices } from '~/core/price-explanation';
import type { ExplainedVariant } from '~/core/price-explanation';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from '../client.server';
import { readEffectiveProducts } from '../effective-products.server';
import type { EffectiveScope } from '../effective-products.server';

export async function readExplainedPrices(
  db: Queryable,
  scope: EffectiveScope,
  productId: SourceId,
): Promise<ExplainedVariant[]> {
  const found = (await readEffectiveProducts(db, scope, [productId])).get(productId);
  if (found === undefined) return [];
  return explainPrices(found.catalogs, found.overlays, scope).filter(
    ({ price, compareAtPrice }) =>
      price.steps.length + compareAtPrice.steps.length > 0 || price.problem !== null,
  );
}
