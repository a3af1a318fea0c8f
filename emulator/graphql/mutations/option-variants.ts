/** What changes of a product's options do to its variants. */
import type { Change } from '../../catalog/change';
import { combinationKey } from '../../catalog/options';
import { applyVariantFields, createVariant, variantsOf } from '../../catalog/variants';
import type { Gid } from '../../state/gid';
import type { Product, Variant } from '../../state/product';

/** Whether two variants have the same option values. */
export function hasDuplicates(variants: readonly Variant[]): boolean {
  return new Set(variants.map((variant) => combinationKey(variant.optionValueIds))).size < variants.length;
}

/**
 * Adds a variant for each existing one in which the value at an option's place is another: the new ones take price and
 * the rest of their fields from it. Combinations that exist already are left out.
 */
export function multiplyVariants(
  change: Change,
  product: Product,
  optionAt: number,
  valueIds: readonly Gid[],
): void {
  const existing = variantsOf(change.shop, product);
  const taken = new Set(existing.map((variant) => combinationKey(variant.optionValueIds)));
  for (const valueId of valueIds) {
    for (const model of existing) {
      const optionValueIds = model.optionValueIds.with(optionAt, valueId);
      const key = combinationKey(optionValueIds);
      if (taken.has(key)) continue;
      taken.add(key);
      const { price, compareAtPrice, taxable, inventoryPolicy } = model;
      applyVariantFields(change, createVariant(change, product, optionValueIds), {
        price,
        compareAtPrice,
        taxable,
        inventoryPolicy,
      });
    }
  }
}

/** Puts the variants into the order of the options' values, first option first. */
export function sortVariants(change: Change, product: Product): void {
  const rank = new Map(
    product.options.flatMap(({ values }) => values.map(({ id }, index) => [id, index] as const)),
  );
  const before = product.variantIds.join();
  const sorted = variantsOf(change.shop, product).sort((left, right) => {
    for (const [at, id] of left.optionValueIds.entries()) {
      const order = (rank.get(id) ?? 0) - (rank.get(right.optionValueIds[at] ?? '') ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  });
  product.variantIds = sorted.map(({ id }) => id);
  if (product.variantIds.join() !== before) change.productChanged(product, 'product.variants.position');
}
