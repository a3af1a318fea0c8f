/** Fields of a plan written into the catalog, or as overrides of the store, with what became of them and the audit log in the same transaction. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BulkEdit } from '#generated/prisma/client';
import type { SourceId } from '~/core/product-state';
import { endFields } from '~/db/bulk-edits.server';
import type { EditField, FieldEnd } from '~/db/bulk-edits.server';
import { recordCatalogChanges } from '~/db/catalog-changes.server';
import { writeFieldsIntoCatalog } from '~/db/catalog-write-back.server';
import type { WriteBackResult } from '~/db/catalog-write-back.server';
import type { Queryable } from '~/db/client.server';
import { isLockNotAvailable, waitBriefly } from '~/db/lock-wait.server';
import { markOwnWrites } from '~/db/own-writes.server';
import { locationNames } from '~/db/shops.server';
import { inTransaction } from './record-work';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';
import { writeOverrideFields } from './write-override-fields';

/** An edit that is being applied. */
export interface Applying {
  resources: Resources;
  scope: SyncScope;
  edit: BulkEdit;
  /** Null before the first sync: what is written goes to Shopify with that one. */
  runId: string | null;
}

/** Another transaction holds a row: how often to try again, and how long to wait. */
const LOCKED = { tries: 5, waitMs: 300 };

const MOVED = 'It changed after the plan was made: the newer value stays.';
const HELD = 'Another program was writing the product and did not end. Plan it again for this product.';

function endOf(field: EditField, result: WriteBackResult | undefined): FieldEnd {
  const { position } = field;
  switch (result?.result) {
    case 'written':
      return { position, state: 'applied', message: null };
    case 'refused':
      return { position, state: 'refused', message: result.message ?? 'The catalog cannot take this value.' };
    default:
      return { position, state: 'moved', message: MOVED };
  }
}

async function record(
  tx: Queryable,
  { resources, edit }: Applying,
  fields: EditField[],
  ends: FieldEnd[],
  products: number,
) {
  await endFields(tx, edit.id, products, ends);
  const { shopId } = edit;
  const cause = {
    shopId,
    direction: edit.target === 'store' ? 'override' : 'edit',
    causeId: edit.id,
    causedBy: edit.confirmedBy ?? edit.causedBy,
    now: resources.now(),
  } as const;
  await recordCatalogChanges(
    tx,
    cause,
    fields.map(({ productId, path, before, after, sku }, index) => {
      const end = ends[index];
      const isApplied = end?.state === 'applied';
      return {
        productId,
        path,
        before,
        after,
        sku,
        state: isApplied ? 'applied' : 'skipped',
        code: isApplied ? null : end?.state === 'refused' ? 'not-possible' : 'moved',
        message: isApplied ? `Bulk edit "${edit.name}".` : (end?.message ?? MOVED),
      };
    }),
  );
}

/** Writes some products in one transaction; answers those of which anything was written. */
async function writeTogether(applying: Applying, chunk: Map<SourceId, EditField[]>): Promise<SourceId[]> {
  const { resources, scope } = applying;
  return inTransaction(resources, async (tx) => {
    await waitBriefly(tx);
    await markOwnWrites(tx, scope.shopId);
    const { id: editId, confirmedBy, causedBy } = applying.edit;
    const cause = { editId, setBy: confirmedBy ?? causedBy, now: resources.now() };
    const results =
      applying.edit.target === 'store'
        ? await writeOverrideFields(tx, scope, cause, chunk)
        : await writeFieldsIntoCatalog(
            tx,
            {
              accountId: scope.accountId,
              locationNames: locationNames(scope.locations),
              categories: scope.catalog.categories,
            },
            chunk,
          );
    const fields = [...chunk.values()].flat();
    const ends = [...chunk].flatMap(([productId, ofProduct]) =>
      ofProduct.map((field, index) => endOf(field, results.get(productId)?.[index])),
    );
    await record(tx, applying, fields, ends, chunk.size);
    const written = new Set(
      fields.flatMap(({ productId }, index) => (ends[index]?.state === 'applied' ? [productId] : [])),
    );
    return [...written];
  });
}

/** `writeTogether`; where somebody holds a row it waits and tries again, at last product by product. */
export async function writeEditFields(
  applying: Applying,
  chunk: Map<SourceId, EditField[]>,
  signal: AbortSignal,
): Promise<SourceId[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await writeTogether(applying, chunk);
    } catch (error) {
      if (!isLockNotAvailable(error)) throw error;
      if (attempt === LOCKED.tries) break;
      await sleep(LOCKED.waitMs * attempt * (0.5 + applying.resources.random()), undefined, { signal });
    }
  }
  if (chunk.size > 1) {
    const written: SourceId[] = [];
    for (const [productId, fields] of chunk)
      written.push(...(await writeEditFields(applying, new Map([[productId, fields]]), signal)));
    return written;
  }
  const fields = [...chunk.values()].flat();
  const ends = fields.map(({ position }): FieldEnd => ({ position, state: 'refused', message: HELD }));
  await inTransaction(applying.resources, (tx) => record(tx, applying, fields, ends, chunk.size));
  return [];
}
