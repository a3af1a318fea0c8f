/** The straight line: load, merge, plan, send, record. */
import pLimit from 'p-limit';
import { isTrusted, trustOf } from '~/core/cache-entry';
import { chunksOf } from '~/core/plan';
import { isBackgroundWork } from '~/core/points';
import type { SourceId } from '~/core/product-state';
import { finishIfDone } from '~/db/runs.server';
import { forgetTaken } from '~/db/sync-requests.server';
import { cachedFreshness } from '~/db/warmed-products.server';
import { ShopNotConnected } from '~/shopify/gateway';
import { noteCacheLooks } from './cache-looks';
import { endUnchanged } from './end-works';
import { failUnconnected } from './fail-unconnected';
import type { JobContext, JobFor } from './jobs';
import { learnSpeed } from './learn-speed';
import { loadPart, settleWorks } from './look-at-part';
import { CHUNK, CHUNKS_UNDER_WAY } from './parts';
import type { Resources } from './resources';
import { beginSession, release, tellRun } from './session';
import type { Session } from './session';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';

/**
 * What needs no look at Shopify goes first: its writes are on their way while the rest is being read. Of few products
 * there is but one part.
 */
async function freshestFirst(
  { db, now, settings }: Resources,
  { cacheTtlSeconds }: SyncScope,
  job: JobFor<'sync-products'>,
): Promise<SourceId[]> {
  const { shopId, productIds } = job;
  if (productIds.length <= CHUNK) return productIds;
  const at = now();
  const fresh = new Set(
    (await cachedFreshness(db, shopId, productIds, at)).flatMap(({ productId, seenAt, control }) =>
      isTrusted(seenAt, trustOf(control, cacheTtlSeconds, settings.confirmAfterMs), at) ? [productId] : [],
    ),
  );
  return [...productIds.filter((id) => fresh.has(id)), ...productIds.filter((id) => !fresh.has(id))];
}

/** Some products got no answer from Shopify: the job is tried again. */
export class Unanswered extends Error {
  override name = 'Unanswered';
}

async function syncChunk(session: Session, productIds: SourceId[]): Promise<void> {
  try {
    const { tracing } = session.resources;
    const facts = { products: productIds.length };
    const works = await tracing.span('load', facts, () => loadPart(session, productIds));
    await tracing.span('look', facts, () => settleWorks(session, works));
  } finally {
    await release(session, productIds);
  }
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
  const scope = await loadSyncScope(resources, job.shopId, {
    isBackground: isBackgroundWork(job.productIds.length),
  });
  if (!scope) return;
  const session = await beginSession(resources, scope, job, context);
  const lane = pLimit(CHUNKS_UNDER_WAY);
  const results = await Promise.allSettled(
    chunksOf(await freshestFirst(resources, scope, job), CHUNK).map((chunk) =>
      lane(() => syncChunk(session, chunk)),
    ),
  );
  return endSession(session, results);
}

/** Ends what the job did, whatever became of its parts; throws what one of them threw, and Unanswered. */
export async function endSession(session: Session, results: PromiseSettledResult<void>[]): Promise<void> {
  const { resources, scope, job } = session;
  if (session.unchanged.length > 0) await endUnchanged(session, session.unchanged);
  session.stop.release();
  await Promise.all([learnSpeed(resources, scope), noteCacheLooks(resources, scope, session.cacheLooks)]);
  if (job.runId !== null) {
    await finishIfDone(resources.db, job.runId, resources.now());
    await tellRun(session, job.runId);
  }
  const rejected = results.flatMap((result): unknown[] =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  const unconnected = rejected.find((reason) => reason instanceof ShopNotConnected);
  if (unconnected instanceof ShopNotConnected) await failUnconnected(resources, job, unconnected);
  else {
    if (rejected.length > 0) throw rejected[0];
    if (session.unanswered > 0)
      throw new Unanswered(
        `Shopify gave no answer for ${session.unanswered} of ${job.productIds.length} products; they are tried again.`,
      );
  }
  await forgetTaken(resources.db, session.claimant);
}
