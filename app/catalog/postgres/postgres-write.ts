/** Writes a column of a merchant's row, where it still holds what was known of it. */
import { z } from 'zod';
import type { RelationDescription } from '~/core/source-mapping';
import type { ColumnWrite } from '../column-write';
import type { WriteResult } from '../external-database';
import type { PostgresClient } from './postgres-tables';
import { quoteName, quoteRelation } from '../sql-quoting';

const texts = z.array(z.object({ text: z.string().nullable() }));

/**
 * 'written' with the text that the row then shows (also where an earlier attempt wrote it and was not told); 'moved' where the
 * row is gone or holds something else, which stays.
 */
export async function writeColumn(
  client: PostgresClient,
  relation: RelationDescription,
  write: ColumnWrite,
): Promise<WriteResult> {
  const types = new Map(relation.columns.map(({ name, type, isArray }) => [name, { type, isArray }]));
  const { type, isArray } = types.get(write.column) ?? { type: 'text', isArray: false };
  const column = `target.${quoteName(write.column)}`;
  const shown = isArray ? `to_json(${column})::text` : `${column}::text`;
  const names = Object.keys(write.keys);
  const keys = names.map((name, index) => `target.${quoteName(name)}::text = $${index + 1}`).join(' AND ');
  const text = `$${names.length + 1}::text`;
  const value = isArray
    ? `(SELECT array_agg(one)::${type} FROM jsonb_array_elements_text(${text}::jsonb) AS one)`
    : `${text}::${type}`;
  const table = quoteRelation(relation);
  const parameters = [...names.map((name) => write.keys[name] ?? ''), write.text];
  const { rows } = await client.query(
    `UPDATE ${table} AS target SET ${quoteName(write.column)} = ${value}
     WHERE ${keys} AND ${shown} IS NOT DISTINCT FROM $${names.length + 2}::text RETURNING ${shown} AS text`,
    [...parameters, write.known],
  );
  const [written] = texts.parse(rows);
  if (written !== undefined) return { result: 'written', text: written.text };
  const found = await client.query(
    `SELECT ${shown} AS text FROM ${table} AS target WHERE ${keys} AND ${column} IS NOT DISTINCT FROM ${value}`,
    parameters,
  );
  const [already] = texts.parse(found.rows);
  return already === undefined ? { result: 'moved' } : { result: 'written', text: already.text };
}
