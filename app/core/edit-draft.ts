/** A product while the changes of a bulk edit are tried on it, one after the other. */
import { Decimal } from 'decimal.js';
import type { EditSkip, EditTerms, EditWarning, PlannedField } from './bulk-edit';
import { fold, identical, isDecimal, isEmpty } from './canonical';
import type { FieldPath, FieldValue } from './decision';
import { isAmountField, isStockField, isZero } from './edit-number';
import { heldByProduct, heldByVariant, partsOf } from './held-value';
import { historyKey } from './history';
import { exceeds } from './merging';
import type { SourceMedia, SourceProduct, SourceVariant } from './product-state';

/** Why a change leaves a field as it is. */
export interface Refusal {
  code: EditSkip;
  message: string;
  /** What was asked for, as far as it can be said. */
  wanted: FieldValue;
}

interface Touched {
  path: FieldPath;
  before: FieldValue;
  after: FieldValue;
  refusal: Refusal | null;
  raisedToFloor: boolean;
}

function sameValue(path: FieldPath, a: FieldValue, b: FieldValue): boolean {
  if (isEmpty(a) && isEmpty(b)) return true;
  if (partsOf(path.field)[0] !== 'metafield' && isDecimal(a) && isDecimal(b)) return new Decimal(a).equals(b);
  return identical(a, b);
}

/** Collects what a plan does, field by field; each field is shown once, against what the product really holds. */
export class EditDraft {
  /** By their folded spelling. */
  readonly tags: Map<string, string>;
  /** In order; what becomes of it is put into fields by `settleMedia`. */
  media: SourceMedia[];
  private readonly variants: ReadonlyMap<string, SourceVariant>;
  private readonly touched = new Map<string, Touched>();

  constructor(readonly product: SourceProduct) {
    this.variants = new Map(product.variants.map((variant) => [variant.id, variant]));
    this.media = [...product.media];
    this.tags = new Map(product.tags.toReversed().map((tag) => [fold(tag), tag]));
  }

  /** What the field holds after the changes so far. */
  value(path: FieldPath): FieldValue {
    const touched = this.touched.get(historyKey(path));
    return touched === undefined ? this.held(path) : touched.after;
  }

  private held({ variant, field }: FieldPath): FieldValue {
    if (variant === null) return heldByProduct(this.product, field);
    const owner = this.variants.get(variant);
    return owner === undefined ? null : heldByVariant(owner, field);
  }

  /** What a variant's amount is after the changes so far. */
  amount(variant: string, field: 'price' | 'compareAtPrice' | 'cost'): string | null {
    const value = this.value({ variant, field });
    return isDecimal(value) ? value : null;
  }

  set(path: FieldPath, after: FieldValue, raisedToFloor = false): void {
    const touched = this.touch(path);
    touched.after = after;
    touched.refusal = null;
    touched.raisedToFloor = raisedToFloor;
    // Fields stand in the order in which they were set last: pictures come and go in this order, and back again.
    this.touched.delete(historyKey(path));
    this.touched.set(historyKey(path), touched);
  }

  /** The field stays as the changes before left it. */
  refuse(path: FieldPath, refusal: Refusal): void {
    this.touch(path).refusal = refusal;
  }

  private touch(path: FieldPath): Touched {
    const key = historyKey(path);
    const known = this.touched.get(key);
    if (known !== undefined) return known;
    const before = this.held(path);
    const touched = { path, before, after: before, refusal: null, raisedToFloor: false };
    this.touched.set(key, touched);
    return touched;
  }

  /** The plan: the product's own fields first, then the variants in their order. */
  planned(terms: EditTerms): PlannedField[] {
    const places = new Map<string | null, number>(this.product.variants.map(({ id }, index) => [id, index]));
    const rank = ({ path, after }: PlannedField) => (places.get(path.variant) ?? -2) + rankOfOwn(path, after);
    return [...this.touched.values()]
      .map((touched) => this.plannedField(touched, terms))
      .toSorted((a, b) => rank(a) - rank(b));
  }

  private plannedField(touched: Touched, terms: EditTerms): PlannedField {
    const { before, after, refusal } = touched;
    const path = spelled(touched);
    if (!sameValue(path, before, after))
      return { path, before, after, outcome: 'change', warnings: this.warnings(touched, terms) };
    if (refusal === null)
      return { path, before, after, outcome: 'skip', code: 'unchanged', message: 'It is so already.' };
    const { code, message, wanted } = refusal;
    return { path, before, after: wanted, outcome: 'skip', code, message };
  }

  private warnings({ path, before, after, raisedToFloor }: Touched, terms: EditTerms): EditWarning[] {
    const [kind] = partsOf(path.field);
    const warnings: EditWarning[] = [];
    if (path.variant !== null && (kind === 'price' || kind === 'cost' || kind === 'compareAtPrice')) {
      const [price, cost] = [this.amount(path.variant, 'price'), this.amount(path.variant, 'cost')];
      const compareAt = this.amount(path.variant, 'compareAtPrice');
      if (kind !== 'compareAtPrice' && price !== null && cost !== null && new Decimal(price).lessThan(cost))
        warnings.push('below-cost');
      if (
        kind !== 'cost' &&
        price !== null &&
        compareAt !== null &&
        !new Decimal(compareAt).greaterThan(price)
      )
        warnings.push('compare-at-not-above-price');
    }
    if (isAmountField(path) && exceeds(terms.warnAbovePercent, before, after)) warnings.push('large-change');
    if ((isAmountField(path) || isStockField(path)) && isZero(after)) warnings.push('to-zero');
    if (raisedToFloor) warnings.push('raised-to-floor');
    return warnings;
  }
}

/** Of the product's own fields: what goes makes room for what comes. The order of pictures is set last of all. */
function rankOfOwn({ variant, field }: FieldPath, after: FieldValue): number {
  if (variant !== null) return 0;
  const [kind] = partsOf(field);
  return (kind === 'tags' || kind === 'media') && after === null ? 0 : 1;
}

/** A tag's path carries the spelling that the product has or gets. */
function spelled({ path, before, after }: Touched): FieldPath {
  const tag = before ?? after;
  return partsOf(path.field)[0] === 'tags' && typeof tag === 'string'
    ? { ...path, field: `tags:${tag}` }
    : path;
}
