/**
 * The job that begins and ends promotions whose time has come. Each turns once, by a conditional update; only then are its
 * products asked for, ahead of what waits. Repeatable: products of a turn that was cut off are asked for again.
 */
import { chunksOf } from '~/core/plan';
import type { SourceId } from '~/core/product-state';
import { turnOf } from '~/core/promotion';
import { recordCatalogChanges } from '~/db/catalog-changes.server';
import { ensureLinks } from '~/db/links.server';
import { raiseOverlayRevisions } from '~/db/overlays.server';
import {
  duePromotions,
  endCarrying,
  findPromotion,
  productsOfPromotion,
  releasePromotionPaths,
  turnPromotion,
} from '~/db/promotions.server';
import type { TurningPromotion } from '~/db/promotions.server';
import { addRequests } from '~/db/sync-requests.server';
import type { JobContext, JobFor } from './jobs';
import { inTransaction } from './record-work';
import { PRODUCTS_PER_JOB } from './request-sync';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';

/** Products asked for in one job: small, so that the first prices are on their way at once and workers share them. */
const BLOCK = Math.min(PRODUCTS_PER_JOB, 60);
const PAGE = 5_000;

/** What the audit log says of a product when a promotion begins or ends. */
async function record(
  tx: Parameters<typeof recordCatalogChanges>[0],
  { shopId }: SyncScope,
  { id, name, state, createdBy, endedBy }: TurningPromotion,
  productIds: SourceId[],
  now: Date,
): Promise<void> {
  const began = state === 'active';
  await recordCatalogChanges(
    tx,
    {
      shopId,
      direction: 'promotion',
      causeId: `${id} ${state}`,
      causedBy: began ? createdBy : (endedBy ?? createdBy),
      now,
    },
    productIds.map((productId) => ({
      productId,
      path: { variant: null, field: 'promotion' },
      before: began ? null : name,
      after: began ? name : null,
      state: 'applied',
      code: null,
      message: `Promotion "${name}" ${began ? 'began' : 'ended'}.`,
      sku: null,
    })),
  );
}

/** Asks for all products of a promotion that has turned. */
async function carry(
  resources: Resources,
  scope: SyncScope,
  promotion: TurningPromotion,
  { signal }: JobContext,
): Promise<void> {
  const { db, queue, now } = resources;
  const { shopId } = scope;
  const causedBy = `Promotion "${promotion.name}"`;
  for (let after: SourceId | null = null; ;) {
    const page: SourceId[] = await productsOfPromotion(db, promotion.id, { after, limit: PAGE });
    for (const productIds of chunksOf(page, BLOCK)) {
      signal.throwIfAborted();
      await inTransaction(resources, async (tx) => {
        await ensureLinks(tx, scope, productIds);
        if (promotion.state === 'ended') await releasePromotionPaths(tx, promotion, productIds);
        await raiseOverlayRevisions(tx, shopId, productIds);
        await record(tx, scope, promotion, productIds, now());
        // Where the job is lost the sweep finds the requests. Before the first sync nothing goes to Shopify.
        if (scope.adoptedAt !== null)
          await addRequests(tx, { shopId, productIds, cause: 'promotion', runId: null, now: now() });
      });
      // Also for products that another job is to look at: that one may wait behind many.
      if (scope.adoptedAt !== null)
        await queue.add([{ name: 'sync-products', shopId, runId: null, productIds, causedBy }], {
          isFirst: true,
        });
    }
    after = page.at(-1) ?? null;
    if (page.length < PAGE) break;
  }
  await endCarrying(db, promotion);
}

/** Carries out the job "turn-promotions". */
export async function turnPromotions(
  resources: Resources,
  { shopId }: JobFor<'turn-promotions'>,
  context: JobContext,
): Promise<void> {
  const { db, live, log, now } = resources;
  const scope = await loadSyncScope(resources, shopId);
  if (!scope) return;
  for (const { id, name, ...due } of await duePromotions(db, shopId, now())) {
    const turn = turnOf(due, now());
    if (turn !== null && (await turnPromotion(db, { id, turn, now: now() })))
      log.info({ shopId, promotionId: id, name, turn }, 'A promotion turned');
    const promotion = await findPromotion(db, id);
    if (promotion === null) continue;
    if (!promotion.isCarried) await carry(resources, scope, promotion, context);
    await live.publish(shopId, { kind: 'overlays-changed' });
  }
}
