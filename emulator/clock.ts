/** The emulator's idea of now; tests and the control API may shift it. */

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds added to the underlying clock; settable. */
  skewMs: number;
}

/** A clock over a source of epoch milliseconds (default: the machine's). */
export function createClock(source: () => number = Date.now): Clock {
  const clock: Clock = { skewMs: 0, now: () => source() + clock.skewMs };
  return clock;
}

/** An instant as Shopify writes it: UTC, whole seconds, "2026-11-23T21:02:03Z". */
export function instant(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
