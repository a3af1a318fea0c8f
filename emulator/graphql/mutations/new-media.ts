/** Media that mutations of products and variants bring along. */
import type { Change, InputError } from '../../catalog/change';
import { attachMedia, createFile, isFetchable } from '../../catalog/media';
import type { Product, StoredFile } from '../../state/product';

export interface MediaInput {
  originalSource: string;
  alt?: string | null;
  mediaContentType?: string | null;
}

const MAX_MEDIA = 250;
const MAX_ALT = 512;

/** Refusals of a list of new media for a product that has some already. */
export function checkNewMedia(
  media: readonly MediaInput[],
  product: Product | null,
  field: string[],
): InputError[] {
  const errors: InputError[] = [];
  if ((product?.mediaIds.length ?? 0) + media.length > MAX_MEDIA) {
    errors.push({ code: 'INVALID_INPUT', field, message: `A product may have at most ${MAX_MEDIA} media.` });
  }
  media.forEach((one, index) => {
    const path = [...field, String(index)];
    if (!isFetchable(one.originalSource)) {
      errors.push({
        code: 'INVALID_INPUT',
        field: [...path, 'originalSource'],
        message: 'Image URL is invalid',
      });
    }
    if ((one.alt?.length ?? 0) > MAX_ALT) {
      errors.push({
        code: 'INVALID_INPUT',
        field: [...path, 'alt'],
        message: `Alt text is too long (maximum is ${MAX_ALT} characters)`,
      });
    }
  });
  return errors;
}

/** Appends checked media to the product; answers the files in the order given. */
export function addMedia(change: Change, product: Product, media: readonly MediaInput[]): StoredFile[] {
  return media.map(({ originalSource, alt, mediaContentType }) => {
    const file = createFile(change, {
      originalSource,
      alt: alt ?? null,
      contentType: mediaContentType ?? null,
    });
    attachMedia(change, product, file.id);
    return file;
  });
}
