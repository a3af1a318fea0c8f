/** Reads a merchant's tables: what there is, and rows of a mapping. All values come as PostgreSQL prints them. */
import type pg from 'pg';
import { z } from 'zod';
import { columnsOf, keyText, keyValues } from '~/core/source-mapping';
import type { Relation, RelationDescription, SourceMapping, SourceRow } from '~/core/source-mapping';
import type { ListedRelation, Snapshot } from '../external-database';
import { quoteName, quoteRelation, quoteText } from '../sql-quoting';

export type PostgresClient = Pick<pg.Client, 'query'>;

const MOST_RELATIONS = 500;

const relationRow = z.object({ schema: z.string(), name: z.string(), kind: z.enum(['table', 'view']) });

/** Tables and views that the role may read at least a column of. */
export async function listRelations(client: PostgresClient): Promise<ListedRelation[]> {
  const { rows } = await client.query(`
    SELECT n.nspname AS schema, c.relname AS name, CASE WHEN c.relkind IN ('r', 'p') THEN 'table' ELSE 'view' END AS kind
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND n.nspname NOT LIKE 'lockstep\\_%' AND NOT c.relispartition
      AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
    ORDER BY n.nspname, c.relname LIMIT ${MOST_RELATIONS}`);
  return z.array(relationRow).parse(rows);
}

const described = z.object({
  kind: z.enum(['table', 'view']),
  replicaIdentity: z.enum(['default', 'nothing', 'full', 'index']),
  columns: z
    .array(z.object({ name: z.string(), type: z.string(), isArray: z.boolean(), isNullable: z.boolean() }))
    .nullable(),
  identity: z.array(z.string()).nullable(),
  primaryKey: z.array(z.string()).nullable(),
});

/** The columns that the role may read, and by which of them a row is told from another. Null: there is no such table. */
export async function describeRelation(
  client: PostgresClient,
  relation: Relation,
): Promise<RelationDescription | null> {
  const ofIndex = (condition: string) => `
    (SELECT json_agg(a.attname ORDER BY k.position) FROM pg_catalog.pg_index i
      CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
      WHERE i.indrelid = c.oid AND ${condition})`;
  const { rows } = await client.query(
    `SELECT CASE WHEN c.relkind IN ('r', 'p') THEN 'table' ELSE 'view' END AS kind,
       CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'n' THEN 'nothing' WHEN 'i' THEN 'index' ELSE 'default' END AS "replicaIdentity",
       (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
           'isArray', t.typcategory = 'A', 'isNullable', NOT a.attnotnull) ORDER BY a.attnum)
         FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           AND has_column_privilege(c.oid, a.attnum, 'SELECT')) AS columns,
       ${ofIndex(`CASE c.relreplident WHEN 'i' THEN i.indisreplident WHEN 'd' THEN i.indisprimary ELSE false END`)} AS identity,
       ${ofIndex('i.indisprimary')} AS "primaryKey"
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm')`,
    [relation.schema, relation.name],
  );
  const found = described.optional().parse(rows[0]);
  if (found === undefined) return null;
  return {
    schema: relation.schema,
    name: relation.name,
    kind: found.kind,
    replicaIdentity: found.replicaIdentity,
    columns: found.columns ?? [],
    identity: found.identity ?? [],
    primaryKey: found.primaryKey ?? [],
  };
}

/** The mapped columns as texts; arrays as JSON, which a mapping can read. */
function selectList(mapping: SourceMapping, relation: RelationDescription): string {
  const arrays = new Set(relation.columns.filter(({ isArray }) => isArray).map(({ name }) => name));
  return columnsOf(mapping)
    .map((column) => {
      const name = `source.${quoteName(column)}`;
      return `${arrays.has(column) ? `to_json(${name})::text` : `${name}::text`} AS ${quoteName(column)}`;
    })
    .join(', ');
}

function order(mapping: SourceMapping): string {
  // Values may be equal although their texts differ (numeric, citext): the rows of one key must still follow each other.
  const keys = mapping.productKey
    .map(quoteName)
    .flatMap((name) => [`source.${name}`, `source.${name}::text`]);
  const rows = mapping.variantKey.map((column) => `source.${quoteName(column)}`);
  return [...new Set([...keys, ...rows])].join(', ');
}

const sourceRows = z.array(z.record(z.string(), z.string().nullable()));

/** The first rows of a table, in the order of their keys. */
export async function readFirstRows(
  client: PostgresClient,
  mapping: SourceMapping,
  relation: RelationDescription,
  limit: number,
): Promise<SourceRow[]> {
  const { rows } = await client.query(
    `SELECT ${selectList(mapping, relation)} FROM ${quoteRelation(mapping.relation)} AS source ORDER BY ${order(mapping)} LIMIT ${Math.trunc(limit)}`,
  );
  return sourceRows.parse(rows);
}

/** The rows of these products, by key; a product without rows has an empty list. */
export async function readRowsOf(
  client: PostgresClient,
  mapping: SourceMapping,
  relation: RelationDescription,
  keys: string[],
): Promise<Map<string, SourceRow[]>> {
  const { productKey } = mapping;
  const types = new Map(relation.columns.map(({ name, type }) => [name, type]));
  const values = keys.map((key) => keyValues(productKey, key));
  const lists = productKey.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const wanted = productKey.map((_, index) => `key${index}`).join(', ');
  const match = productKey
    .map((column, index) => {
      // Without its modifier: a key that is longer than the column must find nothing, not be cut.
      const type = (types.get(column) ?? 'text').replace(/\(.*\)/, '');
      return `source.${quoteName(column)} = wanted.key${index}::${type === 'character' ? 'bpchar' : type}`;
    })
    .join(' AND ');
  const { rows } = await client.query(
    `SELECT ${selectList(mapping, relation)} FROM unnest(${lists}) AS wanted(${wanted})
     JOIN ${quoteRelation(mapping.relation)} AS source ON ${match} ORDER BY ${order(mapping)}`,
    productKey.map((_, index) => values.map((parts) => parts[index] ?? '')),
  );
  const found = new Map(keys.map((key) => [key, new Array<SourceRow>()]));
  for (const row of sourceRows.parse(rows)) found.get(keyText(productKey, row) ?? '')?.push(row);
  return found;
}

/**
 * Reads all of the table as of one moment: that of an exported snapshot, or now. The rows of a product come one after the
 * other. Memory holds one batch.
 */
export async function openSnapshot(
  client: PostgresClient,
  mapping: SourceMapping,
  relation: RelationDescription,
  options: { snapshot: string | null; batch: number },
): Promise<Pick<Snapshot, 'count' | 'next'>> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  if (options.snapshot !== null)
    await client.query(`SET TRANSACTION SNAPSHOT ${quoteText(options.snapshot)}`);
  // Sorting a large table takes what it takes.
  await client.query('SET LOCAL statement_timeout = 0');
  const table = quoteRelation(mapping.relation);
  await client.query(
    `DECLARE lockstep_rows NO SCROLL CURSOR FOR SELECT ${selectList(mapping, relation)} FROM ${table} AS source ORDER BY ${order(mapping)}`,
  );
  const fetch = `FETCH FORWARD ${Math.trunc(options.batch)} FROM lockstep_rows`;
  return {
    count: async () => {
      const counted = await client.query(`SELECT count(*)::text AS rows FROM ${table}`);
      return z.tuple([z.object({ rows: z.coerce.number() })]).parse(counted.rows)[0].rows;
    },
    next: async () => sourceRows.parse((await client.query(fetch)).rows),
  };
}
