/** What a page of the price matrix shows: variants, and what each store holds and shall hold of them. */
import type { PriceStep } from './store-rules';

export interface MatrixStore {
  shopId: string;
  domain: string;
  name: string;
  currencyCode: string;
  hasRules: boolean;
}

/**
 * 'same': the store holds what it shall. 'absent': Shopify does not have the variant, as far as we know. 'not-chosen': the rules of
 * the store leave the product out, whatever Shopify holds of it.
 */
export type MatrixCellState = 'same' | 'differs' | 'absent' | 'not-chosen';

export interface MatrixCell {
  shopId: string;
  state: MatrixCellState;
  /** What Shopify was last seen to hold; null: unknown. */
  held: string | null;
  /** Something may have changed there since. */
  isOld: boolean;
  shall: string | null;
  steps: PriceStep[];
  /** Why the store can be told none. */
  problem: string | null;
  /** The override of this store that holds the price. */
  overrideId: string | null;
}

export interface MatrixRow {
  productId: string;
  variantId: string;
  title: string;
  variantTitle: string;
  sku: string | null;
  catalogs: string | null;
  cells: MatrixCell[];
}
