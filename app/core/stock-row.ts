/** What a row of the page of shared stock shows. */

export interface StockCell {
  shopId: string;
  /** As Lockstep last saw it; null: the store does not have the article. */
  holds: number | null;
  shall: number;
  /** Of its own units, those that are used up. */
  ownUsed: number;
}

export interface StockRow {
  variantId: string;
  productId: string;
  sku: string;
  title: string;
  /** "" is the default location. */
  location: string;
  pool: number;
  cells: StockCell[];
}
