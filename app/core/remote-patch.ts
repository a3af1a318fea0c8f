/** What a mutation returned, as a change of the remote state we hold. Never what was sent: Shopify may normalise. */
import type {
  Gid,
  MetafieldKey,
  MetafieldState,
  OptionState,
  ProductFields,
  RemoteMedia,
  RemoteProduct,
  RemoteVariant,
  SourceId,
  VariantFields,
} from './product-state';

export interface VariantPatch {
  id: Gid;
  inventoryItemId?: Gid;
  fields?: Partial<VariantFields>;
  optionValues?: string[];
  mediaId?: Gid | null;
  metafields?: Record<MetafieldKey, MetafieldState | null>;
  /** Null removes the level. */
  inventory?: Record<Gid, number | null>;
}

export interface RemotePatch {
  productId: Gid;
  /** The whole product, where the mutation returned all of it; the other members are then absent. */
  whole?: RemoteProduct;
  deleted?: true;
  /** The mutation changed more than it returned: what we hold must be read again. */
  stale?: true;
  fields?: Partial<ProductFields>;
  tags?: string[];
  options?: OptionState[];
  metafields?: Record<MetafieldKey, MetafieldState | null>;
  /** Changes of variants we hold. */
  variants?: VariantPatch[];
  /** Variants the operation made, in the order they were asked for; appended. */
  createdVariants?: { variant: RemoteVariant; sourceId: SourceId }[];
  deletedVariants?: Gid[];
  variantOrder?: Gid[];
  /** The whole media list after the mutation, in order. */
  media?: RemoteMedia[];
  mediaOrder?: Gid[];
  /** Changed media, e.g. alternative texts. */
  mediaChanges?: { id: Gid; alt: string }[];
  removedMedia?: Gid[];
  /** Which remote media came of which source media (after media-add or product-create), by position in the list sent. */
  mediaCreatedFrom?: { sourceId: SourceId; remoteId: Gid }[];
}
