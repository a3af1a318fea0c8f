import type { Lane } from '~/core/forecast';
import type { SourceId } from '~/core/product-state';
import { listRunProducts } from '~/db/runs.server';
import { ensureLinks } from '~/db/links.server';
import type { Resources } from './resources';

export type RunTrigger =
  | 'manual'
  | 'first-sync'
  | 'import'
  | 'retry'
  | 'schedule'
  | 'api'
  | 'edit'
  | 'approved'
  | 'source'
  | 'rules';

/**
 * Starts a run of the whole catalog, or of these products. A whole run that is under way is answered instead of starting
 * a second one.
 */
export async function startRun(
  resources: Resources,
  run: {
    shopId: string;
    trigger: RunTrigger;
    causedBy: string;
    productIds?: SourceId[];
    /** Forecast when the run begins, where it is not said; each job of the run decides anew by what it finds to do. */
    lane?: Lane;
  },
): Promise<{ runId: string }> {
  const { db, queue, now } = resources;
  const { shopId, trigger, causedBy, productIds, lane = null } = run;
  const created = await db.$transaction(async (tx) => {
    // One at a time a shop: two clicks must not start two runs.
    const [shop] = await tx.$queryRaw<{ accountId: string; domain: string; isGone: boolean }[]>`
      SELECT account_id AS "accountId", domain, uninstalled_at IS NOT NULL AS "isGone" FROM app.shop WHERE id = ${shopId}::uuid FOR UPDATE`;
    if (!shop) throw new Error(`There is no shop ${shopId}.`);
    if (shop.isGone)
      throw new Error(`The app was uninstalled from ${shop.domain}: install it again to sync.`);
    if (!productIds) {
      const active = await tx.syncRun.findFirst({
        where: {
          shopId,
          isPartial: false,
          state: { in: ['queued', 'adopting', 'running'] },
          cancelRequestedAt: null,
        },
        select: { id: true },
      });
      if (active) return { runId: active.id, isNew: false };
    }
    const { id } = await tx.syncRun.create({
      data: { shopId, trigger, causedBy, createdAt: now(), isPartial: productIds !== undefined, lane },
    });
    if (productIds) {
      await ensureLinks(tx, { shopId, accountId: shop.accountId }, productIds);
      await listRunProducts(tx, { runId: id, shopId }, productIds);
    }
    return { runId: id, isNew: true };
  });
  if (created.isNew)
    await queue.add([{ name: 'run-sync', shopId, runId: created.runId }], {
      deduplicationId: `run-${created.runId}`,
    });
  return { runId: created.runId };
}
