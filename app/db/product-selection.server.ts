/** Which products and variants of the catalog a bulk edit's selection means. */
import { z } from 'zod';
import { Prisma } from '#generated/prisma/client';
import type { ProductSelection } from '~/core/bulk-edit';
import type { SourceId } from '~/core/product-state';
import { parseSearchQuery } from '~/core/search-query';
import type { SearchProblem } from '~/core/search-terms';
import type { Queryable } from './client.server';
import { searchCondition } from './search-sql.server';
import type { SearchScope } from './search-sql.server';

export interface SelectedProduct {
  productId: SourceId;
  /** The selected variants in display order. */
  variantIds: SourceId[];
  /** All of its variants are selected; so it is where it has none. */
  isWhole: boolean;
}

/** The search of a selection cannot be read: whoever takes a selection in has to try `parseSearchQuery` first. */
export class UnreadableSelection extends Error {
  constructor(readonly problem: SearchProblem) {
    super(`${problem.reason} ${problem.remedy}`);
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** PostgreSQL's text holds no NUL, so no SKU of the catalog does. */
const storable = (sku: string) => !sku.includes('\u0000');

function condition(scope: SearchScope, selection: ProductSelection): Prisma.Sql {
  switch (selection.kind) {
    case 'skus':
      return Prisma.sql`v.sku = ANY(${selection.skus.filter(storable)}::text[])`;
    case 'products':
      return Prisma.sql`p.id = ANY(${selection.productIds.filter((id) => UUID.test(id))}::uuid[])`;
    case 'query': {
      const reading = parseSearchQuery(selection.query);
      if (reading.kind === 'problem') throw new UnreadableSelection(reading.problem);
      return searchCondition(reading.query, scope);
    }
  }
}

const rowsOf = ({ accountId }: SearchScope) => Prisma.sql`
  catalog.product p LEFT JOIN catalog.variant v ON v.product_id = p.id AND v.account_id = p.account_id
  WHERE p.account_id = ${accountId}::uuid`;

const counted = z.tuple([z.object({ products: z.number(), variants: z.number() })]);
const listed = z.array(
  z.object({ productId: z.string(), variantIds: z.array(z.string()), isWhole: z.boolean() }),
);

/**
 * How many products and variants are selected. A search is weighed for each variant (`matchesSearch`); a list of SKUs selects
 * the variants that have them, letter by letter; products are selected with all of their variants. Throws
 * UnreadableSelection.
 */
export async function countSelection(
  db: Queryable,
  scope: SearchScope,
  selection: ProductSelection,
): Promise<{ products: number; variants: number }> {
  const [counts] = counted.parse(
    await db.$queryRaw`
      SELECT count(*)::int AS products, COALESCE(sum(variants), 0)::int AS variants
      FROM (SELECT count(v.id) AS variants FROM ${rowsOf(scope)} AND ${condition(scope, selection)} GROUP BY p.id) AS selected`,
  );
  return counts;
}

/**
 * The selected products in ascending order of their ids, at most `limit`, from the one after `after` on. Whoever goes on
 * after the last one meets every product once that is there throughout. Throws UnreadableSelection.
 */
export async function listSelection(
  db: Queryable,
  scope: SearchScope,
  selection: ProductSelection,
  { after, limit }: { after: SourceId | null; limit: number },
): Promise<SelectedProduct[]> {
  const further = after === null ? Prisma.empty : Prisma.sql`AND p.id > ${after}::uuid`;
  return listed.parse(
    await db.$queryRaw`
      SELECT p.id::text AS "productId",
        COALESCE(array_agg(v.id::text ORDER BY v.position, v.id) FILTER (WHERE v.id IS NOT NULL), '{}') AS "variantIds",
        count(v.id) = (SELECT count(*) FROM catalog.variant every
          WHERE every.product_id = p.id AND every.account_id = p.account_id) AS "isWhole"
      FROM ${rowsOf(scope)} ${further} AND ${condition(scope, selection)}
      GROUP BY p.id ORDER BY p.id LIMIT ${limit}`,
  );
}

/** The SKUs that no variant of the catalog has, in their order and each once. Capitals count. */
export async function missingSkus(
  db: Queryable,
  { accountId }: Pick<SearchScope, 'accountId'>,
  skus: readonly string[],
): Promise<string[]> {
  const distinct = [...new Set(skus)];
  const rows = z.array(z.object({ sku: z.string() })).parse(
    await db.$queryRaw`
      SELECT DISTINCT sku FROM catalog.variant
      WHERE account_id = ${accountId}::uuid AND sku = ANY(${distinct.filter(storable)}::text[])`,
  );
  const held = new Set(rows.map(({ sku }) => sku));
  return distinct.filter((sku) => !held.has(sku));
}
