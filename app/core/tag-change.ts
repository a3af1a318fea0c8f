/** What a bulk edit does to a product's tags. Tags are told apart whatever their case. */
import type { TagChange } from './bulk-edit';
import { fold } from './canonical';
import type { FieldPath } from './decision';
import type { EditDraft } from './edit-draft';

/** Of a product. https://shopify.dev/changelog/product-tags-now-have-a-limit-of-250-per-product */
export const MAX_TAGS = 250;
/** Characters of one tag. */
export const MAX_TAG_LENGTH = 255;

const pathOf = (tag: string): FieldPath => ({ variant: null, field: `tags:${tag}` });

function add(draft: EditDraft, text: string): void {
  const tag = text.trim();
  const held = draft.tags.get(fold(tag));
  if (held !== undefined) {
    draft.refuse(pathOf(tag), {
      code: 'unchanged',
      message: `The product has the tag "${held}" already.`,
      wanted: held,
    });
    return;
  }
  const length = [...tag].length;
  if (length > MAX_TAG_LENGTH || draft.tags.size >= MAX_TAGS) {
    const message =
      length > MAX_TAG_LENGTH
        ? `The tag "${tag.slice(0, 40)}..." has ${length} characters; at most ${MAX_TAG_LENGTH} are allowed. Shorten it.`
        : `The product has ${draft.tags.size} tags, so that "${tag}" is one too many: at most ${MAX_TAGS} are allowed. Remove some first.`;
    draft.refuse(pathOf(tag), { code: 'out-of-range', message, wanted: tag });
    return;
  }
  // One that was only taken away by a change before comes back as it was spelled.
  const own = draft.product.tags.find((each) => fold(each) === fold(tag)) ?? tag;
  draft.tags.set(fold(tag), own);
  draft.set(pathOf(own), own);
}

function remove(draft: EditDraft, text: string): void {
  const tag = text.trim();
  if (draft.tags.delete(fold(tag))) return draft.set(pathOf(tag), null);
  draft.refuse(pathOf(tag), {
    code: 'not-there',
    message: `The product has no tag "${tag}".`,
    wanted: null,
  });
}

function rename(draft: EditDraft, from: string, to: string): void {
  if (!draft.tags.has(fold(from))) return remove(draft, from);
  if (fold(from) === fold(to)) {
    draft.refuse(pathOf(from), {
      code: 'unchanged',
      message: `Shopify takes "${from.trim()}" and "${to.trim()}" for one tag. Remove the tag, sync, and add it again.`,
      wanted: to.trim(),
    });
    return;
  }
  const length = [...to.trim()].length;
  if (length <= MAX_TAG_LENGTH) remove(draft, from);
  add(draft, to);
}

/** Tries the change on the draft. */
export function changeTags(draft: EditDraft, change: TagChange): void {
  switch (change.kind) {
    case 'add':
      for (const tag of change.tags) add(draft, tag);
      return;
    case 'remove':
      for (const tag of change.tags) remove(draft, tag);
      return;
    case 'rename':
      return rename(draft, change.from, change.to);
    case 'replace': {
      const kept = new Set(change.tags.map(fold));
      for (const [key, tag] of [...draft.tags]) if (!kept.has(key)) remove(draft, tag);
      for (const tag of change.tags) add(draft, tag);
    }
  }
}
