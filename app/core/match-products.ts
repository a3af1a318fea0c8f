/** Adoption: which product of a store that already sells is which of the catalog. SKU first, then handle. */
import { fold } from './canonical';
import type { Gid, SourceId } from './product-state';

export interface SourceOutline {
  id: SourceId;
  handle: string;
  title: string;
  skus: string[];
}

export interface RemoteOutline {
  id: Gid;
  handle: string;
  title: string;
  skus: string[];
}

export interface Candidate {
  remoteId: Gid;
  title: string;
  handle: string;
  skus: string[];
  matchedBy: 'sku' | 'handle';
}

export interface Matching {
  linked: { productId: SourceId; remoteId: Gid; matchedBy: 'sku' | 'handle' }[];
  /** Products for which several could be meant, or whose match another product claims too. */
  ambiguous: { productId: SourceId; candidates: Candidate[] }[];
}

function indexBy<T>(items: readonly T[], keysOf: (item: T) => string[]): Map<string, Set<T>> {
  const index = new Map<string, Set<T>>();
  for (const item of items)
    for (const key of keysOf(item)) {
      const held = index.get(key);
      if (held) held.add(item);
      else index.set(key, new Set([item]));
    }
  return index;
}

const skuKeys = (outline: { skus: string[] }) => outline.skus.map(fold).filter((sku) => sku !== '');

/**
 * Links what is unmistakable. Laws: no product of either side is linked twice; a product that could be several, and all
 * products that could be the same one, are ambiguous; a product without any counterpart is in neither list.
 */
export function matchProducts(
  sources: readonly SourceOutline[],
  remotes: readonly RemoteOutline[],
): Matching {
  const bySku = indexBy(remotes, skuKeys);
  const byHandle = indexBy(remotes, (remote) => [fold(remote.handle)]);
  const candidatesOf = (source: SourceOutline): Candidate[] => {
    const found = new Map<RemoteOutline, 'sku' | 'handle'>();
    for (const key of skuKeys(source)) for (const remote of bySku.get(key) ?? []) found.set(remote, 'sku');
    if (found.size === 0)
      for (const remote of byHandle.get(fold(source.handle)) ?? []) found.set(remote, 'handle');
    return [...found].map(([remote, matchedBy]) => ({
      remoteId: remote.id,
      title: remote.title,
      handle: remote.handle,
      skus: remote.skus,
      matchedBy,
    }));
  };
  const claims = sources
    .map((source) => ({ source, candidates: candidatesOf(source) }))
    .filter(({ candidates }) => candidates.length > 0);
  const claimants = indexBy(claims, ({ candidates }) => candidates.map((candidate) => candidate.remoteId));
  const matching: Matching = { linked: [], ambiguous: [] };
  for (const claim of claims) {
    const [only, ...more] = claim.candidates;
    if (!only) continue;
    const contested = claimants.get(only.remoteId)?.size !== 1;
    if (more.length === 0 && !contested)
      matching.linked.push({
        productId: claim.source.id,
        remoteId: only.remoteId,
        matchedBy: only.matchedBy,
      });
    else matching.ambiguous.push({ productId: claim.source.id, candidates: claim.candidates });
  }
  return matching;
}
