/** The straight line for many products of a run at once: loaded, merged and planned as ever, sent in the bulk lane. */
import pLimit from 'p-limit';
import { demandOf } from '~/core/choose-lane';
import { chunksOf } from '~/core/plan';
import { finishBulkWrite, readBulkWrite } from '~/db/bulk-writes.server';
import type { BulkWriteRow } from '~/db/bulk-writes.server';
import { lastingClaimant, renewClaims } from '~/db/claims.server';
import { BulkCarriage, goesInBulk } from './bulk-lane';
import { laneFor } from './forecast-edit';
import type { JobContext, JobFor } from './jobs';
import { loadPart, settleWorks } from './look-at-part';
import { lookBeforeSending, sendDocuments } from './look-round';
import type { Looked } from './look-round';
import { CHUNK, CHUNKS_UNDER_WAY } from './parts';
import type { ProductWork } from './product-work';
import type { Resources } from './resources';
import { beginSession, release } from './session';
import type { Session } from './session';
import { endSession } from './sync-products';
import { loadSyncScope } from './sync-scope';

interface Part {
  works: ProductWork[];
  looks: Looked[];
}

/** Waits for all before it throws what one of them threw: what is on its way is recorded first. */
async function allOf<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const lane = pLimit(CHUNKS_UNDER_WAY);
  const results = await Promise.allSettled(items.map((item) => lane(() => work(item))));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** In the lane that the plan of these products asks for, now that it is known: that took `loadSeconds`. */
async function send(
  session: Session,
  carriage: BulkCarriage,
  looks: Looked[],
  loadSeconds: number,
): Promise<void> {
  const { resources, scope } = session;
  // What was read first is forecast by itself.
  const ownSeconds = session.calls === 0 ? loadSeconds : 0;
  const inBulk = looks.filter(goesInBulk);
  const demand = demandOf(inBulk.flatMap(({ look }) => look.operations));
  const choice = await laneFor(resources, scope, demand);
  const isBulk = choice?.forecast.lane === 'bulk';
  await sendDocuments(session, isBulk ? looks.filter((looked) => !goesInBulk(looked)) : looks);
  if (choice && isBulk) await carriage.carry(inBulk, choice.patience, ownSeconds);
}

async function carryAll(session: Session, write: BulkWriteRow, carriage: BulkCarriage): Promise<void> {
  const ids = chunksOf(write.productIds, CHUNK);
  const parts: Part[] = ids.map(() => ({ works: [], looks: [] }));
  const isFirst = write.operations.length === 0;
  if (!isFirst) await carriage.awaitFormer(write.operations);
  const { now } = session.resources;
  const beganAt = now().getTime();
  await allOf([...parts.entries()], async ([index, part]) => {
    part.works = await loadPart(session, ids[index] ?? []);
    if (isFirst) part.looks = await lookBeforeSending(session, part.works);
  });
  await send(
    session,
    carriage,
    parts.flatMap(({ looks }) => looks),
    (now().getTime() - beganAt) / 1_000,
  );
  if (carriage.isCancelled) session.stop.cancel();
  // Of a cancelled run nothing is read any more: what is known without that is ended as it is.
  await allOf(parts, async ({ works }) => {
    await settleWorks(
      session,
      works.filter((work) => !work.unread),
    );
    await settleWorks(
      session,
      works.filter((work) => work.unread),
    );
  });
}

/** Often enough for claims to stand: reading and waiting may take long. */
const RENEW_MS = 30_000;

/** Nobody else may write what the job holds, however long it takes; returns how to end that. */
function keepClaims({ resources, scope, claimant, context }: Session): () => void {
  const timer = setInterval(() => {
    if (context.signal.aborted) return;
    renewClaims(resources.db, { shopId: scope.shopId, claimant, now: resources.now() }).catch(
      (error: unknown) => resources.log.warn({ err: error, claimant }, 'Claims could not be renewed'),
    );
  }, RENEW_MS);
  return () => clearInterval(timer);
}

/**
 * Carries out the job "sync-bulk". Repeatable at any moment: operations that an earlier attempt started are waited for, and
 * what they wrote is read again and found converged.
 */
export async function syncBulk(
  resources: Resources,
  job: JobFor<'sync-bulk'>,
  context: JobContext,
): Promise<void> {
  const { shopId } = job;
  const write = await readBulkWrite(resources.db, { shopId, id: job.bulkWriteId });
  const scope = await loadSyncScope(resources, shopId, { isBackground: true });
  if (!write || write.finishedAt !== null || !scope) return;
  const { productIds, runId, causedBy } = write;
  const session = await beginSession(
    resources,
    scope,
    { name: 'sync-products', shopId, runId, productIds, causedBy },
    {
      ...context,
      jobId: lastingClaimant(write.id),
      // Values that were sent are on record, and so are the products that an earlier attempt has ended.
      interrupted: context.interrupted || write.operations.length > 0,
    },
  );
  const carriage = new BulkCarriage(session, write.id);
  const letGo = keepClaims(session);
  const [result] = await Promise.allSettled([carryAll(session, write, carriage)]);
  letGo();
  // Where this stops in the middle, Shopify goes on: the products stay this job's until it is taken up again.
  if (!carriage.isUnderWay) await release(session, productIds);
  await endSession(session, [result]);
  await finishBulkWrite(resources.db, write.id, resources.now());
}
