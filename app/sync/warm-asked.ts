/** Reads what somebody asked to be warm, a page at a time: the job "warm-cache" gives it its turns. */
import { isTrusted, trustOf } from '~/core/cache-entry';
import type { SourceId } from '~/core/product-state';
import { endWarm, nextToSelect, noteAsked, noteAskedDone, noteSelected } from '~/db/cache-warms.server';
import type { AskedProduct } from '~/db/cache-warms.server';
import { UnreadableSelection } from '~/db/product-selection.server';
import { cachedFreshness } from '~/db/warmed-products.server';
import { ShopifyUnreadable } from '~/shopify/ask';
import { productSelectionSchema } from './bulk-edit-schema';
import { confirmPage } from './confirm-page';
import { fieldPoints } from './plan-warming';
import { inTransaction } from './record-work';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { selectedProducts } from './selected-products';
import type { SyncScope } from './sync-scope';

/** What reading a product takes that is not trusted as it is cached. */
function readingPoints(scope: SyncScope): (product: { variants: number; isUnread: boolean }) => number {
  const { wholeProduct } = scope.store.documentCosts();
  const fields = fieldPoints(scope);
  const known = new Map<number, number>();
  const whole = (variants: number) => {
    const points = known.get(variants) ?? wholeProduct(variants).points;
    known.set(variants, points);
    return points;
  };
  return ({ variants, isUnread }) => (isUnread ? whole(variants) : fields(variants));
}

async function select(
  resources: Resources,
  scope: SyncScope,
  warm: { id: string; selection: unknown; allowance: number },
  signal: AbortSignal,
): Promise<void> {
  const { db, now, settings } = resources;
  const { shopId, cacheTtlSeconds } = scope;
  const pointsOf = readingPoints(scope);
  const counts = { selected: 0, fresh: 0, leftOut: 0, total: 0, pointsExpected: 0 };
  const selection = productSelectionSchema.parse(warm.selection);
  for await (const productIds of selectedProducts(resources, scope, selection, signal)) {
    const at = now();
    const cached = await cachedFreshness(db, shopId, productIds, at);
    const asked: SourceId[] = [];
    for (const { productId, variants, seenAt, control } of cached) {
      const points = pointsOf({ variants, isUnread: seenAt === null });
      if (isTrusted(seenAt, trustOf(control, cacheTtlSeconds, settings.confirmAfterMs), at))
        counts.fresh += 1;
      else if (counts.pointsExpected + points > warm.allowance) counts.leftOut += 1;
      else {
        asked.push(productId);
        counts.pointsExpected += points;
      }
    }
    counts.selected += productIds.length;
    counts.total += asked.length;
    await noteAsked(db, { id: warm.id, shopId }, asked);
  }
  await noteSelected(db, warm.id, counts, now());
}

/** Finds the products of every selection that is new. One that cannot be read ends, and says why. */
export async function selectAsked(
  resources: Resources,
  scope: SyncScope,
  signal: AbortSignal,
): Promise<void> {
  const { db, now } = resources;
  for (;;) {
    const warm = await nextToSelect(db, scope.shopId);
    if (warm === null) return;
    try {
      await select(resources, scope, warm, signal);
    } catch (error) {
      if (!(error instanceof UnreadableSelection || error instanceof ShopifyUnreadable)) throw error;
      await endWarm(db, warm.id, error.message, now());
    }
  }
}

/** Confirms a page; what must be read whole is the line's. */
export async function warmAskedPage(
  resources: Resources,
  scope: SyncScope,
  page: AskedProduct[],
  signal: AbortSignal,
): Promise<void> {
  const { now } = resources;
  const [first] = page;
  if (first === undefined) return;
  const linked = page.flatMap(({ productId, remoteId, isUnread }) =>
    remoteId === null || isUnread ? [] : [{ productId, remoteId }],
  );
  const { verified, points } =
    linked.length > 0
      ? await confirmPage(resources, scope, linked, signal)
      : { verified: new Set<string>(), points: 0 };
  const unread = page.filter(({ remoteId, isUnread }) => remoteId !== null && isUnread);
  if (unread.length > 0)
    await requestSync(resources, {
      shopId: scope.shopId,
      productIds: unread.map(({ productId }) => productId),
      ...{ cause: 'warm', causedBy: 'Warming of the cache', runId: null, areLinked: true },
    });
  const pointsOf = readingPoints(scope);
  const done = {
    productIds: page.map(({ productId }) => productId),
    read: verified.size,
    points: points + unread.reduce((sum, each) => sum + pointsOf(each), 0),
  };
  await inTransaction(resources, (tx) => noteAskedDone(tx, first.warmId, done, now()));
}
