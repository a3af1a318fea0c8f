/** What a bulk edit does to a product's pictures. They are known by address; a position counts from 1. */
import type { MediaChange, NewPicture } from './bulk-edit';
import { identical } from './canonical';
import type { FieldPath } from './decision';
import type { EditDraft } from './edit-draft';
import { pictureValue } from './held-value';
import type { SourceId, SourceMedia } from './product-state';

/** Of a product, as the import counts them. */
export const MAX_MEDIA = 250;
/** Characters of an alternative text. https://shopify.dev/docs/api/admin-graphql/2026-10/enums/FilesErrorCode */
export const MAX_ALT_LENGTH = 512;

const path = (field: string): FieldPath => ({ variant: null, field });

/** The picture at this address, also one that only a change before took away; null where it must be made. */
function known(draft: EditDraft, url: string): SourceMedia | null {
  const inDraft = draft.media.find((media) => media.url === url);
  return inDraft ?? draft.product.media.find((media) => media.url === url) ?? null;
}

function tooLong(alt: string): string | null {
  const length = [...alt].length;
  return length <= MAX_ALT_LENGTH
    ? null
    : `The alternative text "${alt.slice(0, 40)}..." has ${length} characters; at most ${MAX_ALT_LENGTH} are allowed. Shorten it.`;
}

/** The picture to put into `list`; null where it cannot be, which is noted. */
function fitting(
  draft: EditDraft,
  list: SourceMedia[],
  picture: NewPicture,
  newId: () => SourceId,
): SourceMedia | null {
  const { url, alt, kind } = picture;
  const held = known(draft, url);
  const id = held?.id ?? newId();
  const full = `The product has ${list.length} pictures; at most ${MAX_MEDIA} are allowed. Remove some first.`;
  const message = tooLong(alt) ?? (list.length >= MAX_MEDIA ? full : null);
  if (message === null) return held === null ? { id, url, alt, kind } : { ...held, alt: alt || held.alt };
  draft.refuse(path(`media:${id}`), { code: 'out-of-range', message, wanted: { url, alt, kind } });
  return null;
}

function isThere(draft: EditDraft, media: SourceMedia): void {
  draft.refuse(path(`media:${media.id}`), {
    code: 'unchanged',
    message: `The product has the picture ${media.url} already.`,
    wanted: pictureValue(media),
  });
}

function add(draft: EditDraft, pictures: NewPicture[], newId: () => SourceId): void {
  for (const picture of pictures) {
    const held = draft.media.find(({ url }) => url === picture.url);
    if (held !== undefined) {
      isThere(draft, held);
      continue;
    }
    const added = fitting(draft, draft.media, picture, newId);
    if (added !== null) draft.media.push(added);
  }
}

function replace(draft: EditDraft, pictures: NewPicture[], newId: () => SourceId): void {
  const next: SourceMedia[] = [];
  for (const picture of pictures) {
    if (next.some(({ url }) => url === picture.url)) continue;
    const held = draft.media.find(({ url }) => url === picture.url);
    if (held !== undefined) isThere(draft, held);
    const media = fitting(draft, next, picture, newId);
    if (media !== null) next.push(media);
  }
  draft.media = next;
}

function notThere(draft: EditDraft, position: number | null): void {
  const order = draft.media.map(({ id }) => id);
  draft.refuse(path('mediaOrder'), {
    code: 'not-there',
    message:
      position === null
        ? 'The product has no pictures.'
        : `The product has no picture at position ${position}: it has ${order.length}.`,
    wanted: order,
  });
}

function move(draft: EditDraft, from: number, to: number): void {
  const moved = draft.media[from - 1];
  if (moved === undefined) return notThere(draft, from);
  const others = draft.media.filter(({ id }) => id !== moved.id);
  const next = [...others.slice(0, to - 1), moved, ...others.slice(to - 1)];
  if (next.every(({ id }, index) => id === draft.media[index]?.id)) {
    const wanted = next.map(({ id }) => id);
    draft.refuse(path('mediaOrder'), { code: 'unchanged', message: 'The picture is there already.', wanted });
  }
  draft.media = next;
}

function describe(draft: EditDraft, text: string): void {
  if (draft.media.length === 0) return notThere(draft, null);
  const own = (field: string) => String(draft.value(path(field)) ?? '');
  const words = new Map([
    ['{title}', own('title')],
    ['{vendor}', own('vendor')],
  ]);
  draft.media = draft.media.map((media, index) => {
    const alt = text.replaceAll(/\{(title|vendor|position)\}/g, (word) => words.get(word) ?? `${index + 1}`);
    const message = tooLong(alt);
    const refusal = { code: message === null ? 'unchanged' : 'out-of-range', wanted: alt } as const;
    if (message !== null || alt === media.alt)
      draft.refuse(path(`mediaAlt:${media.id}`), { ...refusal, message: message ?? 'It is so already.' });
    return message === null ? { ...media, alt } : media;
  });
}

function remove(draft: EditDraft, position: number | null): void {
  const gone = position === null ? draft.media : draft.media.slice(position - 1, position);
  if (gone.length === 0) return notThere(draft, position);
  draft.media = draft.media.filter((media) => !gone.includes(media));
}

/** Tries the change on the draft. */
export function changeMedia(draft: EditDraft, change: MediaChange, newId: () => SourceId): void {
  switch (change.kind) {
    case 'add':
      return add(draft, change.pictures, newId);
    case 'replace':
      return replace(draft, change.pictures, newId);
    case 'move':
      return move(draft, change.from, change.to);
    case 'alt':
      return describe(draft, change.text);
    case 'remove':
      return remove(draft, change.position);
  }
}

/**
 * Puts what became of the pictures into fields. A removal also takes the picture from the variants that show it. The order
 * is a field of its own only where removing, and adding at the end, does not say it: there or on the way back.
 */
export function settleMedia(draft: EditDraft): void {
  const { product, media } = draft;
  const before = new Map(product.media.map((each) => [each.id, each]));
  const after = new Map(media.map((each) => [each.id, each]));
  const removed = product.media.filter(({ id }) => !after.has(id));
  const added = media.filter(({ id }) => !before.has(id));
  for (const { id } of removed) {
    draft.set(path(`media:${id}`), null);
    for (const variant of product.variants)
      if (variant.mediaId === id) draft.set({ variant: variant.id, field: 'variantMedia' }, null);
  }
  for (const each of added) draft.set(path(`media:${each.id}`), pictureValue(each));
  for (const { id, alt } of media)
    if (before.has(id) && before.get(id)?.alt !== alt) draft.set(path(`mediaAlt:${id}`), alt);
  const ids = (list: SourceMedia[]) => list.map(({ id }) => id);
  const told = [...ids(product.media.filter(({ id }) => after.has(id))), ...ids(added)];
  const toldBack = [...ids(media.filter(({ id }) => before.has(id))), ...ids(removed)];
  if (!identical(told, ids(media)) || !identical(toldBack, ids(product.media)))
    draft.set(path('mediaOrder'), ids(media));
}
