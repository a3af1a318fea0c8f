/**
 * The three states of a product that the merge compares: source (the merchant's catalog), remote (what Shopify
 * holds) and base (what both last agreed on). All names are Shopify's; see
 * https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Product.
 */

/** A decimal number as text, e.g. "12.50". Money and weights never become floats. */
export type DecimalString = string;
/** A Shopify global id, e.g. "gid://shopify/Product/1". */
export type Gid = string;
/** The id of a row of the catalog (uuid). */
export type SourceId = string;

export type ProductStatus = 'ACTIVE' | 'ARCHIVED' | 'DRAFT' | 'UNLISTED';
export type InventoryPolicy = 'DENY' | 'CONTINUE';
export type WeightUnit = 'GRAMS' | 'KILOGRAMS' | 'OUNCES' | 'POUNDS';
export type MediaKind = 'IMAGE' | 'VIDEO' | 'EXTERNAL_VIDEO' | 'MODEL_3D';

// Types rather than interfaces where a value is also a FieldValue: only type aliases fit an index signature.
export type Weight = {
  value: DecimalString;
  unit: WeightUnit;
};

/** https://shopify.dev/docs/api/admin-graphql/2026-10/objects/UnitPriceMeasurement */
export type UnitPriceMeasurement = {
  quantityValue: DecimalString;
  quantityUnit: string;
  referenceValue: number;
  referenceUnit: string;
};

export type ProductFields = {
  title: string;
  descriptionHtml: string;
  handle: string;
  vendor: string;
  productType: string;
  /** Taxonomy category gid, or null for none. */
  category: Gid | null;
  status: ProductStatus;
  /** Whether the Online Store shows it (Product.publishedAt is set). */
  published: boolean;
  seoTitle: string | null;
  seoDescription: string | null;
  templateSuffix: string | null;
};

export type VariantFields = {
  price: DecimalString;
  compareAtPrice: DecimalString | null;
  /** Cost per item, in the shop's currency. */
  cost: DecimalString | null;
  sku: string | null;
  barcode: string | null;
  taxable: boolean;
  taxCode: string | null;
  tracked: boolean;
  inventoryPolicy: InventoryPolicy;
  requiresShipping: boolean;
  weight: Weight | null;
  harmonizedSystemCode: string | null;
  countryCodeOfOrigin: string | null;
  unitPriceMeasurement: UnitPriceMeasurement | null;
};

/** One option and its values in display order, e.g. {name: "Size", values: ["S", "M"]}. */
export type OptionState = {
  name: string;
  values: string[];
};

export type MetafieldState = {
  namespace: string;
  key: string;
  type: string;
  value: string;
};

/** "namespace.key": how metafields are keyed wherever they are held in a record. */
export type MetafieldKey = string;
/** Stock (the "available" quantity) per location, keyed by location gid. */
export type InventoryByLocation = Record<Gid, number>;

export interface SourceMedia {
  id: SourceId;
  url: string;
  alt: string;
  kind: MediaKind;
}

export interface SourceVariant {
  id: SourceId;
  /** A field that is absent is not managed by the source: it is never pushed. Null says: empty. */
  fields: Partial<VariantFields>;
  /** One value per option of the product, in the options' order. */
  optionValues: string[];
  /** The variant's own picture: the id of one of the product's media, or null. */
  mediaId: SourceId | null;
  metafields: Record<MetafieldKey, MetafieldState>;
  inventory: InventoryByLocation;
}

/** A product as the merchant's catalog wants it. Variants and media are in display order. */
export interface SourceProduct {
  id: SourceId;
  fields: Partial<ProductFields>;
  giftCard: boolean;
  tags: string[];
  options: OptionState[];
  variants: SourceVariant[];
  media: SourceMedia[];
  metafields: Record<MetafieldKey, MetafieldState>;
}

export interface RemoteMedia {
  id: Gid;
  /** Shopify's own address of the file; not the address it was made from. */
  url: string | null;
  alt: string;
  kind: MediaKind;
  status: 'UPLOADED' | 'PROCESSING' | 'READY' | 'FAILED';
}

export interface RemoteVariant {
  id: Gid;
  inventoryItemId: Gid;
  fields: VariantFields;
  optionValues: string[];
  mediaId: Gid | null;
  metafields: Record<MetafieldKey, MetafieldState>;
  inventory: InventoryByLocation;
}

/** A product as Shopify last returned it. Variants and media are in Shopify's order. */
export interface RemoteProduct {
  id: Gid;
  fields: ProductFields;
  giftCard: boolean;
  tags: string[];
  options: OptionState[];
  variants: RemoteVariant[];
  media: RemoteMedia[];
  metafields: Record<MetafieldKey, MetafieldState>;
}

/**
 * One agreed value as each side spells it. Shopify may normalise what it is given (tags, HTML, handles), so after
 * a push the base keeps what we sent beside what came back; each side is later compared with its own spelling.
 */
export interface Agreed<T> {
  source: T;
  remote: T;
}

export type AgreedFields<F> = { [K in keyof F]?: Agreed<F[K]> };

export interface BaseVariant {
  remoteId: Gid;
  fields: AgreedFields<VariantFields>;
  optionValues?: Agreed<string[]>;
  media: { sourceId: SourceId | null; remoteId: Gid | null };
  metafields: Record<MetafieldKey, Agreed<MetafieldState>>;
  inventory: Record<Gid, Agreed<number>>;
}

export interface BaseMedia {
  remoteId: Gid;
  url: string;
  alt?: Agreed<string>;
}

/** What both sides last agreed on; what is absent was never agreed. Variants and media are keyed by their id in the source. */
export interface BaseProduct {
  fields: AgreedFields<ProductFields>;
  tags: Agreed<string[]>;
  options?: Agreed<OptionState[]>;
  /** Source ids of the variants in the agreed order. */
  variantOrder?: SourceId[];
  mediaOrder?: SourceId[];
  variants: Record<SourceId, BaseVariant>;
  media: Record<SourceId, BaseMedia>;
  metafields: Record<MetafieldKey, Agreed<MetafieldState>>;
}
