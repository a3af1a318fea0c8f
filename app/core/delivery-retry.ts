/** When a message that a channel did not take is sent again. */

/** With the waits below: within about an hour. */
export const MOST_ATTEMPTS = 8;
const FIRST_WAIT_MS = 30_000;

/** Milliseconds to wait after so many attempts, doubled each time; `random` in [0, 1) spreads them by a quarter each way. */
export function deliveryWait(attempts: number, random: number): number {
  return FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1) * (0.75 + random / 2);
}
