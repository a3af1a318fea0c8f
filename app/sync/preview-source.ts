/** The first rows of a merchant's table as products, with what of them cannot be read. */
import { readFirstRows } from '~/catalog/external-tables';
import { mapSourceRows } from '~/catalog/map-source-rows';
import type { MappedRows } from '~/catalog/map-source-rows';
import type { SourceAdvice } from '~/catalog/external-advice';
import { keyText } from '~/core/source-mapping';
import type { SourceMapping, SourceRow } from '~/core/source-mapping';
import { connectedRelation } from './connected-relation';
import { withSource } from './connect-source';
import type { Resources } from './resources';

const ROWS = 20;

export interface PreviewedProduct extends MappedRows {
  key: string;
  rows: SourceRow[];
}

/** Reads at most 20 rows; of the last product there may be more. */
export async function previewSource(
  resources: Resources,
  { accountId, mapping }: { accountId: string; mapping: SourceMapping },
): Promise<{ kind: 'done'; value: PreviewedProduct[] } | { kind: 'refused'; problem: SourceAdvice }> {
  return withSource(resources, accountId, async (client) => {
    const relation = await connectedRelation(client, mapping);
    const rows = await readFirstRows(client, mapping, relation, ROWS);
    const products = Map.groupBy(rows, (row) => keyText(mapping.productKey, row) ?? '');
    return [...products].map(([key, of]) => ({ key, rows: of, ...mapSourceRows(mapping, key, of) }));
  });
}
