/** What following a PostgreSQL needs of it, tried as far as that can be without writing anything. */
import type pg from 'pg';
import { z } from 'zod';
import { watchedBy } from '~/core/source-mapping';
import type { RelationDescription, SourceMapping } from '~/core/source-mapping';
import { SourceTrouble } from '../external-advice';
import type { SourceAdvice } from '../external-advice';
import type { CheckTerms, CheckedDatabase, ExternalAddress } from '../external-database';
import { externalNames } from '../external-names';
import { publishedTables } from './follow-stream';
import { postgresAdvice } from './postgres-advice';
import { closePostgres, openPostgres, openReplication } from './postgres-connection';
import { identityCovers, setUpScript } from './postgres-scripts';
import { describeRelation } from './postgres-tables';

const OLDEST_SERVER = 130_000;

const settingsRow = z.tuple([
  z.object({
    version: z.coerce.number(),
    walLevel: z.string(),
    slots: z.number(),
    mostSlots: z.coerce.number(),
    hasSlot: z.boolean(),
    mayReplicate: z.boolean(),
  }),
]);

async function readSettings(client: pg.Client, slot: string) {
  const { rows } = await client.query(
    `SELECT current_setting('server_version_num') AS version, current_setting('wal_level') AS "walLevel",
       (SELECT count(*)::int FROM pg_catalog.pg_replication_slots) AS slots, current_setting('max_replication_slots') AS "mostSlots",
       EXISTS (SELECT 1 FROM pg_catalog.pg_replication_slots WHERE slot_name = $1) AS "hasSlot",
       (SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
         OR EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname IN ('rds_replication', 'azure_pg_admin')
           AND pg_has_role(current_user, oid, 'MEMBER')) AS "mayReplicate"`,
    [slot],
  );
  return settingsRow.parse(rows)[0];
}

async function streamProblems(
  client: pg.Client,
  address: ExternalAddress,
  sourceId: string,
  mapping: SourceMapping,
  watched: RelationDescription[],
): Promise<SourceAdvice[]> {
  const problems: SourceAdvice[] = [];
  const { slot, publication } = externalNames(sourceId);
  const settings = await readSettings(client, slot);
  if (settings.walLevel !== 'logical')
    problems.push({
      reason: `The server does not keep what replication needs: wal_level is “${settings.walLevel}”.`,
      remedy:
        "ALTER SYSTEM SET wal_level = 'logical'; then restart PostgreSQL. Where that is not possible, choose triggers or the scan.",
    });
  if (!settings.hasSlot && settings.slots >= settings.mostSlots)
    problems.push({
      reason: `All ${settings.mostSlots} replication slots of the server are taken.`,
      remedy: 'Raise max_replication_slots and restart, or drop a slot that nobody reads.',
    });
  if (!settings.mayReplicate)
    problems.push({
      reason: `The role “${address.username}” may not replicate.`,
      remedy: `ALTER ROLE … REPLICATION (Amazon RDS: GRANT rds_replication TO …). Where nobody can, choose triggers or the scan.`,
    });
  else {
    const replication = await openReplication(address).catch((error: unknown) => {
      problems.push(postgresAdvice(error, address));
      return null;
    });
    await closePostgres(replication);
  }
  for (const { relation, keyColumns } of watchedBy(mapping)) {
    const table = watched.find(({ schema, name }) => schema === relation.schema && name === relation.name);
    if (table !== undefined && !identityCovers(table, keyColumns))
      problems.push({
        reason: `A deleted row of ${relation.schema}.${relation.name} would not tell of which product it was.`,
        remedy: 'Run the line “REPLICA IDENTITY FULL” of the script.',
      });
  }
  const tables = await publishedTables(client, publication);
  const isPublished = watchedBy(mapping).every(({ relation }) =>
    tables?.some(({ schema, name }) => schema === relation.schema && name === relation.name),
  );
  if (!isPublished)
    problems.push({
      reason: `The publication “${publication}” is not there yet, or lacks a table.`,
      remedy: 'Run the script, then check again.',
    });
  return problems;
}

async function outboxProblems(client: pg.Client, sourceId: string): Promise<SourceAdvice[]> {
  const { schema } = externalNames(sourceId);
  const { rows } = await client.query(
    `SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = 'outbox' AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'DELETE')`,
    [schema],
  );
  return rows.length > 0
    ? []
    : [
        {
          reason: `The table “${schema}.outbox” is not there yet, or the role may not read and delete from it.`,
          remedy: 'Run the script, then check again.',
        },
      ];
}

/** The publication must be there before the slot: what a slot sees begins with the publication it then finds. */
export async function demandPublication(
  client: pg.Client,
  { sourceId, mapping }: { sourceId: string; mapping: SourceMapping },
): Promise<void> {
  const { publication } = externalNames(sourceId);
  const tables = await publishedTables(client, publication);
  const watched = watchedBy(mapping).map(({ relation }) => relation);
  const missing = watched.filter(
    ({ schema, name }) => tables?.every((table) => table.schema !== schema || table.name !== name) ?? true,
  );
  if (missing.length === 0) return;
  throw new SourceTrouble({
    reason:
      tables === null
        ? `There is no publication “${publication}” in the database.`
        : `The publication “${publication}” does not hold ${missing.map(({ schema, name }) => `${schema}.${name}`).join(', ')}.`,
    remedy: 'Run the CREATE PUBLICATION line of the script. Lockstep looks again by itself.',
  });
}

/** Writes nothing. */
export async function checkPostgres(address: ExternalAddress, terms: CheckTerms): Promise<CheckedDatabase> {
  const { sourceId, mapping, mode } = terms;
  const client = await openPostgres(address, { statementMs: 20_000 });
  try {
    const described = await Promise.all(
      watchedBy(mapping).map(({ relation }) => describeRelation(client, relation)),
    );
    const watched = described.flatMap((one) => (one === null ? [] : [one]));
    const settings = await readSettings(client, externalNames(sourceId).slot);
    const { database, username } = address;
    const script = setUpScript({ ...terms, database, username, watched, serverVersion: settings.version });
    const problems: SourceAdvice[] = [];
    if (settings.version < OLDEST_SERVER)
      problems.push({
        reason: `The server is PostgreSQL ${Math.floor(settings.version / 10_000)}; Lockstep needs 13 or later.`,
        remedy: 'Upgrade the server, or connect a replica of a later version.',
      });
    if (mode === 'stream')
      problems.push(...(await streamProblems(client, address, sourceId, mapping, watched)));
    if (mode === 'outbox') problems.push(...(await outboxProblems(client, sourceId)));
    return { problems, script };
  } finally {
    await closePostgres(client);
  }
}
