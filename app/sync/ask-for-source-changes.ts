/** Has the stores of an account look at what came from the merchant's own database. */
import type { SourceId } from '~/core/product-state';
import { noteAsked, unaskedProducts } from '~/db/source-products.server';
import { holdSourceChanges } from './hold-source-changes';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { openReading } from './session';
import { startRun } from './start-run';
import { loadSyncScope } from './sync-scope';

/** More products than this are carried as a run, which people can see and cancel. */
const MOST_WITHOUT_RUN = 250;
const AT_A_TIME = 50_000;

/** Before its first sync a merchant has not yet said what shall win. */
export const askedShops = (accountId: string) => ({
  accountId,
  uninstalledAt: null,
  adoptedAt: { not: null },
});

/** Repeatable: what was asked for in a transaction that was cut off is asked for again. */
export async function askForSourceChanges(
  resources: Resources,
  { sourceId, accountId }: { sourceId: string; accountId: string },
  signal: AbortSignal,
): Promise<void> {
  const { db } = resources;
  for (;;) {
    const productIds = await unaskedProducts(db, sourceId, AT_A_TIME);
    if (productIds.length === 0) return;
    const shops = await db.shop.findMany({
      where: askedShops(accountId),
      select: { id: true, guardSource: true },
    });
    for (const shop of shops) await ask(resources, shop, productIds, signal);
    await noteAsked(db, sourceId, productIds);
    if (productIds.length < AT_A_TIME) return;
  }
}

async function ask(
  resources: Resources,
  shop: { id: string; guardSource: boolean },
  productIds: SourceId[],
  signal: AbortSignal,
): Promise<void> {
  const terms = { shopId: shop.id, productIds, causedBy: 'Your database' };
  // A run weighs what moved as a whole before it asks for any of it.
  if (productIds.length > MOST_WITHOUT_RUN) {
    await startRun(resources, { ...terms, trigger: 'source' });
    return;
  }
  const scope = shop.guardSource ? await loadSyncScope(resources, shop.id) : null;
  if (scope !== null) await holdSourceChanges(openReading(resources, scope, signal));
  await requestSync(resources, { ...terms, cause: 'source', runId: null });
}
