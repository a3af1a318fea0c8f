/**
 * A bulk edit that was cancelled in the bulk lane: the catalog is files ahead of Shopify by then. What Shopify was not given
 * gets back what the catalog held before, where it still holds what the edit wrote: it is then as it was on both sides.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { chunksOf } from '~/core/plan';
import type { SourceId } from '~/core/product-state';
import { fieldsOfEdit, productsOfEdit, takeBackFields } from '~/db/bulk-edits.server';
import { isBulkUnderWay } from '~/db/bulk-writes.server';
import { recordCatalogChanges } from '~/db/catalog-changes.server';
import { writeFieldsIntoCatalog } from '~/db/catalog-write-back.server';
import { isLockNotAvailable, waitBriefly } from '~/db/lock-wait.server';
import { markOwnWrites } from '~/db/own-writes.server';
import { endProducts, pendingProducts } from '~/db/runs.server';
import { locationNames } from '~/db/shops.server';
import { cancelRun } from './cancel-run';
import { cancelled } from './end-works';
import { inTransaction } from './record-work';
import { requestSync } from './request-sync';
import type { Applying } from './write-edit-fields';

const CHUNK = 40;
const LOOK_EVERY_MS = 250;
/** Another transaction holds a row: how often to try again, and how long to wait. */
const LOCKED = { tries: 5, waitMs: 300 };

const TAKEN_BACK = 'Taken back: the edit was cancelled before Shopify was given it.';

/** Gives products back what they held; what changed since stays, as something that the edit wrote. */
async function takeBack(applying: Applying, productIds: SourceId[]): Promise<void> {
  const { resources, scope, edit } = applying;
  await inTransaction(resources, async (tx) => {
    await waitBriefly(tx);
    await markOwnWrites(tx, edit.shopId);
    const fields = await fieldsOfEdit(tx, edit.id, 'applied', productIds);
    const inverse = fields.map((field) => ({ ...field, before: field.after, after: field.before }));
    const byProduct = Map.groupBy(inverse, ({ productId }) => productId);
    const { accountId, catalog, locations } = scope;
    const catalogScope = {
      ...{ accountId, locationNames: locationNames(locations), categories: catalog.categories },
    };
    const results = await writeFieldsIntoCatalog(tx, catalogScope, byProduct);
    const written = [...byProduct].flatMap(([productId, ofProduct]) =>
      ofProduct.filter((_, index) => results.get(productId)?.[index]?.result === 'written'),
    );
    await takeBackFields(
      tx,
      edit.id,
      written.map(({ position }) => position),
      TAKEN_BACK,
    );
    await recordCatalogChanges(
      tx,
      {
        ...{ shopId: edit.shopId, direction: 'edit', causeId: `${edit.id} taken back` },
        ...{ causedBy: edit.confirmedBy ?? edit.causedBy, now: resources.now() },
      },
      written.map(({ productId, path, before, after, sku }) => ({
        ...{ productId, path, before, after, sku },
        ...{ state: 'applied', code: null, message: `Bulk edit "${edit.name}" was cancelled.` },
      })),
    );
  });
}

/** Stops the run of a cancelled edit, waits until no file of it is on its way, and takes back what was not sent. */
export async function takeBackUnsent(applying: Applying, signal: AbortSignal): Promise<void> {
  const { resources, edit, runId } = applying;
  const { db, now } = resources;
  if (runId === null) return;
  await cancelRun(resources, { shopId: edit.shopId, runId });
  while (await isBulkUnderWay(db, runId)) await sleep(LOOK_EVERY_MS, undefined, { signal });
  await endProducts(db, runId, (await pendingProducts(db, runId)).map(cancelled), now());
  const unsent = await db.runProduct.findMany({
    where: { runId, state: 'cancelled' },
    select: { productId: true },
  });
  const isUnsent = new Set(unsent.map(({ productId }) => productId));
  const ahead = (await productsOfEdit(db, edit.id, ['applied'])).filter((id) => isUnsent.has(id));
  for (const productIds of chunksOf(ahead, CHUNK)) {
    signal.throwIfAborted();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await takeBack(applying, productIds);
        break;
      } catch (error) {
        if (!isLockNotAvailable(error) || attempt === LOCKED.tries) throw error;
        await sleep(LOCKED.waitMs * attempt * (0.5 + resources.random()), undefined, { signal });
      }
    }
    // Of a file whose result cannot be had nobody knows what Shopify took: the line finds out, and makes both sides equal.
    await requestSync(resources, {
      ...{ shopId: edit.shopId, productIds, cause: 'edit', runId: null },
      causedBy: edit.confirmedBy ?? edit.causedBy,
    });
  }
}
