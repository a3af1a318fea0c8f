/** A variant's price in the store over time, as a line: it holds from each point to the next. */
import type { PriceHistory } from './lowest-price';
import type { DecimalString } from './product-state';

export interface PricePoint {
  at: Date;
  /** Null: there was none, or nobody knows it. */
  amount: DecimalString | null;
}

/** From when the price is on record until now. Empty where nothing is known. */
export function priceLine({ changes, current, knownSince }: PriceHistory, now: Date): PricePoint[] {
  const sorted = changes.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  const [first] = sorted;
  const points: PricePoint[] = [];
  if (knownSince !== null && (first === undefined || knownSince < first.at))
    points.push({ at: knownSince, amount: first === undefined ? current : first.before });
  for (const { at, after } of sorted) points.push({ at, amount: after });
  if (points.length > 0) points.push({ at: now, amount: current ?? points.at(-1)?.amount ?? null });
  return points;
}
