/** Takes a bulk edit back, field by field, as a rebase on what the product holds today. */
import type { PlannedField } from './bulk-edit';
import { identical } from './canonical';
import type { FieldPath, FieldValue } from './decision';
import { heldValue, partsOf } from './held-value';
import { historyKey, sameness } from './history';
import { MAX_MEDIA } from './media-change';
import type { SourceProduct } from './product-state';
import { MAX_TAGS } from './tag-change';

/** A field as the edit wrote it. */
export interface AppliedField {
  path: FieldPath;
  before: FieldValue;
  after: FieldValue;
}

/** A value as a merchant may read it. */
function said(value: FieldValue): string {
  if (value === null || value === '') return 'nothing';
  if (Array.isArray(value)) return 'another order';
  if (typeof value !== 'object') return `"${String(value)}"`;
  return said(value['url'] ?? value['value'] ?? JSON.stringify(value));
}

type UndoSkip = 'changed-since' | 'unchanged';

/** The product while its undo is planned: the pictures and the number of tags that it will have. */
class Undoing {
  readonly planned: PlannedField[] = [];
  media: string[];
  tags: number;
  private readonly applied: ReadonlySet<string>;

  constructor(
    readonly product: SourceProduct,
    applied: AppliedField[],
  ) {
    this.media = product.media.map(({ id }) => id);
    this.tags = product.tags.length;
    this.applied = new Set(applied.map(({ path }) => historyKey(path)));
  }

  /** `before` is what the product holds, `after` what it held before the edit. */
  change(path: FieldPath, before: FieldValue, after: FieldValue): void {
    this.planned.push({ path, before, after, outcome: 'change', warnings: [] });
    const [kind, id] = partsOf(path.field);
    if (kind === 'tags') this.tags += after === null ? -1 : 1;
    if (kind !== 'media') return;
    this.media = this.media.filter((each) => each !== id);
    if (after !== null) this.media.push(id);
  }

  keep(path: FieldPath, before: FieldValue, after: FieldValue, message: string, code: UndoSkip): void {
    this.planned.push({ path, before, after, outcome: 'skip', code, message });
  }

  /** Why a picture cannot be taken away or added again; null where it can. */
  ofPicture(id: string, before: FieldValue): string | null {
    // Without the picture a variant that somebody gave it since would show none.
    const shown = this.product.variants.some(
      (variant) =>
        variant.mediaId === id &&
        !this.applied.has(historyKey({ variant: variant.id, field: 'variantMedia' })),
    );
    if (before === null) return shown ? 'A variant shows the picture since.' : null;
    const url = typeof before === 'object' && !Array.isArray(before) ? before['url'] : undefined;
    const again = this.product.media.find((media) => media.url === url);
    if (again !== undefined && again.id !== id) return 'The picture has been added again since.';
    return this.media.length < MAX_MEDIA ? null : `The product has ${MAX_MEDIA} pictures now. Remove some.`;
  }
}

/** Why the value cannot be brought back although nobody changed it; null where it can. */
function obstacle(undoing: Undoing, { path, before }: AppliedField): string | null {
  const [kind, id] = partsOf(path.field);
  if (path.variant !== null && !undoing.product.variants.some((variant) => variant.id === path.variant))
    return 'The variant is no longer in the catalog.';
  switch (kind) {
    case 'variantMedia':
      return typeof before === 'string' && !undoing.media.includes(before)
        ? 'The picture it showed is no longer there.'
        : null;
    case 'mediaAlt':
      return undoing.media.includes(id) ? null : 'The picture is no longer there.';
    case 'tags':
      return before !== null && undoing.tags >= MAX_TAGS
        ? `The product has ${MAX_TAGS} tags now. Remove some.`
        : null;
    case 'media':
      return undoing.ofPicture(id, before);
    default:
      return null;
  }
}

/** The order as it was, of the pictures that there will be; what came since, or stays, keeps its place at the end. */
function orderBefore({ media }: Undoing, before: FieldValue): string[] {
  const wanted = Array.isArray(before) ? before.filter((id) => typeof id === 'string') : [];
  return [...wanted.filter((id) => media.includes(id)), ...media.filter((id) => !wanted.includes(id))];
}

/** Names today's spelling of a tag, which is the one to take away. */
function pathToday({ variant, field }: FieldPath, today: FieldValue, before: FieldValue): FieldPath {
  const tag = today ?? before;
  return partsOf(field)[0] === 'tags' && typeof tag === 'string'
    ? { variant, field: `tags:${tag}` }
    : { variant, field };
}

function undoField(undoing: Undoing, applied: AppliedField): void {
  const today = heldValue(undoing.product, applied.path);
  const path = pathToday(applied.path, today, applied.before);
  const before = path.field === 'mediaOrder' ? orderBefore(undoing, applied.before) : applied.before;
  const same = sameness(path);
  if (!same(today, applied.after)) {
    if (same(today, applied.before))
      return undoing.keep(path, today, before, 'It is so again already.', 'unchanged');
    const message = `It was changed since and holds ${said(today)} now.`;
    return undoing.keep(path, today, before, message, 'changed-since');
  }
  const hindered = obstacle(undoing, applied);
  if (hindered !== null) return undoing.keep(path, today, before, hindered, 'changed-since');
  if (identical(today, before)) undoing.keep(path, today, before, 'It is so again already.', 'unchanged');
  else undoing.change(path, today, before);
}

/** What must be undone first: pictures and tags go before others come, and the order is told of what is there then. */
function rank({ path: { variant, field }, before }: AppliedField): number {
  const [kind] = partsOf(field);
  if (variant !== null) return 4;
  if (kind === 'mediaOrder') return 3;
  return kind === 'media' || kind === 'tags' ? (before === null ? 0 : 1) : 2;
}

/**
 * The way back from what an edit wrote into a product (its applied fields, each path once, in the order of its plan): where
 * the product still holds what the edit wrote, a change to what was there before; where somebody changed it since, a skip
 * that says what it holds now. Sameness is that of the history page. What it returns can be undone in the same way.
 */
export function planUndo(product: SourceProduct, applied: AppliedField[]): PlannedField[] {
  const undoing = new Undoing(product, applied);
  for (const field of applied.toSorted((a, b) => rank(a) - rank(b))) undoField(undoing, field);
  return undoing.planned;
}
