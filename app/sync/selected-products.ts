import type { ProductSelection } from '~/core/bulk-edit';
import type { SourceId } from '~/core/product-state';
import { listSelection } from '~/db/product-selection.server';
import type { Resources } from './resources';
import { refreshCollections } from './refresh-collections';
import type { SyncScope } from './sync-scope';

const PAGE = 1_000;
/** What a collection holds may be so old. */
const COLLECTIONS_MAX_AGE_MS = 60_000;

/** The selected products of the catalog, in pages. Throws UnreadableSelection, ShopifyUnreadable. */
export async function* selectedProducts(
  resources: Resources,
  scope: SyncScope,
  selection: ProductSelection,
  signal: AbortSignal,
): AsyncIterable<SourceId[]> {
  await refreshCollections(resources, scope, selection, { maxAgeMs: COLLECTIONS_MAX_AGE_MS, signal });
  for (let after: SourceId | null = null; ;) {
    signal.throwIfAborted();
    const page: { productId: SourceId }[] = await listSelection(resources.db, scope, selection, {
      after,
      limit: PAGE,
    });
    if (page.length > 0) yield page.map(({ productId }) => productId);
    after = page.at(-1)?.productId ?? null;
    if (page.length < PAGE) return;
  }
}
