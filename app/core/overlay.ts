/**
 * Overlays lie on the source of one store before it is merged: its rules, overrides of fields over them, and promotions over
 * those. The catalog knows nothing of them, and nothing that an overlay holds ever reaches it.
 *
 * Laws (overlay.test.ts): without overlays the product stays as it is; their order in the list does not matter; overlays of
 * different fields do not touch one another; without an overlay the product is as it is beneath.
 */
import { planProductEdit } from './bulk-edit-plan';
import type { PlannedField } from './bulk-edit';
import type { FieldPath, FieldValue } from './decision';
import { heldPathKey } from './held-paths';
import type { HeldPaths, Holder } from './held-paths';
import { partsOf } from './held-value';
import { promotionChanges } from './promotion';
import type { PriceChange } from './promotion';
import type { MetafieldState, SourceId, SourceProduct } from './product-state';
import { RULED_TEXT_FIELDS, isOfProduct, ruledStatus, ruledText } from './product-rules';
import { ruledAmounts } from './store-rules';
import type { ProductPlace } from './product-rules';
import type { RuledAmountField, RuledField, RulesInForce } from './store-rules';

/** A field of a product or of a variant whatever the catalog says; of the field "tags" it is all tags of the product. */
export interface FieldOverride {
  kind: 'override';
  id: string;
  path: FieldPath;
  value: FieldValue;
  setAt: Date;
}

/** A promotion that is on. */
export interface PromotionOverlay {
  kind: 'promotion';
  id: string;
  name: string;
  priority: number;
  startsAt: Date;
  showsBaseAsCompareAt: boolean;
  changes: PriceChange[];
  /** Those of this product. */
  variantIds: ReadonlySet<SourceId>;
}

/** An overlay lay here until lately: what Shopify holds is an overlay's value, or was written over one. */
export interface ReleasedPath {
  kind: 'released';
  id: string;
  path: FieldPath;
}

/** The rules of the store, which lie lowest. */
export interface RulesOverlay {
  kind: 'rules';
  id: 'rules';
  /** Null: there are none any more. */
  inForce: RulesInForce | null;
  /** Fields that former rules held and these do not, while not all of their paths are noted as released yet. */
  leaving: readonly RuledField[];
  /** Of this product. */
  place: ProductPlace;
  /** ISO 4217, of the store. */
  currencyCode: string;
}

export type Overlay = RulesOverlay | FieldOverride | PromotionOverlay | ReleasedPath;

/** What the rules among the overlays of a product say of its place in the store. */
export function placeUnder(overlays: readonly Overlay[]): ProductPlace {
  return overlays.find((overlay) => overlay.kind === 'rules')?.place ?? 'chosen';
}

export interface Overlaid {
  product: SourceProduct;
  held: HeldPaths;
  /** What the rules of the store cannot make: such an amount is not told to the store, of such a text the catalog's is. */
  problems: { field: string; message: string }[];
}

const isText = (value: FieldValue): value is string => typeof value === 'string';

function metafieldOf(value: FieldValue): MetafieldState | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const [namespace, key, type, text] = ['namespace', 'key', 'type', 'value'].map(
    (name) => value[name] ?? null,
  );
  return isText(namespace ?? null) && isText(key ?? null) && isText(type ?? null) && isText(text ?? null)
    ? { namespace: String(namespace), key: String(key), type: String(type), value: String(text) }
    : null;
}

function withMetafield(
  metafields: Record<string, MetafieldState>,
  key: string,
  value: FieldValue,
): Record<string, MetafieldState> {
  const { [key]: _held, ...others } = metafields;
  const metafield = metafieldOf(value);
  return metafield === null ? others : { ...others, [key]: metafield };
}

/** Overrides over a product. Sets what it knows how to; the fields of a variant that is gone are left out. */
class Draft {
  product: SourceProduct;
  readonly held = new Map<string, Holder>();
  readonly problems: Overlaid['problems'] = [];

  constructor(readonly source: SourceProduct) {
    this.product = source;
  }

  hold(path: FieldPath, holder: Holder): void {
    this.held.set(heldPathKey(path), holder);
  }

  /** False where the product has no such place. */
  set({ variant, field }: FieldPath, value: FieldValue): boolean {
    const [kind, name] = partsOf(field);
    if (variant === null) {
      const { product } = this;
      if (kind === 'tags') {
        if (!Array.isArray(value)) return false;
        this.product = { ...product, tags: value.filter(isText) };
      } else if (kind === 'metafield')
        this.product = { ...product, metafields: withMetafield(product.metafields, name, value) };
      else this.product = { ...product, fields: { ...product.fields, [field]: value } };
      return true;
    }
    let isThere = false;
    const variants = this.product.variants.map((each) => {
      if (each.id !== variant) return each;
      isThere = true;
      return kind === 'metafield'
        ? { ...each, metafields: withMetafield(each.metafields, name, value) }
        : { ...each, fields: { ...each.fields, [field]: value } };
    });
    if (isThere) this.product = { ...this.product, variants };
    return isThere;
  }
}

/** Lays the rules of a store over the draft. An amount that they cannot make is left out: nobody is told a wrong one. */
function layRules(draft: Draft, { inForce, place, currencyCode }: RulesOverlay): void {
  if (inForce === null) return;
  const rules: Holder = { kind: 'rules', id: 'rules' };
  const status = ruledStatus(inForce.rules, draft.product.fields.status, place);
  if (status !== null) {
    draft.set({ variant: null, field: 'status' }, status);
    draft.hold({ variant: null, field: 'status' }, rules);
  }
  for (const field of RULED_TEXT_FIELDS) {
    if (inForce.rules.texts[field] === null) continue;
    // Held also where there is no text of the store's own: one written in Shopify is not the catalog's language.
    draft.hold({ variant: null, field }, rules);
    const ruled = ruledText(inForce.rules, field, draft.source.metafields);
    if (ruled?.ok === true) draft.set({ variant: null, field }, ruled.text);
    if (ruled?.ok === false) draft.problems.push({ field, message: ruled.message });
  }
  const variants = draft.product.variants.map((variant) => {
    const ruled = ruledAmounts(variant.fields, inForce, currencyCode);
    let fields = { ...variant.fields };
    for (const field of RULED_AMOUNTS) {
      const amount = ruled[field];
      if (amount === undefined) continue;
      draft.hold({ variant: variant.id, field }, rules);
      if (!amount.ok) {
        const { [field]: _impossible, ...others } = fields;
        fields = others;
        const name = fields.sku == null || fields.sku === '' ? 'A variant' : fields.sku;
        draft.problems.push({ field, message: `${name}: ${amount.message}` });
      } else if (field !== 'price') fields[field] = amount.amount;
      else if (amount.amount !== null) fields.price = amount.amount;
    }
    return { ...variant, fields };
  });
  draft.product = { ...draft.product, variants };
}

const RULED_AMOUNTS = ['price', 'compareAtPrice', 'cost'] as const satisfies RuledAmountField[];

/** Holds what former rules have left, and what they held is not noted as released yet. */
function holdLeaving(draft: Draft, { leaving }: RulesOverlay): void {
  const released: Holder = { kind: 'released', id: '' };
  for (const field of leaving)
    if (isOfProduct(field)) draft.hold({ variant: null, field }, released);
    else for (const { id } of draft.product.variants) draft.hold({ variant: id, field }, released);
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The one that wins comes last. */
function byRank(a: PromotionOverlay, b: PromotionOverlay): number {
  return a.priority - b.priority || a.startsAt.getTime() - b.startsAt.getTime() || byText(a.id, b.id);
}

/**
 * The product under the rules of the store and its overrides: what a promotion is reckoned from, and what an edit of one store
 * starts from.
 */
export function withOverrides(source: SourceProduct, overlays: readonly Overlay[]): Overlaid {
  const draft = new Draft(source);
  for (const overlay of overlays) if (overlay.kind === 'rules') layRules(draft, overlay);
  const overrides = overlays
    .filter((overlay) => overlay.kind === 'override')
    .toSorted((a, b) => a.setAt.getTime() - b.setAt.getTime() || byText(a.id, b.id));
  for (const { id, path, value } of overrides)
    if (draft.set(path, value)) draft.hold(path, { kind: 'override', id });
  return draft;
}

/** The product under the rules of the store alone. */
export function underRules(source: SourceProduct, overlays: readonly Overlay[]): SourceProduct {
  return withOverrides(
    source,
    overlays.filter(({ kind }) => kind === 'rules'),
  ).product;
}

/** What a promotion makes of a product whose overrides lie on it already. */
export function planPromotion(
  base: SourceProduct,
  promotion: Pick<PromotionOverlay, 'changes' | 'showsBaseAsCompareAt' | 'variantIds'>,
  terms: OverlayTerms,
): PlannedField[] {
  return planProductEdit(base, promotion.variantIds, promotionChanges(promotion.changes, promotion), {
    ...terms,
    warnAbovePercent: terms.warnAbovePercent ?? 100,
    newId: () => '',
  });
}

export interface OverlayTerms {
  currencyCode: string;
  /** For warnings of a plan. */
  warnAbovePercent?: number;
}

/**
 * The effective source of a product: the catalog's under its overlays, and what holds which path. A promotion is reckoned
 * from the price under the overrides, never from another promotion's; where it cannot be reckoned (no cost, no compare-at
 * price) it holds nothing of the variant.
 */
export function applyOverlays(
  source: SourceProduct,
  overlays: readonly Overlay[],
  terms: OverlayTerms,
): Overlaid {
  if (overlays.length === 0) return { product: source, held: new Map(), problems: [] };
  const base = withOverrides(source, overlays);
  const draft = new Draft(base.product);
  for (const overlay of overlays) {
    if (overlay.kind === 'rules') holdLeaving(draft, overlay);
    if (overlay.kind === 'released') draft.hold(overlay.path, { kind: 'released', id: overlay.id });
  }
  for (const [key, holder] of base.held) draft.held.set(key, holder);
  const promotions = overlays.filter((overlay) => overlay.kind === 'promotion').toSorted(byRank);
  for (const promotion of promotions)
    for (const planned of planPromotion(base.product, promotion, terms)) {
      if (planned.outcome === 'skip' && planned.code !== 'unchanged') continue;
      const { path, after } = planned;
      if (draft.set(path, after))
        draft.hold(path, { kind: 'promotion', id: promotion.id, name: promotion.name });
    }
  return { product: draft.product, held: draft.held, problems: base.problems };
}
