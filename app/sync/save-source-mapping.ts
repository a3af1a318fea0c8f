/** Keeps how a merchant's rows become products; from then on all rows are taken over anew. */
import type { SourceAdvice } from '~/catalog/external-advice';
import type { SourceMapping } from '~/core/source-mapping';
import type { SourceMode } from '~/core/source-mode';
import { findSource, noProblem } from '~/db/source-connections.server';
import { connectedRelation } from './connected-relation';
import { withSource } from './connect-source';
import { letGoOfLog } from './let-go-of-log';
import type { Resources } from './resources';

export interface SourceTerms {
  mode: SourceMode;
  scanColumn: string | null;
  missingRows: 'remove' | 'keep';
  /** What Shopify's side wins is written into the table, too. */
  writeBack: boolean;
}

/** A mapping that does not fit the table as it is now is refused. */
export async function saveSourceMapping(
  resources: Resources,
  input: { accountId: string; mapping: SourceMapping; terms: SourceTerms },
): Promise<{ kind: 'saved' } | { kind: 'refused'; problem: SourceAdvice }> {
  const { accountId, mapping, terms } = input;
  if (terms.mode === 'scan' && terms.scanColumn === null)
    return {
      kind: 'refused',
      problem: { reason: 'No column says when a row was changed.', remedy: 'Choose that column.' },
    };
  const fits = await withSource(resources, accountId, (client) => connectedRelation(client, mapping));
  if (fits.kind === 'refused') return fits;
  if (fits.value.kind === 'view' && mapping.watched.length === 0 && terms.mode !== 'scan')
    return {
      kind: 'refused',
      problem: {
        reason: 'A view does not tell when it changes.',
        remedy: 'Name the tables behind it, with the columns that hold the product key, or choose the scan.',
      },
    };
  const former = await findSource(resources.db, accountId);
  await resources.db.sourceConnection.update({
    where: { accountId },
    data: {
      mapping: JSON.parse(JSON.stringify(mapping)),
      mappingVersion: { increment: 1 },
      ...terms,
      phase: 'snapshot',
      // Whoever feeds it by the old mapping stops.
      leasedBy: null,
      leasedUntil: null,
      ...noProblem,
    },
  });
  if (former !== null && terms.mode !== 'stream') await letGoOfLog(resources, former);
  return { kind: 'saved' };
}
