/** What a store holds of its catalog. Names follow the GraphQL types of the Admin API 2026-10. */
import type { Gid } from './gid';

export type ProductStatus = 'ACTIVE' | 'ARCHIVED' | 'DRAFT' | 'UNLISTED';

/** An instant in UTC as "2026-11-23T21:02:03Z" (Shopify writes whole seconds). */
export type Instant = string;
/** An amount as text with the currency's minor units, e.g. "12.50". */
export type Money = string;

export interface Metafield {
  id: Gid;
  namespace: string;
  key: string;
  type: string;
  value: string;
  createdAt: Instant;
  updatedAt: Instant;
}

/** Metafields of one owner, keyed by "namespace.key", in order of creation. */
export type Metafields = Map<string, Metafield>;

export interface OptionValue {
  id: Gid;
  name: string;
}

export interface ProductOption {
  id: Gid;
  name: string;
  /** In display order. */
  values: OptionValue[];
}

export interface Product {
  id: Gid;
  title: string;
  descriptionHtml: string;
  handle: string;
  vendor: string;
  productType: string;
  /** Gid of a taxonomy category, or null. */
  categoryId: Gid | null;
  status: ProductStatus;
  tags: string[];
  seo: { title: string | null; description: string | null };
  templateSuffix: string | null;
  giftCardTemplateSuffix: string | null;
  isGiftCard: boolean;
  requiresSellingPlan: boolean;
  createdAt: Instant;
  updatedAt: Instant;
  /** publication gid -> since when it is published there. */
  publishedOn: Map<Gid, Instant>;
  /** In display order; never empty, at most 3. */
  options: ProductOption[];
  /** In display order. */
  variantIds: Gid[];
  /** In display order; gids of files that are media. */
  mediaIds: Gid[];
  metafields: Metafields;
}

export interface UnitPriceMeasurement {
  quantityUnit: string | null;
  quantityValue: number;
  referenceUnit: string | null;
  referenceValue: number;
}

export interface Variant {
  id: Gid;
  productId: Gid;
  inventoryItemId: Gid;
  price: Money;
  compareAtPrice: Money | null;
  barcode: string | null;
  taxable: boolean;
  taxCode: string | null;
  inventoryPolicy: 'DENY' | 'CONTINUE';
  showUnitPrice: boolean;
  unitPriceMeasurement: UnitPriceMeasurement | null;
  requiresComponents: boolean;
  /** Gids of option values, in the order of the product's options. */
  optionValueIds: Gid[];
  /** The variant's own pictures: gids of media of its product (today Shopify allows one). */
  mediaIds: Gid[];
  metafields: Metafields;
  createdAt: Instant;
  updatedAt: Instant;
}

export type FileStatus = 'UPLOADED' | 'PROCESSING' | 'READY' | 'FAILED';
export type FileType = 'MediaImage' | 'Video' | 'ExternalVideo' | 'Model3d' | 'GenericFile';

/** A file of the store's library. Media of products are files that products refer to. */
export interface StoredFile {
  id: Gid;
  type: FileType;
  filename: string;
  alt: string;
  /** Where the client said it comes from. */
  originalSource: string;
  mimeType: string;
  /** Version in the served URL's `?v=`; grows when the content is replaced. */
  version: number;
  width: number;
  height: number;
  status: FileStatus;
  /** When processing ends (epoch milliseconds); null where it has ended. */
  readyAt: number | null;
  /** FileErrorCode that processing ends with; absent: none. */
  failure?: string;
  createdAt: Instant;
  updatedAt: Instant;
}
