/**
 * A bulk edit: what to change of the products that were selected, said once, in terms that name no product. What it makes
 * of one product is `planProductEdit` (bulk-edit-plan.ts).
 */
import type { FieldPath, FieldValue } from './decision';
import type { DecimalString, Gid, MediaKind, ProductStatus, SourceId } from './product-state';

/** Which products, and which of their variants: what asks for variants (a SKU, a price) leaves the others alone. */
export type ProductSelection =
  /** Shopify's search syntax over the catalog: core/search-query.ts; "" is everything. */
  | { kind: 'query'; query: string }
  | { kind: 'skus'; skus: string[] }
  | {
      kind: 'products';
      productIds: SourceId[];
      /** An edit: of these products only the fields that had moved when it was applied (asked-again.ts). */
      fieldsMovedIn?: string | undefined;
    };

/** The new amount, before it is rounded. Percentages are signed: "-10" is ten percent less. */
export type AmountChange =
  | { by: 'percent'; percent: DecimalString }
  | { by: 'amount'; amount: DecimalString }
  | { by: 'value'; value: DecimalString }
  /** So that (price - cost) / price is the margin: percent from 0 up to, not including, 100. */
  | { by: 'margin'; percent: DecimalString }
  /** The variant's other price (compare-at for a price, price for a compare-at price), moved by a percentage. */
  | { by: 'other-price'; percent: DecimalString };

/**
 * 'none': to the currency's minor unit, half up. 'ending': to the nearest amount with these decimals, e.g. "0.99", half up.
 * 'step': to the nearest multiple, e.g. "0.05", half up.
 */
export type Rounding =
  { to: 'none' } | { to: 'ending'; ending: DecimalString } | { to: 'step'; step: DecimalString };

/** Where a new price may not go below; it is raised to the floor, to the next amount that the rounding allows. */
export interface PriceFloor {
  atCost: boolean;
  minimum: DecimalString | null;
}

export type BulkChange =
  | { field: 'price'; change: AmountChange; rounding: Rounding; floor: PriceFloor }
  /** Null clears it. */
  | { field: 'compareAtPrice'; change: AmountChange | null; rounding: Rounding }
  | { field: 'cost'; change: AmountChange | null; rounding: Rounding }
  | { field: 'tags'; change: TagChange }
  | { field: 'inventory'; change: StockChange; locationId: Gid }
  | { field: 'media'; change: MediaChange }
  | { field: 'status'; value: ProductStatus }
  | { field: 'vendor' | 'productType'; value: string }
  /** Null clears it: Shopify shows the title or the description. */
  | { field: 'seoTitle' | 'seoDescription'; value: string | null }
  /** Null takes the metafield away. `of` says whose it is. */
  | {
      field: 'metafield';
      of: 'product' | 'variant';
      namespace: string;
      key: string;
      type: string;
      value: string | null;
    };

export type TagChange =
  | { kind: 'add'; tags: string[] }
  | { kind: 'remove'; tags: string[] }
  /** All tags of the product, whatever it had. */
  | { kind: 'replace'; tags: string[] }
  /** Only where the product has the tag. */
  | { kind: 'rename'; from: string; to: string };

/** Whole units of the available quantity. */
export type StockChange = { kind: 'set'; available: number } | { kind: 'adjust'; by: number };

export interface NewPicture {
  /** Public address. */
  url: string;
  alt: string;
  kind: MediaKind;
}

export type MediaChange =
  /** An address that the product has already is not added twice. */
  | { kind: 'add'; pictures: NewPicture[] }
  /** All pictures of the product, whatever it had. */
  | { kind: 'replace'; pictures: NewPicture[] }
  /** Position 1 is the main picture. */
  | { kind: 'move'; from: number; to: number }
  /** "{title}", "{vendor}" and "{position}" stand for the product's own. */
  | { kind: 'alt'; text: string }
  /** By position; null: all. */
  | { kind: 'remove'; position: number | null };

/** What an edit must know beside the product itself. */
export interface EditTerms {
  /** ISO 4217; its minor unit decides how many decimals a price has. */
  currencyCode: string;
  /** A change of an amount of money by more than so many percent is warned of. */
  warnAbovePercent: number;
  /** Id for a picture that is added: called once each, in order. */
  newId: () => SourceId;
}

export const EDIT_WARNINGS = [
  'below-cost',
  'large-change',
  'compare-at-not-above-price',
  'to-zero',
  'raised-to-floor',
  /** The compare-at price is above the lowest price of the last 30 days: core/lowest-price.ts. */
  'compare-at-above-lowest-price',
] as const;
export type EditWarning = (typeof EDIT_WARNINGS)[number];

export type EditSkip =
  /** The new value is the old one. */
  | 'unchanged'
  /** The number it is reckoned from is not there (no cost, no compare-at price). */
  | 'nothing-to-reckon-from'
  /** The new value is none that the field can hold: below zero, too large, too long. */
  | 'out-of-range'
  /** Stock of a variant that is not tracked. */
  | 'not-tracked'
  /** What is to be renamed, moved or removed is not there. */
  | 'not-there'
  /** Undo: somebody changed it since. */
  | 'changed-since';

/** One field of one product, as the plan shows it. Paths and values are those of the audit log. */
export type PlannedField = {
  path: FieldPath;
  before: FieldValue;
  after: FieldValue;
} & (
  | { outcome: 'change'; warnings: EditWarning[] }
  /** `message`: why, in a merchant's words. `after` is what was asked for, as far as it can be said. */
  | { outcome: 'skip'; code: EditSkip; message: string }
);

/** Something of an edit, as it was asked for, that can make no sense: it is refused before anything is planned. */
export interface EditProblem {
  /** Where in the changes, from 0: "changes.0.rounding.ending". */
  field: string;
  value: string;
  reason: string;
  remedy: string;
}
