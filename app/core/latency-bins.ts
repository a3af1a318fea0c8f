/**
 * A histogram of spans whose bins are fixed and grow by a tenth each, so that histograms of any times and places add up bin
 * by bin. A percentile read from it is within 5 % of the span it stands for, or within a millisecond.
 */

/** Each bin's upper bound is so many times that of the one below. Also in SQL: app.latency_bin. */
export const GROWTH = 1.1;

/** A percentile lies off by no more than this share of it. */
export const RELATIVE_ERROR = (GROWTH - 1) / (GROWTH + 1);

/** The bin of a span: 0 up to a millisecond, then i from 1.1^(i-1), itself not included, up to 1.1^i. */
export function latencyBin(ms: number): number {
  return Math.ceil(Math.log(Math.max(1, ms)) / Math.log(GROWTH));
}

/** The span that is least wrong for all of a bin. */
export function binMs(bin: number): number {
  return bin <= 0 ? 1 : (2 * GROWTH ** bin) / (GROWTH + 1);
}

export interface LatencyCount {
  bin: number;
  n: number;
}

/**
 * The spans below which these shares (0 to 1) of all lie, as nearest rank has it; null where there are none. Bins may come
 * in any order and more than once.
 */
export function percentilesOf(counts: readonly LatencyCount[], shares: readonly number[]): (number | null)[] {
  const byBin = new Map<number, number>();
  for (const { bin, n } of counts) byBin.set(bin, (byBin.get(bin) ?? 0) + n);
  const bins = [...byBin].filter(([, n]) => n > 0).sort(([one], [other]) => one - other);
  const total = bins.reduce((sum, [, n]) => sum + n, 0);
  return shares.map((share) => {
    if (total === 0) return null;
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    for (const [bin, n] of bins) {
      seen += n;
      if (seen >= rank) return binMs(bin);
    }
    return null;
  });
}
