/** From changed rows to work: which shops a change is for, whether it asks for anything there, and then the one entry of the line. */
import type { SourceId } from '~/core/product-state';
import { shopsOfChanges } from '~/db/captured-changes.server';
import type { ChangedForShop, DueChange } from '~/db/captured-changes.server';
import { orphanedLinks } from '~/db/links.server';
import { holdSourceChanges } from './hold-source-changes';
import { lookUpCategories } from './look-up-categories';
import { massDeletion } from './mass-deletion';
import { productsToWake } from './products-to-wake';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { openReading } from './session';
import type { Reading } from './session';
import { startRun } from './start-run';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';

/** As whom changes of the database are on record. */
export const CHANGED_BY = 'Your database';

/** Whether a product asks for work depends on settings only where it does ask; the line reads them anew. */
const SCOPE_MS = 2_000;
/** Many deletions are left to a run, which stops and asks; more often than this it need not say so. */
const SAY_EVERY_MS = 600_000;

async function askAboutDeletions(resources: Resources, shopId: string): Promise<void> {
  const since = new Date(resources.now().getTime() - SAY_EVERY_MS);
  const said = await resources.db.syncRun.findFirst({
    where: {
      shopId,
      isPartial: false,
      createdAt: { gt: since },
      state: { notIn: ['finished', 'cancelled'] },
    },
    select: { id: true },
  });
  if (!said) await startRun(resources, { shopId, trigger: 'schedule', causedBy: CHANGED_BY });
}

/** Deleted products that may follow the catalog out of the store. */
async function deletable(reading: Reading, gone: SourceId[]): Promise<SourceId[]> {
  if (gone.length === 0) return [];
  const { resources, scope } = reading;
  const orphans = await orphanedLinks(resources.db, scope.shopId);
  if ((await massDeletion(resources, scope, orphans.length)) === null) return gone;
  await askAboutDeletions(resources, scope.shopId);
  return [];
}

/** Asks for what changed for one shop; answers the products that must be seen to once more. */
async function settleShop(reading: Reading, changed: ChangedForShop[]): Promise<SourceId[]> {
  const { resources, scope, context } = reading;
  const { shopId } = scope;
  if (changed.some(({ hasNewCategory }) => hasNewCategory)) await lookUpCategories(resources, scope, context);
  const fresh: SourceId[] = [];
  const gone: SourceId[] = [];
  const known: SourceId[] = [];
  const open: SourceId[] = [];
  for (const { productId, exists, linkState, syncState } of changed)
    if (!exists) {
      if (linkState === 'linked') gone.push(productId);
    } else if (linkState === null) fresh.push(productId);
    else if (linkState === 'linked' && syncState === 'in-sync') known.push(productId);
    // Pages show what a former look ended with, and only a look ends it. Who is ambiguous waits for a person.
    else if (linkState !== 'ambiguous') open.push(productId);
  const { wake, unsure } = await productsToWake(reading, known);
  const linked = [...open, ...wake, ...(await deletable(reading, gone))];
  if (fresh.length + linked.length > 0 && changed.some(({ isGuarded }) => isGuarded))
    await holdSourceChanges(reading);
  const since = new Map(
    changed.map(({ productId, changedAt }) => [productId, { sourceChangedAt: changedAt }]),
  );
  const request = { shopId, cause: 'change', causedBy: CHANGED_BY, runId: null, since };
  if (linked.length > 0) await requestSync(resources, { ...request, productIds: linked, areLinked: true });
  if (fresh.length > 0) await requestSync(resources, { ...request, productIds: fresh });
  return unsure;
}

/** Scopes of shops that are asked for again and again, as they were a moment ago. */
export class RecentScopes {
  private readonly scopes = new Map<string, { scope: SyncScope | null; readAt: number }>();

  async of(resources: Resources, shopId: string): Promise<SyncScope | null> {
    const now = resources.now().getTime();
    const known = this.scopes.get(shopId);
    if (known && now - known.readAt < SCOPE_MS) return known.scope;
    const scope = await loadSyncScope(resources, shopId);
    this.scopes.set(shopId, { scope, readAt: now });
    return scope;
  }
}

export interface Settled {
  done: DueChange[];
  /** A job is at them: look again in a moment. */
  unsure: DueChange[];
  /** They could not be seen to, and why is in the log. */
  failed: DueChange[];
  /** Seen to for others; whoever wrote them asks for them by itself. */
  own: DueChange[];
}

/** Sees to changes whose burst is over. Repeatable: what was asked for already is not asked for twice. */
export async function settleChanges(
  resources: Resources,
  due: DueChange[],
  { scopes, signal }: { scopes: RecentScopes; signal: AbortSignal },
): Promise<Settled> {
  const shops = Map.groupBy(await shopsOfChanges(resources.db, due), ({ shopId }) => shopId);
  const [unsure, failed] = [new Set<SourceId>(), new Set<SourceId>()];
  for (const [shopId, changed] of shops) {
    signal.throwIfAborted();
    try {
      const scope = await scopes.of(resources, shopId);
      if (!scope) continue;
      const reading = openReading(resources, scope, signal);
      const facts = { shop: shopId, products: changed.length };
      const again = await resources.tracing.span('changes of the catalog', facts, () =>
        settleShop(reading, changed),
      );
      for (const id of again) unsure.add(id);
    } catch (error) {
      if (signal.aborted) throw error;
      resources.log.warn(
        { err: error, shopId, products: changed.length },
        'Changes could not be seen to yet',
      );
      for (const { productId } of changed) failed.add(productId);
    }
  }
  const settled: Settled = { done: [], unsure: [], failed: [], own: [] };
  for (const change of due)
    if (failed.has(change.productId)) settled.failed.push(change);
    else if (unsure.has(change.productId)) settled.unsure.push(change);
    else if (change.ownOf !== null) settled.own.push(change);
    else settled.done.push(change);
  return settled;
}
