/** Whether a search finds a row of the catalog: what db/search-sql.server.ts says in SQL, said plainly. */
import { Decimal } from 'decimal.js';
import type { DecimalString, SourceId } from './product-state';
import { TEXT_BREAK, foldCase, timeSpanOf, wordsOf } from './search-terms';
import type { Comparator, SearchField, SearchQuery, SearchTerm, TextField } from './search-terms';

export interface SearchedProduct {
  id: SourceId;
  title: string;
  handle: string;
  vendor: string;
  productType: string;
  category: string | null;
  /** What its collections in the store are called: title, handle and number of each. */
  collections: string[];
  tags: string[];
  status: string;
  giftCard: boolean;
  published: boolean;
  createdAt: Date;
  updatedAt: Date;
  /** Of all variants at all locations; null where no stock was ever entered. */
  inventoryTotal: number | null;
}

export interface SearchedVariant {
  id: SourceId;
  /** Its option values, joined by " / ". */
  title: string;
  sku: string | null;
  barcode: string | null;
  price: DecimalString;
  compareAtPrice: DecimalString | null;
  cost: DecimalString | null;
  updatedAt: Date;
  /** At all locations; null where no stock was ever entered. */
  inventoryQuantity: number | null;
}

/** A variant with its product; a product without variants is one row, too. */
export interface SearchRow {
  product: SearchedProduct;
  variant: SearchedVariant | null;
}

/** Tags as Shopify tells them apart: a comma parts two, spaces around them are none of theirs. */
function tagsOf(product: SearchedProduct): string[] {
  return product.tags.flatMap((tag) => tag.split(',')).map((tag) => tag.replace(/^ +| +$/g, ''));
}

function textsOf(field: Exclude<TextField, 'category'>, { product, variant }: SearchRow): (string | null)[] {
  switch (field) {
    case 'handle':
      return [product.handle];
    case 'vendor':
      return [product.vendor];
    case 'product_type':
      return [product.productType];
    case 'status':
      return [product.status];
    case 'tag':
      return tagsOf(product);
    case 'collection':
      return product.collections;
    case 'sku':
      return [variant?.sku ?? null];
    case 'barcode':
      return [variant?.barcode ?? null];
  }
}

/** Where a category's name may be taken to begin: at each of its parts. */
function partsFrom(category: string): string[] {
  const parts = category.split('> ');
  return parts.map((_, index) => parts.slice(index).join('> '));
}

function isText(value: string, { text, isPrefix }: { text: string; isPrefix: boolean }): boolean {
  return isPrefix ? foldCase(value).startsWith(foldCase(text)) : foldCase(value) === foldCase(text);
}

function matchesText(term: SearchTerm & { kind: 'text' }, row: SearchRow): boolean {
  const { field } = term;
  const matches = (value: string | null) => value !== null && isText(value, term);
  if (field !== 'category') return textsOf(field, row).some(matches);
  const { category, productType } = row.product;
  return matches(productType) || (category !== null && partsFrom(category).some(matches));
}

function containsWords(value: string, { text, isPrefix }: { text: string; isPrefix: boolean }): boolean {
  const sought = wordsOf(text).map(foldCase);
  const words = wordsOf(value).map(foldCase);
  return words.some((_, start) =>
    sought.every((word, index) => {
      const held = words[start + index];
      if (held === undefined) return false;
      return isPrefix && index === sought.length - 1 ? held.startsWith(word) : held === word;
    }),
  );
}

function matchesWords(term: SearchTerm & { kind: 'words' }, { product, variant }: SearchRow): boolean {
  const values = {
    title: [product.title],
    variant_title: [variant?.title ?? null],
    any: [product.title, product.vendor, product.productType, ...tagsOf(product), variant?.sku ?? null],
  }[term.field ?? 'any'];
  return values.some((value) => (value ?? '').split(TEXT_BREAK).some((part) => containsWords(part, term)));
}

function compares(order: number, comparator: Comparator): boolean {
  switch (comparator) {
    case '=':
      return order === 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function numberOf(field: (SearchTerm & { kind: 'number' })['field'], { product, variant }: SearchRow) {
  switch (field) {
    case 'price':
      return variant?.price ?? null;
    case 'compare_at_price':
      return variant?.compareAtPrice ?? null;
    case 'cost':
      return variant?.cost ?? null;
    case 'inventory_total':
      return product.inventoryTotal;
    case 'inventory_quantity':
      return variant?.inventoryQuantity ?? null;
  }
}

function instantOf(field: (SearchTerm & { kind: 'date' })['field'], { product, variant }: SearchRow): number {
  if (field === 'created_at') return product.createdAt.getTime();
  return Math.max(product.updatedAt.getTime(), variant?.updatedAt.getTime() ?? -Infinity);
}

function matchesDate({ field, comparator, value }: SearchTerm & { kind: 'date' }, row: SearchRow): boolean {
  const span = timeSpanOf(value);
  if (span === null) return false;
  const instant = instantOf(field, row);
  // Before the span, in it, or behind it.
  return compares(instant < span.from ? -1 : instant < span.until ? 0 : 1, comparator);
}

function exists(field: SearchField, row: SearchRow): boolean {
  const { product, variant } = row;
  switch (field) {
    case 'title':
    case 'id':
    case 'created_at':
    case 'updated_at':
    case 'gift_card':
    case 'published':
      return true;
    case 'variant_id':
      return variant !== null;
    case 'variant_title':
      return variant !== null && variant.title !== '';
    case 'category':
      return product.productType !== '' || (product.category ?? '') !== '';
    case 'price':
    case 'compare_at_price':
    case 'cost':
    case 'inventory_total':
    case 'inventory_quantity':
      return numberOf(field, row) !== null;
    default:
      return textsOf(field, row).some((text) => (text ?? '') !== '');
  }
}

function matchesTerm(term: SearchTerm, row: SearchRow): boolean {
  switch (term.kind) {
    case 'words':
      return matchesWords(term, row);
    case 'text':
      return matchesText(term, row);
    case 'number': {
      const held = numberOf(term.field, row);
      return held !== null && compares(new Decimal(held).comparedTo(term.value), term.comparator);
    }
    case 'date':
      return matchesDate(term, row);
    case 'flag':
      return (term.field === 'gift_card' ? row.product.giftCard : row.product.published) === term.value;
    case 'id':
      return (term.field === 'id' ? row.product.id : row.variant?.id) === term.value;
    case 'exists':
      return exists(term.field, row);
  }
}

/**
 * Whether the query finds the row. A condition is weighed for each variant: one on SKU or price finds just those variants,
 * one on the product finds all of its variants. Capitals make no difference anywhere.
 *
 * Shopify documents that a search of a text field goes by terms, that "norm*" is needed to find beginnings, and that quotation
 * marks hold a phrase together. So title, variant_title and bare words find whole words (a phrase: next to each other, in
 * order). Where the reference gives a filter for a value of a product (vendor, product_type, tag, status, handle, sku,
 * barcode), it is the whole value, or its beginning with "*": a bulk edit of vendor:Acme is not to reach "Acme Outlet".
 *
 * - category: the full name, its last parts from any ">" on, or the product type: "category:Bedding" means either.
 * - collection: title, handle or number of one that the product is in, in the store that is meant.
 * - inventory_total counts the product, inventory_quantity the variant, over all locations. What was never entered
 *   matches no number. updated_at is the later of product and variant.
 * - A date without a time is the whole day, month or year, by UTC: "created_at:>2026-01" begins on the 1st of February.
 * - "-" and NOT are plain logic: what has no cost is found by -cost:>5.
 */
export function matchesSearch(query: SearchQuery, row: SearchRow): boolean {
  switch (query.kind) {
    case 'all':
      return true;
    case 'and':
      return query.of.every((node) => matchesSearch(node, row));
    case 'or':
      return query.of.some((node) => matchesSearch(node, row));
    case 'not':
      return !matchesSearch(query.of, row);
    default:
      return matchesTerm(query, row);
  }
}

/** Every condition that the query weighs. */
export function conditionsOf(query: SearchQuery): SearchTerm[] {
  switch (query.kind) {
    case 'all':
      return [];
    case 'and':
    case 'or':
      return query.of.flatMap(conditionsOf);
    case 'not':
      return conditionsOf(query.of);
    default:
      return [query];
  }
}

/** Tells by its names whether a query asks what is in a collection; null where it asks for none. */
export function collectionsAsked(query: SearchQuery): ((names: readonly string[]) => boolean) | null {
  const terms = conditionsOf(query).filter((term) => 'field' in term && term.field === 'collection');
  if (terms.length === 0) return null;
  return (names) => terms.some((term) => term.kind !== 'text' || names.some((name) => isText(name, term)));
}
