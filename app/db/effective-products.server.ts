/** The effective source: the catalog's products under what lies over them in one store. */
import { applyOverlays } from '~/core/overlay';
import type { HeldPaths } from '~/core/held-paths';
import type { Overlay } from '~/core/overlay';
import type { SourceId, SourceProduct } from '~/core/product-state';
import { poolsOf, withSharedStock } from '~/core/stock-sharing';
import type { StockPools } from '~/core/stock-sharing';
import { readSourceProducts } from './catalog-products.server';
import type { CatalogScope, ReadSourceProduct } from './catalog-products.server';
import type { Queryable } from './client.server';
import { readOverlays } from './overlays.server';
import { readStockSharing } from './stock-sharing.server';

/** What a store needs to tell its effective source. */
export interface EffectiveScope {
  shopId: string;
  /** ISO 4217, of the store's prices. */
  currencyCode: string;
  catalog: CatalogScope;
}

export interface EffectiveProduct extends ReadSourceProduct {
  /** The catalog's own. */
  catalogs: SourceProduct;
  /** Paths of the product that an overlay holds. */
  held: HeldPaths;
  overlays: readonly Overlay[];
  /** What the catalog holds of a stock that is shared under rules; null: there are none. */
  pools: StockPools | null;
}

/** The products as the store shall have them, by id; see `readSourceProducts`. */
export async function readEffectiveProducts(
  db: Queryable,
  { shopId, currencyCode, catalog }: EffectiveScope,
  productIds: SourceId[],
  variantIds: SourceId[] | null = null,
): Promise<Map<SourceId, EffectiveProduct>> {
  // Overlays and rules first: where they change meanwhile, the product is asked for again after that.
  const [overlays, sharing] = await Promise.all([
    readOverlays(db, shopId, productIds),
    readStockSharing(db, { shopId, catalog }, productIds),
  ]);
  const sources = await readSourceProducts(db, catalog, productIds, variantIds);
  return new Map(
    [...sources].map(([productId, { product, problems }]) => {
      const own = overlays.get(productId) ?? [];
      const { product: effective, held } = applyOverlays(product, own, { currencyCode });
      const pools = sharing && poolsOf(product);
      const shown = sharing ? withSharedStock(effective, sharing) : effective;
      return [productId, { product: shown, problems, catalogs: product, held, overlays: own, pools }];
    }),
  );
}
