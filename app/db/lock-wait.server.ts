/** Transactions that give way to those of the merchant's own systems. */
import { z } from 'zod';
import type { Queryable } from './client.server';

const refused = z.object({
  meta: z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) }),
});

/**
 * From here on the transaction fails when it waits long for a row. Shorter than deadlock_timeout (1 s): of two
 * transactions that wait for each other, ours is the one that ends.
 */
export async function waitBriefly(tx: Queryable): Promise<void> {
  await tx.$executeRaw`SET LOCAL lock_timeout = '400ms'`;
}

/** Whether a transaction failed because of `waitBriefly` (lock_not_available). */
export function isLockNotAvailable(error: unknown): boolean {
  return refused.safeParse(error).data?.meta.driverAdapterError.cause.originalCode === '55P03';
}
