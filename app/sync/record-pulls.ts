/** Records what Shopify's side wins. */
import { pathKey } from '~/core/agree';
import type { FieldPath } from '~/core/decision';
import type { Gid } from '~/core/product-state';
import { pulledIntoPool } from '~/core/stock-sharing';
import { pullIntoCatalog } from '~/db/catalog-write-back.server';
import { readEffectiveProducts } from '~/db/effective-products.server';
import { isLockNotAvailable, waitBriefly } from '~/db/lock-wait.server';
import { markOwnWrites } from '~/db/own-writes.server';
import { recordProducts } from '~/db/product-record.server';
import type { ChangeEntry } from '~/db/product-record.server';
import { locationNames } from '~/db/shops.server';
import { noteStockMovements } from '~/db/stock-sharing.server';
import { noteWriteBacks } from '~/db/source-write-backs.server';
import { causeOf, foundEntries } from './change-entries';
import { countChanges } from './count-changes';
import type { Look, ProductWork } from './product-work';
import { adopt, inTransaction, newSettling, recordOf } from './record-work';
import type { RecordingJob } from './record-work';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';

/**
 * Writes what Shopify's side wins into the catalog, in the same transaction as the base. A row that moved meanwhile is
 * left to the next look, and so is one that somebody is writing; a value that the catalog cannot take is agreed to differ.
 */
export async function recordPulls(
  resources: Resources,
  scope: SyncScope,
  job: RecordingJob,
  work: ProductWork,
  look: Look,
): Promise<void> {
  const pulls = look.pulls.map(({ path, decision }) => ({
    path,
    decision: pulledByCatalog(work, path, decision),
  }));
  const recorded = inTransaction(resources, async (tx) => {
    await waitBriefly(tx);
    await markOwnWrites(tx, scope.shopId);
    const results = await pullIntoCatalog(
      tx,
      {
        accountId: scope.accountId,
        locationNames: locationNames(scope.locations),
        categories: scope.catalog.categories,
      },
      work.productId,
      pulls.map(({ path, decision: { before, after } }) => ({ path, before, after })),
    );
    const changes: ChangeEntry[] = [...foundEntries(work, look)];
    const settling = newSettling(look, { changes, linkState: 'linked', moved: true });
    const held = { base: work.base, remote: work.cached };
    // What had converged did so in the values that were looked at: the catalog's may have moved on since.
    work.base = work.agreed(settling.settled, settling.created, settling.mediaCreated, settling.agreedAs);
    settling.settled.clear();
    settling.agreedAs.clear();
    results.forEach(({ path, result, message }, index) => {
      const pull = pulls[index];
      if (!pull || result === 'moved') return;
      settling.settled.add(pathKey(path));
      const { before, after, agreed } = pull.decision;
      if (result === 'written') {
        work.pulled += 1;
        if (agreed) settling.agreedAs.set(pathKey(path), agreed);
        changes.push({ path, direction: 'pull', before, after, state: 'applied', ...causeOf(work, path) });
      } else
        changes.push({
          path,
          direction: 'pull',
          before,
          after,
          state: 'skipped',
          code: 'not-possible',
          ...(message !== undefined && { message }),
        });
    });
    if (work.pools !== null)
      await noteStockMovements(
        tx,
        scope,
        results.flatMap(({ path, result }, index) => {
          const movement = pulls[index]?.decision.movement ?? 0;
          return result === 'written' && movement !== 0 ? [{ path, movement }] : [];
        }),
      );
    const names = locationNames(scope.locations);
    await noteWriteBacks(tx, {
      accountId: scope.accountId,
      productId: work.productId,
      paths: results.flatMap(({ path, result }) =>
        result === 'written' ? [namedByCatalog(path, names)] : [],
      ),
      now: resources.now(),
    });
    const sources = await readEffectiveProducts(tx, scope, [work.productId]);
    work.takeSource(sources.get(work.productId) ?? null);
    // What was sent is still to be answered for: only a document's answer ends that.
    settling.isSilent = true;
    const record = { ...recordOf(work, settling), held };
    const overtaken = await recordProducts(tx, { ...scope, ...job, now: resources.now() }, [record]);
    if (overtaken.size > 0) throw new Overtaken(work.productId);
    adopt(work, record, overtaken);
    return record;
  });
  try {
    countChanges(resources, [await recorded]);
  } catch (error) {
    if (!(error instanceof Overtaken) && !isLockNotAvailable(error)) throw error;
    work.isOvertaken = true;
  }
}

/** What the catalog is to take: of a shared stock the movement, whatever the store shows of it. */
function pulledByCatalog(
  work: ProductWork,
  { variant, field }: FieldPath,
  decision: Look['pulls'][number]['decision'],
) {
  if (work.pools === null || !field.startsWith('inventory:')) return { ...decision, movement: 0 };
  const pool = work.pools.get(variant ?? '')?.[field.slice('inventory:'.length)];
  return pulledIntoPool(decision, pool ?? null);
}

/** Stock is told to the merchant's own table by the name that the catalog has for the location. */
function namedByCatalog(path: FieldPath, names: Map<Gid, string>): FieldPath {
  const gid = path.field.startsWith('inventory:') ? path.field.slice('inventory:'.length) : null;
  return gid === null ? path : { ...path, field: `inventory:${names.get(gid) ?? gid}` };
}

/** Rolls a pull back: somebody else recorded the product meanwhile. */
class Overtaken extends Error {}
