import { chunksOf } from '~/core/plan';
import type { SourceId } from '~/core/product-state';
import { ensureLinks } from '~/db/links.server';
import { endProducts } from '~/db/runs.server';
import { addRequests } from '~/db/sync-requests.server';
import type { KnownSince } from '~/db/sync-requests.server';
import type { Resources } from './resources';

/** Products a job carries: five chunks, so that documents fill and one job's crash repeats little. */
export const PRODUCTS_PER_JOB = 250;

/** Ends the products of a run that another run is looking at. */
export async function endElsewhere(
  { db, now }: Resources,
  runId: string,
  elsewhere: SourceId[],
): Promise<void> {
  await endProducts(
    db,
    runId,
    elsewhere.map((productId) => ({
      productId,
      state: 'skipped',
      code: 'asked-for-elsewhere',
      message: 'Another run is looking at this product already.',
      changes: 0,
      points: 0,
    })),
    now(),
  );
}

/**
 * "Look at these products." A product that is being asked for already gets no second job; where another run asks for it,
 * it ends in this run as skipped.
 */
export async function requestSync(
  resources: Resources,
  request: {
    shopId: string;
    productIds: SourceId[];
    cause: string;
    causedBy: string;
    runId: string | null;
    /** The shop knows all of them: none is new to it. */
    areLinked?: boolean;
    /** What is known of when they changed, and were first asked for. */
    since?: ReadonlyMap<SourceId, KnownSince>;
    /** Milliseconds the jobs wait before they may start. */
    delayMs?: number;
  },
): Promise<void> {
  const { db, queue, now } = resources;
  const { shopId, runId, cause, causedBy } = request;
  // A run has linked its products.
  const unlinked =
    runId === null && request.areLinked !== true
      ? await db.shop.findUniqueOrThrow({ where: { id: shopId }, select: { accountId: true } })
      : null;
  for (const productIds of chunksOf(request.productIds, PRODUCTS_PER_JOB)) {
    if (unlinked) await ensureLinks(db, { shopId, accountId: unlinked.accountId }, productIds);
    const { added, elsewhere } = await addRequests(db, {
      ...{ shopId, productIds, cause, runId, now: now() },
      ...(request.since !== undefined && { since: request.since }),
    });
    if (runId !== null) await endElsewhere(resources, runId, elsewhere);
    if (added.length > 0)
      await queue.add(
        [{ name: 'sync-products', shopId, runId, productIds: added, causedBy }],
        request.delayMs === undefined ? {} : { delayMs: request.delayMs },
      );
  }
}
