/** Read model of the audit log: its rows in keyset pages, newest first, and whom it can be asked about. */
import { z } from 'zod';
import type { FieldValue } from '~/core/decision';
import type { Queryable } from '../client.server';
import { fieldValue } from '../field-value.server';
import type { AuditCursor, AuditFilter } from './audit-query';
import { auditStatement } from './audit-statement.server';
import type { AuditScope } from './audit-statement.server';
import { readValueNames } from './value-names.server';

export interface AuditRow {
  id: bigint;
  at: Date;
  productId: string;
  /** "" where neither the catalog nor the shop knows the product any more. */
  title: string;
  variantId: string | null;
  /** Null for the product's own fields, "" for a variant that is gone. */
  variant: string | null;
  /** As recorded, else the one the variant has now. */
  sku: string | null;
  field: string;
  direction: string;
  before: FieldValue;
  after: FieldValue;
  state: string;
  code: string | null;
  message: string | null;
  causedBy: string;
  runId: string | null;
  points: number;
}

export interface AuditPage {
  rows: AuditRow[];
  /** Names of variants and pictures that values of these rows speak of, by id. */
  names: Record<string, string>;
  /** Cursor of the newer and the older page; null where there is none. */
  previous: AuditCursor | null;
  next: AuditCursor | null;
}

const ROWS_A_PAGE = 50;

const storedRows = z.array(
  z.object({
    id: z.bigint(),
    at: z.date(),
    product_id: z.string(),
    variant_id: z.string().nullable(),
    sku: z.string().nullable(),
    field: z.string(),
    direction: z.string(),
    before: fieldValue,
    after: fieldValue,
    state: z.string(),
    code: z.string().nullable(),
    message: z.string().nullable(),
    caused_by: z.string(),
    run_id: z.string().nullable(),
    points: z.number(),
  }),
);

/** Titles of products by id; of deleted ones the title they had. */
export async function readTitles(
  db: Queryable,
  { shopId, accountId }: AuditScope,
  productIds: string[],
): Promise<Map<string, string>> {
  const [products, links] = await Promise.all([
    db.catalogProduct.findMany({
      where: { accountId, id: { in: productIds } },
      select: { id: true, title: true },
    }),
    db.productLink.findMany({
      where: { shopId, productId: { in: productIds } },
      select: { productId: true, title: true },
    }),
  ]);
  return new Map([
    ...links.map(({ productId, title }): [string, string] => [productId, title]),
    ...products.map(({ id, title }): [string, string] => [id, title]),
  ]);
}

/** Rows beyond the cursor with the names of what they speak of, newest first. */
async function readRows(
  db: Queryable,
  scope: AuditScope,
  query: { filter: AuditFilter; cursor: AuditCursor | null; limit: number },
): Promise<{ rows: AuditRow[]; names: Map<string, string> }> {
  const stored = storedRows.parse(await db.$queryRaw(await auditStatement(db, scope, query)));
  if (query.cursor?.direction === 'before') stored.reverse();
  const variantIds = [...new Set(stored.flatMap((row) => row.variant_id ?? []))].filter(
    (id) => z.uuid().safeParse(id).success,
  );
  const [titles, names, skus] = await Promise.all([
    readTitles(db, scope, [...new Set(stored.map((row) => row.product_id))]),
    readValueNames(
      db,
      scope.accountId,
      stored.map(({ field, variant_id, before, after }) => ({
        field,
        variantId: variant_id,
        values: [before, after],
      })),
    ),
    db.catalogVariant.findMany({
      where: { accountId: scope.accountId, id: { in: variantIds } },
      select: { id: true, sku: true },
    }),
  ]);
  const skuOf = new Map(skus.map(({ id, sku }) => [id, sku]));
  return {
    names,
    rows: stored.map((row) => ({
      id: row.id,
      at: row.at,
      productId: row.product_id,
      title: titles.get(row.product_id) ?? '',
      variantId: row.variant_id,
      variant: row.variant_id === null ? null : (names.get(row.variant_id) ?? ''),
      sku: row.sku ?? (row.variant_id === null ? null : (skuOf.get(row.variant_id) ?? null)),
      field: row.field,
      direction: row.direction,
      before: row.before,
      after: row.after,
      state: row.state,
      code: row.code,
      message: row.message,
      causedBy: row.caused_by,
      runId: row.run_id,
      points: row.points,
    })),
  };
}

/** One page of the rows that match. A cursor that no row stands at still finds its place. */
export async function readAuditPage(
  db: Queryable,
  scope: AuditScope,
  { filter, cursor }: { filter: AuditFilter; cursor: AuditCursor | null },
  limit = ROWS_A_PAGE,
): Promise<AuditPage> {
  const { rows: found, names } = await readRows(db, scope, { filter, cursor, limit: limit + 1 });
  const isBackwards = cursor?.direction === 'before';
  const hasMore = found.length > limit;
  const rows = hasMore ? (isBackwards ? found.slice(1) : found.slice(0, limit)) : found;
  const [first, last] = [rows[0], rows.at(-1)];
  const hasPrevious = isBackwards ? hasMore : cursor !== null;
  const hasNext = isBackwards || hasMore;
  return {
    rows,
    names: Object.fromEntries(names),
    previous: hasPrevious && first ? { direction: 'before', at: first.at, id: first.id } : null,
    next: hasNext && last ? { direction: 'after', at: last.at, id: last.id } : null,
  };
}

/** Every row that matches, newest first, in pages that are read as they are asked for. */
export async function* readAuditRows(
  db: Queryable,
  scope: AuditScope,
  filter: AuditFilter,
  limit: number,
): AsyncGenerator<AuditRow[]> {
  for (let cursor: AuditCursor | null = null; ;) {
    const { rows } = await readRows(db, scope, { filter, cursor, limit });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    if (rows.length < limit) return;
    cursor = { direction: 'after', at: last.at, id: last.id };
  }
}

const MAX_ACTORS = 100;
/** Steps through the index, imports included: each of these is a cause of its own. */
const MAX_STEPS = 2_000;

/**
 * Who and what caused changes of the shop, by name, at most 100; imports are left out. Each is found by one step through
 * the index, however many rows it caused.
 */
export async function readActors(db: Queryable, shopId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ actor: string }[]>`
    WITH RECURSIVE actors(actor) AS (
      (SELECT caused_by FROM app.change WHERE shop_id = ${shopId}::uuid ORDER BY caused_by LIMIT 1)
      UNION ALL
      SELECT (SELECT caused_by FROM app.change WHERE shop_id = ${shopId}::uuid AND caused_by > actors.actor
        ORDER BY caused_by LIMIT 1)
      FROM actors WHERE actors.actor IS NOT NULL
    )
    SELECT actor FROM (SELECT actor FROM actors LIMIT ${MAX_STEPS}) known
    WHERE actor IS NOT NULL AND actor NOT LIKE 'import %' LIMIT ${MAX_ACTORS}`;
  return rows.map(({ actor }) => actor);
}
