/** What the merge says of one field, and the values it weighed. */
import type { FieldGroup } from './field-group';
import type { Agreed, Gid, SourceId } from './product-state';

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
  /** The rules of the store do not choose this product (ProductPlace). */
  | 'not-chosen'
  /** Shopify cannot take this value now; see the message (an unmapped location, a media still processing). */
  | 'not-possible';

export type Decision =
  | { kind: 'skip'; reason: SkipReason; message?: string }
  | { kind: 'push'; before: FieldValue; after: FieldValue }
  /** `agreed`: what the base holds once the catalog has `after`; absent: what both sides then hold. */
  | { kind: 'pull'; before: FieldValue; after: FieldValue; agreed?: Agreed<FieldValue> }
  | {
      kind: 'conflict';
      reason: ConflictReason;
      base: FieldValue;
      source: FieldValue;
      remote: FieldValue;
    };

/** Why a person must answer: both sides changed, or the push moves a number by more than the policy lets through. */
export type ConflictReason = 'both-changed' | 'held';

export interface FieldDecision {
  path: FieldPath;
  decision: Decision;
}

/**
 * Who wins where both sides changed one field to different values (or differ at their first meeting). "newest-wins" goes
 * by the instant of the change on each side: the database's clock against Shopify's; where they are equal or one is
 * not known, a person decides.
 */
export const CONFLICT_POLICIES = ['source-wins', 'remote-wins', 'newest-wins', 'manual'] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];

/** Who wins one field, once the instants have been weighed. */
export type Winner = Exclude<ConflictPolicy, 'newest-wins'>;

export interface FieldPolicy {
  conflict: ConflictPolicy;
  /** A push that moves a number by more than so many percent of what Shopify holds waits for a person. Null: none does. */
  holdAbovePercent: number | null;
}

/** The policy of one product, field group by field group. */
export interface MergePolicy {
  conflict: ConflictPolicy;
  holdAbovePercent?: number | null;
  /** Groups that have a policy of their own. */
  groups?: Partial<Record<FieldGroup, FieldPolicy>>;
  /** What to do in Shopify with a product that was deleted in the source. */
  deletion: 'archive' | 'delete';
}

/** A person's answer to one conflict. It holds for the two values that were seen, and for no others. */
export interface ConflictAnswer {
  choice: 'source' | 'remote' | 'value';
  /** For "value": what both sides shall hold. */
  value: FieldValue;
  seen: { source: FieldValue; remote: FieldValue };
  /** Who answered, as the audit log names them. */
  by: string;
}

/** When each side last changed a product or a variant; null where that is not known. */
export interface ChangedAt {
  /** By the clock of the catalog's database. */
  source: Date | null;
  /** By Shopify's clock. */
  remote: Date | null;
}
