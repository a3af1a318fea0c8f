/** Takes overrides of a store away: it holds again what the catalog says. */
import { randomUUID } from 'node:crypto';
import { chunksOf } from '~/core/plan';
import { underRules } from '~/core/overlay';
import { overridableValue } from '~/core/override-edit';
import type { SourceId } from '~/core/product-state';
import { recordCatalogChanges } from '~/db/catalog-changes.server';
import { readSourceProducts } from '~/db/catalog-products.server';
import { notePathsReleased, raiseOverlayRevisions, readRulesOverlays } from '~/db/overlays.server';
import { lockOverrides, takeOverrides } from '~/db/store-overrides.server';
import { inTransaction } from './record-work';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';

export type RevokedOverrides = { kind: 'revoked'; overrides: number; products: number } | { kind: 'gone' };

/** Which overrides: these, all of a product, or all of the shop. */
export type OverrideSelection =
  { kind: 'ids'; ids: string[] } | { kind: 'product'; productId: SourceId } | { kind: 'all' };

const CHUNK = 250;

/** Revokes overrides. 'gone': the app is not installed on the shop. What was revoked already counts for nothing. */
export async function revokeOverrides(
  resources: Resources,
  { shopId, selection, causedBy }: { shopId: string; selection: OverrideSelection; causedBy: string },
): Promise<RevokedOverrides> {
  const { db, live, now } = resources;
  const scope = await loadSyncScope(resources, shopId);
  if (!scope) return { kind: 'gone' };
  const chosen = await db.storeOverride.findMany({
    where: {
      shopId,
      ...(selection.kind === 'ids' && { id: { in: selection.ids } }),
      ...(selection.kind === 'product' && { productId: selection.productId }),
    },
    select: { id: true },
    orderBy: [{ productId: 'asc' }, { id: 'asc' }],
  });
  const causeId = randomUUID();
  const products = new Set<SourceId>();
  let overrides = 0;
  for (const ids of chunksOf(
    chosen.map(({ id }) => id),
    CHUNK,
  )) {
    const taken = await inTransaction(resources, async (tx) => {
      await lockOverrides(tx, shopId);
      const rows = await takeOverrides(tx, shopId, ids);
      const productIds = [...new Set(rows.map(({ productId }) => productId))];
      await notePathsReleased(tx, shopId, rows);
      await raiseOverlayRevisions(tx, shopId, productIds);
      const sources = await readSourceProducts(tx, scope.catalog, productIds);
      const rules = await readRulesOverlays(tx, scope, productIds);
      await recordCatalogChanges(
        tx,
        { shopId, direction: 'override', causeId, causedBy, now: now() },
        rows.map(({ productId, variantId, field, value }) => {
          const catalogs = sources.get(productId)?.product;
          const lowest = rules.get(productId);
          const source = catalogs && underRules(catalogs, lowest === undefined ? [] : [lowest]);
          const path = { variant: variantId, field };
          return {
            ...{ productId, path, before: value },
            after: source === undefined ? null : overridableValue(source, path),
            state: 'applied',
            code: null,
            message: 'The override was revoked: the catalog says again what this store holds.',
            sku: source?.variants.find(({ id }) => id === variantId)?.fields.sku ?? null,
          };
        }),
      );
      return rows;
    });
    overrides += taken.length;
    const productIds = [...new Set(taken.map(({ productId }) => productId))];
    for (const productId of productIds) products.add(productId);
    await requestSync(resources, { shopId, productIds, cause: 'override', causedBy, runId: null });
  }
  if (overrides > 0) await live.publish(shopId, { kind: 'overlays-changed' });
  return { kind: 'revoked', overrides, products: products.size };
}
