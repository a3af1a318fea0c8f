/** Writes a column of a merchant's row, where it still holds what was known of it. */
import type { ColumnDescription, RelationDescription } from '~/core/source-mapping';
import type { ColumnWrite } from '../column-write';
import type { WriteResult } from '../external-database';
import type { MysqlConnection } from './mysql-connection';
import { bytes, quoteName, quoteRelation, showsText, textOf, valueOf } from './mysql-quoting';
import type { Sql } from './mysql-quoting';
import { columnNamed } from './mysql-tables';

const nothing: Sql = { sql: 'NULL', values: [] };

/** True where the column holds this value, also where it prints it in another way (12.5 in a decimal(10,2)). */
function holds(column: ColumnDescription, name: string, text: string | null, value: Sql): Sql {
  if (text === null) return { sql: `${name} IS NULL`, values: [] };
  return /^(tinyint|smallint|mediumint|int|bigint|decimal|year)\b/.test(column.type)
    ? { sql: `${name} = ${value.sql}`, values: value.values }
    : { sql: `${bytes(textOf(column, name))} = ${bytes('?')}`, values: [text] };
}

/** One transaction: the text that is answered is the one that was written, whoever writes next. */
export async function writeColumn(
  connection: MysqlConnection,
  relation: RelationDescription,
  write: ColumnWrite,
): Promise<WriteResult> {
  const column = columnNamed(relation, write.column);
  const name = quoteName(write.column);
  const value = write.text === null ? nothing : valueOf(column, write.text);
  const keys = Object.entries(write.keys).map(([key, text]) =>
    showsText(columnNamed(relation, key), quoteName(key), text),
  );
  const said = keys.flatMap((key) => key ?? []);
  if (value === null || said.length < keys.length) return { result: 'moved' };
  const where = said.map(({ sql }) => sql).join(' AND ');
  const of = said.flatMap((key) => key.values);
  const table = quoteRelation(relation);
  const shown = textOf(column, name);
  const known: Sql =
    write.known === null
      ? { sql: `${name} IS NULL`, values: [] }
      : { sql: `${bytes(shown)} = ${bytes('?')}`, values: [write.known] };
  await connection.change('START TRANSACTION');
  try {
    const count = await connection.change(
      `UPDATE ${table} SET ${name} = ${value.sql} WHERE ${where} AND ${known.sql}`,
      [...value.values, ...of, ...known.values],
    );
    const already = holds(column, name, write.text, value);
    const [row] = await connection.rows(
      `SELECT ${shown} AS text FROM ${table} WHERE ${where} AND ${already.sql} LIMIT 1`,
      [...of, ...already.values],
    );
    await connection.change('COMMIT');
    if (row !== undefined) return { result: 'written', text: row['text'] ?? null };
    if (count === 0) return { result: 'moved' };
    // Written, and shown in words of the server's own (JSON, a float).
    const [again] = await connection.rows(`SELECT ${shown} AS text FROM ${table} WHERE ${where} LIMIT 1`, of);
    return { result: 'written', text: again?.['text'] ?? null };
  } catch (error) {
    await connection.change('ROLLBACK').catch(() => undefined); // the first failure is the one to tell
    throw error;
  }
}
