/** What a bulk edit starts from and what is planned of it, by where it goes: the catalog, one store, or a promotion. */
import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { planProductEdit } from '~/core/bulk-edit-plan';
import type { BulkChange, PlannedField } from '~/core/bulk-edit';
import { lowestPrice } from '~/core/lowest-price';
import type { LowestPrice } from '~/core/lowest-price';
import { planPromotion, withOverrides } from '~/core/overlay';
import type { Overlay } from '~/core/overlay';
import { overridesAmong, planOverrides } from '~/core/override-edit';
import type { PlannedOverride } from '~/core/override-edit';
import { isPriceChange } from '~/core/promotion';
import type { EditTarget } from '~/core/promotion';
import type { SourceId, SourceProduct } from '~/core/product-state';
import { readSourceProducts } from '~/db/catalog-products.server';
import { readOverlays } from '~/db/overlays.server';
import { readPriceHistories } from '~/db/price-history.server';
import type { EditScope } from './edit-scope';
import type { Resources } from './resources';

export type TargetField = PlannedField | PlannedOverride;

/** A product that an edit is planned on. */
export interface TargetProduct {
  /** What the plan starts from: of an edit of one store, the catalog's under the overrides it has already. */
  product: SourceProduct;
  catalogs: SourceProduct;
  overlays: readonly Overlay[];
}

/** The products in the order asked for; those that are gone are absent. */
export async function readTargetProducts(
  { db }: Resources,
  scope: EditScope,
  target: EditTarget['kind'],
  productIds: SourceId[],
): Promise<Map<SourceId, TargetProduct>> {
  const overlays =
    target === 'catalog' ? new Map<SourceId, Overlay[]>() : await readOverlays(db, scope.sync, productIds);
  const sources = await readSourceProducts(db, scope.sync.catalog, productIds);
  return new Map(
    productIds.flatMap((id): [SourceId, TargetProduct][] => {
      const catalogs = sources.get(id)?.product;
      if (catalogs === undefined) return [];
      const own = overlays.get(id) ?? [];
      return [[id, { product: withOverrides(catalogs, own).product, catalogs, overlays: own }]];
    }),
  );
}

/** What the changes make of one product where they go. */
export function planForTarget(
  { product, overlays }: TargetProduct,
  variantIds: ReadonlySet<SourceId> | 'all',
  changes: BulkChange[],
  target: EditTarget,
  terms: EditScope['terms'],
): TargetField[] {
  if (target.kind === 'promotion') {
    const all = new Set(product.variants.map(({ id }) => id));
    return planPromotion(
      product,
      {
        changes: changes.filter(isPriceChange),
        showsBaseAsCompareAt: target.terms.showsBaseAsCompareAt,
        variantIds: variantIds === 'all' ? all : variantIds,
      },
      terms,
    );
  }
  const planned = planProductEdit(product, variantIds, changes, { ...terms, newId: () => randomUUID() });
  return target.kind === 'catalog' ? planned : planOverrides(product, planned, overridesAmong(overlays));
}

/** Lowest prices by variant; empty where the shop is not told of them. */
export type LowestPrices = ReadonlyMap<SourceId, LowestPrice>;

/** The lowest prices of 30 days before an instant, of variants whose compare-at price a plan sets. */
export async function readLowestPrices(
  { db, now }: Resources,
  scope: EditScope,
  planned: { productId: SourceId; fields: TargetField[] }[],
  target: EditTarget,
): Promise<LowestPrices> {
  if (!scope.showsLowestPrice) return new Map();
  const productIds = planned
    .filter(({ fields }) =>
      fields.some(({ path, after }) => path.field === 'compareAtPrice' && after !== null),
    )
    .map(({ productId }) => productId);
  if (productIds.length === 0) return new Map();
  const before = target.kind === 'promotion' ? target.terms.startsAt : now();
  const histories = await readPriceHistories(db, scope.sync.shopId, productIds, now());
  return new Map(
    [...histories].flatMap(([variantId, history]) => {
      const lowest = lowestPrice(history, before);
      return lowest === null ? [] : [[variantId, lowest] as const];
    }),
  );
}

/** The field with a warning where its compare-at price is above the lowest price. */
export function heldAgainst(field: TargetField, lowest: LowestPrice | null): TargetField {
  if (field.outcome === 'skip' || lowest === null || typeof field.after !== 'string') return field;
  if (!new Decimal(field.after).greaterThan(lowest.amount)) return field;
  return { ...field, warnings: [...field.warnings, 'compare-at-above-lowest-price'] };
}
