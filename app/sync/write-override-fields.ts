/** Fields of the plan of one store written as overrides. */
import type { SourceId } from '~/core/product-state';
import { withOverrides } from '~/core/overlay';
import {
  overridableValue,
  overrideOf,
  overridesAmong,
  sameOverridable,
  sameState,
} from '~/core/override-edit';
import type { EditField } from '~/db/bulk-edits.server';
import { readSourceProducts } from '~/db/catalog-products.server';
import type { WriteBackResult } from '~/db/catalog-write-back.server';
import type { Queryable } from '~/db/client.server';
import { notePathsReleased, raiseOverlayRevisions, readOverlays } from '~/db/overlays.server';
import { readStandingRules } from '~/db/store-rules.server';
import { clearOverrides, lockOverrides, setOverrides } from '~/db/store-overrides.server';
import type { OverrideWrite } from '~/db/store-overrides.server';
import type { SyncScope } from './sync-scope';

/**
 * Sets, or takes away, overrides of products in the caller's transaction, each only where the store's override and what it
 * holds are still what the plan saw; one result a field, in order.
 */
export async function writeOverrideFields(
  tx: Queryable,
  scope: SyncScope,
  cause: { editId: string; setBy: string; now: Date },
  chunk: Map<SourceId, EditField[]>,
): Promise<Map<SourceId, WriteBackResult[]>> {
  const { shopId, catalog } = scope;
  const productIds = [...chunk.keys()];
  await lockOverrides(tx, shopId);
  const rules = await readStandingRules(tx, shopId);
  const overlays = await readOverlays(tx, { ...scope, rules }, productIds);
  const sources = await readSourceProducts(tx, catalog, productIds);
  const set: OverrideWrite[] = [];
  const cleared: Omit<OverrideWrite, 'value'>[] = [];
  const written = new Set<SourceId>();
  const results = new Map<SourceId, WriteBackResult[]>();
  for (const [productId, fields] of chunk) {
    const source = sources.get(productId)?.product;
    const own = overlays.get(productId) ?? [];
    const overrides = overridesAmong(own);
    const product = source && withOverrides(source, own).product;
    const variants = new Set(source?.variants.map(({ id }) => id));
    results.set(
      productId,
      fields.map(({ path, before, overrideBefore, overrideAfter }): WriteBackResult => {
        const isThere = product !== undefined && (path.variant === null || variants.has(path.variant));
        const stands =
          isThere &&
          sameState(path, overrideOf(overrides, path), overrideBefore) &&
          sameOverridable(path, overridableValue(product, path), before);
        if (!stands) return { path, result: 'moved' };
        const place = { productId, variantId: path.variant, field: path.field };
        if (overrideAfter === null) cleared.push(place);
        else set.push({ ...place, value: overrideAfter.value });
        written.add(productId);
        return { path, result: 'written' };
      }),
    );
  }
  await setOverrides(tx, { shopId, ...cause }, set);
  await clearOverrides(tx, shopId, cleared);
  await notePathsReleased(tx, shopId, cleared);
  await raiseOverlayRevisions(tx, shopId, [...written]);
  return results;
}
