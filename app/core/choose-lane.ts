/**
 * Which way a plan takes to Shopify: batched documents, paid for in points, or a bulk operation, which is free of them but
 * starts late and runs at a speed that Shopify publishes nowhere. How fast a store's are is learned from those that ended.
 */
import { callSeconds, learnedTimes, noTimes, speedOf, withCall } from './call-speed';
import type { CallSpeed, CallTimes } from './call-speed';
import type { EditKind, Forecast, ForecastDemand } from './forecast';
import { EDIT_KINDS, noDemand } from './forecast';
import type { Operation } from './operation';
import { rowsOf } from './batch';

/** Operations that may be a line of a file: each says all it needs, and none waits for another of the same product. */
export const BULK_KINDS: ReadonlySet<Operation['kind']> = new Set<EditKind>([
  'product-update',
  'tags-add',
  'tags-remove',
  'variants-update',
  'metafields-set',
  'metafields-delete',
]);

/**
 * What a job carried by bulk mutations that ended or were stopped: lines that were carried out, and seconds for all of it,
 * from the loading of the products to the last record.
 */
export interface BulkRun {
  lines: number;
  seconds: number;
}

/** Only the last ones count: Shopify's speed is not ours to know for long. */
const REMEMBERED_RUNS = 12;
/** What one odd operation may add to what is believed: it counts as so many times what was expected, at most. */
const MOST_ODD = 3;
/** Assumed where operations of one size only were seen: seconds before the first line, the rest is the lines'. */
const ASSUMED_START_SECONDS = 2;
/** Below so many operations seen, what is believed must be so much better than the documents. */
const FEW_RUNS = 3;
const FEW_RUNS_MARGIN = 1.15;
/** Lines below which a file is not worth its way. */
const FEWEST_LINES = 100;
/** A lane of unknown speed is tried only where documents take this long, and given up after this share of their time. */
const TRIAL_SECONDS = 60;
const TRIAL_SHARE = 0.1;
/** An operation may begin so much later than others did. */
const LATE_START = 1.2;

/** The line through what was seen; null where nothing was. */
export function bulkSpeed(times: CallTimes): CallSpeed | null {
  if (times.calls < 0.5) return null;
  const lines = times.further / times.calls + 1;
  const seconds = times.seconds / times.calls;
  const start = Math.min(ASSUMED_START_SECONDS, seconds / 2);
  return speedOf(times, { first: start, further: Math.max(0, seconds - start) / Math.max(1, lines - 1) });
}

/** What is known together with one operation more. */
export function learnedBulk(known: CallTimes, { lines, seconds }: BulkRun): CallTimes {
  const believed = bulkSpeed(known);
  const expected = believed && callSeconds(believed, lines);
  const taken =
    expected !== null && expected > 0 && known.calls >= FEW_RUNS
      ? Math.min(seconds, expected * MOST_ODD)
      : seconds;
  return learnedTimes(known, withCall(noTimes(), Math.max(1, lines), taken), REMEMBERED_RUNS);
}

/** Lines of the files, one an operation; null where something of the demand cannot go into one. */
export function linesOf({ operations }: ForecastDemand): number | null {
  let lines = 0;
  for (const kind of EDIT_KINDS) {
    const count = operations[kind]?.count ?? 0;
    if (count > 0 && !BULK_KINDS.has(kind)) return null;
    lines += count;
  }
  return lines;
}

/** The sums of operations that were planned. */
export function demandOf(operations: readonly Operation[]): ForecastDemand {
  const sums: ForecastDemand['operations'] = {};
  for (const operation of operations) {
    const kind = EDIT_KINDS.find((each) => each === operation.kind);
    if (kind === undefined) continue;
    const sum = sums[kind] ?? { count: 0, rows: 0 };
    sums[kind] = { count: sum.count + 1, rows: sum.rows + rowsOf(operation) };
  }
  return {
    ...noDemand(),
    products: new Set(operations.map(({ productId }) => productId)).size,
    operations: sums,
  };
}

/** Calls around an operation of a file: staged, started, looked at more and more seldom. */
const CALLS_A_FILE = 12;
const POINTS_A_FILE = 32;
export interface BulkTerms {
  times: CallTimes;
  /** What reading before the write takes: the same in both lanes. */
  reads: { calls: number; points: number; seconds: number };
}

/** When an operation is stopped because documents, which then carry the rest, would be faster. */
export interface Patience {
  /** Until then it is not judged. */
  seconds: number;
  /** So long it may take before its first line. */
  startSeconds: number;
  /** What documents would take for all of it. */
  documentSeconds: number;
}

export interface LaneChoice {
  forecast: Forecast;
  patience: Patience;
}

/**
 * The better lane by what is known. One of which little is known is tried only for so short a time that little is lost:
 * documents alone would not have been 20 % faster.
 */
export function chooseLane(documents: Forecast, demand: ForecastDemand, bulk: BulkTerms): LaneChoice {
  const most = documents.seconds * TRIAL_SHARE;
  const patience = { seconds: most, startSeconds: 0, documentSeconds: documents.seconds };
  const staying = { forecast: documents, patience };
  const lines = linesOf(demand);
  if (lines === null || lines < FEWEST_LINES) return staying;
  const files = EDIT_KINDS.filter((kind) => (demand.operations[kind]?.count ?? 0) > 0).length;
  const speed = bulkSpeed(bulk.times);
  const forecast = (seconds: number): Forecast => ({
    lane: 'bulk',
    calls: bulk.reads.calls + files * CALLS_A_FILE,
    points: bulk.reads.points + files * POINTS_A_FILE,
    seconds,
  });
  if (!speed) {
    if (documents.seconds < TRIAL_SECONDS) return staying;
    // Nobody knows how long it takes: as long as documents is what is promised.
    return { forecast: forecast(documents.seconds), patience };
  }
  // Nobody knows whether files that run at the same time are any faster than one after the other.
  const seconds = bulk.reads.seconds + callSeconds(speed, lines);
  const margin = bulk.times.calls < FEW_RUNS ? FEW_RUNS_MARGIN : 1;
  if (seconds * margin > documents.seconds) return staying;
  if (bulk.times.calls < FEW_RUNS) return { forecast: forecast(seconds), patience };
  // A known start is waited for, and somewhat longer.
  const start = speed.first * LATE_START + documents.seconds * TRIAL_SHARE;
  return {
    forecast: forecast(seconds),
    patience: { ...patience, seconds: start, startSeconds: speed.first },
  };
}

/** Whether an operation that has carried out so many of its lines after so many seconds should be left to documents. */
export function isTooSlow(
  progress: { lines: number; ofLines: number; seconds: number },
  patience: Patience,
): boolean {
  const { lines, ofLines, seconds } = progress;
  if (seconds < patience.seconds || lines >= ofLines) return false;
  // The start is paid already, and documents would have to carry only the rest: the paces are compared.
  const working = Math.max(0, seconds - patience.startSeconds);
  return lines <= 0 || (working * ofLines) / lines > patience.documentSeconds;
}
