import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks `question` every `everyMs` until it gives something other than false, null or undefined, and returns that.
 * Rejects after `timeoutMs` naming `what`, or at once when the question itself throws.
 */
export async function waitFor<T>(
  what: string,
  question: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  { timeoutMs = 30_000, everyMs = 50 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const answer = await question();
    if (answer !== false && answer !== null && answer !== undefined) return answer;
    if (Date.now() > until) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}.`);
    await sleep(everyMs);
  }
}
