/** The straight line: load, merge, plan, send, record. */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { chunksOf } from '~/core/plan';
import type { SourceId } from '~/core/product-state';
import { planLoads } from '~/db/load-plan.server';
import { endProducts, finishIfDone, isStopped } from '~/db/runs.server';
import { takeRequests } from '~/db/sync-requests.server';
import { ShopNotConnected } from '~/shopify/gateway';
import { cancelled, endAmbiguous, endCancelled, endLooked, endUnchanged, endUnknown } from './end-works';
import { failUnconnected } from './fail-unconnected';
import type { JobContext, JobFor } from './jobs';
import { loadWorks } from './load-works';
import { learnSpeed } from './learn-speed';
import { lookRound } from './look-round';
import type { ProductWork } from './product-work';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { release, tellRun } from './session';
import type { Session } from './session';
import { stopper } from './stopper';
import { loadSyncScope } from './sync-scope';

/** Products loaded and merged together: three full documents, so that the first are soon on their way. */
export const CHUNK = 30;
/** Chunks under way at a time: the next is loaded while the former's documents are on their way. */
export const CHUNKS_UNDER_WAY = 6;
/** How often a product is looked at in one job: what waits for another change, or was not answered, comes back. */
const MAX_ROUNDS = 6;

/** Another job writes the product now: look again once it has likely recorded what it did. */
const LATER_MS = 500;

/** Some products got no answer from Shopify: the job is tried again. */
export class Unanswered extends Error {
  override name = 'Unanswered';
}

async function syncChunk(session: Session, productIds: SourceId[]): Promise<void> {
  try {
    await lookAtChunk(session, productIds);
  } finally {
    await release(session, productIds);
  }
}

async function lookAtChunk(session: Session, productIds: SourceId[]): Promise<void> {
  const { resources, scope, context } = session;
  context.signal.throwIfAborted();
  if (session.job.runId !== null && (await isStopped(resources.db, session.job.runId))) {
    await endProducts(resources.db, session.job.runId, productIds.map(cancelled), resources.now());
    return;
  }
  const loaded = await session.loading(async () => {
    const plan = await planLoads(resources.db, scope.shopId, productIds, resources.now());
    await endUnknown(
      session,
      productIds.filter((productId) => !plan.has(productId)),
    );
    session.unchanged.push(
      ...productIds.filter((productId) => plan.get(productId)?.extent.kind === 'unchanged'),
    );
    return loadWorks(session, productIds, plan);
  });
  // Several products of the store could be these: only the merchant can say which.
  const [waiting, works] = [
    loaded.filter((work) => work.link.state === 'ambiguous'),
    loaded.filter((work) => work.link.state !== 'ambiguous'),
  ];
  await endAmbiguous(session, waiting);
  for (const work of works) work.refuseImpossible();
  const settled: ProductWork[] = [];
  let open = works;
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
  if (overtaken.length > 0)
    await requestSync(resources, {
      shopId: scope.shopId,
      productIds: overtaken,
      cause: 'retry',
      causedBy: session.job.causedBy,
      runId: session.job.runId,
      delayMs: LATER_MS,
    });
}

/**
 * Looks at the products of a job. Repeatable at any moment: what was recorded is skipped, what was written but not
 * recorded is read again and found converged. Throws Unanswered where Shopify kept silent about some of them, after all
 * others have their end state.
 */
export async function syncProducts(
  resources: Resources,
  job: JobFor<'sync-products'>,
  context: JobContext,
): Promise<void> {
  const scope = await loadSyncScope(resources, job.shopId);
  if (!scope) return;
  await takeRequests(resources.db, job.shopId, job.productIds);
  const stop = stopper(context.signal);
  const session: Session = {
    resources,
    scope,
    job,
    context: { ...context, signal: stop.signal },
    stop,
    lookedForStopAt: 0,
    claimant: context.jobId,
    claims: new Set(),
    loading: pLimit(1),
    toldAt: 0,
    unanswered: 0,
    unchanged: [],
    rechecked: new Set(),
  };
  const lane = pLimit(CHUNKS_UNDER_WAY);
  const results = await Promise.allSettled(
    chunksOf(job.productIds, CHUNK).map((chunk) => lane(() => syncChunk(session, chunk))),
  );
  if (session.unchanged.length > 0) await endUnchanged(session, session.unchanged);
  stop.release();
  await learnSpeed(resources, scope);
  if (job.runId !== null) {
    await finishIfDone(resources.db, job.runId, resources.now());
    await tellRun(session, job.runId);
  }
  const rejected = results.flatMap((result): unknown[] =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  const unconnected = rejected.find((reason) => reason instanceof ShopNotConnected);
  if (unconnected instanceof ShopNotConnected) return failUnconnected(resources, job, unconnected);
  if (rejected.length > 0) throw rejected[0];
  if (session.unanswered > 0)
    throw new Unanswered(
      `Shopify gave no answer for ${session.unanswered} of ${job.productIds.length} products; they are tried again.`,
    );
}
