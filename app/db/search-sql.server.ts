/**
 * A search as a condition of SQL on a row of catalog.product `p` and catalog.variant `v` (null where the product has none).
 * It holds exactly where `matchesSearch` (core/matches-search.ts) does; every value is bound.
 */
import { Prisma } from '#generated/prisma/client';
import { TEXT_BREAK, WORD_BREAKS, timeSpanOf, wordsOf } from '~/core/search-terms';
import type {
  AMOUNT_FIELDS,
  COUNT_FIELDS,
  Comparator,
  DateField,
  SearchField,
  SearchNode,
  SearchQuery,
  SearchTerm,
  TextField,
} from '~/core/search-terms';

const { sql } = Prisma;

/** Whose catalog, and whose collections. */
export interface SearchScope {
  accountId: string;
  shopId: string;
}

const OPERATORS: Record<Comparator, Prisma.Sql> = {
  '=': sql`=`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
};

type StockField = (typeof COUNT_FIELDS)[number];
const NUMBERS: Record<(typeof AMOUNT_FIELDS)[number], Prisma.Sql> = {
  price: sql`v.price`,
  compare_at_price: sql`v.compare_at_price`,
  cost: sql`v.cost`,
};

const DATES: Record<DateField, Prisma.Sql> = {
  created_at: sql`p.created_at`,
  updated_at: sql`GREATEST(p.updated_at, v.updated_at)`,
};

const TEXTS: Record<Exclude<TextField, 'tag' | 'category' | 'collection'>, Prisma.Sql> = {
  handle: sql`p.handle`,
  vendor: sql`p.vendor`,
  product_type: sql`p.product_type`,
  status: sql`p.status`,
  sku: sql`v.sku`,
  barcode: sql`v.barcode`,
};

const VARIANT_TITLE = sql`concat_ws(' / ', v.option1, v.option2, v.option3)`;
/** Each tag in a row of its own; a comma parts two. */
const TAGS = sql`unnest(string_to_array(array_to_string(p.tags, ','), ',')) AS held(tag)`;
/** What a bare word is sought in, of a product `q`. */
const PRODUCT_TEXT = sql`concat_ws(${TEXT_BREAK}::text, q.title, q.vendor, q.product_type,
  replace(array_to_string(q.tags, ','), ',', ${TEXT_BREAK}::text))`;

/**
 * The regular expression of a phrase. Nothing in it needs escaping: of ASCII, words hold letters and digits only. Its own
 * escapes are small letters, so that lower() leaves them alone.
 */
function phrase({ text, isPrefix }: { text: string; isPrefix: boolean }): string {
  const words = wordsOf(text).join(`[${WORD_BREAKS}]+`);
  const edge = String.raw`[\u0001${WORD_BREAKS}]`;
  return `(?:^|${edge})${words}${isPrefix ? '' : `(?:${edge}|$)`}`;
}

/** Whether the words stand in the text. Both sides go through the database's lower(): no locale makes them differ. */
const holdsWords = (value: Prisma.Sql, term: { text: string; isPrefix: boolean }) =>
  sql`lower(${value}) ~ lower(${phrase(term)}::text)`;

const lowered = (text: string) => sql`lower(${text}::text)`;
/** Whether the text is one of several. IN, so that PostgreSQL looks a long list up by hash. */
const isOneOf = (value: Prisma.Sql, texts: string[]) =>
  sql`lower(${value}) IN (${Prisma.join(texts.map(lowered))})`;
const startsWith = (value: Prisma.Sql, text: string) => sql`starts_with(lower(${value}), ${lowered(text)})`;

function wordTerm(term: SearchTerm & { kind: 'words' }, { accountId }: SearchScope): Prisma.Sql {
  if (term.field === 'title') return holdsWords(sql`p.title`, term);
  if (term.field === 'variant_title') return holdsWords(VARIANT_TITLE, term);
  // A list of its own: weighed for each product once, not for each of its variants.
  return sql`(p.id IN (SELECT q.id FROM catalog.product q
    WHERE q.account_id = ${accountId}::uuid AND ${holdsWords(PRODUCT_TEXT, term)}) OR ${holdsWords(sql`v.sku`, term)})`;
}

/** Products in a collection of the store one of whose names is meant. */
function inCollection({ shopId }: SearchScope, isMeant: Prisma.Sql): Prisma.Sql {
  return sql`p.id IN (SELECT link.product_id FROM app.product_link link
    JOIN app.collection_product member ON member.shop_id = link.shop_id AND member.remote_id = link.remote_id
    JOIN app.store_collection collection
      ON collection.shop_id = member.shop_id AND collection.collection_id = member.collection_id
    WHERE link.shop_id = ${shopId}::uuid AND EXISTS (SELECT FROM unnest(collection.names) AS name WHERE ${isMeant}))`;
}

/** The field is one of the texts. */
function wholeText(field: TextField, texts: string[], scope: SearchScope): Prisma.Sql {
  switch (field) {
    case 'collection':
      return inCollection(scope, isOneOf(sql`name`, texts));
    case 'tag':
      return sql`EXISTS (SELECT FROM ${TAGS} WHERE ${isOneOf(sql`btrim(held.tag)`, texts)})`;
    case 'category': {
      const path = sql`('> ' || lower(p.category))`;
      const parts = texts.map((text) => sql`('> ' || ${lowered(text)})`);
      const inPath = parts.map((part) => sql`right(${path}, length(${part})) = ${part}`);
      return sql`(${Prisma.join(inPath, ' OR ')} OR ${isOneOf(sql`p.product_type`, texts)})`;
    }
    // Held in one spelling only, and found by index.
    case 'handle':
      return sql`p.handle IN (${Prisma.join(texts.map(lowered))})`;
    default:
      return isOneOf(TEXTS[field], texts);
  }
}

function prefixTerm(field: TextField, text: string, scope: SearchScope): Prisma.Sql {
  switch (field) {
    case 'collection':
      return inCollection(scope, startsWith(sql`name`, text));
    case 'tag':
      return sql`EXISTS (SELECT FROM ${TAGS} WHERE ${startsWith(sql`btrim(held.tag)`, text)})`;
    case 'category':
      return sql`(strpos('> ' || lower(p.category), '> ' || ${lowered(text)}) > 0
        OR ${startsWith(sql`p.product_type`, text)})`;
    default:
      return startsWith(TEXTS[field], text);
  }
}

/** Products or variants by their stock at all locations; without a limit those that have any on record. */
function stockTerm(field: StockField, accountId: string, limit: Prisma.Sql): Prisma.Sql {
  // Lists of their own: one sum over the table is far quicker than one for each row.
  return field === 'inventory_quantity'
    ? sql`v.id IN (SELECT level.variant_id FROM catalog.inventory_level level
        WHERE level.account_id = ${accountId}::uuid GROUP BY level.variant_id ${limit})`
    : sql`p.id IN (SELECT sibling.product_id FROM catalog.variant sibling
        JOIN catalog.inventory_level level ON level.variant_id = sibling.id
        WHERE sibling.account_id = ${accountId}::uuid GROUP BY sibling.product_id ${limit})`;
}

function numberTerm(
  { field, comparator, value }: SearchTerm & { kind: 'number' },
  { accountId }: SearchScope,
): Prisma.Sql {
  const limit = sql`${OPERATORS[comparator]} ${value}::numeric`;
  if (field === 'inventory_quantity' || field === 'inventory_total')
    return stockTerm(field, accountId, sql`HAVING sum(level.available) ${limit}`);
  return sql`${NUMBERS[field]} ${limit}`;
}

function dateTerm({ field, comparator, value }: SearchTerm & { kind: 'date' }): Prisma.Sql {
  const span = timeSpanOf(value);
  if (span === null) return sql`FALSE`;
  const [from, until] = [sql`${new Date(span.from)}::timestamptz`, sql`${new Date(span.until)}::timestamptz`];
  const instant = DATES[field];
  switch (comparator) {
    case '=':
      return sql`(${instant} >= ${from} AND ${instant} < ${until})`;
    case '<':
      return sql`${instant} < ${from}`;
    case '<=':
      return sql`${instant} < ${until}`;
    case '>':
      return sql`${instant} >= ${until}`;
    case '>=':
      return sql`${instant} >= ${from}`;
  }
}

function existsTerm(field: SearchField, scope: SearchScope): Prisma.Sql {
  switch (field) {
    case 'title':
    case 'id':
    case 'created_at':
    case 'updated_at':
    case 'gift_card':
    case 'published':
      return sql`TRUE`;
    case 'variant_id':
      return sql`v.id IS NOT NULL`;
    case 'variant_title':
      return sql`${VARIANT_TITLE} <> ''`;
    case 'category':
      return sql`(p.category <> '' OR p.product_type <> '')`;
    case 'tag':
      return sql`EXISTS (SELECT FROM ${TAGS} WHERE btrim(held.tag) <> '')`;
    case 'collection':
      return inCollection(scope, sql`name <> ''`);
    case 'price':
    case 'compare_at_price':
    case 'cost':
      return sql`${NUMBERS[field]} IS NOT NULL`;
    case 'inventory_total':
    case 'inventory_quantity':
      return stockTerm(field, scope.accountId, Prisma.empty);
    default:
      return sql`${TEXTS[field]} <> ''`;
  }
}

function termSql(term: SearchTerm, scope: SearchScope): Prisma.Sql {
  switch (term.kind) {
    case 'words':
      return wordTerm(term, scope);
    case 'text':
      return term.isPrefix
        ? prefixTerm(term.field, term.text, scope)
        : wholeText(term.field, [term.text], scope);
    case 'number':
      return numberTerm(term, scope);
    case 'date':
      return dateTerm(term);
    case 'flag':
      return term.field === 'gift_card' ? sql`p.gift_card = ${term.value}` : sql`p.published = ${term.value}`;
    case 'id':
      return term.field === 'id' ? sql`p.id = ${term.value}::uuid` : sql`v.id = ${term.value}::uuid`;
    case 'exists':
      return existsTerm(term.field, scope);
  }
}

/** Members of an OR, with the whole texts of each field taken together: two hundred SKUs are one list. */
function joinedTexts(nodes: SearchNode[]): { texts: [TextField, string[]][]; others: SearchNode[] } {
  const texts = new Map<TextField, string[]>();
  const others = nodes.filter((node) => {
    if (node.kind !== 'text' || node.isPrefix) return true;
    texts.set(node.field, [...(texts.get(node.field) ?? []), node.text]);
    return false;
  });
  return { texts: [...texts], others };
}

/**
 * The condition of a query over the catalog of an account; null counts as false. A NOT is carried down to the terms, where
 * IS NOT TRUE turns the null of what is not there into true; above them plain AND and OR stay, which indexes serve.
 */
export function searchCondition(query: SearchQuery, scope: SearchScope, isNegated = false): Prisma.Sql {
  const turned = (term: Prisma.Sql) => (isNegated ? sql`(${term}) IS NOT TRUE` : term);
  switch (query.kind) {
    case 'all':
      return isNegated ? sql`FALSE` : sql`TRUE`;
    case 'and':
    case 'or': {
      const { texts, others } = query.kind === 'or' ? joinedTexts(query.of) : { texts: [], others: query.of };
      const members = [
        ...texts.map(([field, values]) => turned(wholeText(field, values, scope))),
        ...others.map((node) => searchCondition(node, scope, isNegated)),
      ];
      return sql`(${Prisma.join(members, (query.kind === 'and') === isNegated ? ' OR ' : ' AND ')})`;
    }
    case 'not':
      return searchCondition(query.of, scope, !isNegated);
    default:
      return turned(termSql(query, scope));
  }
}
