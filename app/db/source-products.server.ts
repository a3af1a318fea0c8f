/** Which product of a merchant's table is which of the catalog, and its rows as last taken over: app.source_product. */
import { z } from 'zod';
import type { SourceId } from '~/core/product-state';
import type { SourceRow, SourceRowProblem } from '~/core/source-mapping';
import type { Queryable } from './client.server';

const storedRows = z.array(z.record(z.string(), z.string().nullable())).nullable();

export interface SourceProductEntry {
  key: string;
  productId: SourceId | null;
  rows: SourceRow[] | null;
  mappingVersion: number;
  state: string;
  hasProblems: boolean;
}

const entries = z.array(
  z.object({
    key: z.string(),
    productId: z.string().nullable(),
    rows: storedRows,
    mappingVersion: z.number(),
    state: z.string(),
    hasProblems: z.boolean(),
  }),
);

/** What is known of these products, by key. */
export async function readSourceProductEntries(
  tx: Queryable,
  sourceId: string,
  keys: string[],
): Promise<Map<string, SourceProductEntry>> {
  const rows = await tx.$queryRaw`
    SELECT product_key AS key, product_id::text AS "productId", rows, mapping_version AS "mappingVersion", state,
      problems IS NOT NULL AS "hasProblems"
    FROM app.source_product WHERE source_id = ${sourceId}::uuid AND product_key = ANY(${keys}::text[])`;
  return new Map(entries.parse(rows).map((entry) => [entry.key, entry]));
}

/** Notes that products are still there and nothing of them moved. */
export async function noteSeen(
  tx: Queryable,
  terms: { sourceId: string; generation: number; now: Date },
  keys: string[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx.$executeRaw`
    UPDATE app.source_product SET generation = ${terms.generation}, seen_at = ${terms.now}, state = 'current', problems = NULL
    WHERE source_id = ${terms.sourceId}::uuid AND product_key = ANY(${keys}::text[])`;
}

export interface TakenOver {
  key: string;
  productId: SourceId;
  rows: SourceRow[];
  /** A store has to be asked to look at it. */
  changed: boolean;
}

/** Notes rows that were taken over. */
export async function noteTakenOver(
  tx: Queryable,
  terms: { sourceId: string; generation: number; mappingVersion: number; now: Date },
  products: TakenOver[],
): Promise<void> {
  if (products.length === 0) return;
  const { sourceId, generation, mappingVersion, now } = terms;
  await tx.$executeRaw`
    INSERT INTO app.source_product AS known (source_id, product_key, product_id, rows, mapping_version, generation, is_asked, seen_at)
    SELECT ${sourceId}::uuid, row.key, row."productId", row.rows, ${mappingVersion}, ${generation}, NOT row.changed, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(products)}::jsonb) AS row(key text, "productId" uuid, rows jsonb, changed boolean)
    ON CONFLICT (source_id, product_key) DO UPDATE SET product_id = excluded.product_id, rows = excluded.rows,
      mapping_version = excluded.mapping_version, generation = excluded.generation, state = 'current', problems = NULL,
      is_asked = known.is_asked AND excluded.is_asked, seen_at = excluded.seen_at`;
}

/** Notes products whose rows cannot be taken over as they are. What was taken over before stays. */
export async function noteRowProblems(
  tx: Queryable,
  terms: { sourceId: string; generation: number; mappingVersion: number; now: Date },
  products: { key: string; problems: SourceRowProblem[] }[],
): Promise<void> {
  if (products.length === 0) return;
  const { sourceId, generation, mappingVersion, now } = terms;
  await tx.$executeRaw`
    INSERT INTO app.source_product (source_id, product_key, mapping_version, generation, problems, seen_at)
    SELECT ${sourceId}::uuid, row.key, ${mappingVersion}, ${generation}, row.problems, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(products)}::jsonb) AS row(key text, problems jsonb)
    ON CONFLICT (source_id, product_key) DO UPDATE SET problems = excluded.problems, generation = excluded.generation,
      state = 'current', seen_at = excluded.seen_at`;
}

/** Notes products that have no row any more. Those that never came to the catalog are forgotten. */
export async function noteMissing(tx: Queryable, sourceId: string, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.$executeRaw`
    DELETE FROM app.source_product WHERE source_id = ${sourceId}::uuid AND product_key = ANY(${keys}::text[]) AND product_id IS NULL`;
  await tx.$executeRaw`
    UPDATE app.source_product SET state = 'missing', problems = NULL
    WHERE source_id = ${sourceId}::uuid AND product_key = ANY(${keys}::text[]) AND state = 'current'`;
}

/** Notes as missing what an earlier snapshot saw and the one of this generation did not. */
export async function noteUnseen(tx: Queryable, sourceId: string, generation: number): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM app.source_product WHERE source_id = ${sourceId}::uuid AND generation < ${generation} AND product_id IS NULL`;
  await tx.$executeRaw`
    UPDATE app.source_product SET state = 'missing', problems = NULL
    WHERE source_id = ${sourceId}::uuid AND generation < ${generation} AND state = 'current'`;
}

const counts = z.tuple([z.object({ missing: z.number(), known: z.number() })]);

/** How many products of the source lack their rows, and how many it has with them. */
export async function countMissing(
  db: Queryable,
  sourceId: string,
): Promise<{ missing: number; known: number }> {
  // Counting those that are there is only worth it where some are not.
  const rows = await db.$queryRaw`
    WITH gone AS (
      SELECT count(*)::int AS missing FROM app.source_product WHERE source_id = ${sourceId}::uuid AND state = 'missing'
    )
    SELECT missing, CASE WHEN missing = 0 THEN 0 ELSE
      (SELECT count(*)::int FROM app.source_product WHERE source_id = ${sourceId}::uuid AND state <> 'removed') END AS known
    FROM gone`;
  return counts.parse(rows)[0];
}

/** Takes at most `limit` products without rows out of the catalog; answers how many. */
export async function removeMissing(
  tx: Queryable,
  terms: { sourceId: string; accountId: string; limit: number },
): Promise<number> {
  const { sourceId, accountId, limit } = terms;
  const removed = await tx.$queryRaw<{ productId: SourceId }[]>`
    UPDATE app.source_product SET state = 'removed', is_asked = false
    WHERE source_id = ${sourceId}::uuid AND product_key IN (
      SELECT product_key FROM app.source_product WHERE source_id = ${sourceId}::uuid AND state = 'missing'
      ORDER BY product_key LIMIT ${limit})
    RETURNING product_id AS "productId"`;
  const ids = removed.map(({ productId }) => productId);
  await tx.$executeRaw`
    DELETE FROM catalog.product WHERE account_id = ${accountId}::uuid AND id = ANY(${ids}::uuid[])`;
  return ids.length;
}

/** Products that no store was asked to look at yet, in the order of their ids. */
export async function unaskedProducts(db: Queryable, sourceId: string, limit: number): Promise<SourceId[]> {
  const rows = await db.$queryRaw<{ productId: SourceId }[]>`
    SELECT product_id::text AS "productId" FROM app.source_product
    WHERE source_id = ${sourceId}::uuid AND NOT is_asked AND product_id IS NOT NULL LIMIT ${limit}`;
  return rows.map(({ productId }) => productId);
}

/** Notes that the stores were asked; what was removed is forgotten then. */
export async function noteAsked(tx: Queryable, sourceId: string, productIds: SourceId[]): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM app.source_product
    WHERE source_id = ${sourceId}::uuid AND product_id = ANY(${productIds}::uuid[]) AND state = 'removed'`;
  await tx.$executeRaw`
    UPDATE app.source_product SET is_asked = true
    WHERE source_id = ${sourceId}::uuid AND product_id = ANY(${productIds}::uuid[])`;
}

const adoptions = z.array(
  z.object({
    productId: z.string(),
    handle: z.string(),
    skus: z.array(z.string()),
    key: z.string().nullable(),
  }),
);

/** Products of the catalog with one of these handles or SKUs, and the key of the source's product each is already. */
export async function findAdoptable(
  tx: Queryable,
  terms: { sourceId: string; accountId: string },
  wanted: { handles: string[]; skus: string[] },
): Promise<z.infer<typeof adoptions>> {
  const { sourceId, accountId } = terms;
  const rows = await tx.$queryRaw`
    WITH found AS (
      SELECT id FROM catalog.product WHERE account_id = ${accountId}::uuid AND handle = ANY(${wanted.handles}::text[])
      UNION
      SELECT product_id FROM catalog.variant WHERE account_id = ${accountId}::uuid AND sku = ANY(${wanted.skus}::text[])
    )
    SELECT product.id::text AS "productId", product.handle,
      COALESCE((SELECT array_agg(sku) FROM catalog.variant WHERE product_id = product.id AND sku = ANY(${wanted.skus}::text[])), '{}') AS skus,
      (SELECT product_key FROM app.source_product known WHERE known.source_id = ${sourceId}::uuid AND known.product_id = product.id LIMIT 1) AS key
    FROM found JOIN catalog.product product ON product.id = found.id`;
  return adoptions.parse(rows);
}

/** What is known of the product of the catalog; null where the source has none such. */
export async function readEntryOfProduct(
  db: Queryable,
  sourceId: string,
  productId: SourceId,
): Promise<{ key: string; rows: SourceRow[] | null } | null> {
  const entry = await db.sourceProduct.findFirst({
    where: { sourceId, productId, state: 'current' },
    select: { productKey: true, rows: true },
  });
  return entry === null ? null : { key: entry.productKey, rows: storedRows.parse(entry.rows) };
}

/** Notes rows that we have written ourselves, unless others were taken over meanwhile. */
export async function noteRowsWritten(
  db: Queryable,
  terms: { sourceId: string; key: string; before: SourceRow[]; rows: SourceRow[] },
): Promise<void> {
  await db.$executeRaw`
    UPDATE app.source_product SET rows = ${JSON.stringify(terms.rows)}::jsonb
    WHERE source_id = ${terms.sourceId}::uuid AND product_key = ${terms.key} AND rows = ${JSON.stringify(terms.before)}::jsonb`;
}
