/** What both lanes of a reconciliation share: they compare, note how far they are, and ask the line to repair. */
import { invalidateRemotes } from '~/db/remote-cache.server';
import { loadHeldRemotes, noteVerified } from '~/db/held-remotes.server';
import type { HeldRemote } from '~/db/held-remotes.server';
import { noteStride } from '~/db/reconciliations.server';
import type { Stride, Walk } from '~/db/reconciliations.server';
import type { Gid, RemoteProduct, SourceId } from '~/core/product-state';
import { inTransaction } from './record-work';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';

/** A walk in the hands of a job. */
export interface Walking {
  resources: Resources;
  scope: SyncScope;
  walk: Walk;
  /** The job, as the walk knows it. */
  claimant: string;
  signal: AbortSignal;
}

export interface Comparison {
  /** Products that the line must look at. */
  drifted: { productId: SourceId; remoteId: Gid }[];
  /** Of those, products that were known otherwise: a product that was never read has not drifted. */
  found: number;
  /** Products that are as they are cached. */
  verified: Gid[];
}

/** Compares what a read begun at `readBegan` brought; of what was written since, or is about to be, nothing is said. */
export async function compareWithStore(
  { resources, scope }: Pick<Walking, 'resources' | 'scope'>,
  remoteIds: Gid[],
  readBegan: Date,
  differs: (held: HeldRemote & { product: RemoteProduct }) => boolean,
  isGone: (remoteId: Gid) => boolean,
): Promise<Comparison> {
  const held = await loadHeldRemotes(resources.db, scope.shopId, remoteIds, resources.now());
  const comparison: Comparison = { drifted: [], found: 0, verified: [] };
  for (const each of held.values()) {
    const { productId, remoteId, product, writtenAt, wasSynced, isInHand } = each;
    if (isInHand || (writtenAt !== null && writtenAt > readBegan)) continue;
    if (product === null) {
      // A look that found the product gone left nothing in the cache.
      if (isGone(remoteId) && wasSynced) continue;
      comparison.drifted.push({ productId, remoteId });
      if (wasSynced) comparison.found += 1;
    } else if (isGone(remoteId) || differs({ ...each, product })) {
      comparison.drifted.push({ productId, remoteId });
      comparison.found += 1;
    } else comparison.verified.push(remoteId);
  }
  return comparison;
}

/**
 * Notes a stride and what it found, and asks the line for what drifted; false where the walk must stop. Both are noted
 * before they are asked for: a job that dies in between leaves products marked, and the end of the walk asks for them.
 */
export async function takeStride(
  { resources, walk, claimant }: Walking,
  stride: Stride,
  { drifted, found, verified }: Comparison,
  readBegan: Date,
): Promise<boolean> {
  const { now } = resources;
  const goesOn = await inTransaction(resources, async (tx) => {
    const isOurs = await noteStride(tx, { id: walk.id, claimant }, { ...stride, drifted: found }, now());
    if (!isOurs) return false;
    await noteVerified(tx, walk.shopId, verified, readBegan);
    await invalidateRemotes(
      tx,
      walk.shopId,
      drifted.map(({ remoteId }) => remoteId),
      { by: 'reconciliation', now: now() },
    );
    return true;
  });
  if (goesOn)
    await askFor(
      resources,
      walk,
      drifted.map(({ productId }) => productId),
    );
  return goesOn;
}

/** "Look at these": the line repairs, a walk never writes itself. */
export async function askFor(resources: Resources, walk: Walk, productIds: SourceId[]): Promise<void> {
  if (productIds.length === 0) return;
  const { shopId, causedBy } = walk;
  await requestSync(resources, { shopId, productIds, cause: 'reconcile', causedBy, runId: null });
}
