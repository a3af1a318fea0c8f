/**
 * The statement that reads one page of the audit log. At any size of the log it reads about as many rows as it shows:
 * each filter has an index that holds its rows newest first, and what no single index can hold (many products, the
 * variants of a SKU) is read as one short list each, of which the newest rows are taken.
 */
import { Prisma } from '#generated/prisma/client';
import type { Queryable } from '../client.server';
import type { AuditCursor, AuditFilter } from './audit-query';

export interface AuditScope {
  shopId: string;
  accountId: string;
}

/** More products than this are not looked up one by one: so many are soon met by walking the log itself. */
const MAX_LISTS = 500;

/** Kinds of fields that are named element by element, e.g. "tags:Sale". */
const ELEMENT_KINDS = ['tags', 'metafield', 'inventory', 'media', 'mediaAlt'];

/** "%" and "_" in what a person typed are themselves. */
function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}

/** A filter that several lists of rows answer together. */
interface Lists {
  /** Rows that one of them holds, as a condition on one row. */
  condition: Prisma.Sql;
  /** Each selects the newest (at, id) of its list, given the conditions and order; null: there are too many. */
  selects: ((tail: Prisma.Sql) => Prisma.Sql)[] | null;
}

interface OfVariant {
  variantId: string;
  productId: string;
}

/** Variants that have the SKU today: their older changes may be recorded under another, or none. */
async function variantsOf(db: Queryable, { accountId }: AuditScope, sku: string): Promise<OfVariant[]> {
  const found = await db.catalogVariant.findMany({
    where: { accountId, sku },
    select: { id: true, productId: true },
    take: MAX_LISTS,
  });
  return found.map(({ id, productId }) => ({ variantId: id, productId }));
}

function skuLists(scope: AuditScope, sku: string, variants: OfVariant[]): Lists {
  const variantIds = variants.map(({ variantId }) => variantId);
  const productIds = variants.map(({ productId }) => productId);
  return {
    condition: Prisma.sql`(change.sku = ${sku} OR change.variant_id = ANY(${variantIds}))`,
    selects: [
      (tail) => Prisma.sql`(SELECT change.at, change.id FROM app.change change
        WHERE change.shop_id = ${scope.shopId}::uuid AND change.sku = ${sku} AND ${tail})`,
      (tail) => Prisma.sql`
        SELECT listed.at, listed.id FROM unnest(${productIds}::uuid[], ${variantIds}::text[]) AS wanted(product_id, variant_id)
        CROSS JOIN LATERAL (SELECT change.at, change.id FROM app.change change
          WHERE change.shop_id = ${scope.shopId}::uuid AND change.product_id = wanted.product_id
            AND change.variant_id = wanted.variant_id AND ${tail}) listed`,
    ],
  };
}

/** Products by a part of their title or handle; deleted ones by the title they had. */
async function productsNamed(db: Queryable, scope: AuditScope, pattern: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    (SELECT id FROM catalog.product WHERE account_id = ${scope.accountId}::uuid AND (title ILIKE ${pattern} OR handle ILIKE ${pattern})
      LIMIT ${MAX_LISTS + 1})
    UNION
    (SELECT product_id FROM app.product_link WHERE shop_id = ${scope.shopId}::uuid AND title ILIKE ${pattern} LIMIT ${MAX_LISTS + 1})`;
  return rows.map(({ id }) => id);
}

async function searchLists(db: Queryable, scope: AuditScope, search: string): Promise<Lists> {
  const pattern = containing(search);
  const [products, variants] = await Promise.all([
    productsNamed(db, scope, pattern),
    variantsOf(db, scope, search),
  ]);
  const bySku = skuLists(scope, search, variants);
  // Scalar subqueries: as a join the planner could turn the walk through the log into a sort of all of it.
  const condition = Prisma.sql`(${bySku.condition}
    OR COALESCE((SELECT product.title ILIKE ${pattern} OR product.handle ILIKE ${pattern} FROM catalog.product product
      WHERE product.account_id = ${scope.accountId}::uuid AND product.id = change.product_id), false)
    OR COALESCE((SELECT link.title ILIKE ${pattern} FROM app.product_link link
      WHERE link.shop_id = ${scope.shopId}::uuid AND link.product_id = change.product_id), false))`;
  if (products.length > MAX_LISTS || bySku.selects === null) return { condition, selects: null };
  return {
    condition,
    selects: [
      ...bySku.selects,
      (tail) => Prisma.sql`
        SELECT listed.at, listed.id FROM unnest(${products}::uuid[]) AS wanted(product_id)
        CROSS JOIN LATERAL (SELECT change.at, change.id FROM app.change change
          WHERE change.shop_id = ${scope.shopId}::uuid AND change.product_id = wanted.product_id AND ${tail}) listed`,
    ],
  };
}

function fieldCondition(field: string): Prisma.Sql {
  return ELEMENT_KINDS.includes(field)
    ? // Spelled as the index is.
      Prisma.sql`split_part(change.field, ':', 1) = ${field} AND position(':' in change.field) > 0`
    : Prisma.sql`change.field = ${field}`;
}

/** What a row must be, told of its own columns. */
function plainConditions(filter: AuditFilter): Prisma.Sql[] {
  const { productId, runId, field, actor, direction, state, from, until } = filter;
  return [
    productId === null ? [] : Prisma.sql`change.product_id = ${productId}::uuid`,
    runId === null ? [] : Prisma.sql`change.run_id = ${runId}::uuid`,
    field === '' ? [] : fieldCondition(field),
    actor === '' ? [] : Prisma.sql`change.caused_by = ${actor}`,
    direction === null ? [] : Prisma.sql`change.direction = ${direction}`,
    // Said outright, that the planner may use the indexes of what is rare.
    direction === null || direction === 'push' ? [] : Prisma.sql`change.direction <> 'push'`,
    state === null ? [] : Prisma.sql`change.state = ${state}`,
    state === null || state === 'applied' ? [] : Prisma.sql`change.state <> 'applied'`,
    from === null ? [] : Prisma.sql`change.at >= ${from}`,
    until === null ? [] : Prisma.sql`change.at < ${until}`,
  ].flat();
}

function beyond(cursor: AuditCursor | null): Prisma.Sql[] {
  if (cursor === null) return [];
  return cursor.direction === 'after'
    ? [Prisma.sql`(change.at, change.id) < (${cursor.at}, ${cursor.id})`]
    : [Prisma.sql`(change.at, change.id) > (${cursor.at}, ${cursor.id})`];
}

/**
 * Selects up to `limit` rows of app.change beyond the cursor, those next to it first: newest first, or, for a cursor that
 * a page ends before, oldest first.
 */
export async function auditStatement(
  db: Queryable,
  scope: AuditScope,
  query: { filter: AuditFilter; cursor: AuditCursor | null; limit: number },
): Promise<Prisma.Sql> {
  const { filter, cursor, limit } = query;
  const order = (row: string) => {
    const way = cursor?.direction === 'before' ? 'ASC' : 'DESC';
    return Prisma.raw(`${row}.at ${way}, ${row}.id ${way}`);
  };
  const sets: Lists[] = [];
  if (filter.sku !== '') sets.push(skuLists(scope, filter.sku, await variantsOf(db, scope, filter.sku)));
  if (filter.search !== '') sets.push(await searchLists(db, scope, filter.search));
  // One filter leads; a product or a run is a short list itself.
  const leads = filter.productId === null && filter.runId === null;
  const lead = leads ? sets.find(({ selects }) => selects !== null) : undefined;
  const conditions = [
    Prisma.sql`TRUE`,
    ...plainConditions(filter),
    ...sets.filter((set) => set !== lead).map(({ condition }) => condition),
    ...beyond(cursor),
  ];
  const tail = Prisma.sql`${Prisma.join(conditions, ' AND ')} ORDER BY ${order('change')} LIMIT ${limit}`;
  if (!lead?.selects)
    return Prisma.sql`SELECT change.* FROM app.change change WHERE change.shop_id = ${scope.shopId}::uuid AND ${tail}`;
  const lists = lead.selects.map((select) => select(tail));
  return Prisma.sql`
    SELECT change.* FROM (
      SELECT found.at, found.id FROM (${Prisma.join(lists, ' UNION ')}) found ORDER BY ${order('found')} LIMIT ${limit}
    ) page
    JOIN app.change change ON change.id = page.id AND change.shop_id = ${scope.shopId}::uuid
    ORDER BY ${order('page')}`;
}
