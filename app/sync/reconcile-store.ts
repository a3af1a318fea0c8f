/**
 * Walks over a whole store and finds what no webhook told of: an edit in Shopify whose delivery was lost, a change of the
 * catalog that nobody synced. It never writes: what it finds goes through the line like everything else. Products that
 * only Shopify has are none of ours.
 */
import { staleProducts } from '~/db/held-remotes.server';
import { endWalk, leftOperations, releaseWalk, takeWalk } from '~/db/reconciliations.server';
import { ShopNotConnected } from '~/shopify/gateway';
import { holdSourceChanges } from './hold-source-changes';
import type { JobContext, JobFor } from './jobs';
import { reconcileBulk } from './reconcile-bulk';
import { reconcilePages } from './reconcile-pages';
import type { Resources } from './resources';
import { openReading } from './session';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';
import { askFor } from './walk-parts';
import type { Walking } from './walk-parts';

/** Tells Shopify to stop what it still does for a walk that was ended meanwhile. */
async function stopOperations(
  resources: Resources,
  scope: SyncScope,
  walk: { id: string; shopId: string },
  { signal }: JobContext,
): Promise<void> {
  for (const { id, isRead } of (await leftOperations(resources.db, walk)) ?? [])
    if (!isRead) await scope.store.cancelBulkRead(id, { signal });
}

/** What we know ourselves to be out of date needs no read to be found. */
async function finish({ resources, scope, walk, signal }: Walking): Promise<void> {
  const { db, now } = resources;
  await holdSourceChanges(openReading(resources, scope, signal));
  const stale = await staleProducts(db, scope);
  await askFor(
    resources,
    walk,
    stale.map(({ productId }) => productId),
  );
  const drifted = stale.filter(({ isNewInCatalog }) => isNewInCatalog).length;
  await endWalk(db, { id: walk.id, shopId: walk.shopId }, { state: 'finished', drifted }, now());
}

async function walkOn(walking: Walking): Promise<'stopped' | 'goes on'> {
  let outcome: Awaited<ReturnType<typeof reconcileBulk>> = 'pages';
  if (walking.walk.lane === 'bulk') outcome = await reconcileBulk(walking);
  if (outcome === 'pages') {
    const isNew = walking.walk.lane === 'bulk';
    const walk = { ...walking.walk, lane: 'pages' as const, cursor: isNew ? null : walking.walk.cursor };
    outcome = await reconcilePages({ ...walking, walk });
  }
  if (outcome === 'stopped') return 'stopped';
  if (outcome === 'walked') await finish(walking);
  return 'goes on';
}

/**
 * Carries out the job "reconcile-store", as far as it goes now. Repeatable at any moment, and by any number of jobs: one
 * walks at a time, from where the last one stopped; where Shopify is still at work a later job is added.
 */
export async function reconcileStore(
  resources: Resources,
  job: JobFor<'reconcile-store'>,
  context: JobContext,
): Promise<void> {
  const { db, now } = resources;
  const { shopId, reconciliationId: id } = job;
  const scope = await loadSyncScope(resources, shopId, { isBackground: true });
  const cancelled = { state: 'cancelled' as const, error: 'The app was uninstalled.' };
  if (!scope) {
    await endWalk(db, { id, shopId }, cancelled, now());
    return;
  }
  const claimant = context.jobId;
  try {
    const walk = await takeWalk(db, { id, shopId, claimant, now: now() });
    if (!walk) return await stopOperations(resources, scope, { id, shopId }, context);
    const outcome = await walkOn({ resources, scope, walk, claimant, signal: context.signal });
    if (outcome === 'goes on') return;
    if (!(await loadSyncScope(resources, shopId))) await endWalk(db, { id, shopId }, cancelled, now());
    else await stopOperations(resources, scope, { id, shopId }, context);
  } catch (error) {
    if (!(error instanceof ShopNotConnected)) throw error;
    // Uninstalling takes the token away too.
    const isGone = (await loadSyncScope(resources, shopId)) === null;
    await endWalk(db, { id, shopId }, isGone ? cancelled : { state: 'failed', error: error.message }, now());
  } finally {
    await releaseWalk(db, { id, claimant });
  }
}
