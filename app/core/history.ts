/**
 * Every field of a product as it was at an instant, from what the catalog holds today and the changes on record: the
 * newest change until then says what it became, else the oldest one since says what it was before, else it never changed.
 */
import {
  fold,
  isEmpty,
  sameExactly,
  sameMetafield,
  sameProductField,
  sameTag,
  sameVariantField,
} from './canonical';
import type { Sameness } from './canonical';
import type { FieldPath, FieldValue } from './decision';
import type { SourceProduct } from './product-state';

/** A change as the audit log holds it. */
export interface PastChange {
  path: FieldPath;
  at: Date;
  /** Orders changes of one instant. */
  id: bigint;
  before: FieldValue;
  after: FieldValue;
  /** Only what was 'applied' changed a value. */
  state: string;
  /** 'held': an overlay's value, which the catalog never had. 'released': written over one, so only `after` is the catalog's. */
  overlay?: string | null;
}

/** Why a value cannot be brought back by writing it. */
export type Obstacle =
  /** A variant, or the product, as a whole: making it again would make another one. */
  | 'existence'
  /** A picture as a whole: the record knows where it came from, not the file. */
  | 'picture'
  /** The variant it belonged to is no longer in the catalog. */
  | 'variant-gone';

export interface PastField {
  /** As the catalog spells it today, where it has it. */
  path: FieldPath;
  then: FieldValue;
  now: FieldValue;
  /** Whether both mean the same. */
  isSame: boolean;
  obstacle: Obstacle | null;
}

const productSameness = new Map<string, Sameness>(Object.entries(sameProductField));
const variantSameness = new Map<string, Sameness>(Object.entries(sameVariantField));

function kindOf(field: string): string {
  return field.split(':', 1)[0] ?? field;
}

/** When two spellings of the field mean the same. */
export function sameness({ variant, field }: FieldPath): Sameness {
  const kind = kindOf(field);
  if (kind === 'tags') return sameTag;
  if (kind === 'metafield') return sameMetafield;
  return (variant === null ? productSameness : variantSameness).get(field) ?? sameExactly;
}

/** Two spellings of a tag name one field. */
export function historyKey({ variant, field }: FieldPath): string {
  const kind = kindOf(field);
  return `${variant ?? ''}|${kind === 'tags' ? `tags:${fold(field.slice(kind.length + 1))}` : field}`;
}

/** What the catalog holds, path by path; a tag's value is its spelling, and being there is the value of "existence". */
export function fieldsOf(source: SourceProduct): { path: FieldPath; value: FieldValue }[] {
  const product = (field: string, value: FieldValue) => ({ path: { variant: null, field }, value });
  return [
    ...Object.entries(source.fields).map(([field, value]) => product(field, value)),
    ...source.tags.map((tag) => product(`tags:${tag}`, tag)),
    product('options', source.options),
    ...source.media.flatMap(({ id, url, alt, kind }) => [
      product(`media:${id}`, { url, alt, kind }),
      product(`mediaAlt:${id}`, alt),
    ]),
    product(
      'mediaOrder',
      source.media.map(({ id }) => id),
    ),
    ...Object.entries(source.metafields).map(([key, value]) => product(`metafield:${key}`, value)),
    product(
      'variantOrder',
      source.variants.map(({ id }) => id),
    ),
    product('existence', true),
    ...source.variants.flatMap((variant) => {
      const own = (field: string, value: FieldValue) => ({ path: { variant: variant.id, field }, value });
      return [
        ...Object.entries(variant.fields).map(([field, value]) => own(field, value)),
        own('optionValues', variant.optionValues),
        own('variantMedia', variant.mediaId),
        ...Object.entries(variant.inventory).map(([location, value]) => own(`inventory:${location}`, value)),
        ...Object.entries(variant.metafields).map(([key, value]) => own(`metafield:${key}`, value)),
        own('existence', true),
      ];
    }),
  ];
}

/** On record are names of what came and went; all that is asked of "existence" is whether it was there. */
function valueOf({ field }: FieldPath, value: FieldValue): FieldValue {
  return field === 'existence' ? value !== null : value;
}

function isLater(a: PastChange, b: PastChange): boolean {
  return a.at.getTime() > b.at.getTime() || (a.at.getTime() === b.at.getTime() && a.id > b.id);
}

interface Around {
  path: FieldPath;
  newestUntil: PastChange | null;
  oldestSince: PastChange | null;
}

function changesAround(changes: PastChange[], instant: Date): Map<string, Around> {
  const found = new Map<string, Around>();
  for (const change of changes) {
    if (change.state !== 'applied' || change.overlay === 'held') continue;
    const key = historyKey(change.path);
    const around = found.get(key) ?? { path: change.path, newestUntil: null, oldestSince: null };
    found.set(key, around);
    if (change.at.getTime() <= instant.getTime()) {
      if (around.newestUntil === null || isLater(change, around.newestUntil)) around.newestUntil = change;
    } else if (around.oldestSince === null || isLater(around.oldestSince, change))
      around.oldestSince = change.overlay === 'released' ? { ...change, before: change.after } : change;
  }
  return found;
}

function obstacleOf({ variant, field }: FieldPath, variants: ReadonlySet<string>): Obstacle | null {
  if (field === 'existence') return 'existence';
  if (kindOf(field) === 'media') return 'picture';
  return variant !== null && !variants.has(variant) ? 'variant-gone' : null;
}

/** A tag that is gone is named as it was spelled then. */
function spelled(path: FieldPath, then: FieldValue, now: FieldValue): FieldPath {
  return kindOf(path.field) === 'tags' && now === null && typeof then === 'string'
    ? { ...path, field: `tags:${then}` }
    : path;
}

/** All fields of the product at an instant beside today's. `source` null: the product is no longer in the catalog. */
export function everyFieldAt(
  source: SourceProduct | null,
  changes: PastChange[],
  instant: Date,
): PastField[] {
  const around = changesAround(changes, instant);
  const present = new Map(
    (source === null ? [] : fieldsOf(source)).map((field) => [historyKey(field.path), field]),
  );
  const variants = new Set(source?.variants.map(({ id }) => id));
  const absent = (path: FieldPath): FieldValue => (path.field === 'existence' ? false : null);
  return [...new Set([...present.keys(), ...around.keys()])].flatMap((key): PastField[] => {
    const [held, changed] = [present.get(key), around.get(key)];
    const path = held?.path ?? changed?.path;
    if (path === undefined) return [];
    const now = held?.value ?? absent(path);
    const then = changed?.newestUntil
      ? valueOf(path, changed.newestUntil.after)
      : changed?.oldestSince
        ? valueOf(path, changed.oldestSince.before)
        : now;
    const isSame = sameness(path)(then, now);
    return [{ path: spelled(path, then, now), then, now, isSame, obstacle: obstacleOf(path, variants) }];
  });
}

/** Those that say something: not what is empty then and today, nor the fields of a variant that was not there. */
export function tellingFields(fields: PastField[]): PastField[] {
  const missing = new Set(
    fields.flatMap(({ path, then }) => (path.field === 'existence' && then === false ? [path.variant] : [])),
  );
  return fields.filter(({ path, then, now }) => {
    if (path.field === 'existence') return then !== false || now !== false;
    if (path.variant !== null && missing.has(path.variant)) return false;
    return !isEmpty(then) || !isEmpty(now);
  });
}

/** The product as it was: the fields that say something. */
export function fieldsAt(source: SourceProduct | null, changes: PastChange[], instant: Date): PastField[] {
  return tellingFields(everyFieldAt(source, changes, instant));
}
