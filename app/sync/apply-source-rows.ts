/** Takes the rows of a merchant's own table over into the catalog: what did not move in them moves nothing there. */
import { mapSourceRows } from '~/catalog/map-source-rows';
import type { SourceRow, SourceRowProblem } from '~/core/source-mapping';
import { lockCatalog } from '~/db/catalog-import.server';
import { saveCatalogChanges } from '~/db/catalog-write.server';
import type { Queryable } from '~/db/client.server';
import { markOwnWrites } from '~/db/own-writes.server';
import { noteSourceProgress } from '~/db/source-connections.server';
import {
  noteMissing,
  noteRowProblems,
  noteSeen,
  noteTakenOver,
  readSourceProductEntries,
} from '~/db/source-products.server';
import type { SourceProductEntry, TakenOver } from '~/db/source-products.server';
import { askedShops } from './ask-for-source-changes';
import type { Feeding, SourceRows } from './feeding';
import { planSourceWrites } from './plan-source-writes';
import type { MappedRowsOf } from './plan-source-writes';
import type { Resources } from './resources';
import { refusedByDatabase, writeTogetherOrSingly } from './write-product-patches';

/** jsonb keeps keys in an order of its own. */
function isSameRows(one: SourceRow[], other: SourceRow[]): boolean {
  return (
    one.length === other.length &&
    one.every((row, index) => {
      const names = Object.keys(row);
      const stored = other[index];
      return (
        stored !== undefined &&
        names.length === Object.keys(stored).length &&
        names.every((name) => row[name] === stored[name])
      );
    })
  );
}

export interface AppliedRows {
  written: number;
  unchanged: number;
  refused: number;
  missing: number;
}

interface Sorted {
  seen: string[];
  missing: string[];
  broken: { key: string; problems: SourceRowProblem[] }[];
  mapped: MappedRowsOf[];
}

function sortRows(feeding: Feeding, batch: SourceRows[], known: Map<string, SourceProductEntry>): Sorted {
  const sorted: Sorted = { seen: [], missing: [], broken: [], mapped: [] };
  for (const { key, rows } of batch) {
    const entry = known.get(key);
    if (rows.length === 0) {
      if (entry !== undefined) sorted.missing.push(key);
      continue;
    }
    if (
      entry?.rows != null &&
      entry.mappingVersion === feeding.mappingVersion &&
      entry.state !== 'removed' &&
      isSameRows(rows, entry.rows)
    ) {
      sorted.seen.push(key);
      continue;
    }
    const { product, problems } = mapSourceRows(feeding.mapping, key, rows);
    if (product === null) sorted.broken.push({ key, problems: problems.slice(0, 20) });
    else sorted.mapped.push({ rows, product, entry });
  }
  return sorted;
}

/** The stores that are asked by ourselves need not be told by the capture of changes, too. */
export async function markAsAsked(tx: Queryable, accountId: string): Promise<void> {
  for (const { id } of await tx.shop.findMany({ where: askedShops(accountId), select: { id: true } }))
    await markOwnWrites(tx, id);
}

async function writeBatch(
  tx: Queryable,
  feeding: Feeding,
  batch: SourceRows[],
  now: Date,
): Promise<AppliedRows> {
  const { sourceId, accountId, generation, mappingVersion } = feeding;
  const terms = { sourceId, generation, mappingVersion, now };
  const known = await readSourceProductEntries(
    tx,
    sourceId,
    batch.map(({ key }) => key),
  );
  const { seen, missing, broken, mapped } = sortRows(feeding, batch, known);
  let written = 0;
  const takenOver: TakenOver[] = [];
  if (mapped.length > 0) {
    await markAsAsked(tx, accountId);
    await lockCatalog(tx, accountId);
    const { planned, clashing } = await planSourceWrites(tx, feeding, mapped);
    const writes = planned.filter(({ after }) => !clashing.has(after.id));
    const outcomes = await saveCatalogChanges(
      tx,
      accountId,
      writes.map(({ current, after }) => ({ before: current, after })),
    );
    for (const [index, { key, rows, after }] of writes.entries()) {
      const changed = outcomes[index] !== 'unchanged';
      if (changed) written += 1;
      takenOver.push({ key, productId: after.id, rows, changed });
    }
    for (const { key, after } of planned)
      if (clashing.has(after.id))
        broken.push({
          key,
          problems: [
            {
              row: key,
              column: feeding.mapping.product.handle?.column ?? null,
              value: after.fields.handle,
              reason: 'Another product of the catalog has this handle.',
              remedy:
                'Give each product a handle of its own, or map none: one is made of title and key then.',
            },
          ],
        });
  }
  await noteTakenOver(tx, terms, takenOver);
  await noteRowProblems(tx, terms, broken);
  await noteSeen(tx, terms, seen);
  await noteMissing(tx, sourceId, missing);
  return {
    written,
    unchanged: seen.length + takenOver.length - written,
    refused: broken.length,
    missing: missing.length,
  };
}

/**
 * Takes rows over, whole products at a time, in one transaction with the record of them; where PostgreSQL refuses a value it
 * costs only its own product. Throws SourceLeaseLost where another process has taken the source.
 */
export async function applySourceRows(
  resources: Resources,
  feeding: Feeding,
  batch: SourceRows[],
  /** Rows that count as progress of a snapshot. */
  rowsRead: number,
): Promise<AppliedRows> {
  const { db, now } = resources;
  const write = (part: SourceRows[]) =>
    db.$transaction(
      async (tx) => {
        const applied = await writeBatch(tx, feeding, part, now());
        await noteSourceProgress(tx, feeding, {
          productsWritten: { increment: applied.written },
          productsUnchanged: { increment: applied.unchanged },
          ...(applied.written > 0 ? { changedAt: now() } : {}),
        });
        return applied;
      },
      { timeout: 120_000, maxWait: 30_000 },
    );
  const parts = await writeTogetherOrSingly(batch, write, async ({ key }, error) => {
    const { reason, remedy } = refusedByDatabase(error, { line: 0, handle: key });
    const problem = { row: key, column: null, value: null, reason, remedy };
    await noteRowProblems(db, { ...feeding, now: now() }, [{ key, problems: [problem] }]);
    return { written: 0, unchanged: 0, refused: 1, missing: 0 };
  });
  if (rowsRead > 0) await noteSourceProgress(db, feeding, { rowsRead: { increment: rowsRead } });
  return parts.reduce(
    (sum, part) => ({
      written: sum.written + part.written,
      unchanged: sum.unchanged + part.unchanged,
      refused: sum.refused + part.refused,
      missing: sum.missing + part.missing,
    }),
    { written: 0, unchanged: 0, refused: 0, missing: 0 },
  );
}
