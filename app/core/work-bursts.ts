/** When work on many products began: where many were written within minutes, after a time in which few were. */
import type { SourceId } from './product-state';
import { isBackgroundWork } from './points';

/** Products that were written to Shopify within some minutes. */
export interface WrittenSlice {
  /** Of the first of them; where a run wrote it, when the run began. */
  at: Date;
  /** When the slice of time ended. */
  until: Date;
  productIds: readonly SourceId[];
}

export interface WorkBurst {
  at: Date;
  productIds: readonly SourceId[];
}

/** Work that goes on after so long a pause is other work. */
export const PAUSE_MS = 20 * 60_000;

/**
 * The bursts among slices in order of time, and up to when all is known: a burst that may still go on at `now` is left for
 * the next time. Slices of few products are what a shop does all day.
 */
export function burstsOf(
  slices: readonly WrittenSlice[],
  now: Date,
): { bursts: WorkBurst[]; openSince: Date | null } {
  const bursts: { at: Date; until: Date; products: Set<SourceId> }[] = [];
  for (const { at, until, productIds } of slices) {
    if (!isBackgroundWork(productIds.length)) continue;
    const last = bursts.at(-1);
    if (last && at.getTime() - last.until.getTime() < PAUSE_MS) {
      for (const productId of productIds) last.products.add(productId);
      last.until = until;
    } else bursts.push({ at, until, products: new Set(productIds) });
  }
  const open = bursts.at(-1);
  const isOpen = open !== undefined && now.getTime() - open.until.getTime() < PAUSE_MS;
  return {
    bursts: (isOpen ? bursts.slice(0, -1) : bursts).map(({ at, products }) => ({
      at,
      productIds: [...products],
    })),
    openSince: isOpen ? open.at : null,
  };
}
