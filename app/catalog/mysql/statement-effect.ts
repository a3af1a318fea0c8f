/** What a statement in the binary log may have done to tables: most rows are logged as rows, but not all. Pure. */
import type { Relation } from '~/core/source-mapping';

/** Statements that leave rows as they are, whatever tables they name. */
const HARMLESS =
  /^(SAVEPOINT|RELEASE|ROLLBACK|GRANT|REVOKE|SET|FLUSH|ANALYZE|OPTIMIZE|CHECK|REPAIR|(CREATE|ALTER|DROP|RENAME) (USER|ROLE)|(CREATE|DROP)( OR REPLACE)?( DEFINER ?= ?\S+)?( SQL SECURITY \w+)? (TRIGGER|PROCEDURE|FUNCTION|EVENT|TEMPORARY|UNIQUE|FULLTEXT|SPATIAL|INDEX|SERVER|SEQUENCE)|ALTER (PROCEDURE|FUNCTION|EVENT|SERVER))\b/i;

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A name as a word of its own, or in quotes. */
const names = (text: string, name: string) =>
  new RegExp(`(^|[^\\p{L}\\p{N}_$])${escaped(name)}($|[^\\p{L}\\p{N}_$])`, 'iu').test(text);

const plain = (text: string) =>
  text
    // What stands in /*! … */ is run.
    .replaceAll(/\/\*M?!\d*(.*?)\*\//gs, ' $1 ')
    .replaceAll(/\/\*.*?\*\//gs, ' ')
    .replaceAll(/(^|\n)\s*(--\s|#)[^\n]*/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/**
 * True where rows of these tables may have moved otherwise than the log tells row by row: TRUNCATE, DROP, a table renamed or
 * altered, changes logged as statements. A statement that merely names a table counts, too.
 */
export function mayMoveRows(statement: string, relations: Relation[]): boolean {
  const text = plain(statement);
  if (text === '' || HARMLESS.test(text)) return false;
  const isOfDatabase = /^(DROP|ALTER) (DATABASE|SCHEMA)\b/i.test(text);
  return relations.some(({ schema, name }) =>
    names(text, isOfDatabase ? schema : name.replaceAll('`', '``')),
  );
}
