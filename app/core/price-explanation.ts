/** "Why is this price?": from the catalog's amount to the store's, step by step: the rules, an override, a promotion. */
import { holderOf } from './held-paths';
import { applyOverlays, withOverrides } from './overlay';
import type { Overlay, OverlayTerms } from './overlay';
import { sameOverridable } from './override-edit';
import type { DecimalString, SourceId, SourceProduct } from './product-state';
import { ruledAmounts } from './store-rules';
import type { PriceStep, RuledAmountField } from './store-rules';

export interface ExplainedAmount {
  /** What the catalog says, and what the store shall have; null: none. */
  catalogs: DecimalString | null;
  effective: DecimalString | null;
  steps: PriceStep[];
  /** Why the store can be told none. */
  problem: string | null;
}

export interface ExplainedVariant {
  variantId: SourceId;
  price: ExplainedAmount;
  compareAtPrice: ExplainedAmount;
}

type ExplainedField = Exclude<RuledAmountField, 'cost'>;

/** Each variant's prices, in the product's order. The first step starts from `catalogs`, the last one ends at `effective`. */
export function explainPrices(
  catalogs: SourceProduct,
  overlays: readonly Overlay[],
  terms: OverlayTerms,
): ExplainedVariant[] {
  const rules = overlays.find((overlay) => overlay.kind === 'rules');
  const beneath = withOverrides(catalogs, overlays);
  const effective = applyOverlays(catalogs, overlays, terms);
  const variantOf = (product: SourceProduct, id: SourceId) => product.variants.find((each) => each.id === id);
  return catalogs.variants.map((variant) => {
    const ruled =
      rules?.inForce == null ? {} : ruledAmounts(variant.fields, rules.inForce, rules.currencyCode);
    const amountIn = (product: SourceProduct, field: ExplainedField) =>
      variantOf(product, variant.id)?.fields[field] ?? null;
    const explain = (field: ExplainedField): ExplainedAmount => {
      const path = { variant: variant.id, field };
      const from = variant.fields[field] ?? null;
      const own = ruled[field];
      const steps: PriceStep[] = own?.ok === true ? [...own.steps] : [];
      const isOverridden = overlays.some(
        (overlay) =>
          overlay.kind === 'override' && overlay.path.variant === variant.id && overlay.path.field === field,
      );
      const overridden = amountIn(beneath.product, field);
      if (isOverridden)
        steps.push({
          by: 'override',
          before: steps.length === 0 ? from : (steps.at(-1)?.after ?? null),
          after: overridden,
        });
      const holder = holderOf(effective.held, path);
      const last = amountIn(effective.product, field);
      if (holder?.kind === 'promotion' && !sameOverridable(path, overridden, last))
        steps.push({ by: 'promotion', id: holder.id, name: holder.name, before: overridden, after: last });
      const problem = own?.ok === false && last === null ? own.message : null;
      return { catalogs: from, effective: last, steps, problem };
    };
    return { variantId: variant.id, price: explain('price'), compareAtPrice: explain('compareAtPrice') };
  });
}
