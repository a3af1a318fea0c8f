/** What a listener is told of the cache of a store, and how often it is tried. */

export interface CacheNews {
  remoteId: string;
  /** 'changed', 'removed', or 'invalidated:' and who or what did. */
  reason: string;
}

/** Products that a message tells of at most. */
export const MOST_TOLD = 250;

/** Reasons by product, each once, in the order of the news. */
export function reasonsByProduct(news: readonly CacheNews[]): Map<string, string[]> {
  const told = new Map<string, string[]>();
  for (const { remoteId, reason } of news) {
    const reasons = told.get(remoteId) ?? [];
    if (!reasons.includes(reason)) told.set(remoteId, [...reasons, reason]);
  }
  return told;
}

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000;
/** The last attempt comes about six hours after the first. */
export const MOST_ATTEMPTS = 15;

/** Milliseconds until a message is tried again that failed so often (at least once); `random` in [0, 1). */
export function retryAfterMs(attempts: number, random: number): number {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
  return Math.round(wait * (0.75 + random / 2));
}
