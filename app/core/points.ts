/**
 * The points of a shop as a leaky bucket: Shopify refills it at a steady rate up to a maximum, and each call takes its
 * cost out. What stands here is our belief; Shopify's answers correct it. Instants are milliseconds of one clock.
 */
import { DOCUMENT_LIMITS } from './batch';

/** What Shopify says about the bucket in `extensions.cost.throttleStatus`. */
export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  /** Points a second. */
  restoreRate: number;
}

export interface Bucket {
  maximum: number;
  /** Points a second. */
  restoreRate: number;
  /** When points were last reserved. */
  reservedAt: number;
  /** What the bucket held at `reservedAt`, as we now know it (a correction may take it below zero or above the maximum). */
  level: number;
}

export interface Settlement {
  /** What was reserved for the call. */
  reserved: number;
  /** What it was charged: 0 where it certainly did not run, `reserved` where nobody knows. */
  actual: number;
  /** What Shopify said with the answer; null where no answer came. */
  status: ThrottleStatus | null;
  /** Points were taken, however long ago, for calls that have not left or left just now: Shopify's figure may lack them. */
  isLeaving: boolean;
}

/** What a shop is believed to have until Shopify says otherwise: the smallest plan. */
export const UNKNOWN_MAXIMUM = 2_000;
export const UNKNOWN_RESTORE_RATE = 100;

/** Kept back from every reservation: a reservation counts at once, but Shopify's bucket refills until the call arrives. */
export const SAFETY_POINTS = 20;

/** Share of a full bucket that background work leaves for calls that somebody waits for. */
export const KEPT_SHARE = 0.05;

/** Whether work on so many products is done in the background: nobody waits for more than a document takes. */
export function isBackgroundWork(products: number): boolean {
  return products > DOCUMENT_LIMITS.products;
}

/** After this time without a reservation every call that was sent has arrived: Shopify's figure is the whole truth. */
export const QUIET_MS = 500;

/** Rounding of an answer's cost is unknown; whole points are safe. */
export function wholePoints(points: number): number {
  return Math.ceil(Math.round(points * 1e6) / 1e6);
}

/** A shop nothing is known of: the smallest plan's bucket, full. */
export function unknownBucket(at: number): Bucket {
  return {
    maximum: UNKNOWN_MAXIMUM,
    restoreRate: UNKNOWN_RESTORE_RATE,
    reservedAt: at,
    level: UNKNOWN_MAXIMUM,
  };
}

/** Points believed to be there at an instant. */
export function available(state: Bucket, at: number): number {
  const seconds = Math.max(0, at - state.reservedAt) / 1_000;
  return Math.min(state.maximum, state.level + state.restoreRate * seconds);
}

/** What must be there before `points` may be taken; more than a full bucket is never waited for. */
export function needed(state: Bucket, points: number, keptShare = 0): number {
  return Math.min(points + SAFETY_POINTS + keptShare * state.maximum, state.maximum);
}

/** Milliseconds until `points` may be taken, if nobody else takes any; 0 when now. */
export function waitFor(state: Bucket, points: number, at: number, keptShare = 0): number {
  const missing = needed(state, points, keptShare) - available(state, at);
  if (missing <= 0) return 0;
  // A thousandth of a point more: what a float lost in between must not cost another wait.
  return Math.ceil(((missing + 0.001) / state.restoreRate) * 1_000);
}

/** Takes points where they are there, else leaves the state as it is. */
export function reserve(
  state: Bucket,
  points: number,
  at: number,
  keptShare = 0,
): { state: Bucket; taken: boolean } {
  const level = available(state, at);
  if (level < needed(state, points, keptShare)) return { state, taken: false };
  return {
    state: { ...state, reservedAt: Math.max(at, state.reservedAt), level: level - points },
    taken: true,
  };
}

/**
 * Gives back what a call did not cost and believes Shopify: never more than it says is there (its figure may still
 * lack calls that have not arrived, but holds no points that do not exist), and exactly what it says when no call
 * can be on its way any more.
 */
export function settle(state: Bucket, settlement: Settlement, at: number): Bucket {
  const { status } = settlement;
  const refunded = available(state, at) + settlement.reserved - settlement.actual;
  if (status === null) return restated(state, state.maximum, state.restoreRate, refunded, at);
  // A plan other than the one assumed: its bucket is larger or smaller, but lacks the same points.
  const moved = refunded + status.maximumAvailable - state.maximum;
  const quiet = !settlement.isLeaving && at - state.reservedAt >= QUIET_MS;
  const level = quiet ? status.currentlyAvailable : Math.min(moved, status.currentlyAvailable);
  return restated(state, status.maximumAvailable, status.restoreRate, level, at);
}

/** The state that holds `level` at `at`, told as of the last reservation. */
function restated(state: Bucket, maximum: number, restoreRate: number, level: number, at: number): Bucket {
  const seconds = Math.max(0, at - state.reservedAt) / 1_000;
  return { ...state, maximum, restoreRate, level: Math.min(level, maximum) - restoreRate * seconds };
}
