/** From a tree, or from the fields of a form, to the text of a search. */
import type { DecimalString, ProductStatus } from './product-state';
import type { SearchNode, SearchQuery, SearchTerm } from './search-terms';

const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;
const NOT_PLAIN = /[^\p{L}\p{N}_.-]|^-/gu;
const CONNECTIVES = ['AND', 'OR', 'NOT'];

function written(text: string): string {
  if (PLAIN.test(text) && !CONNECTIVES.includes(text)) return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function valueOf({ text, isPrefix }: { text: string; isPrefix: boolean }): string {
  return isPrefix ? `${text.replace(NOT_PLAIN, '\\$&')}*` : written(text);
}

function termText(term: SearchTerm): string {
  switch (term.kind) {
    case 'words':
      return term.field === null ? valueOf(term) : `${term.field}:${valueOf(term)}`;
    case 'text':
      return `${term.field}:${valueOf(term)}`;
    case 'number':
      return `${term.field}:${term.comparator === '=' ? '' : term.comparator}${term.value}`;
    case 'date':
      return `${term.field}:${term.comparator === '=' ? '' : term.comparator}${written(term.value)}`;
    case 'flag':
      return `${term.field}:${String(term.value)}`;
    case 'id':
      return `${term.field}:${term.value}`;
    case 'exists':
      return `${term.field}:*`;
  }
}

/** Each group in parentheses: a reader need not know which connective binds more tightly. */
function inner(node: SearchNode): string {
  return node.kind === 'and' || node.kind === 'or' || node.kind === 'not'
    ? `(${nodeText(node)})`
    : termText(node);
}

function nodeText(node: SearchNode): string {
  switch (node.kind) {
    case 'and':
      return node.of.map(inner).join(' AND ');
    case 'or':
      return node.of.map(inner).join(' OR ');
    case 'not':
      return `-${inner(node.of)}`;
    default:
      return termText(node);
  }
}

/** The text of a query. Law: within the limits of search-query.ts, `parseSearchQuery` of it is the query again. */
export function printSearchQuery(query: SearchQuery): string {
  return query.kind === 'all' ? '' : nodeText(query);
}

/** What a form or a request of the API asks for: all of it must hold, of each list one. Empty lists ask for nothing. */
export interface SearchFilters {
  /** Full name or last part of the category, or the product type. */
  category?: string;
  /** Title or handle of a collection of the store. */
  collection?: string;
  productTypes?: string[];
  vendors?: string[];
  tags?: string[];
  /** A few: long lists are a ProductSelection of their own kind. */
  skus?: string[];
  /** Both included, in the shop's currency. */
  priceFrom?: DecimalString;
  priceTo?: DecimalString;
  statuses?: ProductStatus[];
}

/** The filters as the text of a search; "" where nothing is asked for. What it may hold, `parseSearchQuery` checks. */
export function searchTextOf(filters: SearchFilters): string {
  const whole =
    (field: 'category' | 'collection' | 'product_type' | 'vendor' | 'tag' | 'sku' | 'status') =>
    (text: string) => ({
      kind: 'text' as const,
      field,
      text,
      isPrefix: false,
    });
  const price = (comparator: '>=' | '<=', value: DecimalString | undefined): SearchTerm[][] =>
    value === undefined ? [] : [[{ kind: 'number', field: 'price', comparator, value }]];
  const groups: SearchTerm[][] = [
    filters.category === undefined ? [] : [whole('category')(filters.category)],
    filters.collection === undefined ? [] : [whole('collection')(filters.collection)],
    (filters.productTypes ?? []).map(whole('product_type')),
    (filters.vendors ?? []).map(whole('vendor')),
    (filters.tags ?? []).map(whole('tag')),
    (filters.skus ?? []).map(whole('sku')),
    ...price('>=', filters.priceFrom),
    ...price('<=', filters.priceTo),
    (filters.statuses ?? []).map(whole('status')),
  ];
  const parts = groups.flatMap(([first, ...others]): SearchNode[] => {
    if (first === undefined) return [];
    return others.length === 0 ? [first] : [{ kind: 'or', of: [first, ...others] }];
  });
  const [first, ...others] = parts;
  if (first === undefined) return '';
  return printSearchQuery(others.length === 0 ? first : { kind: 'and', of: parts });
}
