import type { ForecastDemand } from '~/core/forecast';

/** Every price of so many products, which the cache holds. */
export const priceDemand = (products: number, variants: number): ForecastDemand => ({
  products,
  operations: { 'variants-update': { count: products, rows: products * variants } },
  textBytes: 0,
  unread: { products: 0, variants: 0 },
  unconfirmed: { products: 0, variants: 0, items: 0 },
});
