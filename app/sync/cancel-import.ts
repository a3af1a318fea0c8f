/** Stops an import. */
import { endImport } from '~/db/catalog-import.server';
import type { Resources } from './resources';

/**
 * Asks an import to stop. One that waits is cancelled at once; one under way stops after the batch it is writing, and
 * what it has written stays. 'ended': it was over already.
 */
export async function cancelImport(
  { db, live, now }: Resources,
  { shopId, importId }: { shopId: string; importId: string },
): Promise<'cancelled' | 'stopping' | 'ended'> {
  const waiting = await db.catalogImport.count({ where: { id: importId, shopId, state: 'queued' } });
  if (waiting > 0) {
    const error = 'The import was cancelled before it began.';
    if (await endImport(db, importId, { state: 'cancelled', error }, now())) {
      await live.publish(shopId, { kind: 'import-progress', importId });
      return 'cancelled';
    }
  }
  const asked = await db.catalogImport.updateMany({
    where: { id: importId, shopId, state: 'running' },
    data: { cancelRequestedAt: now() },
  });
  return asked.count > 0 ? 'stopping' : 'ended';
}
