/** The leaky bucket of points an app has on a shop: charged with what a call may cost, refunded what it did not. */
import type { Shop } from '../state/shop';
import { PLAN_LIMITS } from '../state/state';

export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  restoreRate: number;
}

/** Brings the bucket up to the instant: it fills by the plan's rate and never runs over. */
function refill(shop: Shop, nowMs: number): void {
  const { maximumAvailable, restoreRate } = PLAN_LIMITS[shop.plan];
  const elapsedMs = Math.max(0, nowMs - shop.bucket.at);
  shop.bucket.available = Math.min(
    maximumAvailable,
    shop.bucket.available + (elapsedMs / 1000) * restoreRate,
  );
  shop.bucket.at = nowMs;
}

/** Takes the points where the bucket holds them all; otherwise takes nothing and answers false. */
export function charge(shop: Shop, points: number, nowMs: number): boolean {
  refill(shop, nowMs);
  if (points > shop.bucket.available) return false;
  shop.bucket.available -= points;
  return true;
}

/** Gives points back that were charged but not used. */
export function refund(shop: Shop, points: number, nowMs: number): void {
  refill(shop, nowMs);
  shop.bucket.available = Math.min(PLAN_LIMITS[shop.plan].maximumAvailable, shop.bucket.available + points);
}

/** As answers report it: whole points. */
export function throttleStatus(shop: Shop, nowMs: number): ThrottleStatus {
  refill(shop, nowMs);
  return { ...PLAN_LIMITS[shop.plan], currentlyAvailable: Math.floor(shop.bucket.available) };
}
