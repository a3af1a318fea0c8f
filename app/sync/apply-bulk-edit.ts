/**
 * The job that applies a planned bulk edit: chunk by chunk into the catalog, each field only where the catalog still holds
 * what the plan saw, and then by the ordinary line to Shopify, in a run of its own. It writes only a little ahead of what
 * Shopify has taken, so that an edit that is cancelled leaves the rest of the products as they are on both sides.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BulkEdit } from '#generated/prisma/client';
import type { SourceId } from '~/core/product-state';
import { endEdit, isEditCancelled, nextFields, productsOfEdit } from '~/db/bulk-edits.server';
import { ensureLinks } from '~/db/links.server';
import { endProducts, finishIfDone, listRunProducts, pendingProducts } from '~/db/runs.server';
import type { JobContext, JobFor } from './jobs';
import { inTransaction } from './record-work';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { settleAmbiguous } from './run-sync';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';
import { writeEditFields } from './write-edit-fields';
import type { Applying } from './write-edit-fields';

/** Products and fields of one transaction: four full documents, so that an edit soon stops. */
const CHUNK = { products: 40, fields: 2_000 };
/** How far the catalog may be ahead of Shopify: what Shopify takes in so many seconds, within these numbers of products. */
const AHEAD = { seconds: 4, least: 40, most: 500 };
const LOOK_EVERY_MS = 100;
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
async function carryOn(
  { resources, edit, runId }: Applying,
  written: SourceId[],
  productIds: SourceId[],
): Promise<void> {
  if (runId === null) return;
  const causedBy = edit.confirmedBy ?? edit.causedBy;
  await requestSync(resources, { shopId: edit.shopId, productIds: written, cause: 'edit', causedBy, runId });
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

  /** False where the edit was cancelled. */
  async goOn(signal: AbortSignal): Promise<boolean> {
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
      if (run === null || run.cancelRequestedAt !== null || run.state !== 'running') return false;
      const done = await resources.db.runProduct.count({ where: { runId, state: { not: 'pending' } } });
      const seconds = (resources.now().getTime() - this.startedAt) / 1_000;
      this.doneBefore ??= done;
      const pace = seconds > 0 ? ((done - this.doneBefore) / seconds) * AHEAD.seconds : 0;
      if (this.written - done < Math.min(AHEAD.most, Math.max(AHEAD.least, pace))) return true;
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
  const pace = new Pace(applying, before.length);
  for (;;) {
    // Looked for first: where another run carried all of it, the edit's own has ended by now, and nobody cancelled it.
    const chunk = await nextFields(db, editId, CHUNK);
    if (chunk.size === 0) {
      await endEdit(db, job, { state: 'finished', error: null }, now());
      break;
    }
    if (!(await pace.goOn(context.signal))) {
      await endEdit(db, job, { state: 'cancelled', error: null }, now());
      break;
    }
    const written = await writeEditFields(applying, chunk, context.signal);
    await carryOn(applying, written, [...chunk.keys()]);
    pace.add(chunk.size);
    await tell();
  }
  await closeEditRun(resources, job);
  await tell();
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
