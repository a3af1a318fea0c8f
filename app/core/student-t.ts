/** Quantiles of Student's t, for intervals from few values. */

/** 97.5 % quantiles for 1 to 30 degrees of freedom: both ends of an interval of 95 %. */
const QUANTILES = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const NORMAL = 1.959964;

/** The 97.5 % quantile of t with so many degrees of freedom (1 or more), to about a thousandth. */
export function t975(degrees: number): number {
  const listed = QUANTILES[degrees - 1];
  if (listed !== undefined) return listed;
  // The first term of the expansion around the normal distribution; above 30 the next one is below 0.001.
  return NORMAL + (NORMAL ** 3 + NORMAL) / (4 * degrees);
}
