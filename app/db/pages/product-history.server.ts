/** Read model of a product's history: what the record says of each field around an instant. */
import { z } from 'zod';
import type { FieldPath } from '~/core/decision';
import { everyFieldAt, historyKey } from '~/core/history';
import type { PastChange, PastField } from '~/core/history';
import type { SourceProduct } from '~/core/product-state';
import { readSourceProducts } from '../catalog-products.server';
import type { CatalogScope } from '../catalog-products.server';
import type { Queryable } from '../client.server';
import { fieldValue } from '../field-value.server';

/** A change that took effect, and who or what caused it. */
export interface RecordedChange extends PastChange {
  direction: string;
  causedBy: string;
  runId: string | null;
}

const storedChanges = z.array(
  z.object({
    id: z.bigint(),
    at: z.date(),
    variant_id: z.string().nullable(),
    field: z.string(),
    direction: z.string(),
    before: fieldValue,
    after: fieldValue,
    state: z.string(),
    overlay: z.string().nullable(),
    caused_by: z.string(),
    run_id: z.string().nullable(),
  }),
);

/**
 * Of each field of the product the newest change until the instant and the oldest one since: at most two a field. What
 * overlays held is left out: it never was the catalog's.
 */
export async function readChangesAround(
  db: Queryable,
  shopId: string,
  productId: string,
  instant: Date,
): Promise<RecordedChange[]> {
  const rows = storedChanges.parse(
    await db.$queryRaw`
      (SELECT DISTINCT ON (variant_id, field) id, at, variant_id, field, direction, before, after, state, overlay, caused_by, run_id
        FROM app.change WHERE shop_id = ${shopId}::uuid AND product_id = ${productId}::uuid AND state = 'applied'
          AND overlay IS DISTINCT FROM 'held' AND at <= ${instant}
        ORDER BY variant_id, field, at DESC, id DESC)
      UNION ALL
      (SELECT DISTINCT ON (variant_id, field) id, at, variant_id, field, direction, before, after, state, overlay, caused_by, run_id
        FROM app.change WHERE shop_id = ${shopId}::uuid AND product_id = ${productId}::uuid AND state = 'applied'
          AND overlay IS DISTINCT FROM 'held' AND at > ${instant}
        ORDER BY variant_id, field, at ASC, id ASC)`,
  );
  return rows.map((row) => ({
    path: { variant: row.variant_id, field: row.field },
    at: row.at,
    id: row.id,
    before: row.before,
    after: row.after,
    state: row.state,
    overlay: row.overlay,
    direction: row.direction,
    causedBy: row.caused_by,
    runId: row.run_id,
  }));
}

const newer = (a: RecordedChange, b: RecordedChange) =>
  a.at.getTime() > b.at.getTime() || (a.at.getTime() === b.at.getTime() && a.id > b.id);

/** Where each value of the product came from: its last change, by `historyKey` of its path. */
export async function lastChanges(
  db: Queryable,
  shopId: string,
  productId: string,
): Promise<Map<string, RecordedChange>> {
  const last = new Map<string, RecordedChange>();
  // All that is on record happened before the end of time: the second half is empty.
  for (const change of await readChangesAround(db, shopId, productId, new Date('9999-12-31T23:59:59Z'))) {
    const key = historyKey(change.path);
    const known = last.get(key);
    if (known === undefined || newer(change, known)) last.set(key, change);
  }
  return last;
}

/** The last change of one field, where it has one. */
export function lastChangeOf(
  last: ReadonlyMap<string, RecordedChange>,
  path: FieldPath,
): RecordedChange | null {
  return last.get(historyKey(path)) ?? null;
}

/** Today's product (null: no longer in the catalog) and all its fields as they were at an instant. */
export async function readPast(
  db: Queryable,
  { shopId, catalog }: { shopId: string; catalog: CatalogScope },
  productId: string,
  instant: Date,
): Promise<{ source: SourceProduct | null; fields: PastField[] }> {
  const [sources, changes] = await Promise.all([
    readSourceProducts(db, catalog, [productId]),
    readChangesAround(db, shopId, productId, instant),
  ]);
  const source = sources.get(productId)?.product ?? null;
  return { source, fields: everyFieldAt(source, changes, instant) };
}
