import { PICTURE_ENDINGS } from './picture-format';
import type { PictureType } from './picture-format';

/** Characters of the merchant's own name that are kept. */
const MOST_KEPT = 60;
/** Characters of the hash in a name: 64 bits, which no two pictures of one store share by chance. */
const HASH_LENGTH = 16;

/** The part of a name by which a file of the store is known to hold these bytes. */
export function nameMark(sha256: string): string {
  return `-${sha256.slice(0, HASH_LENGTH)}`;
}

/**
 * How a picture is called in the store: readable for people and search engines, and with a mark of its content, so that one
 * that was made although its answer was lost is found again. "Größe 1.PNG" is "grosse-1-0a1b2c3d4e5f6071.png". `turn` makes
 * another name of the same picture.
 */
export function storeFilename(original: string, sha256: string, type: PictureType, turn = ''): string {
  const stem = original.replace(/^.*[\\/]/, '').replace(/\.[a-z0-9]{1,5}$/i, '');
  const plain = stem
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MOST_KEPT)
    .replaceAll(/^-+|-+$/g, '');
  const again = turn === '' ? '' : `-${turn}`;
  return `${plain === '' ? 'picture' : plain}${nameMark(sha256)}${again}.${PICTURE_ENDINGS[type][0]}`;
}
