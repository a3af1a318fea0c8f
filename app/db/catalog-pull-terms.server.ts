/** What the parts of a pull share: its terms, and equality of values. */
import { z } from 'zod';
import type { CatalogProductState } from '~/core/catalog-product';
import type { FieldPath, FieldValue } from '~/core/decision';
import type { SourceProduct } from '~/core/product-state';

export interface Pull {
  path: FieldPath;
  /** What the merge read from the catalog. */
  before: FieldValue;
  /** What Shopify holds. */
  after: FieldValue;
}

export type PullOutcome =
  | { result: 'written'; state: CatalogProductState }
  /** The catalog no longer holds `before`: its newer value stays. */
  | { result: 'moved' }
  /** The catalog cannot take this value; the message says why. */
  | { result: 'refused'; message: string };

/** A state of the catalog, how the merge sees it, and the catalog's name of a location. */
export interface PullSubject {
  state: CatalogProductState;
  source: SourceProduct;
  locationName: (gid: string) => string | undefined;
}

/** What one path would make of the state. */
export interface PullChange {
  /** What the catalog holds; undefined where being there is all that is asked. */
  current: FieldValue | undefined;
  /** Null: the value does not fit; `refusal` says why, where there is more to say than that. */
  next: CatalogProductState | null;
  refusal?: string;
}

/** JSON with the keys of objects in order, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** A value of the source as JSON; absent is null. */
export function asFieldValue(value: unknown): FieldValue {
  return z.json().parse(value ?? null);
}

/** Applies a value that the schema accepts; null for any other. */
export function fits<T>(
  schema: z.ZodType<T>,
  value: FieldValue,
  apply: (value: T) => CatalogProductState | null,
): CatalogProductState | null {
  const parsed = schema.safeParse(value);
  return parsed.success ? apply(parsed.data) : null;
}

const metafieldState = z.object({
  namespace: z.string(),
  key: z.string(),
  type: z.string(),
  value: z.string(),
});

/** The owner with this metafield set, or without it where `after` is null; null where the value is none. */
export function withMetafield<S extends { metafields: CatalogProductState['metafields'] }>(
  owner: S,
  name: string,
  after: FieldValue,
): S | null {
  const others = owner.metafields.filter(({ namespace, key }) => `${namespace}.${key}` !== name);
  if (after === null) return { ...owner, metafields: others };
  const parsed = metafieldState.safeParse(after);
  if (!parsed.success || `${parsed.data.namespace}.${parsed.data.key}` !== name) return null;
  return { ...owner, metafields: [...others, parsed.data] };
}
