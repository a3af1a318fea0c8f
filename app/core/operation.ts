/**
 * What the planner asks of Shopify: the fewest operations that say exactly what changed. An operation names values
 * in core terms; app/shopify turns each kind into one GraphQL field of a document.
 */
import type { FieldPath, FieldValue } from './decision';
import type {
  Gid,
  MetafieldState,
  OptionState,
  ProductFields,
  SourceId,
  SourceMedia,
  SourceProduct,
  SourceVariant,
  VariantFields,
} from './product-state';

/** Which recorded change an operation (or one row of it) carries out: "each intended change has one end state". */
export interface IntendedChange {
  path: FieldPath;
  before: FieldValue;
  after: FieldValue;
}

interface OperationOf<K extends string> {
  kind: K;
  /** The product in the source this belongs to; one bad product never blocks its batch. */
  productId: SourceId;
  /** Names the state this was planned from. A retry of the same intent has the same; idempotency keys derive from it. */
  intent: string;
  changes: IntendedChange[];
}

export interface VariantUpdate {
  sourceId: SourceId;
  remoteId: Gid;
  fields: Partial<VariantFields>;
  /** Only where the variant moves to other option values. */
  optionValues?: { optionName: string; name: string }[];
  /** Remote gid of a media already on the product. */
  mediaId?: Gid;
}

export interface InventoryWrite {
  variantId: SourceId;
  variantRemoteId: Gid;
  inventoryItemId: Gid;
  locationId: Gid;
  quantity: number;
  /** Compare-and-set: the quantity Shopify must still hold. Null only where no level exists yet. */
  changeFromQuantity: number | null;
}

export type Operation =
  /** productSet by handle: upserts a product Shopify does not have yet, whole. */
  | (OperationOf<'product-create'> & { product: SourceProduct })
  /** productUpdate: only the named fields. */
  | (OperationOf<'product-update'> & { remoteId: Gid; fields: Partial<Omit<ProductFields, 'published'>> })
  | (OperationOf<'product-delete'> & { remoteId: Gid })
  | (OperationOf<'publish'> & { remoteId: Gid; published: boolean })
  | (OperationOf<'tags-add'> & { remoteId: Gid; tags: string[] })
  | (OperationOf<'tags-remove'> & { remoteId: Gid; tags: string[] })
  /** productSet with the whole option and variant list: only where the option structure itself changes. */
  | (OperationOf<'options-set'> & {
      remoteId: Gid;
      options: OptionState[];
      /** Every variant the product is to keep; a new one has no remote id, one that only Shopify has no source id. */
      variants: {
        remoteId: Gid | null;
        sourceId: SourceId | null;
        optionValues: string[];
        /** The whole new variant, stock and metafields included; null for one that Shopify has. */
        created: SourceVariant | null;
      }[];
    })
  | (OperationOf<'variants-create'> & {
      remoteId: Gid;
      options: string[];
      /** Whole source variants; inventory and metafields go along. Media by remote gid where known. */
      variants: { variant: SourceProduct['variants'][number]; mediaId: Gid | null }[];
    })
  | (OperationOf<'variants-update'> & { remoteId: Gid; variants: VariantUpdate[] })
  | (OperationOf<'variants-delete'> & {
      remoteId: Gid;
      variants: { sourceId: SourceId | null; remoteId: Gid }[];
    })
  | (OperationOf<'variants-reorder'> & {
      remoteId: Gid;
      positions: { remoteId: Gid; position: number }[];
      /** All variants in their new order, as far as these positions reach; the others follow in the order they have. */
      order: Gid[];
    })
  /** At most 25 a mutation; owners are the product and its variants. */
  | (OperationOf<'metafields-set'> & { remoteId: Gid; metafields: (MetafieldState & { ownerId: Gid })[] })
  | (OperationOf<'metafields-delete'> & {
      remoteId: Gid;
      metafields: { ownerId: Gid; namespace: string; key: string }[];
    })
  /** productUpdate(media:): appends. */
  | (OperationOf<'media-add'> & { remoteId: Gid; media: SourceMedia[] })
  /** fileUpdate: alternative texts. */
  | (OperationOf<'media-update'> & { remoteId: Gid; media: { remoteId: Gid; alt: string }[] })
  /** fileUpdate(referencesToRemove): the file stays in the store's library. */
  | (OperationOf<'media-remove'> & { remoteId: Gid; media: Gid[] })
  | (OperationOf<'media-reorder'> & {
      remoteId: Gid;
      moves: { remoteId: Gid; newPosition: number }[];
      order: Gid[];
    })
  | (OperationOf<'variant-media-detach'> & { remoteId: Gid; variants: { remoteId: Gid; mediaId: Gid }[] })
  /** inventorySetQuantities ("available"), compare-and-set. */
  | (OperationOf<'inventory-set'> & { remoteId: Gid; quantities: InventoryWrite[] });

export type OperationKind = Operation['kind'];
export type OperationFor<K extends OperationKind> = Extract<Operation, { kind: K }>;
