/** What the address of the list of products says: filter, order and page. */
import { z } from 'zod';

export interface ProductFilter {
  /** Part of a title, a handle or a SKU; "" for all. */
  search: string;
  syncStates: string[];
  statuses: string[];
  vendors: string[];
}

export const PRODUCT_SORTS = ['title', 'vendor', 'updated', 'synced'] as const;

export interface ProductSort {
  by: (typeof PRODUCT_SORTS)[number];
  direction: 'asc' | 'desc';
}

/** The row a page starts after (or ends before): its sort key and id. */
export interface ProductCursor {
  direction: 'after' | 'before';
  key: string;
  id: string;
}

const cursorText = z.tuple([z.string().refine((key) => !key.includes('\u0000')), z.uuid()]);

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64Url(text: string): string {
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  );
  return new TextDecoder().decode(bytes);
}

/** The cursor as a parameter of an address; `readCursor` is its inverse. */
export function writeCursor(cursor: ProductCursor): string {
  return toBase64Url(JSON.stringify([cursor.key, cursor.id]));
}

/** Reads a cursor; null for text that no `writeCursor` wrote: an old or broken address shows the first page. */
export function readCursor(direction: ProductCursor['direction'], text: string): ProductCursor | null {
  try {
    const [key, id] = cursorText.parse(JSON.parse(fromBase64Url(text)));
    return { direction, key, id };
  } catch {
    return null;
  }
}

/** PostgreSQL's text holds no NUL. */
const plain = (text: string | null) => (text ?? '').replaceAll('\u0000', '');

const list = (parameters: URLSearchParams, name: string) =>
  plain(parameters.get(name))
    .split(',')
    .filter((value) => value !== '');

const DEFAULT_SORT: ProductSort = { by: 'title', direction: 'asc' };

function readSort(text: string | null): ProductSort {
  const [by, direction] = (text ?? '').split(' ');
  const known = PRODUCT_SORTS.find((sort) => sort === by);
  return known === undefined ? DEFAULT_SORT : { by: known, direction: direction === 'desc' ? 'desc' : 'asc' };
}

/** Reads filter, order and page out of an address; what is not understood is left out. */
export function readProductQuery(parameters: URLSearchParams): {
  filter: ProductFilter;
  sort: ProductSort;
  cursor: ProductCursor | null;
} {
  const after = parameters.get('after');
  const before = parameters.get('before');
  return {
    filter: {
      search: plain(parameters.get('q')).trim().slice(0, 200),
      syncStates: list(parameters, 'sync'),
      statuses: list(parameters, 'status'),
      // A vendor's name may hold a comma: one parameter each.
      vendors: parameters
        .getAll('vendor')
        .map(plain)
        .filter((vendor) => vendor !== ''),
    },
    sort: readSort(parameters.get('sort')),
    cursor:
      after !== null ? readCursor('after', after) : before !== null ? readCursor('before', before) : null,
  };
}
