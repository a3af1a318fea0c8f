/** The straight line: load, merge, plan, send, record. */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import { chunksOf } from '~/core/plan';
import type { Gid, SourceId } from '~/core/product-state';
import { readSourceProducts } from '~/db/catalog-products.server';
import { claimProducts, releaseProducts } from '~/db/claims.server';
import { linkProduct, noteLooks, stampCreates } from '~/db/links.server';
import { dropRemotes, saveRemotes } from '~/db/product-record.server';
import { noteSettled, planLoads, readRevisions } from '~/db/load-plan.server';
import { loadProductStates } from '~/db/product-states.server';
import { addFigures, addSkips, endProducts, finishIfDone, isStopped } from '~/db/runs.server';
import { takeRequests } from '~/db/sync-requests.server';
import type { EndState } from '~/db/runs.server';
import { ShopNotConnected } from '~/shopify/gateway';
import type { Spent } from '~/shopify/gateway';
import { AMBIGUOUS } from './ambiguous';
import { failUnconnected } from './fail-unconnected';
import type { JobContext, JobFor } from './jobs';
import { ProductWork } from './product-work';
import type { Look, WorkPolicy } from './product-work';
import { recordAgreements, recordDocument, recordPulls } from './record-work';
import type { RecordingJob } from './record-work';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { stopper } from './stopper';
import type { Stopper } from './stopper';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';

/** Products loaded and merged together: three full documents, so that the first are soon on their way. */
const CHUNK = 30;
/** Chunks under way at a time: the next is loaded while the former's documents are on their way. */
const CHUNKS_UNDER_WAY = 6;
/** How often a product is looked at in one job: what waits for another change, or was not answered, comes back. */
const MAX_ROUNDS = 6;

/** Another job writes the product now: look again once it has likely recorded what it did. */
const LATER_MS = 500;

/** Some products got no answer from Shopify: the job is tried again. */
export class Unanswered extends Error {
  override name = 'Unanswered';
}

interface Session {
  resources: Resources;
  scope: SyncScope;
  policy: WorkPolicy;
  job: JobFor<'sync-products'>;
  context: JobContext;
  /** Stops what was not sent yet: the run was cancelled. */
  stop: Stopper;
  /** Milliseconds since the epoch. */
  lookedForStopAt: number;
  /** Names this job where it claims products; the same when it is taken up again. */
  claimant: string;
  claims: Set<SourceId>;
  loading: LimitFunction;
  unanswered: number;
  /** Products of which nothing moved. */
  unchanged: SourceId[];
  /** Products that were read again because an earlier attempt was cut off. */
  rechecked: Set<SourceId>;
}

function recording(session: Session, runId: string | null): RecordingJob {
  return { runId, causedBy: session.job.causedBy };
}

async function spend(session: Session, spent: Spent): Promise<void> {
  if (session.job.runId !== null) await addFigures(session.resources.db, session.job.runId, spent);
}

type LoadPlan = Awaited<ReturnType<typeof planLoads>>;

/** Loads what the plan says of each product: all of it, or only the variants that moved. */
async function load(session: Session, productIds: SourceId[], plan: LoadPlan): Promise<ProductWork[]> {
  const { resources, scope } = session;
  const { db } = resources;
  const partial = productIds.filter((productId) => plan.get(productId)?.extent.kind === 'variants');
  const whole = productIds.filter((productId) => plan.get(productId)?.extent.kind === 'whole');
  const moved = partial.flatMap((productId) => {
    const extent = plan.get(productId)?.extent;
    return extent?.kind === 'variants' ? extent.variants : [];
  });
  const loadOf = async (
    ids: SourceId[],
    variants: { sourceId: SourceId; remoteId: Gid }[] | null,
  ): Promise<ProductWork[]> => {
    if (ids.length === 0) return [];
    const [states, sources] = await Promise.all([
      loadProductStates(db, scope.shopId, ids, resources.now(), variants),
      readSourceProducts(db, scope.catalog, ids, variants && variants.map(({ sourceId }) => sourceId)),
    ]);
    return ids.flatMap((productId) => {
      const [known, planned] = [states.get(productId), plan.get(productId)];
      if (!known || !planned) return [];
      const source = sources.get(productId) ?? null;
      return [
        new ProductWork(productId, {
          states: known,
          source,
          isPartial: variants !== null,
          revisions: planned.revisions,
        }),
      ];
    });
  };
  return [...(await loadOf(whole, null)), ...(await loadOf(partial, moved))];
}

/** Loads products whole of which only some variants were loaded, where more than these turns out to matter. */
async function widen(session: Session, works: ProductWork[]): Promise<void> {
  const { resources, scope } = session;
  const narrow = works.filter((work) => work.isPartial);
  if (narrow.length === 0) return;
  const ids = narrow.map((work) => work.productId);
  const revisions = await readRevisions(resources.db, ids);
  const [states, sources] = await Promise.all([
    loadProductStates(resources.db, scope.shopId, ids, resources.now()),
    readSourceProducts(resources.db, scope.catalog, ids),
  ]);
  for (const work of narrow) {
    const known = states.get(work.productId);
    if (!known) continue;
    work.widen({
      states: known,
      source: sources.get(work.productId) ?? null,
      isPartial: false,
      revisions: revisions.get(work.productId) ?? { product: null, variants: new Map() },
    });
  }
}

/** Reads from Shopify what the cache does not know, and puts it there. */
async function readUnread(session: Session, works: ProductWork[]): Promise<void> {
  const { resources, scope, context } = session;
  const unread = works.filter((work) => work.unread && work.link.remoteId !== null);
  if (unread.length === 0) return;
  const { products, spent } = await scope.store.readProducts(
    unread.flatMap((work) => work.link.remoteId ?? []),
    { signal: context.signal },
  );
  const gone: string[] = [];
  const found = unread.flatMap((work) => {
    const remote = products.get(work.link.remoteId ?? '') ?? null;
    const held = work.cached;
    work.remote = remote;
    work.cached = remote;
    work.unread = false;
    if (remote) return [{ held, remote }];
    gone.push(work.link.remoteId ?? '');
    return [];
  });
  const { db } = resources;
  await saveRemotes(db, scope.shopId, resources.now(), found);
  await dropRemotes(db, scope.shopId, gone);
  await spend(session, spent);
}

/** Before products are created: does Shopify hold their handles already? Then they are linked, not made twice. */
async function findCreated(
  session: Session,
  looks: { work: ProductWork; look: Look }[],
): Promise<Set<ProductWork>> {
  const { resources, scope, context } = session;
  const creating = looks.flatMap(({ work, look }) =>
    look.operations[0]?.kind === 'product-create' ? [work] : [],
  );
  // Claimed before the look-up: what another job is creating now is its to link, and its to record.
  const claims = await claimed(
    session,
    creating.map((work) => ({ work })),
  );
  const own = claims.map(({ work }) => work);
  if (own.length === 0) return new Set();
  const handles = new Map(
    own.flatMap((work) => (work.source?.fields.handle ? [[work.source.fields.handle, work]] : [])),
  );
  const { ids, spent } = await scope.store.findByHandle([...handles.keys()], { signal: context.signal });
  await spend(session, spent);
  const linked = new Set<ProductWork>();
  for (const [handle, remoteId] of ids) {
    const work = handles.get(handle);
    if (!work) continue;
    if (await linkProduct(resources.db, scope.shopId, work.productId, remoteId)) {
      work.link = { ...work.link, remoteId, state: 'linked', version: work.link.version + 1 };
      work.unread = true;
    } else
      work.failures.push({
        path: { variant: null, field: 'existence' },
        code: 'HANDLE_NOT_UNIQUE',
        message: `Another product of the catalog is already linked to the Shopify product with the handle “${handle}”. Give this one another handle.`,
      });
    linked.add(work);
  }
  const fresh = own.filter((work) => !linked.has(work));
  const createSentAt = resources.now();
  if (fresh.length > 0)
    await stampCreates(
      resources.db,
      scope.shopId,
      fresh.map((work) => work.productId),
      createSentAt,
    );
  for (const work of fresh) work.link = { ...work.link, createSentAt };
  return linked;
}

/** One look at these products; returns those to be looked at again. */
async function round(session: Session, works: ProductWork[]): Promise<ProductWork[]> {
  const { resources, scope, policy, context } = session;
  await widen(
    session,
    works.filter((work) => work.unread),
  );
  await readUnread(session, works);
  // Shopify's lost answer to a create left no id: the handle tells.
  for (const work of works) if (work.unread && work.link.remoteId === null) work.unread = false;
  let looks = works.map((work) => ({ work, look: work.look(policy) }));
  // What Shopify changed goes into the catalog with the whole product in view.
  const narrow = new Set(
    looks.filter(({ work, look }) => work.isPartial && look.pulls.length > 0).map(({ work }) => work),
  );
  await widen(session, [...narrow]);
  looks = looks.map(({ work, look }) => ({ work, look: narrow.has(work) ? work.look(policy) : look }));
  if (context.interrupted) {
    // An earlier attempt may have written what it did not record: see what Shopify holds before writing again.
    const doubtful = looks.filter(
      ({ work, look }) =>
        look.operations.length > 0 && work.link.remoteId !== null && !session.rechecked.has(work.productId),
    );
    for (const { work } of doubtful) {
      work.unread = true;
      session.rechecked.add(work.productId);
    }
    await widen(
      session,
      doubtful.map(({ work }) => work),
    );
    await readUnread(
      session,
      doubtful.map(({ work }) => work),
    );
    const again = new Set(doubtful.map(({ work }) => work));
    looks = looks.map(({ work, look }) => ({ work, look: again.has(work) ? work.look(policy) : look }));
  }
  const linked = await findCreated(session, looks);
  const pulling = looks.filter(({ look }) => look.pulls.length > 0);
  for (const { work, look } of pulling)
    await recordPulls(resources, scope, recording(session, session.job.runId), work, look);
  looks = looks
    .filter(({ work }) => !linked.has(work) && !work.isOvertaken)
    .map(({ work, look }) => ({
      work,
      look: look.pulls.length > 0 ? { ...work.look(policy), pulls: [] } : look,
    }));
  const sending = await claimed(
    session,
    looks.filter(({ look }) => look.operations.length > 0),
  );
  const quiet = looks.filter(({ look }) => look.operations.length === 0);
  await recordAgreements(resources, scope, recording(session, session.job.runId), quiet);
  for (const { work } of quiet) work.isSettled = true;
  if (sending.length > 0) {
    const byProduct = new Map(sending.map((item) => [item.work.productId, item]));
    await scope.store.send(
      sending.flatMap(({ look }) => look.operations),
      {
        signal: context.signal,
        onDocument: async (report) => {
          await recordDocument(resources, scope, recording(session, session.job.runId), byProduct, report);
          await progress(session);
          await stopIfCancelled(session);
        },
      },
    );
  }
  return works.filter((work) => !work.isSettled && !work.isOvertaken);
}

/** Those of the products to write that no other job is writing; the others are asked for again. */
async function claimed<T extends { work: ProductWork }>(session: Session, sending: T[]): Promise<T[]> {
  const { resources, scope, claimant } = session;
  if (sending.length === 0) return [];
  const products = sending.map(({ work }) => ({ productId: work.productId, version: work.link.version }));
  const own = await claimProducts(resources.db, {
    shopId: scope.shopId,
    claimant,
    products,
    now: resources.now(),
  });
  for (const { work } of sending) {
    if (own.has(work.productId)) session.claims.add(work.productId);
    else work.isOvertaken = true;
  }
  return sending.filter(({ work }) => own.has(work.productId));
}

async function release(session: Session, productIds: SourceId[]): Promise<void> {
  const { resources, scope, claimant, claims } = session;
  const held = productIds.filter((productId) => claims.has(productId));
  if (held.length > 0) await releaseProducts(resources.db, scope.shopId, claimant, held);
}

async function progress(session: Session): Promise<void> {
  const { resources, job } = session;
  if (job.runId !== null)
    await resources.live.publish(job.shopId, { kind: 'run-progress', runId: job.runId });
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
    session.unchanged.push(
      ...productIds.filter((productId) => plan.get(productId)?.extent.kind === 'unchanged'),
    );
    return load(session, productIds, plan);
  });
  // Several products of the store could be these: only the merchant can say which.
  const [waiting, works] = [
    loaded.filter((work) => work.link.state === 'ambiguous'),
    loaded.filter((work) => work.link.state !== 'ambiguous'),
  ];
  await endAmbiguous(session, waiting);
  for (const work of works) work.refuseImpossible();
  await endUnknown(session, productIds);
  const settled: ProductWork[] = [];
  let open = works;
  for (let attempt = 0; open.length > 0 && attempt < MAX_ROUNDS; attempt += 1) {
    // Something was not answered: give Shopify time before asking again.
    if (attempt > 1)
      await sleep(resources.random() * 250 * 2 ** attempt, undefined, { signal: context.signal });
    try {
      const again = await round(session, open);
      settled.push(...open.filter((work) => work.isSettled));
      open = again;
    } catch (error) {
      if (!session.stop.isCancelled) throw error;
      await endCancelled(session, open);
      open = [];
    }
  }
  await endChunk(session, settled);
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

const cancelled = (productId: SourceId) => ({
  productId,
  state: 'cancelled' as const,
  code: 'cancelled',
  message: 'The run was cancelled before this product was looked at.',
  changes: 0,
  points: 0,
});

/** Ends products whose link is gone: another product of the catalog took their place. */
async function endUnknown(session: Session, productIds: SourceId[]): Promise<void> {
  const { resources, scope, job } = session;
  if (job.runId === null) return;
  const links = await resources.db.productLink.findMany({
    where: { shopId: scope.shopId, productId: { in: productIds } },
    select: { productId: true },
  });
  const known = new Set(links.map((link) => link.productId));
  const ends = productIds
    .filter((productId) => !known.has(productId))
    .map((productId) => ({
      ...cancelled(productId),
      state: 'skipped' as const,
      code: 'gone',
      message: 'The product is no longer in the catalog.',
    }));
  await endProducts(resources.db, job.runId, ends, resources.now());
}

/** A run that is cancelled stops between two documents. Looks for it at most twice a second. */
async function stopIfCancelled(session: Session): Promise<void> {
  const { resources, job, stop } = session;
  const now = resources.now().getTime();
  if (job.runId === null || now - session.lookedForStopAt < 500) return;
  session.lookedForStopAt = now;
  if (await isStopped(resources.db, job.runId)) stop.cancel();
}

/** Ends products whose documents were not all sent any more: what was, is recorded. */
async function endCancelled(session: Session, works: ProductWork[]): Promise<void> {
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
async function endUnchanged(session: Session, productIds: SourceId[]): Promise<void> {
  const { resources, scope, job } = session;
  const now = resources.now();
  const looks = productIds.map((productId) => ({
    productId,
    syncState: 'in-sync' as const,
    decision: 'skipped',
    reason: null,
  }));
  await noteLooks(resources.db, scope.shopId, looks, job.runId, now);
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

async function endAmbiguous(session: Session, works: ProductWork[]): Promise<void> {
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

async function endChunk(session: Session, works: ProductWork[]): Promise<void> {
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
  await noteLooks(
    resources.db,
    scope.shopId,
    works.map((work) => ({ productId: work.productId, syncState: work.syncState, ...work.decision })),
    job.runId,
    now,
  );
  if (job.runId !== null) {
    await endProducts(
      resources.db,
      job.runId,
      works.map((work) => work.end()),
      now,
    );
    const skips = new Map<string, number>();
    for (const work of works)
      for (const [reason, count] of work.skips) skips.set(reason, (skips.get(reason) ?? 0) + count);
    await addSkips(resources.db, job.runId, Object.fromEntries(skips));
  }
  for (const work of works)
    if (work.applied + work.pulled > 0)
      await resources.live.publish(scope.shopId, { kind: 'product-changed', productId: work.productId });
  await progress(session);
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
    policy: { merge: scope.policy, canPublish: scope.publicationId !== null },
    loading: pLimit(2),
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
  if (job.runId !== null && (await finishIfDone(resources.db, job.runId, resources.now())))
    await progress(session);
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
