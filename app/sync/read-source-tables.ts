/** What a merchant's database has to choose from. */
import type { SourceAdvice } from '~/catalog/external-advice';
import type { Relation, RelationDescription } from '~/core/source-mapping';
import { withSource } from './connect-source';
import type { Resources } from './resources';

export interface SourceTables {
  relations: (Relation & { kind: 'table' | 'view' })[];
  /** The one that was asked for; null where it is not there. */
  chosen: RelationDescription | null;
}

export async function readSourceTables(
  resources: Resources,
  { accountId, relation }: { accountId: string; relation: Relation | null },
): Promise<{ kind: 'done'; value: SourceTables } | { kind: 'refused'; problem: SourceAdvice }> {
  return withSource(resources, accountId, async (connection) => ({
    relations: await connection.listRelations(),
    chosen: relation === null ? null : await connection.describeRelation(relation),
  }));
}
