/** Names and texts as parts of SQL that people read and run. Pure. */
import type { Relation } from '~/core/source-mapping';

/** A name as PostgreSQL takes it, whatever characters it has. */
export function quoteName(name: string): string {
  if (name.includes('\0')) throw new Error('A name in SQL cannot hold the character NUL.');
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteRelation({ schema, name }: Relation): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** A text, safe whatever standard_conforming_strings is. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new Error('A text in SQL cannot hold the character NUL.');
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}
