/** Refreshes what was chosen of a shop's cache, by its habits and promotions or by somebody. */
import { setTimeout as sleep } from 'node:timers/promises';
import { nextAsked } from '~/db/cache-warms.server';
import { dropUnread, nextToWarm, noteWarmed } from '~/db/warmed-products.server';
import type { ToWarm } from '~/db/warmed-products.server';
import { confirmPage } from './confirm-page';
import type { JobContext, JobFor } from './jobs';
import { fieldPoints } from './plan-warming';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';
import { selectAsked, warmAskedPage } from './warm-asked';

/** Products read at a time: one call of each kind for most. */
const PAGE = 60;
/** Share of the points that is left to the work that is there. */
const KEPT_SHARE = 0.5;
const LOOK_EVERY_MS = 1_000;

/** Whether products of the shop wait to be synced, or its points run low: warming is to hurt nobody. */
async function isBusy({ db }: Resources, { shopId, store }: SyncScope): Promise<boolean> {
  const [waiting, points] = await Promise.all([
    db.syncRequest.findFirst({ where: { shopId }, select: { productId: true } }),
    store.pointsLeft(),
  ]);
  return waiting !== null || (points !== null && points.available < points.maximum * KEPT_SHARE);
}

async function warmPage(
  resources: Resources,
  scope: SyncScope,
  page: ToWarm[],
  signal: AbortSignal,
): Promise<void> {
  const { db } = resources;
  const { shopId } = scope;
  const { readBegan, verified, variants } = await confirmPage(resources, scope, page, signal);
  const pointsOf = fieldPoints(scope);
  await noteWarmed(
    db,
    shopId,
    page.flatMap(({ productId, remoteId }) =>
      verified.has(remoteId) ? [{ productId, points: pointsOf(variants.get(remoteId) ?? 0) }] : [],
    ),
    readBegan,
  );
  await dropUnread(db, shopId, { productIds: page.map(({ productId }) => productId) });
}

/** Carries out the job "warm-cache". Repeatable: what was read is noted, what is no use any more is let go of. */
export async function warmCache(
  resources: Resources,
  { shopId }: JobFor<'warm-cache'>,
  { signal }: Pick<JobContext, 'signal'>,
): Promise<void> {
  const { db, now } = resources;
  const scope = await loadSyncScope(resources, shopId, { isBackground: true });
  if (!scope) return;
  for (;;) {
    signal.throwIfAborted();
    await dropUnread(db, shopId, { expectedBefore: now() });
    const page = await nextToWarm(db, shopId, PAGE);
    // What work will need within minutes comes before what somebody asked for.
    if (page.length === 0) await selectAsked(resources, scope, signal);
    const asked = page.length === 0 ? await nextAsked(db, shopId, { limit: PAGE, now: now() }) : [];
    if (page.length + asked.length === 0) return;
    if (await isBusy(resources, scope)) await sleep(LOOK_EVERY_MS, undefined, { signal });
    else if (page.length > 0) await warmPage(resources, scope, page, signal);
    else await warmAskedPage(resources, scope, asked, signal);
  }
}
