import type { JobQueue } from './jobs';

/** Has the orders of a shop read; one job at a time, which goes on where the last one stopped. */
export async function queueOrders(queue: JobQueue, shopId: string): Promise<void> {
  await queue.add([{ name: 'import-orders', shopId }], { deduplicationId: `orders-${shopId}` });
}
