/** Plans a run: what it covers, what the store holds already, and a request for each product. */
import { chunksOf } from '~/core/plan';
import type { SourceId } from '~/core/product-state';
import { listProductIds } from '~/db/catalog-products.server';
import { ensureLinks, orphanedLinks } from '~/db/links.server';
import { addFigures, closeRun, finishIfDone, isStopped, listRunProducts } from '~/db/runs.server';
import { ShopNotConnected } from '~/shopify/gateway';
import { adoptStore } from './adopt-store';
import { AMBIGUOUS } from './ambiguous';
import { chooseRunLane } from './choose-run-lane';
import { failUnconnected } from './fail-unconnected';
import { holdSourceChanges } from './hold-source-changes';
import type { JobContext, JobFor } from './jobs';
import { lookUpCategories } from './look-up-categories';
import { massDeletion } from './mass-deletion';
import { readShopFacts } from './read-shop-facts';
import { requestBulk } from './request-bulk';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';

const PAGE = 5_000;

async function coveredProducts(
  resources: Resources,
  scope: SyncScope,
  runId: string,
  orphans: SourceId[],
): Promise<void> {
  const { db } = resources;
  const list = (productIds: SourceId[]) => listRunProducts(db, { runId, shopId: scope.shopId }, productIds);
  await ensureLinks(db, scope);
  for (let after: SourceId | null = null; ;) {
    const ids: SourceId[] = await listProductIds(db, scope.accountId, { after, limit: PAGE });
    await list(ids);
    after = ids.at(-1) ?? null;
    if (ids.length < PAGE) break;
  }
  await list(orphans);
}

async function planRun(resources: Resources, job: JobFor<'run-sync'>, context: JobContext): Promise<void> {
  const { db, live, now } = resources;
  const { shopId, runId } = job;
  const scope = await loadSyncScope(resources, shopId, { isBackground: true });
  const run = await db.syncRun.findUnique({ where: { id: runId, shopId } });
  if (!scope || !run || ['finished', 'failed', 'cancelled'].includes(run.state)) return;
  const tell = () => live.publish(shopId, { kind: 'run-progress', runId });
  const stop = async (state: 'failed' | 'cancelled', error: string | null) => {
    const message = error ?? 'The run was cancelled before this product was looked at.';
    await closeRun(db, { runId, state, error, code: state, message, now: now() });
    await tell();
  };
  if (await isStopped(db, runId)) return stop('cancelled', null);
  await db.syncRun.update({
    where: { id: runId },
    data: { state: scope.adoptedAt ? 'running' : 'adopting', startedAt: run.startedAt ?? now() },
  });
  await tell();
  await addFigures(db, runId, await readShopFacts(resources, scope));
  await addFigures(db, runId, await lookUpCategories(resources, scope, context));
  if (!scope.adoptedAt) {
    await adoptStore(resources, scope, runId, context);
    await db.syncRun.update({ where: { id: runId }, data: { state: 'running' } });
  }
  if (!run.isPartial) {
    const orphans = await orphanedLinks(db, shopId);
    const error = await massDeletion(resources, scope, orphans.length);
    if (error !== null) return stop('failed', error);
    await coveredProducts(resources, scope, runId, orphans);
  }
  await settleAmbiguous(resources, shopId, runId);
  if (run.trigger !== 'approved') await holdSourceChanges({ resources, scope, context, job, calls: 0 });
  const listed = await db.runProduct.findMany({
    where: { runId },
    select: { productId: true, state: true },
    orderBy: { productId: 'asc' },
  });
  const pending = listed.filter((product) => product.state === 'pending').map((product) => product.productId);
  const lane = run.lane ?? (await chooseRunLane(resources, scope, pending));
  await db.syncRun.update({ where: { id: runId }, data: { productsTotal: listed.length, lane } });
  const ask = lane === 'bulk' ? requestBulk : requestSync;
  for (const productIds of chunksOf(pending, PAGE)) {
    context.signal.throwIfAborted();
    await ask(resources, { shopId, productIds, cause: 'run', causedBy: run.causedBy, runId });
  }
  await finishIfDone(db, runId, now());
  await tell();
}

/** Products that could be several of the store's wait for the merchant. */
export async function settleAmbiguous({ db, now }: Resources, shopId: string, runId: string): Promise<void> {
  await db.$executeRaw`
    UPDATE app.run_product product SET state = 'skipped', code = ${AMBIGUOUS.code}, message = ${AMBIGUOUS.message}, ended_at = ${now()}
    FROM app.product_link link
    WHERE product.run_id = ${runId}::uuid AND product.state = 'pending' AND link.shop_id = ${shopId}::uuid
      AND link.product_id = product.product_id AND link.state = 'ambiguous'`;
}

/** Carries out the job "run-sync". Repeatable: products that have their end state are not asked for again. */
export async function runSync(
  resources: Resources,
  job: JobFor<'run-sync'>,
  context: JobContext,
): Promise<void> {
  try {
    await planRun(resources, job, context);
  } catch (error) {
    if (!(error instanceof ShopNotConnected)) throw error;
    await failUnconnected(resources, job, error);
  }
}
