/** What it takes to carry a bulk edit to Shopify. */

export type Lane = 'documents' | 'bulk';

export interface Forecast {
  lane: Lane;
  /** Calls to Shopify, reading included. */
  calls: number;
  points: number;
  /** From the first to the last call, on this store's plan with nothing else running. */
  seconds: number;
}
