import type { SourceProduct } from '~/core/product-state';
import type { PlanRow } from '~/db/bulk-edits.server';
import { heldAgainst } from './plan-target';
import type { LowestPrices, TargetField } from './plan-target';

/** The name that a product without options has for its only variant. */
const ONLY_VARIANT = 'Default Title';

/** A planned field with what a page shows of its product and variant. */
export function planRow(source: SourceProduct, planned: TargetField, lowestPrices: LowestPrices): PlanRow {
  const variant = source.variants.find(({ id }) => id === planned.path.variant);
  const title = variant?.optionValues.join(' / ') ?? null;
  const isCompareAt = planned.path.field === 'compareAtPrice';
  const lowest = isCompareAt ? (lowestPrices.get(planned.path.variant ?? '') ?? null) : null;
  return {
    productId: source.id,
    title: source.fields.title ?? '',
    variantTitle: title === ONLY_VARIANT ? null : title,
    sku: variant?.fields.sku ?? null,
    planned: heldAgainst(planned, lowest),
    lowestPrice: lowest,
  };
}
