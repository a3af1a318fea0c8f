/** Addresses of the editor of bulk edits, with the products it begins with. Pure. */

import { printSearchQuery } from '~/core/print-search-query';
import { wordsOf } from '~/core/search-terms';
import type { SearchNode } from '~/core/search-terms';

/** Products that an address may name: browsers and proxies cut longer ones. */
export const MOST_NAMED = 100;

const EDITOR = '/app/edits/new';

export function editorForProducts(productIds: string[]): string {
  return `${EDITOR}?${new URLSearchParams({ ids: productIds.slice(0, MOST_NAMED).join(',') })}`;
}

export function editorForSearch(query: string): string {
  return query === '' ? EDITOR : `${EDITOR}?${new URLSearchParams({ selection: query })}`;
}

/** What a list of products is filtered by, as far as a search over the catalog can ask for it. */
interface ListFilter {
  search: string;
  syncStates: string[];
  statuses: string[];
  vendors: string[];
}

function anyOf(field: 'vendor' | 'status', texts: string[]): SearchNode[] {
  const terms = texts.map((text) => ({ kind: 'text', field, text, isPrefix: false }) as const);
  const [first, ...others] = terms;
  if (first === undefined) return [];
  return others.length === 0 ? [first] : [{ kind: 'or', of: terms }];
}

/**
 * The search that finds what the list shows, "" for everything; null where none does: sync states are not of the catalog. The
 * list seeks what was typed anywhere in a word, a search from the beginning of a word on: `isExact` says whether both find the
 * same.
 */
export function searchOfList(filter: ListFilter): { query: string; isExact: boolean } | null {
  if (filter.syncStates.length > 0) return null;
  const words = wordsOf(filter.search).map((text): SearchNode => ({
    kind: 'words',
    field: null,
    text,
    isPrefix: true,
  }));
  if (filter.search !== '' && words.length === 0) return null;
  const all = [...anyOf('vendor', filter.vendors), ...anyOf('status', filter.statuses), ...words];
  const [first, ...others] = all;
  const isExact = filter.search === '';
  if (first === undefined) return { query: '', isExact };
  return { query: printSearchQuery(others.length === 0 ? first : { kind: 'and', of: all }), isExact };
}
