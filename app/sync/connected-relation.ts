import { SourceTrouble } from '~/catalog/external-advice';
import type { ExternalConnection } from '~/catalog/external-database';
import { mappingProblems } from '~/core/source-mapping';
import type { RelationDescription, SourceMapping } from '~/core/source-mapping';

/** The table as it is, and what of the mapping does not fit it as trouble. */
export async function connectedRelation(
  connection: Pick<ExternalConnection, 'describeRelation'>,
  mapping: SourceMapping,
): Promise<RelationDescription> {
  const { schema, name } = mapping.relation;
  const relation = await connection.describeRelation(mapping.relation);
  if (relation === null || relation.columns.length === 0)
    throw new SourceTrouble({
      reason:
        relation === null
          ? `There is no table “${schema}”.“${name}”.`
          : `The role may read no column of “${schema}”.“${name}”.`,
      remedy:
        relation === null
          ? 'Bring it back, or choose another table. Lockstep looks again by itself.'
          : 'Run the GRANT lines of the script again. Lockstep looks again by itself.',
    });
  const [problem] = mappingProblems(mapping, relation);
  if (problem === undefined) return relation;
  // A column that the role may not read is like one that is not there: say both.
  throw new SourceTrouble({
    reason: problem.reason,
    remedy: `${problem.remedy} Where it is there, the role may not read it: run the GRANT lines of the script again.`,
  });
}
