/** What a look finds in the cache of what Shopify holds. */

/** Who or what says that an entry may no longer be true. */
export const INVALIDATED_BY = [
  /** Shopify told of a change. */
  'webhook',
  /** A walk over the store found it otherwise. */
  'reconciliation',
  /** So did warming. */
  'warming',
  'person',
  'api',
  /** A write of our own had no answer, or its job was cut off: nobody knows what became of it. */
  'doubt',
] as const;
export type InvalidatedBy = (typeof INVALIDATED_BY)[number];

/** Why a look had to read: nothing was cached, it was too old to be written over, or it was marked. Nothing is ever evicted. */
export const CACHE_MISSES = ['cold', 'expired', ...INVALIDATED_BY] as const;
export type CacheMiss = (typeof CACHE_MISSES)[number];

export const CACHE_OUTCOMES = ['hit', ...CACHE_MISSES] as const;
export type CacheOutcome = (typeof CACHE_OUTCOMES)[number];

/** Looks that came to the same. */
export interface OutcomeSum {
  outcome: CacheOutcome;
  looks: number;
  /** Of hits: what reading the products would have taken. Of misses: what reading took. */
  points: number;
  /** Of hits: about how long the answers would have been. */
  bytes: number;
}

/** Share of looks that had to read nothing; null: there were none. */
export function hitRate(sums: readonly Pick<OutcomeSum, 'outcome' | 'looks'>[]): number | null {
  const looks = sums.reduce((sum, each) => sum + each.looks, 0);
  const hits = sums.reduce((sum, each) => sum + (each.outcome === 'hit' ? each.looks : 0), 0);
  return looks === 0 ? null : hits / looks;
}
