/** How products leave the line: each with its end state in the run, and what the pages show of it. */
import { chunksOf } from '~/core/plan';
import type { SourceId } from '~/core/product-state';
import { recordConflicts } from '~/db/conflicts.server';
import { noteLooks } from '~/db/links.server';
import { noteSettled } from '~/db/load-plan.server';
import { forgetReleased } from '~/db/overlays.server';
import { addSkips, endProducts } from '~/db/runs.server';
import type { EndState } from '~/db/runs.server';
import { replaceShadowDecisions } from '~/db/shadow-decisions.server';
import { MOST_PRODUCTS_TOLD } from '~/observe/live-events';
import { AMBIGUOUS } from './ambiguous';
import type { ProductWork } from './product-work';
import { progress } from './session';
import type { Session } from './session';

/** End state of a product that a cancelled run did not come to. */
export const cancelled = (productId: SourceId) => ({
  productId,
  state: 'cancelled' as const,
  code: 'cancelled',
  message: 'The run was cancelled before this product was looked at.',
  changes: 0,
  points: 0,
});

/** Ends products whose link is gone: another product of the catalog took their place. */
export async function endUnknown(session: Session, productIds: SourceId[]): Promise<void> {
  const { resources, job } = session;
  if (job.runId === null) return;
  const ends = productIds.map((productId) => ({
    ...cancelled(productId),
    state: 'skipped' as const,
    code: 'gone',
    message: 'The product is no longer in the catalog.',
  }));
  await endProducts(resources.db, job.runId, ends, resources.now());
}

/** Ends products whose documents were not all sent any more: what was, is recorded. */
export async function endCancelled(session: Session, works: ProductWork[]): Promise<void> {
  const { resources, job } = session;
  if (job.runId === null) return;
  const message =
    'The run was cancelled in the middle of this product: what is left follows with the next sync.';
  const ends = works.map((work): EndState => {
    if (work.isSettled || work.failures.length > 0) return work.end();
    return work.applied + work.pulled > 0
      ? { ...work.end(), code: 'cancelled', message }
      : cancelled(work.productId);
  });
  await endProducts(resources.db, job.runId, ends, resources.now());
}

/** Ends products of which nothing moved on either side since they were last found in order. */
export async function endUnchanged(session: Session, productIds: SourceId[]): Promise<void> {
  const { resources, scope, job } = session;
  const now = resources.now();
  const looks = productIds.map((productId) => ({
    productId,
    syncState: 'in-sync' as const,
    decision: 'skipped',
    reason: null,
  }));
  await noteLooks(resources.db, scope.shopId, looks, job.runId, now);
  const joined = productIds.map((productId) => ({
    productId,
    conflicts: [],
    refused: [],
    onlyVariants: null,
  }));
  if (await recordConflicts(resources.db, scope.shopId, joined, now))
    await resources.live.publish(scope.shopId, { kind: 'conflicts-changed' });
  session.cacheLooks.skipped('unchanged-products', productIds.length);
  if (job.runId === null) return;
  const ends = productIds.map((productId) => ({
    productId,
    state: 'skipped' as const,
    code: 'unchanged',
    message: null,
    changes: 0,
    points: 0,
  }));
  await endProducts(resources.db, job.runId, ends, now);
  await addSkips(resources.db, job.runId, { 'unchanged-products': productIds.length });
}

export async function endAmbiguous(session: Session, works: ProductWork[]): Promise<void> {
  const { resources, job } = session;
  if (job.runId === null) return;
  const ends = works.map(({ productId }) => ({
    productId,
    state: 'skipped' as const,
    ...AMBIGUOUS,
    changes: 0,
    points: 0,
  }));
  await endProducts(resources.db, job.runId, ends, resources.now());
}

/** The conflicts page shows what this look found, and the shadow report what it would have done. */
async function noteConflicts({ resources, scope }: Session, works: ProductWork[]): Promise<void> {
  const { db, live } = resources;
  const now = resources.now();
  const reported = scope.mode === 'live' ? works.filter(({ terms }) => terms.writing === 'held') : works;
  await replaceShadowDecisions(
    db,
    scope.shopId,
    reported.map(({ productId, shadow }) => ({ productId, decisions: shadow })),
    now,
  );
  const found = works
    .filter(({ terms }) => terms.writing === 'live')
    .map(({ productId, conflicts, failures, isPartial, source }) => ({
      productId,
      conflicts,
      refused: failures.map(({ path }) => path),
      onlyVariants: isPartial ? (source?.variants ?? []).map(({ id }) => id) : null,
    }));
  if (await recordConflicts(db, scope.shopId, found, now))
    await live.publish(scope.shopId, { kind: 'conflicts-changed' });
}

/** Ends products that need no further look. */
export async function endLooked(session: Session, works: ProductWork[]): Promise<void> {
  const { resources, scope, job } = session;
  const now = resources.now();
  await noteSettled(
    resources.db,
    scope.shopId,
    works.flatMap((work) =>
      work.leavesNothing && work.remote && work.base
        ? [
            {
              productId: work.productId,
              version: work.link.version,
              revisions: work.revisions,
              remote: work.remote,
              variants: Object.entries(work.base.variants).map(([variantId, { remoteId }]) => ({
                variantId,
                remoteId,
              })),
              isPartial: work.isPartial,
            },
          ]
        : [],
    ),
  );
  await forgetReleased(
    resources.db,
    works.flatMap((work) => work.agreedReleases),
  );
  await noteConflicts(session, works);
  await noteLooks(
    resources.db,
    scope.shopId,
    works.map((work) => ({ productId: work.productId, syncState: work.syncState, ...work.decision })),
    job.runId,
    now,
  );
  const skips = new Map<string, number>();
  for (const work of works)
    for (const [reason, count] of work.skips) skips.set(reason, (skips.get(reason) ?? 0) + count);
  for (const [reason, count] of skips) session.cacheLooks.skipped(reason, count);
  if (job.runId !== null) {
    await endProducts(
      resources.db,
      job.runId,
      works.map((work) => work.end()),
      now,
    );
    await addSkips(resources.db, job.runId, Object.fromEntries(skips));
  }
  // A notification is a transaction of its own: one for all of them.
  const changed = works
    .filter((work) => work.applied + work.pulled + work.failures.length > 0)
    .map(({ productId }) => productId);
  for (const productIds of chunksOf(changed, MOST_PRODUCTS_TOLD))
    await resources.live.publish(scope.shopId, { kind: 'products-changed', productIds });
  await progress(session);
}
