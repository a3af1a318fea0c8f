/** Reads a merchant's tables in MySQL or MariaDB: what there is, and rows of a mapping. */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { columnsOf, keyText, keyValues } from '~/core/source-mapping';
import type {
  ColumnDescription,
  Relation,
  RelationDescription,
  SourceMapping,
  SourceRow,
} from '~/core/source-mapping';
import { SourceTrouble } from '../external-advice';
import type { ListedRelation, Snapshot } from '../external-database';
import type { KeyColumn } from './binlog-values';
import type { MysqlConnection } from './mysql-connection';
import { bytes, quoteName, quoteRelation, showsText, textOf } from './mysql-quoting';
import type { Sql } from './mysql-quoting';

const MOST_RELATIONS = 500;
const NOT_ALLOWED = 1142;

const listed = z.array(z.object({ schema: z.string(), name: z.string(), kind: z.enum(['table', 'view']) }));

/** Tables and views that the user may read at least a column of. */
export async function listRelations(connection: MysqlConnection): Promise<ListedRelation[]> {
  const rows = await connection.rows(
    `SELECT t.TABLE_SCHEMA AS \`schema\`, t.TABLE_NAME AS name, IF(t.TABLE_TYPE = 'VIEW', 'view', 'table') AS kind
     FROM information_schema.TABLES t
     WHERE t.TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
       AND t.TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
       AND t.TABLE_SCHEMA NOT LIKE 'lockstep\\_%'
       AND EXISTS (SELECT 1 FROM information_schema.COLUMNS c WHERE c.TABLE_SCHEMA = t.TABLE_SCHEMA
         AND c.TABLE_NAME = t.TABLE_NAME AND FIND_IN_SET('select', c.PRIVILEGES) > 0)
     ORDER BY t.TABLE_SCHEMA, t.TABLE_NAME LIMIT ${MOST_RELATIONS}`,
  );
  return listed.parse(rows);
}

const columnRows = z.array(
  z.object({
    name: z.string(),
    type: z.string(),
    nullable: z.string(),
    charset: z.string().nullable(),
    ordinal: z.coerce.number(),
    readable: z.string(),
  }),
);

interface ReadColumn extends KeyColumn {
  isNullable: boolean;
  isReadable: boolean;
  /** From 0. */
  index: number;
}

async function readColumns(connection: MysqlConnection, { schema, name }: Relation): Promise<ReadColumn[]> {
  const rows = await connection.rows(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable, CHARACTER_SET_NAME AS charset,
       ORDINAL_POSITION AS ordinal, FIND_IN_SET('select', PRIVILEGES) > 0 AS readable
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [schema, name],
  );
  return columnRows.parse(rows).map(({ name: column, type, nullable, charset, ordinal, readable }) => ({
    name: column,
    type: type.replace(/^(\w+)/, (word) => word.toLowerCase()),
    charset,
    isNullable: nullable === 'YES',
    isReadable: readable === '1',
    index: ordinal - 1,
  }));
}

/** The statement that makes the table; '' for who may read single columns only. */
async function createdAs({ rows }: MysqlConnection, relation: Relation): Promise<string> {
  try {
    const [shown] = await rows(`SHOW CREATE TABLE ${quoteRelation(relation)}`);
    return shown?.['Create Table'] ?? '';
  } catch (error) {
    if (error instanceof Error && 'errno' in error && error.errno === NOT_ALLOWED) return '';
    throw error;
  }
}

/** MariaDB's JSON is a text that is checked. */
async function jsonColumns(connection: MysqlConnection, relation: Relation): Promise<Set<string>> {
  if (connection.server.flavour === 'mysql') return new Set();
  const columns = (await createdAs(connection, relation)).matchAll(
    /^\s*`((?:[^`]|``)+)` longtext .*CHECK \(json_valid\(/gm,
  );
  return new Set([...columns].map(([, name = '']) => name.replaceAll('``', '`')));
}

/** Whether a row of another table, when it goes, takes rows of this one with it: no log and no trigger tells of these. */
export async function hasCascade(connection: MysqlConnection, relation: Relation): Promise<boolean> {
  return /FOREIGN KEY .* ON (DELETE|UPDATE) (CASCADE|SET NULL)/.test(await createdAs(connection, relation));
}

/** The columns that the user may read, and the primary key. Null: there is no such table. */
export async function describeRelation(
  connection: MysqlConnection,
  relation: Relation,
): Promise<RelationDescription | null> {
  const { schema, name } = relation;
  const [table] = await connection.rows(
    "SELECT IF(TABLE_TYPE = 'VIEW', 'view', 'table') AS kind FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
    [schema, name],
  );
  if (table === undefined) return null;
  const columns = await readColumns(connection, relation);
  const json = await jsonColumns(connection, relation);
  const keys = await connection.rows(
    "SELECT COLUMN_NAME AS name FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX",
    [schema, name],
  );
  const primaryKey = keys.flatMap((key) => key['name'] ?? []);
  return {
    schema,
    name,
    kind: table['kind'] === 'view' ? 'view' : 'table',
    columns: columns
      .filter(({ isReadable }) => isReadable)
      .map((column) => ({
        name: column.name,
        type: json.has(column.name) ? 'json' : column.type,
        isArray: false,
        isNullable: column.isNullable,
      })),
    identity: primaryKey,
    primaryKey,
    // The log holds whole rows (binlog_row_image = FULL).
    replicaIdentity: 'full',
  };
}

/** The columns that hold a table's product key, with their places in its rows. Throws SourceTrouble where one is missing. */
export async function readKeyColumns(
  connection: MysqlConnection,
  relation: Relation,
  names: string[],
): Promise<(KeyColumn & { index: number })[]> {
  const columns = await readColumns(connection, relation);
  return names.map((name) => {
    const found = columns.find((column) => column.name === name);
    if (found !== undefined) return found;
    throw new SourceTrouble({
      reason: `The table ${relation.schema}.${relation.name} has no column "${name}", by which products are known.`,
      remedy:
        'Bring the column back, or map another one in its place. Where it is there, the user may not read it: run the GRANT lines of the script again.',
    });
  });
}

export const columnNamed = (relation: RelationDescription, name: string): ColumnDescription =>
  relation.columns.find((column) => column.name === name) ?? {
    name,
    type: 'text',
    isArray: false,
    isNullable: true,
  };

/** The mapped columns as texts. */
function selectList(mapping: SourceMapping, relation: RelationDescription): string {
  return columnsOf(mapping)
    .map(
      (name) => `${textOf(columnNamed(relation, name), `source.${quoteName(name)}`)} AS ${quoteName(name)}`,
    )
    .join(', ');
}

function order(mapping: SourceMapping): string {
  // A collation may call texts equal that differ: the rows of one key must still follow each other.
  const keys = mapping.productKey
    .map((name) => `source.${quoteName(name)}`)
    .flatMap((name) => [name, bytes(name)]);
  const rows = mapping.variantKey.map((name) => `source.${quoteName(name)}`);
  return [...new Set([...keys, ...rows])].join(', ');
}

/** The first rows of a table, in the order of their keys. */
export async function readFirstRows(
  connection: MysqlConnection,
  mapping: SourceMapping,
  relation: RelationDescription,
  limit: number,
): Promise<SourceRow[]> {
  return connection.rows(
    `SELECT ${selectList(mapping, relation)} FROM ${quoteRelation(mapping.relation)} AS source ORDER BY ${order(mapping)} LIMIT ${Math.trunc(limit)}`,
  );
}

/** True for the rows of this key; null where no row can have it. */
function hasKey(mapping: SourceMapping, relation: RelationDescription, key: string): Sql | null {
  const values = keyValues(mapping.productKey, key);
  const parts = mapping.productKey.map((name, index) =>
    showsText(columnNamed(relation, name), `source.${quoteName(name)}`, values[index] ?? ''),
  );
  const said = parts.flatMap((part) => part ?? []);
  return said.length < parts.length
    ? null
    : { sql: `(${said.map(({ sql }) => sql).join(' AND ')})`, values: said.flatMap((part) => part.values) };
}

/** The rows of these products, by key; a product without rows has an empty list. */
export async function readRowsOf(
  connection: MysqlConnection,
  mapping: SourceMapping,
  relation: RelationDescription,
  keys: string[],
): Promise<Map<string, SourceRow[]>> {
  const found = new Map(keys.map((key) => [key, new Array<SourceRow>()]));
  const wanted = keys.flatMap((key) => hasKey(mapping, relation, key) ?? []);
  if (wanted.length === 0) return found;
  const rows = await connection.rows(
    `SELECT ${selectList(mapping, relation)} FROM ${quoteRelation(mapping.relation)} AS source
     WHERE ${wanted.map(({ sql }) => sql).join(' OR ')} ORDER BY ${order(mapping)}`,
    wanted.flatMap(({ values }) => values),
  );
  for (const row of rows) found.get(keyText(mapping.productKey, row) ?? '')?.push(row);
  return found;
}

const rowSchema = z.record(z.string(), z.string().nullable());

/** Rows of a stream, so many at a time; empty at the end. The server waits while nobody asks. */
export function inBatches(stream: Readable, size: number): () => Promise<SourceRow[]> {
  const iterator: AsyncIterator<unknown> = stream[Symbol.asyncIterator]();
  // Told to whoever asks for the next rows.
  stream.on('error', () => undefined);
  return async () => {
    const rows: SourceRow[] = [];
    while (rows.length < size) {
      const { done, value } = await iterator.next();
      if (done === true) break;
      rows.push(rowSchema.parse(value));
    }
    return rows;
  };
}

/** How many rows there are, and all of them in the order of their keys, in the transaction of the connection. */
export function openRows(
  connection: MysqlConnection,
  mapping: SourceMapping,
  relation: RelationDescription,
  batch: number,
): Pick<Snapshot, 'count' | 'next'> {
  const table = quoteRelation(mapping.relation);
  let next: (() => Promise<SourceRow[]>) | null = null;
  return {
    count: async () => {
      const [counted] = await connection.rows(`SELECT COUNT(*) AS counted FROM ${table}`);
      return Number(counted?.['counted'] ?? 0);
    },
    next: () => {
      next ??= inBatches(
        connection.stream(
          `SELECT ${selectList(mapping, relation)} FROM ${table} AS source ORDER BY ${order(mapping)}`,
        ),
        batch,
      );
      return next();
    },
  };
}
