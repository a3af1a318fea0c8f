/**
 * How long Shopify takes to answer, as it was measured: a call takes some time, and each root field after the first some
 * more. A line is laid through what was measured, in which older calls count less.
 */

export interface CallSpeed {
  /** Seconds of a call of one root field. */
  first: number;
  /** Seconds of each root field more. */
  further: number;
}

/** Sums over calls of which `further` root fields came after the first and which took `seconds`. */
export interface CallTimes {
  calls: number;
  further: number;
  seconds: number;
  furtherSquared: number;
  furtherSeconds: number;
}

/** What a store is believed to do before it was measured: no figure of Shopify's is published. */
export const UNKNOWN_SPEED: CallSpeed = { first: 0.35, further: 0.02 };

/** Seconds this app takes for the rows that it loads, merges and records. */
export interface OwnTimes {
  rows: number;
  seconds: number;
}

/** So many calls say all there is to say: older ones are forgotten. */
const REMEMBERED_CALLS = 100;

export const noTimes = (): CallTimes => ({
  calls: 0,
  further: 0,
  seconds: 0,
  furtherSquared: 0,
  furtherSeconds: 0,
});

function combined(a: CallTimes, b: CallTimes, weight: number): CallTimes {
  return {
    calls: a.calls * weight + b.calls,
    further: a.further * weight + b.further,
    seconds: a.seconds * weight + b.seconds,
    furtherSquared: a.furtherSquared * weight + b.furtherSquared,
    furtherSeconds: a.furtherSeconds * weight + b.furtherSeconds,
  };
}

/** The sums with one more call: `fields` root fields in `seconds`. */
export function withCall(times: CallTimes, fields: number, seconds: number): CallTimes {
  const further = Math.max(0, fields - 1);
  const own = {
    calls: 1,
    further,
    seconds,
    furtherSquared: further * further,
    furtherSeconds: further * seconds,
  };
  return combined(times, own, 1);
}

/** What is known together with what was measured since; of so many calls in all. */
export function learnedTimes(
  known: CallTimes,
  measured: CallTimes,
  remembered = REMEMBERED_CALLS,
): CallTimes {
  const room = Math.max(0, remembered - measured.calls);
  return combined(known, measured, known.calls > room ? room / known.calls : 1);
}

/**
 * So many rows say all there is to say of the app's own work: the same 10,000 take 7.4 to 10.1 s on a shared machine, so that the
 * last run alone says little of the next (tests/bench/forecast.test.ts). As long as none were written it is believed to be this fast.
 */
const REMEMBERED_ROWS = 15_000;
const UNKNOWN_ROW_SECONDS = 0.0005;

/** What is known of the app's own work together with what was measured since. */
export function learnedOwnTimes(known: OwnTimes, measured: OwnTimes): OwnTimes {
  const room = Math.max(0, REMEMBERED_ROWS - measured.rows);
  const weight = known.rows > room ? room / known.rows : 1;
  return {
    rows: known.rows * weight + measured.rows,
    seconds: known.seconds * weight + measured.seconds,
  };
}

/** Seconds of the app's own work a row. */
export function rowSeconds({ rows, seconds }: OwnTimes): number {
  return rows > 0 ? seconds / rows : UNKNOWN_ROW_SECONDS;
}

/** The line through the sums; what they do not tell is taken from what is assumed. Never negative. */
export function speedOf(times: CallTimes, assumed: CallSpeed = UNKNOWN_SPEED): CallSpeed {
  const { calls, further, seconds, furtherSquared, furtherSeconds } = times;
  if (calls <= 0) return assumed;
  const spread = furtherSquared - (further * further) / calls;
  const slope = (furtherSeconds - (further * seconds) / calls) / spread;
  // Calls that are all alike say nothing of how the time grows.
  const told = spread > calls / 100 && Number.isFinite(slope) ? Math.max(0, slope) : assumed.further;
  const mean = seconds / calls;
  const most = further > 0 ? mean / (further / calls) : told;
  const perField = Math.min(told, most);
  return { first: Math.max(0, mean - perField * (further / calls)), further: perField };
}

/** Seconds of a call of so many root fields. */
export function callSeconds({ first, further }: CallSpeed, fields: number): number {
  return first + further * Math.max(0, fields - 1);
}
