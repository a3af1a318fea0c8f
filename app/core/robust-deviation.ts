/** How unusual a count is beside those of the past, by median and median absolute deviation: single outliers do not move either. */

/** Fewer past counts say nothing about what is usual. */
export const LEAST_PAST = 3;
/** Makes the median absolute deviation what the standard deviation is where counts are spread normally. */
const NORMAL = 1.4826;
/** Counts differ by chance: even where all past ones were equal, a tenth more, or ten, is nothing unusual. */
const LEAST_SHARE = 0.1;
const LEAST_SPREAD = 10;

function median(sorted: number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

const medianOf = (values: readonly number[]) => median([...values].sort((a, b) => a - b));

/** Usual deviations by which a count lies above (below: negative) the usual one; null: there is too little past. */
export function robustDeviation(
  count: number,
  past: readonly number[],
): { deviations: number; usual: number } | null {
  if (past.length < LEAST_PAST) return null;
  const usual = medianOf(past);
  const spread = NORMAL * medianOf(past.map((one) => Math.abs(one - usual)));
  return { deviations: (count - usual) / Math.max(spread, LEAST_SHARE * usual, LEAST_SPREAD), usual };
}
