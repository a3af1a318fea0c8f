/** The effective source: the catalog's products under what lies over them in one store. */
import { applyOverlays, placeUnder } from '~/core/overlay';
import type { HeldPaths } from '~/core/held-paths';
import type { Overlay } from '~/core/overlay';
import type { SourceId, SourceProduct } from '~/core/product-state';
import type { ProductPlace } from '~/core/product-rules';
import { poolsOf, withSharedStock } from '~/core/stock-sharing';
import type { StockPools } from '~/core/stock-sharing';
import { readSourceProducts } from './catalog-products.server';
import type { CatalogScope, ReadSourceProduct } from './catalog-products.server';
import type { Queryable } from './client.server';
import { readOverlays } from './overlays.server';
import type { OverlayScope } from './overlays.server';
import { readStockSharing } from './stock-sharing.server';

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
  place: ProductPlace;
  /** What the catalog holds of a stock that is shared under rules; null: there are none. */
  pools: StockPools | null;
}

/** The products as the store shall have them, by id; see `readSourceProducts`. */
export async function readEffectiveProducts(
  db: Queryable,
  scope: EffectiveScope,
  productIds: SourceId[],
  variantIds: SourceId[] | null = null,
): Promise<Map<SourceId, EffectiveProduct>> {
  // Overlays and rules first: where they change meanwhile, the product is asked for again after that.
  const { shopId, currencyCode, catalog } = scope;
  const [overlays, sharing] = await Promise.all([
    readOverlays(db, scope, productIds),
    readStockSharing(db, { shopId, catalog }, productIds),
  ]);
  const sources = await readSourceProducts(db, catalog, productIds, variantIds);
  return new Map(
    [...sources].map(([productId, { product, problems }]) => {
      const own = overlays.get(productId) ?? [];
      const effective = applyOverlays(product, own, { currencyCode });
      const pools = sharing && poolsOf(product);
      const shown = sharing ? withSharedStock(effective.product, sharing) : effective.product;
      return [
        productId,
        {
          product: shown,
          problems: [...problems, ...effective.problems],
          catalogs: product,
          held: effective.held,
          overlays: own,
          place: placeUnder(own),
          pools,
        },
      ];
    }),
  );
}
