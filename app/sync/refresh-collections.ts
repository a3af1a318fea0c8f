import { collectionsAsked } from '~/core/matches-search';
import type { ProductSelection } from '~/core/bulk-edit';
import type { Gid } from '~/core/product-state';
import { parseSearchQuery } from '~/core/search-query';
import { knownCollections, replaceCollections, replaceMembers } from '~/db/collections.server';
import type { KnownCollection } from '~/db/collections.server';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';

/** The number in an id of Shopify: what collection_id: is given. */
const numberOf = (id: Gid): string => id.slice(id.lastIndexOf('/') + 1);

async function listed(
  { db, now }: Resources,
  { shopId, store }: SyncScope,
  oldest: Date,
  signal: AbortSignal,
): Promise<KnownCollection[]> {
  const known = await knownCollections(db, shopId);
  if (known.length > 0 && known.every(({ listedAt }) => listedAt >= oldest)) return known;
  const { collections } = await store.listCollections({ signal });
  const rows = collections.map(({ id, title, handle }) => ({
    id,
    title,
    names: [title, handle, numberOf(id)],
  }));
  await replaceCollections(db, shopId, rows, now());
  return knownCollections(db, shopId);
}

/** Tells by its names whether a selection asks what is in a collection; null where it asks for none. */
export function collectionsOf(selection: ProductSelection): ((names: readonly string[]) => boolean) | null {
  if (selection.kind !== 'query') return null;
  const reading = parseSearchQuery(selection.query);
  return reading.kind === 'problem' ? null : collectionsAsked(reading.query);
}

/**
 * Reads from Shopify what the collections hold that a selection asks for, where what is known of them is older than
 * `maxAgeMs`. Nothing where it asks for none. Throws ShopifyUnreadable, or the reason of the signal.
 */
export async function refreshCollections(
  resources: Resources,
  scope: SyncScope,
  selection: ProductSelection,
  { maxAgeMs, signal }: { maxAgeMs: number; signal: AbortSignal },
): Promise<void> {
  const isAsked = collectionsOf(selection);
  if (isAsked === null) return;
  const { db, now } = resources;
  const { shopId, store } = scope;
  const oldest = new Date(now().getTime() - maxAgeMs);
  for (const { id, names, membersAt } of await listed(resources, scope, oldest, signal)) {
    if (!isAsked(names) || (membersAt !== null && membersAt >= oldest)) continue;
    const { productIds } = await store.collectionProducts(id, { signal });
    await replaceMembers(db, { shopId, id }, productIds ?? [], now());
  }
}
