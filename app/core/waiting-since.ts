/** Since when a product waits to be looked at: where the latency of what is then recorded begins. */

/** Which way a change goes: to Shopify, or into the catalog. */
export type ChangeWay = 'push' | 'pull';

/** Each instant is that of the first change that no look has taken up yet. */
export interface WaitingSince {
  /** The commit in the catalog, by the clock of its database server. Null: nobody told of one. */
  sourceChangedAt: Date | null;
  /** The change in Shopify, by Shopify's clock. Null: nobody told of one. */
  remoteChangedAt: Date | null;
  /** When the product was first asked for, whoever asked; by the clock of the process that did. */
  askedAt: Date;
}

/** The first of two instants; null is one that nobody knows. */
export function earlier(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a <= b ? a : b;
}

/**
 * When the side that a change comes from moved. Our own writes come back as webhooks: what Shopify told of says nothing of
 * when the catalog changed, nor the other way round.
 */
export function changedAt(way: ChangeWay, since: WaitingSince): Date | null {
  return way === 'push' ? since.sourceChangedAt : since.remoteChangedAt;
}
