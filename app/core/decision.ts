/** What the merge says of one field, and the values it weighed. */
import type { Gid, SourceId } from './product-state';

/** Anything a field can hold, as plain JSON. */
export type FieldValue = null | boolean | number | string | FieldValue[] | { [key: string]: FieldValue };

/**
 * Names one field of one product. `field` is the name a merchant would recognise: a key of ProductFields or
 * VariantFields, or "tags:Sale" (one tag), "metafield:custom.care", "inventory:gid://shopify/Location/1",
 * "media:<source id>", "mediaOrder", "options", "variantOrder", "variantMedia", "existence".
 */
export interface FieldPath {
  /** Null for the product's own fields; else which variant (source id, or remote gid where only Shopify has it). */
  variant: SourceId | Gid | null;
  field: string;
}

export type SkipReason =
  /** Source, base and remote agree. */
  | 'unchanged'
  /** Both sides hold the same value although the base did not: only the base is brought up to date. */
  | 'converged'
  /** The source does not manage this field. */
  | 'unmanaged'
  /** Only Shopify has it and it was never ours (a variant or metafield made there). */
  | 'only-in-shopify'
  /** Somebody deleted it in Shopify and the source has not changed since: it is not made again unasked. */
  | 'deleted-in-shopify'
  /** Shopify cannot take this value now; see the message (an unmapped location, a media still processing). */
  | 'not-possible';

export type Decision =
  | { kind: 'skip'; reason: SkipReason; message?: string }
  | { kind: 'push'; before: FieldValue; after: FieldValue }
  | { kind: 'pull'; before: FieldValue; after: FieldValue }
  | { kind: 'conflict'; base: FieldValue; source: FieldValue; remote: FieldValue };

export interface FieldDecision {
  path: FieldPath;
  decision: Decision;
}

/** Who wins where both sides changed one field to different values (or differ at their first meeting). */
export type ConflictPolicy = 'source-wins' | 'remote-wins' | 'manual';

export interface MergePolicy {
  conflict: ConflictPolicy;
  /** What to do in Shopify with a product that was deleted in the source. */
  deletion: 'archive' | 'delete';
}
