/** What a system pushes, brought into the catalog and from there to the store. */
import type { ProductPatch } from '~/core/catalog-product';
import type { SourceId } from '~/core/product-state';
import { lockCatalog } from '~/db/catalog-import.server';
import type { Queryable } from '~/db/client.server';
import { orphanedLinks } from '~/db/links.server';
import { markOwnWrites } from '~/db/own-writes.server';
import { deleteByHandle, takeVersions } from '~/db/push-sources.server';
import type { UsablePushSource } from '~/db/push-sources.server';
import { massDeletion } from './mass-deletion';
import type { Resources } from './resources';
import { startRun } from './start-run';
import { refusedByDatabase, writeProductPatches, writeTogetherOrSingly } from './write-product-patches';
import type { WrittenPatch } from './write-product-patches';

/** `version` grows with each change of the product at its sender; null where the sender counts none. */
export type PushedChange =
  | { kind: 'upsert'; patch: ProductPatch; version: number | null }
  | { kind: 'delete'; handle: string; version: number | null };

export interface TakenChange extends Omit<WrittenPatch, 'outcome' | 'rowsRejected'> {
  /** 'superseded': a later version of the product was taken before. 'unchanged' is also what was not there to be deleted. */
  outcome: WrittenPatch['outcome'] | 'deleted' | 'superseded';
}

const TERMS = { timeout: 60_000, maxWait: 20_000 };

const handleOf = (change: PushedChange) => (change.kind === 'upsert' ? change.patch.handle : change.handle);

async function write(
  tx: Queryable,
  source: UsablePushSource,
  changes: PushedChange[],
): Promise<TakenChange[]> {
  const { accountId, id: shopId } = source.shop;
  await markOwnWrites(tx, shopId);
  await lockCatalog(tx, accountId);
  const isLate = await takeVersions(
    tx,
    { id: source.id, shopId },
    changes.flatMap((change) =>
      change.version === null ? [] : [{ handle: handleOf(change), version: change.version }],
    ),
  );
  const fresh = changes.filter((change) => !isLate.has(handleOf(change)));
  const patches = fresh.flatMap((change) => (change.kind === 'upsert' ? [change.patch] : []));
  const written = await writeProductPatches(tx, accountId, patches, { onlyWhole: true });
  const byHandle = new Map(written.map((patch) => [patch.handle, patch]));
  const handles = fresh.flatMap((change) => (change.kind === 'delete' ? [change.handle] : []));
  const gone = await deleteByHandle(tx, accountId, handles);
  return changes.map((change): TakenChange => {
    const handle = handleOf(change);
    const of = { handle, productId: gone.get(handle) ?? null, problems: [] };
    if (isLate.has(handle)) return { ...of, outcome: 'superseded' };
    return byHandle.get(handle) ?? { ...of, outcome: gone.has(handle) ? 'deleted' : 'unchanged' };
  });
}

/** Has the store follow. So many deletions that a person must look first are left to a run of all, which says so. */
async function follow(
  resources: Resources,
  source: UsablePushSource,
  taken: TakenChange[],
): Promise<string | null> {
  const { db } = resources;
  const { id: shopId, accountId } = source.shop;
  const run = { shopId, trigger: 'api', causedBy: source.name } as const;
  const of = (outcomes: TakenChange['outcome'][]): SourceId[] =>
    taken.flatMap(({ outcome, productId }) =>
      outcomes.includes(outcome) && productId !== null ? [productId] : [],
    );
  const [changed, deleted] = [of(['created', 'updated']), of(['deleted'])];
  if (deleted.length > 0) {
    const orphans = await orphanedLinks(db, shopId);
    if ((await massDeletion(resources, { shopId, accountId }, orphans.length)) !== null)
      return (await startRun(resources, run)).runId;
    changed.push(...orphans.filter((id) => deleted.includes(id)));
  }
  return changed.length === 0 ? null : (await startRun(resources, { ...run, productIds: changed })).runId;
}

/**
 * Writes the changes into the catalog, each product as a whole or not at all, and asks for a sync of what changed. A product
 * whose version is lower than one that was taken is left alone: a late message does no harm. Handles must differ. Answers one
 * outcome a change, in order.
 */
export async function takePushedChanges(
  resources: Resources,
  { source, changes }: { source: UsablePushSource; changes: PushedChange[] },
): Promise<{ results: TakenChange[]; runId: string | null }> {
  const parts = await writeTogetherOrSingly(
    changes,
    (batch) => resources.db.$transaction((tx) => write(tx, source, batch), TERMS),
    async (change, error): Promise<TakenChange[]> => {
      const handle = handleOf(change);
      const problems = [refusedByDatabase(error, { line: 0, handle })];
      return [{ handle, productId: null, outcome: 'refused', problems }];
    },
  );
  const results = parts.flat();
  return { results, runId: await follow(resources, source, results) };
}
