/** Tries what feeding from a merchant's database would need, before it is started: rights, its log, and the first rows. */
import { SourceTrouble } from '~/catalog/external-advice';
import type { SourceAdvice } from '~/catalog/external-advice';
import type { CheckedDatabase, ExternalConnection } from '~/catalog/external-database';
import { mapSourceRows } from '~/catalog/map-source-rows';
import type { MappedRows } from '~/catalog/map-source-rows';
import { keyText, writableColumns } from '~/core/source-mapping';
import type { SourceMapping } from '~/core/source-mapping';
import { findSource } from '~/db/source-connections.server';
import { connectedRelation } from './connected-relation';
import { withSource } from './connect-source';
import type { Resources } from './resources';
import type { SourceTerms } from './save-source-mapping';
import { sourceAdvice } from './source-database';

const PREVIEWED_ROWS = 20;

export interface CheckedSource extends CheckedDatabase {
  preview: ({ key: string } & MappedRows)[];
}

async function preview(
  connection: ExternalConnection,
  mapping: SourceMapping,
): Promise<CheckedSource['preview']> {
  const relation = await connectedRelation(connection, mapping);
  const rows = await connection.readFirstRows(mapping, relation, PREVIEWED_ROWS);
  const products = Map.groupBy(rows, (row) => keyText(mapping.productKey, row) ?? '');
  return [...products].map(([key, of]) => ({ key, ...mapSourceRows(mapping, key, of) }));
}

/** Reads at most 20 rows and writes nothing. */
export async function checkSource(
  resources: Resources,
  { accountId, mapping, terms }: { accountId: string; mapping: SourceMapping; terms: SourceTerms },
): Promise<{ kind: 'done'; value: CheckedSource } | { kind: 'refused'; problem: SourceAdvice }> {
  const source = await findSource(resources.db, accountId);
  return withSource(resources, accountId, async (connection, database) => {
    if (source === null)
      throw new SourceTrouble({ reason: 'No database is connected.', remedy: 'Connect it first.' });
    const problems: SourceAdvice[] = [];
    const first = await preview(connection, mapping).catch((error: unknown) => {
      if (!(error instanceof SourceTrouble) && !(error instanceof Error && 'code' in error)) throw error;
      problems.push(sourceAdvice(source, error));
      return [];
    });
    const checked = await database.check({
      sourceId: source.id,
      mapping,
      mode: terms.mode,
      scanColumn: terms.scanColumn,
      writes: terms.writeBack ? writableColumns(mapping) : [],
    });
    return { problems: [...problems, ...checked.problems], script: checked.script, preview: first };
  });
}
