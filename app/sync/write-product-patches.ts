/** Brings what somebody says of products into the catalog: the part that an import and the REST API share. */
import { randomUUID } from 'node:crypto';
import { applyPatch } from '~/catalog/apply-patch';
import type { ImportProblem, ProductPatch } from '~/core/catalog-product';
import type { SourceId } from '~/core/product-state';
import { isRefusedValue, lockCatalog } from '~/db/catalog-import.server';
import { readCatalogStates } from '~/db/catalog-states.server';
import { saveCatalogChanges } from '~/db/catalog-write.server';
import type { CatalogChange, CatalogChangeOutcome } from '~/db/catalog-write.server';
import type { Queryable } from '~/db/client.server';

/** What became of one patch. */
export interface WrittenPatch {
  handle: string;
  /** Null where the catalog has no such product, and got none. */
  productId: SourceId | null;
  /** 'refused': the catalog stays as it is; the problems say why. */
  outcome: CatalogChangeOutcome | 'refused';
  /** Also of a product that was written: what was left out of it. */
  problems: ImportProblem[];
  rowsRejected: number;
}

/**
 * Applies the patches to the account's catalog within a transaction, whose end lets other writers of the catalog in.
 * Answers one outcome a patch, in order. Handles must differ. `onlyWhole`: a product of which something would be left out
 * is refused instead.
 */
export async function writeProductPatches(
  tx: Queryable,
  accountId: string,
  patches: ProductPatch[],
  { onlyWhole }: { onlyWhole: boolean },
): Promise<WrittenPatch[]> {
  await lockCatalog(tx, accountId);
  const handles = patches.map(({ handle }) => handle);
  const states = await readCatalogStates(tx, accountId, { handles });
  const byHandle = new Map(states.map((state) => [state.fields.handle, state]));
  const changes: CatalogChange[] = [];
  const written = patches.map((patch): WrittenPatch => {
    const before = byHandle.get(patch.handle) ?? null;
    const { product, problems, rowsRejected } = applyPatch(before, patch, randomUUID);
    const after = onlyWhole && problems.length > 0 ? null : product;
    if (after !== null) changes.push({ before, after });
    const { handle } = patch;
    return {
      handle,
      productId: after?.id ?? before?.id ?? null,
      outcome: after === null ? 'refused' : 'unchanged',
      problems,
      rowsRejected,
    };
  });
  const outcomes = (await saveCatalogChanges(tx, accountId, changes)).values();
  for (const patch of written)
    if (patch.outcome !== 'refused') patch.outcome = outcomes.next().value ?? 'unchanged';
  return written;
}

/**
 * Writes a batch together; where PostgreSQL refuses a value of it, one by one, so that the value costs only its own.
 * `refused` is called with the one that cannot be written.
 */
export async function writeTogetherOrSingly<T, Result>(
  batch: T[],
  write: (batch: T[]) => Promise<Result>,
  refused: (one: T, error: Error) => Promise<Result>,
): Promise<Result[]> {
  try {
    return [await write(batch)];
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return [await refused(only, error)];
    const results: Result[] = [];
    for (const one of batch) results.push(...(await writeTogetherOrSingly([one], write, refused)));
    return results;
  }
}

/** Says that the database refused a product, in its words. */
export function refusedByDatabase(error: Error, of: { line: number; handle: string | null }): ImportProblem {
  const words = error.message.split('\n').findLast((line) => line.trim() !== '') ?? error.message;
  return {
    ...of,
    column: null,
    value: null,
    reason: `The database refused the product: ${words.trim().slice(0, 300)}`,
    remedy: 'Correct the value that the message names.',
    left: 'row',
  };
}
