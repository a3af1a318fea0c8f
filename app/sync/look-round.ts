/** One look at products: merge, plan, send, record. */
import pLimit from 'p-limit';
import { pathKey } from '~/core/agree';
import type { Call } from '~/core/call';
import type { Operation } from '~/core/operation';
import type { SourceId } from '~/core/product-state';
import { addIntents } from '~/db/inventory-intents.server';
import { linkProduct, noteSent, stampCreates } from '~/db/links.server';
import { isStopped } from '~/db/runs.server';
import { confirmRemotes } from './confirm-remotes';
import { loadInstants, readUnread, widen } from './load-works';
import type { Look, ProductWork } from './product-work';
import { recordPulls } from './record-pulls';
import { inventoryCalls, recordAgreements, recordDocument } from './record-work';
import { claimed, progress, recordingJob, spend } from './session';
import type { Session } from './session';
import { settleIntents } from './settle-intents';

/** Each pull is a transaction of its own: one product that cannot be written holds up no other. */
const PULLS_UNDER_WAY = 4;

export interface Looked {
  work: ProductWork;
  look: Look;
}

/** Before products are created: does Shopify hold their handles already? Then they are linked, not made twice. */
async function findCreated(session: Session, looks: Looked[]): Promise<Set<ProductWork>> {
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

/** An earlier attempt may have written what it did not record: see what Shopify holds before writing again. */
async function recheck(session: Session, looks: Looked[]): Promise<Looked[]> {
  const doubtful = looks
    .filter(
      ({ work, look }) =>
        look.operations.length > 0 && work.link.remoteId !== null && !session.rechecked.has(work.productId),
    )
    .map(({ work }) => work);
  for (const work of doubtful) {
    work.unread = true;
    session.rechecked.add(work.productId);
  }
  await widen(session, doubtful);
  await readUnread(session, doubtful);
  const { now } = session.resources;
  const again = new Set(doubtful);
  return looks.map(({ work, look }) => ({ work, look: again.has(work) ? work.look(now()) : look }));
}

/** Looks at products with as much of them loaded as it takes. */
async function lookAt(session: Session, works: ProductWork[]): Promise<Looked[]> {
  await widen(
    session,
    works.filter((work) => work.unread),
  );
  await readUnread(session, works);
  // Shopify's lost answer to a create left no id: the handle tells.
  for (const work of works) if (work.unread && work.link.remoteId === null) work.unread = false;
  await loadInstants(session, works);
  const { now } = session.resources;
  const looks = works.map((work) => ({ work, look: work.look(now()) }));
  // What Shopify changed goes into the catalog with the whole product in view.
  const narrow = new Set(
    looks.filter(({ work, look }) => work.isPartial && look.pulls.length > 0).map(({ work }) => work),
  );
  await widen(session, [...narrow]);
  return looks.map(({ work, look }) => ({ work, look: narrow.has(work) ? work.look(now()) : look }));
}

/** What would be done is kept for the report, what the sides agree on is noted; nothing is written on either side. */
async function keepInTheShadow(session: Session, looks: Looked[]): Promise<void> {
  for (const { work, look } of looks) work.keepInTheShadow(look);
  await recordAgreements(
    session.resources,
    session.scope,
    recordingJob(session),
    looks.map(({ work, look }) => ({ work, look: { ...look, conflicts: [] } })),
  );
  for (const { work } of looks) work.isSettled = true;
}

/** Puts what Shopify's side wins into the catalog, and looks again. */
async function pull(session: Session, looks: Looked[]): Promise<Looked[]> {
  const pulling = looks.filter(({ look }) => look.pulls.length > 0);
  const { now } = session.resources;
  // Nobody writes the product meanwhile: what another job has on its way would be taken for a change of Shopify's.
  const lane = pLimit(PULLS_UNDER_WAY);
  const results = await Promise.allSettled(
    (await claimed(session, pulling)).map(({ work, look }) =>
      lane(() => recordPulls(session.resources, session.scope, recordingJob(session), work, look)),
    ),
  );
  // What is on its way is recorded before anything is thrown: the claims end with the job.
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return looks
    .filter(({ work }) => !work.isOvertaken)
    .map(({ work, look }) => ({
      work,
      look: look.pulls.length > 0 ? { ...work.look(now()), pulls: [] } : look,
    }));
}

/** Operations that write plain values over others. Stock has intents of its own. */
const WRITES_OVER: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>([
  'product-update',
  'publish',
  'tags-add',
  'tags-remove',
  'variants-update',
  'metafields-set',
  'metafields-delete',
  'media-update',
]);

/** The values that calls carry, by product; the works know of them at once. */
export function sentValues(byProduct: ReadonlyMap<SourceId, Looked>, calls: Call[]) {
  const operations = calls.flatMap((call) => call.operations).filter(({ kind }) => WRITES_OVER.has(kind));
  return [...Map.groupBy(operations, ({ productId }) => productId)].map(([productId, own]) => {
    const values = Object.fromEntries(
      own.flatMap(({ changes }) =>
        changes.map(({ path, before, after }) => [pathKey(path), { value: after, over: before }] as const),
      ),
    );
    const work = byProduct.get(productId)?.work;
    for (const [key, value] of Object.entries(values)) work?.sent.set(key, value);
    return { productId, values };
  });
}

/** Notes when what these products lack left for Shopify. */
export function noteLeft(
  byProduct: ReadonlyMap<SourceId, Looked>,
  operations: readonly Operation[],
  at: Date,
): void {
  for (const operation of operations) byProduct.get(operation.productId)?.work.sentAt.set(operation, at);
}

/** Records what needs no write; those of which another job has a write on its way are left to it. */
async function agree(session: Session, looks: Looked[]): Promise<Looked[]> {
  // What that job wrote is its to record: found here as well, it would be on record twice.
  await claimed(
    session,
    looks.filter(({ look }) => look.converged.size + look.found.length + look.landed.length > 0),
  );
  const own = looks.filter(({ work }) => !work.isOvertaken);
  await recordAgreements(session.resources, session.scope, recordingJob(session), own);
  return own;
}

/** Sends what products of this job's that were looked at lack, in documents, and records each. */
export async function sendDocuments(session: Session, sending: Looked[]): Promise<void> {
  const { resources, scope, context } = session;
  if (sending.length === 0) return;
  const byProduct = new Map(sending.map((item) => [item.work.productId, item]));
  await scope.store.send(
    sending.flatMap(({ look }) => look.operations),
    {
      signal: context.signal,
      onSending: async (calls) => {
        const stock = inventoryCalls(calls);
        if (stock.length > 0) await addIntents(resources.db, scope.shopId, stock, resources.now());
        await noteSent(resources.db, scope.shopId, sentValues(byProduct, calls));
        for (const { operations } of calls) noteLeft(byProduct, operations, resources.now());
      },
      onDocument: async (report) => {
        await recordDocument(resources, scope, recordingJob(session), byProduct, report);
        await progress(session);
        await stopIfCancelled(session);
      },
    },
  );
}

/** A run that is cancelled stops between two documents. Looks for it at most twice a second. */
async function stopIfCancelled(session: Session): Promise<void> {
  const { resources, job, stop } = session;
  const now = resources.now().getTime();
  if (job.runId === null || now - session.lookedForStopAt < 500) return;
  session.lookedForStopAt = now;
  if (await isStopped(resources.db, job.runId)) stop.cancel();
}

/** One look at these products, up to what must be written: that is claimed and looked at once more, and not sent yet. */
export async function lookBeforeSending(session: Session, works: ProductWork[]): Promise<Looked[]> {
  const { context } = session;
  const open = await settleIntents(session, works);
  let looks = (await lookAt(session, open)).filter(({ work }) => !work.isOvertaken);
  const shadowed = looks.filter(({ work }) => work.terms.writing !== 'live');
  await keepInTheShadow(session, shadowed);
  looks = looks.filter(({ work }) => work.terms.writing === 'live');
  if (context.interrupted) looks = await recheck(session, looks);
  const linked = await findCreated(session, looks);
  looks = await pull(
    session,
    looks.filter(({ work }) => !linked.has(work) && !work.isOvertaken),
  );
  const quiet = await agree(
    session,
    looks.filter(({ look }) => look.operations.length === 0),
  );
  for (const { work } of quiet) work.isSettled = true;
  const writing = looks.filter(({ look }) => look.operations.length > 0);
  return confirmRemotes(session, await claimed(session, writing));
}

/** One look at these products; returns those to be looked at again. */
export async function lookRound(session: Session, works: ProductWork[]): Promise<ProductWork[]> {
  await sendDocuments(session, await lookBeforeSending(session, works));
  return works.filter((work) => !work.isSettled && !work.isOvertaken);
}
