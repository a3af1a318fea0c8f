import { countWalked } from '~/db/reconciliations.server';
import type { Lane } from '~/db/reconciliations.server';
import type { Resources } from './resources';

/**
 * Stores with more linked products than this are read by bulk operations. A page of six products takes a call and some
 * 100 to 200 points, a bulk operation takes some 25 points whatever it reads, but minutes until it has begun and ended: below
 * this size pages are done sooner, even on the smallest plan.
 */
export const MOST_PAGED_PRODUCTS = 500;

export type StartedReconciliation =
  { kind: 'started' | 'under way'; reconciliationId: string } | { kind: 'refused'; message: string };

/**
 * Starts to compare a whole store with what is known of it; where that is under way already, says so. `lane` overrides the
 * choice by size.
 */
export async function startReconciliation(
  resources: Resources,
  { shopId, causedBy, lane }: { shopId: string; causedBy: string; lane?: Lane },
): Promise<StartedReconciliation> {
  const { db, queue, now } = resources;
  const started = await db.$transaction(async (tx): Promise<StartedReconciliation> => {
    // One at a time a shop: two clicks, or two workers whose turn it is, must not start two.
    const [shop] = await tx.$queryRaw<{ isGone: boolean; isAdopted: boolean }[]>`
      SELECT uninstalled_at IS NOT NULL AS "isGone", adopted_at IS NOT NULL AS "isAdopted"
      FROM app.shop WHERE id = ${shopId}::uuid FOR UPDATE`;
    if (!shop || shop.isGone)
      return { kind: 'refused', message: 'The app is not installed in this store: install it again first.' };
    if (!shop.isAdopted)
      return { kind: 'refused', message: 'Nothing is linked yet: run the first sync, then check the store.' };
    const running = await tx.reconciliation.findFirst({
      where: { shopId, state: 'running' },
      select: { id: true },
    });
    if (running) return { kind: 'under way', reconciliationId: running.id };
    const productsTotal = await countWalked(tx, shopId);
    const { id } = await tx.reconciliation.create({
      data: {
        shopId,
        causedBy,
        lane: lane ?? (productsTotal > MOST_PAGED_PRODUCTS ? 'bulk' : 'pages'),
        productsTotal,
        startedAt: now(),
      },
    });
    return { kind: 'started', reconciliationId: id };
  });
  if (started.kind === 'started')
    await queue.add([{ name: 'reconcile-store', shopId, reconciliationId: started.reconciliationId }], {
      deduplicationId: `reconcile-${started.reconciliationId}`,
    });
  return started;
}
