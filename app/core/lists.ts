/** How long lists may be in one mutation. */

/** Shopify takes at most this many entries in an input list. https://shopify.dev/docs/api/usage/limits */
export const MAX_LIST = 250;
/** metafieldsSet takes at most this many. */
export const MAX_METAFIELDS = 25;

/** The items in order, at most `size` a list; no list for no items. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
