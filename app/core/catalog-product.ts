/**
 * A product as the catalog's tables hold it, and what an imported file says about one. The catalog knows more than is
 * synced (columns of other programs, a fulfilment service), and its names are its own: locations by name, not gid.
 */
import type {
  DecimalString,
  InventoryPolicy,
  MediaKind,
  MetafieldState,
  ProductStatus,
  SourceId,
  UnitPriceMeasurement,
  WeightUnit,
} from './product-state';

/** Columns that are kept and exported but not synced, by their header. */
export type ExtraColumns = Record<string, string>;
/** Stock by location name; "" is the shop's default location. */
export type StockByLocation = Record<string, number>;

export interface CatalogProductFields {
  handle: string;
  title: string;
  descriptionHtml: string;
  vendor: string;
  productType: string;
  /** A taxonomy gid or a category's full name. */
  category: string | null;
  tags: string[];
  status: ProductStatus;
  published: boolean;
  giftCard: boolean;
  seoTitle: string | null;
  seoDescription: string | null;
  templateSuffix: string | null;
}

export interface CatalogVariantFields {
  sku: string | null;
  barcode: string | null;
  /** Decimals are canonical: no exponent, no trailing zeros ("12.5"). */
  price: DecimalString;
  compareAtPrice: DecimalString | null;
  cost: DecimalString | null;
  taxable: boolean;
  taxCode: string | null;
  tracked: boolean;
  inventoryPolicy: InventoryPolicy;
  fulfillmentService: string;
  requiresShipping: boolean;
  /** In weightUnit. */
  weightValue: DecimalString | null;
  weightUnit: WeightUnit;
  harmonizedSystemCode: string | null;
  countryCodeOfOrigin: string | null;
  unitPriceMeasurement: UnitPriceMeasurement | null;
}

export interface CatalogVariantState {
  id: SourceId;
  fields: CatalogVariantFields;
  /** One value per option of the product; empty for the only variant of a product without options. */
  optionValues: string[];
  mediaId: SourceId | null;
  metafields: MetafieldState[];
  stock: StockByLocation;
  extra: ExtraColumns;
  /** As stored; 0 for a row that is not stored yet. The order of the list is what counts. */
  position: number;
}

export interface CatalogMediaState {
  id: SourceId;
  url: string;
  alt: string;
  kind: MediaKind;
  /** As stored; 0 for a row that is not stored yet. The order of the list is what counts. */
  position: number;
}

/** Variants and media are in display order. */
export interface CatalogProductState {
  id: SourceId;
  fields: CatalogProductFields;
  /** Empty for a product whose only variant is Shopify's "Default Title". */
  options: { name: string; values: string[] }[];
  variants: CatalogVariantState[];
  media: CatalogMediaState[];
  metafields: MetafieldState[];
  extra: ExtraColumns;
}

/** Type null: the type that the catalog has, or the usual one for the key. Value null removes the metafield. */
export interface MetafieldPatch {
  namespace: string;
  key: string;
  type: string | null;
  value: string | null;
}

/** A member that is absent keeps what is there; what is empty (null, "", []) clears it. */
export interface VariantPatch {
  /** Line of the file, for problems that only show against the catalog. */
  line: number;
  fields: Partial<Omit<CatalogVariantFields, 'weightValue' | 'unitPriceMeasurement'>>;
  /** Weight in grams, whatever unit it is shown in. Null: none. */
  weightGrams?: DecimalString | null;
  unitPriceMeasurement?: Partial<UnitPriceMeasurement> | null;
  /** By position; null where the cell was blank. Empty: the row names none. */
  optionValues: (string | null)[];
  /** Address of the variant's own picture; null for none. */
  mediaUrl?: string | null;
  metafields: MetafieldPatch[];
  /** Null removes the level. */
  stock: Record<string, number | null>;
  extra: Record<string, string | null>;
}

export interface MediaPatch {
  line: number;
  url: string;
  position: number | null;
  alt?: string;
}

/** What an imported file says about one product. A member that is absent keeps what is there. */
export interface ProductPatch {
  handle: string;
  /** Lines of the file whose rows were accepted, in the file's order. */
  lines: number[];
  fields: Partial<Omit<CatalogProductFields, 'handle'>>;
  /** By position; null where the file names none. */
  optionNames: (string | null)[];
  variants: VariantPatch[];
  /** True: the pictures listed here are all there shall be. */
  replacesMedia: boolean;
  media: MediaPatch[];
  metafields: MetafieldPatch[];
  extra: Record<string, string | null>;
}

/** Something in a file that a person must mend, in words they can act on. */
export interface ImportProblem {
  /** Line of the file on which the row starts; the header is line 1. */
  line: number;
  handle: string | null;
  column: string | null;
  value: string | null;
  reason: string;
  remedy: string;
  /** 'row': the row was left out. 'cell': only this cell was, the rest of the row was taken. */
  left: 'row' | 'cell';
}
