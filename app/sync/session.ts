/** One job of the line while it runs, and what its steps share. */
import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import { claimProducts, releaseProducts } from '~/db/claims.server';
import { addFigures } from '~/db/runs.server';
import { takeRequests } from '~/db/sync-requests.server';
import type { SourceId } from '~/core/product-state';
import type { WaitingSince } from '~/core/waiting-since';
import type { Spent } from '~/shopify/gateway';
import { CacheLooks } from './cache-looks';
import type { JobContext, JobFor } from './jobs';
import type { ProductWork } from './product-work';
import type { RecordingJob } from './record-work';
import type { Resources } from './resources';
import { stopper } from './stopper';
import type { Stopper } from './stopper';
import type { SyncScope } from './sync-scope';

export interface Session {
  resources: Resources;
  scope: SyncScope;
  job: JobFor<'sync-products'>;
  context: JobContext;
  /** Stops what was not sent yet: the run was cancelled. */
  stop: Stopper;
  /** Milliseconds since the epoch. */
  lookedForStopAt: number;
  /** When pages were last told of the run; milliseconds since the epoch. */
  toldAt: number;
  /** Names this job where it claims products; the same when it is taken up again. */
  claimant: string;
  claims: Set<SourceId>;
  loading: LimitFunction;
  /** Calls of its own so far, those of documents that wrote not counted. */
  calls: number;
  unanswered: number;
  /** Since when the products wait, of those that were asked for. */
  since: ReadonlyMap<SourceId, WaitingSince>;
  /** Products of which nothing moved. */
  unchanged: SourceId[];
  /** Products that were read again because an earlier attempt was cut off. */
  rechecked: Set<SourceId>;
  cacheLooks: CacheLooks;
}

/** What it takes to load products and to read them from Shopify. */
export interface Reading extends Pick<Session, 'resources' | 'scope' | 'calls'> {
  context: Pick<JobContext, 'signal'>;
  job: { runId: string | null };
  /** Absent where looks are not counted: they are nobody's job. */
  cacheLooks?: CacheLooks;
}

/** Products are looked at outside of the line and of any run. */
export function openReading(resources: Resources, scope: SyncScope, signal: AbortSignal): Reading {
  return { resources, scope, context: { signal }, job: { runId: null }, calls: 0 };
}

/** A job of the line begins: from here on, what is asked for of its products gets a look of its own. */
export async function beginSession(
  resources: Resources,
  scope: SyncScope,
  job: JobFor<'sync-products'>,
  context: JobContext,
): Promise<Session> {
  const { shopId, productIds, runId } = job;
  const taking = { shopId, productIds, jobId: context.jobId, now: resources.now() };
  const since = await takeRequests(resources.db, taking);
  // Pages that follow a run are told of its progress. Nobody waits for this: a page that is not told reads again by itself.
  if (runId === null)
    resources.live
      .publish(shopId, { kind: 'look-began' })
      .catch((error: unknown) => resources.log.debug({ err: error }, 'Pages could not be told of a job'));
  const stop = stopper(context.signal);
  return {
    resources,
    scope,
    job,
    context: { ...context, signal: stop.signal },
    stop,
    lookedForStopAt: 0,
    claimant: context.jobId,
    claims: new Set(),
    since,
    loading: pLimit(1),
    toldAt: 0,
    calls: 0,
    unanswered: 0,
    unchanged: [],
    rechecked: new Set(),
    cacheLooks: new CacheLooks(),
  };
}

/** As whom the job records. */
export function recordingJob({ job }: Session): RecordingJob {
  return { runId: job.runId, causedBy: job.causedBy };
}

export async function spend(
  reading: Pick<Reading, 'resources' | 'job' | 'calls'>,
  spent: Spent,
): Promise<void> {
  const { resources, job } = reading;
  reading.calls += spent.calls;
  if (job.runId !== null) await addFigures(resources.db, job.runId, spent);
}

/** Pages that show a run read it again when told: more often than this they would only flicker. */
const TELL_EVERY_MS = 200;

/** Tells the pages that the run went on, where they were not told just now. */
export async function progress(session: Session): Promise<void> {
  const { resources, job } = session;
  const now = resources.now().getTime();
  if (job.runId === null || now - session.toldAt < TELL_EVERY_MS) return;
  session.toldAt = now;
  await tellRun(session, job.runId);
}

/** Tells the pages to read the run again. */
export async function tellRun({ resources, job }: Session, runId: string): Promise<void> {
  await resources.live.publish(job.shopId, { kind: 'run-progress', runId });
}

/** Those of the products to write that no other job is writing; the others are asked for again. */
export async function claimed<T extends { work: ProductWork }>(session: Session, sending: T[]): Promise<T[]> {
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

/** Gives up what the job has claimed of these products, an attempt that was cut off included. */
export async function release(session: Session, productIds: SourceId[]): Promise<void> {
  const { resources, scope, claimant, claims, context } = session;
  const held = context.interrupted ? productIds : productIds.filter((productId) => claims.has(productId));
  if (held.length > 0) await releaseProducts(resources.db, scope.shopId, claimant, held);
}
