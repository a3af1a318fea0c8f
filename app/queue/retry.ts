const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Milliseconds to wait after the `attempt`-th failed attempt (1, 2, ...): doubles each time up to a minute; the upper
 * half is random, so that jobs that failed together do not come back together. `random` is uniform in [0, 1).
 */
export function retryWait(attempt: number, random: () => number): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  return Math.round(longest * (0.5 + random() / 2));
}
