/** The effective source: the catalog's products under what lies over them in one store. */
import { applyOverlays } from '~/core/overlay';
import type { HeldPaths } from '~/core/held-paths';
import type { Overlay } from '~/core/overlay';
import type { SourceId, SourceProduct } from '~/core/product-state';
import { readSourceProducts } from './catalog-products.server';
import type { CatalogScope, ReadSourceProduct } from './catalog-products.server';
import type { Queryable } from './client.server';
import { readOverlays } from './overlays.server';
import type { OverlayScope } from './overlays.server';

/** What a store needs to tell its effective source. */
export interface EffectiveScope extends OverlayScope {
  catalog: CatalogScope;
}

export interface EffectiveProduct extends ReadSourceProduct {
  /** The catalog's own. */
  catalogs: SourceProduct;
  /** Paths of the product that an overlay holds. */
  held: HeldPaths;
  overlays: readonly Overlay[];
}

/** The products as the store shall have them, by id; see `readSourceProducts`. */
export async function readEffectiveProducts(
  db: Queryable,
  scope: EffectiveScope,
  productIds: SourceId[],
  variantIds: SourceId[] | null = null,
): Promise<Map<SourceId, EffectiveProduct>> {
  // Overlays first: where they change meanwhile, the product is asked for again after that.
  const { currencyCode, catalog } = scope;
  const overlays = await readOverlays(db, scope, productIds);
  const sources = await readSourceProducts(db, catalog, productIds, variantIds);
  return new Map(
    [...sources].map(([productId, { product, problems }]) => {
      const own = overlays.get(productId) ?? [];
      const effective = applyOverlays(product, own, { currencyCode });
      return [
        productId,
        {
          product: effective.product,
          problems: [...problems, ...effective.problems],
          catalogs: product,
          held: effective.held,
          overlays: own,
        },
      ];
    }),
  );
}
