/** A bulk edit of one store: what it makes of a product's overrides, and the way back. */
import type { PlannedField } from './bulk-edit';
import { identical } from './canonical';
import type { FieldPath, FieldValue } from './decision';
import { heldValue, partsOf } from './held-value';
import { sameness } from './history';
import type { Overlay } from './overlay';
import type { SourceProduct } from './product-state';

/** An override of a field; null: there is none. A null value overrides with "nothing". */
export type OverrideState = { value: FieldValue } | null;

/** A planned field with what becomes of its override. `before` and `after` are what the store holds, promotions aside. */
export type PlannedOverride = PlannedField & { overrideBefore: OverrideState; overrideAfter: OverrideState };

/** The overrides of a product by their path. */
export type OverridesOfProduct = ReadonlyMap<string, { value: FieldValue }>;

export function overridesAmong(overlays: readonly Overlay[]): OverridesOfProduct {
  return new Map(
    overlays.flatMap((overlay) =>
      overlay.kind === 'override' ? [[overridePathKey(overlay.path), { value: overlay.value }] as const] : [],
    ),
  );
}

function overridePathKey({ variant, field }: FieldPath): string {
  return `${variant ?? ''}|${field}`;
}

/** What the product holds in a field that can be overridden: of "tags" all of them. */
export function overridableValue(product: SourceProduct, path: FieldPath): FieldValue {
  return path.variant === null && path.field === 'tags' ? product.tags : heldValue(product, path);
}

function tagsAfter(product: SourceProduct, planned: PlannedField[]): string[] {
  const tags = planned.filter((field) => field.outcome === 'change');
  const removed = new Set(tags.flatMap(({ before }) => (typeof before === 'string' ? [before] : [])));
  const added = tags.flatMap(({ after }) => (typeof after === 'string' ? [after] : []));
  return [...product.tags.filter((tag) => !removed.has(tag)), ...added];
}

/** Tags are overridden as a whole: their fields become one. */
function joinTags(product: SourceProduct, planned: PlannedField[]): PlannedField[] {
  const isTag = ({ path }: PlannedField) => path.variant === null && partsOf(path.field)[0] === 'tags';
  const tags = planned.filter(isTag);
  const [first] = tags;
  if (first === undefined) return planned;
  const path: FieldPath = { variant: null, field: 'tags' };
  const [before, after] = [product.tags, tagsAfter(product, tags)];
  const joined: PlannedField = tags.some(({ outcome }) => outcome === 'change')
    ? { path, before, after, outcome: 'change', warnings: [] }
    : { ...first, path, before, after };
  return [joined, ...planned.filter((field) => !isTag(field))];
}

/** The plan of an edit, made on the product under its overrides, as a plan of overrides. */
export function planOverrides(
  product: SourceProduct,
  planned: PlannedField[],
  overrides: OverridesOfProduct,
): PlannedOverride[] {
  return joinTags(product, planned).map((field) => ({
    ...field,
    overrideBefore: overrideOf(overrides, field.path),
    overrideAfter: { value: field.after },
  }));
}

/** What an edit of one store wrote. */
export interface AppliedOverride {
  path: FieldPath;
  overrideBefore: OverrideState;
  overrideAfter: OverrideState;
}

/**
 * The way back: where the override is still what the edit made of it, what it was before, which is none where there was none;
 * where somebody changed it since, it is kept and listed. `source`: the product under the store's rules, without overrides.
 */
export function planOverrideUndo(
  source: SourceProduct,
  applied: AppliedOverride[],
  overrides: OverridesOfProduct,
): PlannedOverride[] {
  return applied.map(({ path, overrideBefore, overrideAfter }): PlannedOverride => {
    const active = overrideOf(overrides, path);
    const shown = (state: OverrideState) => (state === null ? overridableValue(source, path) : state.value);
    const field = { path, before: shown(active), after: shown(overrideBefore) };
    const states = { overrideBefore: active, overrideAfter: overrideBefore };
    if (sameState(path, active, overrideAfter))
      return { ...field, ...states, outcome: 'change', warnings: [] };
    if (sameState(path, active, overrideBefore))
      return { ...field, ...states, outcome: 'skip', code: 'unchanged', message: 'It is so again already.' };
    const message =
      active === null
        ? 'The override was revoked since.'
        : 'The override was changed since: the newer value stays.';
    return { ...field, ...states, outcome: 'skip', code: 'changed-since', message };
  });
}

/** The override of a field; null: there is none. */
export function overrideOf(overrides: OverridesOfProduct, path: FieldPath): OverrideState {
  return overrides.get(overridePathKey(path)) ?? null;
}

/** Whether two states of an override are the same. */
export function sameState(path: FieldPath, a: OverrideState, b: OverrideState): boolean {
  if (a === null || b === null) return a === b;
  return sameOverridable(path, a.value, b.value);
}

/** Whether two values of a field that can be overridden mean the same. */
export function sameOverridable(path: FieldPath, a: FieldValue, b: FieldValue): boolean {
  return path.field === 'tags' ? identical(a, b) : sameness(path)(a, b);
}
