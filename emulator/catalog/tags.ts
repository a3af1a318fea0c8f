/** Tags of a product. */
import type { Switches } from '../switches';
import type { InputError } from './change';

const MAX_TAGS = 250;
const MAX_TAG_LENGTH = 255;

/** One list entry may hold several tags separated by commas. */
function splitTags(tags: readonly string[]): string[] {
  return tags.flatMap((tag) => tag.split(','));
}

/** The list as the store keeps it, under the `tags` switch; of tags that differ only in case the first one stays. */
export function normaliseTags(tags: readonly string[], mode: Switches['tags']): string[] {
  const split = splitTags(tags);
  if (mode === 'exact') return split.filter((tag) => tag !== '');
  const kept = new Map<string, string>();
  for (const raw of split) {
    const tag = raw.trim();
    if (tag && !kept.has(tag.toLowerCase())) kept.set(tag.toLowerCase(), tag);
  }
  const list = [...kept.values()];
  return mode === 'trim-dedupe-sort' ? list.sort((left, right) => left.localeCompare(right, 'en')) : list;
}

/** Refusals of a (normalised) list of tags. */
export function checkTags(tags: readonly string[], field: string[]): InputError[] {
  if (tags.length > MAX_TAGS) {
    return [{ code: 'INVALID_INPUT', field, message: `Product tags cannot be more than ${MAX_TAGS}` }];
  }
  return tags
    .filter((tag) => tag.length > MAX_TAG_LENGTH)
    .map((tag) => ({
      code: 'INVALID_INPUT',
      field,
      message: `Tag "${tag.slice(0, 20)}…" is too long (maximum is ${MAX_TAG_LENGTH} characters)`,
    }));
}

/** The list without the given tags, compared without regard to case. */
export function withoutTags(tags: readonly string[], removed: readonly string[]): string[] {
  const gone = new Set(splitTags(removed).map((tag) => tag.trim().toLowerCase()));
  return tags.filter((tag) => !gone.has(tag.toLowerCase()));
}
