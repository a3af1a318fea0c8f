/**
 * The job that applies a planned bulk edit: chunk by chunk into the catalog, each field only where the catalog still holds
 * what the plan saw, and then by the ordinary line to Shopify, in a run of its own. In documents it writes only a little ahead
 * of what Shopify has taken, so that an edit that is cancelled leaves the rest of the products as they are on both sides. In
 * the bulk lane it writes whole files ahead, and takes back what a cancelled one had not come to.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { BulkEdit } from '#generated/prisma/client';
import type { Lane } from '~/core/forecast';
import type { SourceId } from '~/core/product-state';
import { endEdit, isEditCancelled, nextFields, productsOfEdit } from '~/db/bulk-edits.server';
import { isBulkUnderWay } from '~/db/bulk-writes.server';
import { ensureLinks } from '~/db/links.server';
import { endProducts, finishIfDone, listRunProducts, pendingProducts } from '~/db/runs.server';
import type { JobContext, JobFor } from './jobs';
import { inTransaction } from './record-work';
import { PRODUCTS_PER_BULK, requestBulk } from './request-bulk';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { settleAmbiguous } from './run-sync';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';
import { takeBackUnsent } from './take-back-edit';
import { writeEditFields } from './write-edit-fields';
import type { Applying } from './write-edit-fields';

/** Products and fields of one transaction: four full documents, so that an edit soon stops. */
const CHUNK = { products: 40, fields: 2_000 };
/** How far the catalog may be ahead of Shopify: what Shopify takes in so many seconds, within these numbers of products. */
const AHEAD = { seconds: 4, least: 40, most: 500 };
const LOOK_EVERY_MS = 100;
/** In the bulk lane: as many files as a worker carries at a time. */
const AHEAD_IN_BULK = 2 * PRODUCTS_PER_BULK;

/** The lane that the plan forecast: each job of the run decides anew by what it finds to do. */
function laneOf({ forecast }: BulkEdit): Lane {
  return editForecast.safeParse(forecast).data?.lane ?? 'documents';
}
const editForecast = z.object({ lane: z.enum(['documents', 'bulk']) });

/** The run that carries the edit to Shopify, with all of its products waiting in it. */
async function openRun(resources: Resources, scope: SyncScope, edit: BulkEdit): Promise<string | null> {
  if (edit.runId !== null || scope.adoptedAt === null) return edit.runId;
  const { shopId } = scope;
  const runId = await inTransaction(resources, async (tx) => {
    const productIds = await productsOfEdit(tx, edit.id, ['planned']);
    const run = await tx.syncRun.create({
      data: {
        shopId,
        trigger: 'edit',
        causedBy: edit.confirmedBy ?? edit.causedBy,
        state: 'running',
        isPartial: true,
        lane: laneOf(edit),
        productsTotal: productIds.length,
        createdAt: resources.now(),
        startedAt: resources.now(),
      },
      select: { id: true },
    });
    await ensureLinks(tx, scope, productIds);
    await listRunProducts(tx, { runId: run.id, shopId }, productIds);
    await tx.bulkEdit.update({ where: { id: edit.id }, data: { runId: run.id }, select: { id: true } });
    return run.id;
  });
  await settleAmbiguous(resources, shopId, runId);
  return runId;
}

/** Asks the line for what was written; of the others nothing goes to Shopify. */
async function carryOn(applying: Applying, written: SourceId[], productIds: SourceId[]): Promise<void> {
  const { resources, edit, runId } = applying;
  if (runId === null) return;
  const causedBy = edit.confirmedBy ?? edit.causedBy;
  const ask = laneOf(edit) === 'bulk' ? requestBulk : requestSync;
  await ask(resources, { shopId: edit.shopId, productIds: written, cause: 'edit', causedBy, runId });
  const isWritten = new Set(written);
  await endProducts(
    resources.db,
    runId,
    productIds
      .filter((productId) => !isWritten.has(productId))
      .map((productId) => ({
        productId,
        state: 'skipped',
        code: 'moved',
        message: 'The edit changed nothing of this product: see the edit for why.',
        changes: 0,
        points: 0,
      })),
    resources.now(),
  );
}

/** Waits until Shopify has taken enough of what was written; `ahead` products may be on their way. */
class Pace {
  private readonly startedAt: number;
  /** Products that were done before this attempt looked: they say nothing of its pace. */
  private doneBefore: number | null = null;
  constructor(
    private readonly applying: Applying,
    private written: number,
  ) {
    this.startedAt = applying.resources.now().getTime();
  }

  add(products: number): void {
    this.written += products;
  }

  /** How many products may be on their way. */
  private ahead(done: number): number {
    const { resources, edit } = this.applying;
    if (laneOf(edit) === 'bulk') return AHEAD_IN_BULK;
    const seconds = (resources.now().getTime() - this.startedAt) / 1_000;
    this.doneBefore ??= done;
    const pace = seconds > 0 ? ((done - this.doneBefore) / seconds) * AHEAD.seconds : 0;
    return Math.min(AHEAD.most, Math.max(AHEAD.least, pace));
  }

  /** Waits until more may be written; of an edit that is all written, until no file of it is on its way. False: cancelled. */
  async goOn(signal: AbortSignal, isAllWritten = false): Promise<boolean> {
    const { resources, edit, runId } = this.applying;
    for (;;) {
      signal.throwIfAborted();
      if (await isEditCancelled(resources.db, edit.id)) return false;
      if (runId === null) return true;
      const run = await resources.db.syncRun.findUnique({
        where: { id: runId },
        select: { state: true, cancelRequestedAt: true },
      });
      // Whoever stops the run stops the edit: what is written further would wait for another run.
      if (run === null || run.cancelRequestedAt !== null || !['running', 'finished'].includes(run.state))
        return false;
      // It waits for all products of the edit: nothing is left to be written.
      if (run.state === 'finished') return true;
      if (isAllWritten) {
        if (!(await isBulkUnderWay(resources.db, runId))) return true;
      } else {
        const done = await resources.db.runProduct.count({ where: { runId, state: { not: 'pending' } } });
        if (this.written - done < this.ahead(done)) return true;
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  }
}

/** Carries out the job "apply-bulk-edit". Repeatable: what was written is on record in the same transaction. */
export async function applyBulkEdit(
  resources: Resources,
  job: JobFor<'apply-bulk-edit'>,
  context: JobContext,
): Promise<void> {
  const { db, live, now } = resources;
  const { shopId, editId } = job;
  const edit = await db.bulkEdit.findUnique({ where: { id: editId, shopId } });
  if (edit?.state !== 'applying') return;
  const tell = () => live.publish(shopId, { kind: 'edit-progress', editId });
  const scope = await loadSyncScope(resources, shopId);
  if (!scope) {
    await endEdit(db, job, { state: 'failed', error: 'The app is not installed on the store.' }, now());
    return tell();
  }
  const applying = { resources, scope, edit, runId: await openRun(resources, scope, edit) };
  // An attempt that was cut off may have written products it did not ask the line for.
  const before = await productsOfEdit(db, editId, ['applied', 'moved', 'refused']);
  if (before.length > 0 && applying.runId !== null) {
    const pending = new Set(await pendingProducts(db, applying.runId));
    const unasked = (ids: SourceId[]) => ids.filter((id) => pending.has(id));
    await carryOn(applying, unasked(await productsOfEdit(db, editId, ['applied'])), unasked(before));
  }
  const isThrough = await writeAll(applying, new Pace(applying, before.length), context.signal, tell);
  if (!isThrough && laneOf(edit) === 'bulk') await takeBackUnsent(applying, context.signal);
  await endEdit(db, job, { state: isThrough ? 'finished' : 'cancelled', error: null }, now());
  await closeEditRun(resources, job);
  await tell();
}

/** Writes what is left of the edit and has it carried to Shopify; false where it was cancelled. */
async function writeAll(
  applying: Applying,
  pace: Pace,
  signal: AbortSignal,
  tell: () => Promise<void>,
): Promise<boolean> {
  const together = laneOf(applying.edit) === 'bulk' ? PRODUCTS_PER_BULK : 1;
  const waiting: { written: SourceId[]; all: SourceId[] } = { written: [], all: [] };
  const ask = async () => {
    await carryOn(applying, waiting.written.splice(0), waiting.all.splice(0));
  };
  for (;;) {
    // Looked for first: an edit that is all written waits for nobody.
    const chunk = await nextFields(applying.resources.db, applying.edit.id, CHUNK);
    if (chunk.size === 0) break;
    if (!(await pace.goOn(signal))) return false;
    waiting.written.push(...(await writeEditFields(applying, chunk, signal)));
    waiting.all.push(...chunk.keys());
    if (waiting.all.length >= together) await ask();
    pace.add(chunk.size);
    await tell();
  }
  await ask();
  return together === 1 || pace.goOn(signal, true);
}

/** Ends the run of an edit, as far as the line is not at work in it: what the edit did not come to is not looked at. */
export async function closeEditRun(
  { db, now }: Resources,
  { shopId, editId }: { shopId: string; editId: string },
): Promise<void> {
  const edit = await db.bulkEdit.findUnique({ where: { id: editId, shopId }, select: { runId: true } });
  const runId = edit?.runId ?? null;
  if (runId === null) return;
  await endProducts(
    db,
    runId,
    (await productsOfEdit(db, editId, ['cancelled'])).map((productId) => ({
      productId,
      state: 'cancelled',
      code: 'cancelled',
      message: 'The edit was cancelled before it came to this product.',
      changes: 0,
      points: 0,
    })),
    now(),
  );
  await finishIfDone(db, runId, now());
}
