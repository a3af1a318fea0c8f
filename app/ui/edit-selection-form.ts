/** Which products a bulk edit means, as it is typed, and back. Pure. */
import type { ProductSelection } from '~/core/bulk-edit';
import { searchTextOf } from '~/core/print-search-query';
import type { SearchFilters } from '~/core/print-search-query';
import type { ProductStatus } from '~/core/product-state';
import { parseSearchQuery } from '~/core/search-query';
import type { SearchNode, SearchProblem } from '~/core/search-terms';
import type { ControlProblem } from './edit-change-form';

export interface FilterForm {
  vendors: string[];
  productTypes: string[];
  category: string;
  collection: string;
  tags: string[];
  statuses: ProductStatus[];
  priceFrom: string;
  priceTo: string;
}

/** The ways to say which products are meant. What was typed for one is kept while another is looked at. */
export interface SelectionForm {
  way: 'filters' | 'search' | 'skus' | 'products';
  filters: FilterForm;
  query: string;
  /** Typed or pasted. */
  skus: string;
  /** A list from a file, or one too long to be typed: it holds in place of what was typed. */
  skuList: { name: string; skus: string[] } | null;
  productIds: string[];
}

const NO_FILTERS: FilterForm = {
  vendors: [],
  productTypes: [],
  category: '',
  collection: '',
  tags: [],
  statuses: [],
  priceFrom: '',
  priceTo: '',
};

export const NO_SELECTION: SelectionForm = {
  way: 'filters',
  filters: NO_FILTERS,
  query: '',
  skus: '',
  skuList: null,
  productIds: [],
};

/** The SKUs of a pasted list: one a line, or parted by commas, semicolons or tabs; each once. */
export function typedSkus(text: string): string[] {
  const skus = text.split(/[\n\r,;\t]/).map((sku) => sku.trim());
  return [...new Set(skus.filter((sku) => sku !== ''))];
}

const PRICE = /^\d{1,12}(\.\d{1,6})?$/;

/** The search that the filters mean; "" where none is set. What is no price yet is left out. */
export function filterQuery(filters: FilterForm): string {
  const { vendors, productTypes, tags, statuses } = filters;
  const [category, collection] = [filters.category.trim(), filters.collection.trim()];
  const [priceFrom, priceTo] = [filters.priceFrom.trim(), filters.priceTo.trim()];
  return searchTextOf({
    vendors,
    productTypes,
    tags,
    statuses,
    ...(category !== '' && { category }),
    ...(collection !== '' && { collection }),
    ...(PRICE.test(priceFrom) && { priceFrom }),
    ...(PRICE.test(priceTo) && { priceTo }),
  });
}

function filterProblems({ priceFrom, priceTo }: FilterForm): ControlProblem[] {
  const [from, to] = [priceFrom.trim(), priceTo.trim()];
  const problems = Object.entries({ priceFrom: from, priceTo: to }).flatMap(
    ([name, price]): ControlProblem[] =>
      price === '' || PRICE.test(price)
        ? []
        : [
            {
              control: `filters.${name}`,
              message: `“${price}” is no price. Write it with a point, for example 19.90.`,
              isMissing: false,
            },
          ],
  );
  if (problems.length === 0 && from !== '' && to !== '' && Number(from) > Number(to))
    problems.push({
      control: 'filters.priceTo',
      message: `No price is from ${from} to ${to}. Write the smaller one first.`,
      isMissing: false,
    });
  return problems;
}

/** Where a search cannot be read, why, and what to do instead. */
export function searchProblemText({ position, value, reason, remedy }: SearchProblem): string {
  const at = `At character ${position + 1}`;
  return `${at}${value === '' ? '' : `, “${value}”`}: ${reason} ${remedy}`;
}

const MOST_SKUS = 50_000;
const LONGEST_SKU = 255;

function skusProblem(skus: string[]): string | null {
  if (skus.length > MOST_SKUS)
    return `These are ${skus.length} SKUs; one edit takes ${MOST_SKUS}. Make several edits, or use a search.`;
  const long = skus.find((sku) => sku.length > LONGEST_SKU);
  return long === undefined
    ? null
    : `“${long.slice(0, 40)}…” is longer than a SKU can be. Write one SKU on each line.`;
}

/** The selection that was typed, or everything that keeps it from being one. */
export function readSelection(
  form: SelectionForm,
): { selection: ProductSelection } | { problems: ControlProblem[] } {
  const missing = (control: string, message: string) => ({
    problems: [{ control, message, isMissing: true }],
  });
  switch (form.way) {
    case 'filters': {
      const problems = filterProblems(form.filters);
      if (problems.length > 0) return { problems };
      return { selection: { kind: 'query', query: filterQuery(form.filters) } };
    }
    case 'search': {
      const reading = parseSearchQuery(form.query);
      if (reading.kind === 'problem')
        return {
          problems: [{ control: 'query', message: searchProblemText(reading.problem), isMissing: false }],
        };
      return { selection: { kind: 'query', query: form.query } };
    }
    case 'skus': {
      const skus = form.skuList?.skus ?? typedSkus(form.skus);
      const wrong = skusProblem(skus);
      if (wrong !== null) return { problems: [{ control: 'skus', message: wrong, isMissing: false }] };
      if (skus.length === 0)
        return missing('skus', 'Paste at least one SKU, or choose a file that holds some.');
      return { selection: { kind: 'skus', skus } };
    }
    case 'products':
      if (form.productIds.length === 0)
        return missing('products', 'No product is chosen. Choose products on the page Products.');
      return { selection: { kind: 'products', productIds: form.productIds } };
  }
}

/** Longer lists are shown by their length. */
const MOST_TYPED_SKUS = 1_000;

/** Adds one part of a search to the filters; false where filters cannot say it. */
function addPart(filters: SearchFilters, node: SearchNode): boolean {
  const terms = node.kind === 'or' ? node.of : [node];
  const [first] = terms;
  if (first?.kind === 'number' && terms.length === 1 && first.field === 'price') {
    if (first.comparator === '>=') filters.priceFrom = first.value;
    else if (first.comparator === '<=') filters.priceTo = first.value;
    return first.comparator === '>=' || first.comparator === '<=';
  }
  if (first?.kind !== 'text') return false;
  const { field } = first;
  const texts = terms.flatMap((term) => (term.kind === 'text' && term.field === field ? [term.text] : []));
  if (texts.length < terms.length) return false;
  if (field === 'vendor') filters.vendors = texts;
  else if (field === 'product_type') filters.productTypes = texts;
  else if (field === 'tag') filters.tags = texts;
  else if (field === 'category') filters.category = first.text;
  else if (field === 'collection') filters.collection = first.text;
  else if (field === 'status') filters.statuses = STATUSES.filter((status) => texts.includes(status));
  else return false;
  return true;
}

const STATUSES: ProductStatus[] = ['ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED'];

/** The filters that mean exactly this search; null where there are none. */
export function filtersOf(query: string): FilterForm | null {
  const reading = parseSearchQuery(query);
  if (reading.kind === 'problem') return null;
  if (reading.query.kind === 'all') return query === '' ? NO_FILTERS : null;
  const found: SearchFilters = {};
  const parts = reading.query.kind === 'and' ? reading.query.of : [reading.query];
  if (!parts.every((part) => addPart(found, part))) return null;
  const filters: FilterForm = {
    vendors: found.vendors ?? [],
    productTypes: found.productTypes ?? [],
    category: found.category ?? '',
    collection: found.collection ?? '',
    tags: found.tags ?? [],
    statuses: found.statuses ?? [],
    priceFrom: found.priceFrom ?? '',
    priceTo: found.priceTo ?? '',
  };
  // Said twice, or in another order: the search stays as it was written.
  return filterQuery(filters) === query ? filters : null;
}

/** A selection as it would be typed. */
export function selectionForm(selection: ProductSelection): SelectionForm {
  switch (selection.kind) {
    case 'query': {
      const filters = filtersOf(selection.query);
      const typed = { ...NO_SELECTION, query: selection.query };
      return filters === null ? { ...typed, way: 'search' } : { ...typed, filters };
    }
    case 'skus': {
      const text = selection.skus.join('\n');
      const isTypable = selection.skus.length <= MOST_TYPED_SKUS && typedSkus(text).join('\n') === text;
      return {
        ...NO_SELECTION,
        way: 'skus',
        ...(isTypable ? { skus: text } : { skuList: { name: 'Saved list', skus: selection.skus } }),
      };
    }
    case 'products':
      return { ...NO_SELECTION, way: 'products', productIds: selection.productIds };
  }
}
