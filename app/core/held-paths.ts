/** Which paths of a product an overlay of the store holds: see overlay.ts. */
import type { FieldPath } from './decision';
import { partsOf } from './held-value';

/** What holds a path: the source wins it, and what Shopify has of it never reaches the catalog. */
export type Holder =
  /** The rules of the store. */
  | { kind: 'rules'; id: 'rules' }
  | { kind: 'override'; id: string }
  | { kind: 'promotion'; id: string; name: string }
  | { kind: 'released'; id: string };

/** By `heldPathKey`. */
export type HeldPaths = ReadonlyMap<string, Holder>;

/** Names a path among those that are held: tags are held together. */
export function heldPathKey({ variant, field }: FieldPath): string {
  return `${variant ?? ''}|${partsOf(field)[0] === 'tags' ? 'tags' : field}`;
}

/** What holds a path; null: nothing, it is merged as ever. */
export function holderOf(held: HeldPaths, path: FieldPath): Holder | null {
  return held.get(heldPathKey(path)) ?? null;
}
