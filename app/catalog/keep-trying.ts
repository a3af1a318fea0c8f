import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `attempt` again and again until `signal` is aborted, with waits that grow and are spread by chance. `attempt` calls
 * `onProgress` when it got as far as it should: the next failure begins with the shortest wait again. `onFailure` is told
 * why an attempt ended and how long the wait is, and may name another one.
 */
export async function keepTrying(options: {
  attempt: (onProgress: () => void, signal: AbortSignal) => Promise<void>;
  onFailure: (error: unknown, waitMs: number) => Promise<number | void> | number | void;
  firstWaitMs: number;
  longestWaitMs: number;
  /** Uniform in [0, 1). */
  random: () => number;
  signal: AbortSignal;
}): Promise<void> {
  const { signal, random } = options;
  let failures = 0;
  while (!signal.aborted) {
    try {
      await options.attempt(() => (failures = 0), signal);
    } catch (error) {
      if (signal.aborted) return;
      const longest = Math.min(options.longestWaitMs, options.firstWaitMs * 2 ** Math.min(failures, 30));
      const waitMs = longest * (0.5 + random() / 2);
      failures += 1;
      const wanted = await options.onFailure(error, waitMs);
      await sleep(wanted ?? waitMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
    }
  }
}
