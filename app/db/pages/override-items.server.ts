/** Read model of overrides as pages list them: each beside what the catalog says, and under which promotion it lies. */
import { holderOf } from '~/core/held-paths';
import type { FieldPath, FieldValue } from '~/core/decision';
import { overridableValue } from '~/core/override-edit';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from '../client.server';
import { readEffectiveProducts } from '../effective-products.server';
import type { EffectiveScope } from '../effective-products.server';
import { readOverrides } from './store-overrides.server';
import type { OverrideRow } from './store-overrides.server';
import { readLocationNames, readValueNames } from './value-names.server';

export interface OverrideItemRow extends OverrideRow {
  catalogs: FieldValue;
  /** The product is no longer in the catalog. */
  isGone: boolean;
  /** The promotion that lies over it now. */
  promotion: { id: string; name: string } | null;
}

/** One page of overrides of the shop, or of one product of it, the newest first, with the names they speak of. */
export async function readStoreOverrides(
  db: Queryable,
  scope: EffectiveScope,
  asked: { productId: SourceId | null; before: string | null; limit: number },
): Promise<{
  rows: OverrideItemRow[];
  next: string | null;
  total: number;
  names: { ids: Record<string, string>; locations: Record<string, string> };
}> {
  const { rows, next, total } = await readOverrides(db, scope.shopId, asked);
  const productIds = [...new Set(rows.map(({ productId }) => productId))];
  const products = await readEffectiveProducts(db, scope, productIds);
  const items = rows.map((row) => {
    const product = products.get(row.productId);
    const path: FieldPath = { variant: row.variantId, field: row.field };
    const holder = product === undefined ? null : holderOf(product.held, path);
    return {
      ...row,
      catalogs: product === undefined ? null : overridableValue(product.catalogs, path),
      isGone: product === undefined,
      promotion: holder?.kind === 'promotion' ? { id: holder.id, name: holder.name } : null,
    };
  });
  const [ids, locations] = await Promise.all([
    readValueNames(
      db,
      scope.catalog.accountId,
      items.map(({ field, variantId, catalogs, value }) => ({ field, variantId, values: [catalogs, value] })),
    ),
    readLocationNames(db, scope.shopId),
  ]);
  return { rows: items, next, total, names: { ids: Object.fromEntries(ids), locations } };
}
