import { lostWalks } from '~/db/reconciliations.server';
import type { Resources } from './resources';

/** A walk that nobody has gone on with for so long lost its job to a crash. */
const LOST_AFTER_MS = 60_000;

/** Gives walks a job whose own was lost. Harmless where it was only late. */
export async function reviveReconciliations({ db, queue, now }: Resources): Promise<void> {
  for (const { id, shopId } of await lostWalks(db, new Date(now().getTime() - LOST_AFTER_MS)))
    await queue.add([{ name: 'reconcile-store', shopId, reconciliationId: id }], {
      deduplicationId: `reconcile-${id}`,
    });
}
