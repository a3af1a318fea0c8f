/** Promotions begin and end by a job at the instant; the sweep finds what a lost job left. */
import type { JobQueue } from './jobs';

/** What lies further ahead is left to the sweep: a queue that keeps jobs for years would carry them through upgrades. */
const LONGEST_DELAY_MS = 60 * 86_400_000;

/** Queues a job that turns what is due in the shop: at once, or at each of these instants (null: none). */
export async function queueTurns(
  queue: JobQueue,
  shopId: string,
  later?: { now: Date; at: (Date | null)[] },
): Promise<void> {
  const job = { name: 'turn-promotions', shopId } as const;
  if (later === undefined)
    // What comes due while such a job runs gets a job more.
    return queue.add([job], { deduplicationId: `turn-${shopId}`, againAfterRunning: true });
  for (const at of later.at) {
    const delayMs = at === null ? LONGEST_DELAY_MS + 1 : Math.max(0, at.getTime() - later.now.getTime());
    if (delayMs <= LONGEST_DELAY_MS) await queue.add([job], { delayMs });
  }
}
