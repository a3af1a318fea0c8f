import type { JobQueue } from './jobs';

/** Has what was chosen of a shop read; what is chosen while such a job runs gets a job more. */
export async function queueWarming(queue: JobQueue, shopId: string): Promise<void> {
  await queue.add([{ name: 'warm-cache', shopId }], {
    deduplicationId: `warm-${shopId}`,
    againAfterRunning: true,
    // What was not read in time is of no use later.
    attempts: 2,
  });
}
