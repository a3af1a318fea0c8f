/** A part of a job's products: loaded, looked at until nothing is left to do, ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceId } from '~/core/product-state';
import { heldForLong } from '~/db/claims.server';
import { planLoads } from '~/db/load-plan.server';
import type { PlannedLoad } from '~/db/load-plan.server';
import { endProducts, isStopped } from '~/db/runs.server';
import { cancelled, endAmbiguous, endCancelled, endLooked, endUnknown } from './end-works';
import { loadWorks } from './load-works';
import { lookRound } from './look-round';
import type { ProductWork } from './product-work';
import { requestSync } from './request-sync';
import type { Session } from './session';

/** How often a product is looked at in one job: what waits for another change, or was not answered, comes back. */
const MAX_ROUNDS = 6;

/** Another job writes the product now: look again once it has likely recorded what it did. */
const LATER_MS = 500;
/** Of the bulk lane a product is free when Shopify is through a whole file. */
const LATER_THAN_A_FILE_MS = 5_000;

/** Has products that somebody else writes now looked at later, in the same run. */
async function putOff(session: Session, productIds: SourceId[], delayMs: number): Promise<void> {
  if (productIds.length === 0) return;
  const { resources, scope, job } = session;
  const { runId, causedBy } = job;
  await requestSync(resources, {
    shopId: scope.shopId,
    ...{ productIds, cause: 'retry', causedBy, runId, delayMs, since: session.since },
  });
}

/** Of the products, those that no file on its way may hold: nothing of the others is read, or paid for, meanwhile. */
async function notHeldForLong(session: Session, productIds: SourceId[]): Promise<SourceId[]> {
  const { resources, scope, claimant } = session;
  const look = { shopId: scope.shopId, claimant, productIds, now: resources.now() };
  const held = await heldForLong(resources.db, look);
  await putOff(
    session,
    productIds.filter((id) => held.has(id)),
    LATER_THAN_A_FILE_MS,
  );
  return productIds.filter((id) => !held.has(id));
}

/** What the cache knows of is a look that may do without reading. */
function countLooks(
  { cacheLooks }: Session,
  plan: ReadonlyMap<SourceId, PlannedLoad>,
  works: ProductWork[],
): void {
  const known = new Set(works.flatMap(({ productId, cached }) => (cached === null ? [] : [productId])));
  for (const [productId, { extent, cachedVariants }] of plan)
    if (extent.kind === 'unchanged' || known.has(productId)) cacheLooks.looked(productId, cachedVariants);
}

/** Loads products that are to be looked at; those that need no look are ended, or noted as unchanged. */
export async function loadPart(session: Session, wanted: SourceId[]): Promise<ProductWork[]> {
  const { resources, scope, context } = session;
  context.signal.throwIfAborted();
  if (session.job.runId !== null && (await isStopped(resources.db, session.job.runId))) {
    await endProducts(resources.db, session.job.runId, wanted.map(cancelled), resources.now());
    return [];
  }
  const productIds = await notHeldForLong(session, wanted);
  if (productIds.length === 0) return [];
  const loaded = await session.loading(async () => {
    const plan = await planLoads(resources.db, scope.shopId, productIds, resources.now());
    await endUnknown(
      session,
      productIds.filter((productId) => !plan.has(productId)),
    );
    session.unchanged.push(
      ...productIds.filter((productId) => plan.get(productId)?.extent.kind === 'unchanged'),
    );
    const works = await loadWorks(session, productIds, plan);
    countLooks(session, plan, works);
    return works;
  });
  // Several products of the store could be these: only the merchant can say which.
  const [waiting, works] = [
    loaded.filter((work) => work.link.state === 'ambiguous'),
    loaded.filter((work) => work.link.state !== 'ambiguous'),
  ];
  await endAmbiguous(session, waiting);
  for (const work of works) {
    work.since = session.since.get(work.productId) ?? null;
    work.refuseImpossible();
  }
  return works;
}

/** Looks at products until nothing is left to do, and ends them. */
export async function settleWorks(session: Session, works: ProductWork[]): Promise<void> {
  const { resources, context } = session;
  const settled = works.filter((work) => work.isSettled);
  let open = works.filter((work) => !work.isSettled && !work.isOvertaken);
  for (let attempt = 0; open.length > 0 && attempt < MAX_ROUNDS; attempt += 1) {
    // Something was not answered: give Shopify time before asking again.
    if (attempt > 1)
      await sleep(resources.random() * 250 * 2 ** attempt, undefined, { signal: context.signal });
    try {
      const again = await lookRound(session, open);
      settled.push(...open.filter((work) => work.isSettled));
      open = again;
    } catch (error) {
      if (!session.stop.isCancelled) throw error;
      await endCancelled(session, open);
      open = [];
    }
  }
  await endLooked(session, settled);
  session.unanswered += open.length;
  const overtaken = works.filter((work) => work.isOvertaken).map((work) => work.productId);
  await putOff(session, overtaken, LATER_MS);
}
