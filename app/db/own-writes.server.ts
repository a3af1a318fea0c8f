import type { Queryable } from './client.server';

/** Tells the capture of changes that a transaction is Lockstep's own. */
export const OWN_WRITES = 'lockstep';

/**
 * Marks the transaction, before it writes to the catalog, as the work of this shop: it asks the line itself, or has recorded
 * already what both sides agree on. The stream of changes carries the mark; other shops of the account are told as usual.
 */
export async function markOwnWrites(tx: Queryable, shopId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_logical_emit_message(true, ${OWN_WRITES}, ${shopId})::text`;
}
