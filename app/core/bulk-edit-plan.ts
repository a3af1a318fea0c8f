/** What a bulk edit makes of one product. Pure but for the ids of new pictures, which the terms provide. */
import type { BulkChange, EditTerms, PlannedField, StockChange } from './bulk-edit';
import { minorUnitDigits } from './currency';
import type { FieldPath } from './decision';
import { EditDraft } from './edit-draft';
import { changeMedia, settleMedia } from './media-change';
import { type Amounts, reckonedAmount } from './price-change';
import type { Gid, SourceId, SourceProduct, SourceVariant } from './product-state';
import { changeTags } from './tag-change';

/** Either way: what the catalog and Shopify's inventory mutations take. */
export const MAX_STOCK = 1_000_000_000;

/** Most characters of a text field; those of the search engine listing are what the import takes. */
export const TEXT_LIMITS = {
  vendor: 255,
  productType: 255,
  seoTitle: 5000,
  seoDescription: 50_000,
} as const;

type AmountField = keyof Amounts;
type AmountEdit = Extract<BulkChange, { field: AmountField }>;

function changeAmount(draft: EditDraft, variant: SourceVariant, edit: AmountEdit, digits: number): void {
  const path: FieldPath = { variant: variant.id, field: edit.field };
  if (edit.change === null) return draft.set(path, null);
  const of = (field: AmountField) => draft.amount(variant.id, field);
  const amounts = { price: of('price'), compareAtPrice: of('compareAtPrice'), cost: of('cost') };
  const floor = edit.field === 'price' ? edit.floor : null;
  const terms = { rounding: edit.rounding, floor, digits };
  const reckoned = reckonedAmount(edit.field, edit.change, amounts, terms);
  if (reckoned.ok) return draft.set(path, reckoned.amount, reckoned.raisedToFloor);
  draft.refuse(path, { code: reckoned.code, message: reckoned.message, wanted: null });
}

function changeStock(draft: EditDraft, variant: SourceVariant, change: StockChange, locationId: Gid): void {
  const path: FieldPath = { variant: variant.id, field: `inventory:${locationId}` };
  const held = draft.value(path);
  const wanted = change.kind === 'set' ? change.available : (typeof held === 'number' ? held : 0) + change.by;
  if (variant.fields.tracked === false) {
    const message = 'The stock of this variant is not tracked. Turn tracking on first.';
    return draft.refuse(path, { code: 'not-tracked', message, wanted });
  }
  if (Math.abs(wanted) <= MAX_STOCK) return draft.set(path, wanted);
  const message = `The stock would be ${wanted}; it must be from ${-MAX_STOCK} to ${MAX_STOCK}. Change it by less.`;
  draft.refuse(path, { code: 'out-of-range', message, wanted });
}

function changeText(draft: EditDraft, field: keyof typeof TEXT_LIMITS, value: string | null): void {
  const path: FieldPath = { variant: null, field };
  const length = value === null ? 0 : [...value].length;
  if (length <= TEXT_LIMITS[field]) return draft.set(path, value);
  const message = `"${value?.slice(0, 40) ?? ''}..." has ${length} characters; at most ${TEXT_LIMITS[field]} are allowed. Shorten it.`;
  draft.refuse(path, { code: 'out-of-range', message, wanted: value });
}

function changeMetafield(
  draft: EditDraft,
  variant: SourceId | null,
  { namespace, key, type, value }: Extract<BulkChange, { field: 'metafield' }>,
): void {
  const path: FieldPath = { variant, field: `metafield:${namespace}.${key}` };
  if (value !== null) return draft.set(path, { namespace, key, type, value });
  if (draft.value(path) !== null) return draft.set(path, null);
  const message = `There is no metafield ${namespace}.${key} to take away.`;
  draft.refuse(path, { code: 'not-there', message, wanted: null });
}

/**
 * What the changes make of the product, in order: a later one starts from the result of those before it. Every path comes
 * once, with what the product holds now as `before`: apply compares with the product as it was before the whole plan. The
 * product's own fields come first, then those of the variants in their order; what takes a picture or a tag away stands
 * before what adds one, the order of pictures after both.
 *
 * `variantIds`: the variants that were selected; changes of the product itself ignore them. The changes must have passed
 * `checkBulkChanges`.
 */
export function planProductEdit(
  product: SourceProduct,
  variantIds: ReadonlySet<SourceId> | 'all',
  changes: BulkChange[],
  terms: EditTerms,
): PlannedField[] {
  const draft = new EditDraft(product);
  const digits = minorUnitDigits(terms.currencyCode);
  const variants = product.variants.filter(({ id }) => variantIds === 'all' || variantIds.has(id));
  for (const change of changes)
    switch (change.field) {
      case 'price':
      case 'compareAtPrice':
      case 'cost':
        for (const variant of variants) changeAmount(draft, variant, change, digits);
        break;
      case 'inventory':
        for (const variant of variants) changeStock(draft, variant, change.change, change.locationId);
        break;
      case 'tags':
        changeTags(draft, change.change);
        break;
      case 'media':
        changeMedia(draft, change.change, terms.newId);
        break;
      case 'status':
        draft.set({ variant: null, field: 'status' }, change.value);
        break;
      case 'vendor':
      case 'productType':
        changeText(draft, change.field, change.value.trim());
        break;
      case 'seoTitle':
      case 'seoDescription':
        changeText(draft, change.field, change.value?.trim() || null);
        break;
      case 'metafield':
        if (change.of === 'product') changeMetafield(draft, null, change);
        else for (const variant of variants) changeMetafield(draft, variant.id, change);
    }
  settleMedia(draft);
  return draft.planned(terms);
}
