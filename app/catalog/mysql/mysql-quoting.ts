/** Names, and values as parts of statements, as MySQL and MariaDB take them. Pure. */
import type { ColumnDescription, Relation } from '~/core/source-mapping';

/** A name, whatever characters it has. */
export function quoteName(name: string): string {
  if (name.includes('\0')) throw new Error('A name in SQL cannot hold the character NUL.');
  return `\`${name.replaceAll('`', '``')}\``;
}

export function quoteRelation({ schema, name }: Relation): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

type Column = Pick<ColumnDescription, 'type'>;

const isNumber = ({ type }: Column) => /^(tinyint|smallint|mediumint|int|bigint|decimal|year)\b/.test(type);
export const isBinary = ({ type }: Column) =>
  /^(binary|varbinary|tinyblob|blob|mediumblob|longblob|geometry|point|linestring|polygon)\b/.test(type);
const isInstant = ({ type }: Column) => type.startsWith('timestamp');

/** The text of a column, the same on every connection of ours: bytes in hexadecimal, instants in UTC (ISO 8601). */
export function textOf(column: Column, name: string): string {
  if (isBinary(column)) return `LOWER(HEX(${name}))`;
  if (column.type.startsWith('bit')) return `CONVERT(${name} + 0 USING utf8mb4)`;
  const text = `CONVERT(${name} USING utf8mb4)`;
  // The session's time zone is UTC.
  return isInstant(column) ? `CONCAT(REPLACE(${text}, ' ', 'T'), 'Z')` : text;
}

export interface Sql {
  sql: string;
  values: string[];
}

/** A text as a value of the column's type, so that an index on it is of use; null where it cannot be one. */
export function valueOf(column: Column, text: string): Sql | null {
  // A number in quotes would be compared as a float.
  if (isNumber(column)) return /^-?\d{1,65}(\.\d{1,30})?$/.test(text) ? { sql: text, values: [] } : null;
  if (isBinary(column)) return /^([0-9a-f]{2})*$/.test(text) ? { sql: 'UNHEX(?)', values: [text] } : null;
  if (isInstant(column)) return { sql: '?', values: [text.replace('T', ' ').replace(/Z$/, '')] };
  return { sql: '?', values: [text] };
}

/** Byte for byte: collations find "tent" in "TENT ". */
export const bytes = (sql: string) => `CAST(${sql} AS BINARY)`;

/** True for the rows whose column shows exactly this text; null where none can. */
export function showsText(column: Column, name: string, text: string): Sql | null {
  const value = valueOf(column, text);
  if (value === null) return null;
  return {
    sql: `${name} = ${value.sql} AND ${bytes(textOf(column, name))} = ${bytes('?')}`,
    values: [...value.values, text],
  };
}

/** The words of enum('a','b''c'), in order. */
export function enumWords(type: string): string[] {
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, word = '']) => word.replaceAll("''", "'"));
}
