/** Tries what feeding from a merchant's database would need, before it is started: rights, replication, and the first rows. */
import type pg from 'pg';
import { z } from 'zod';
import { SourceTrouble, adviceFor } from '~/catalog/external-advice';
import type { SourceAdvice } from '~/catalog/external-advice';
import { closeExternal, openReplication } from '~/catalog/external-connection';
import { externalNames } from '~/catalog/external-names';
import { identityCovers, setUpScript } from '~/catalog/external-scripts';
import { describeRelation, readFirstRows } from '~/catalog/external-tables';
import { publishedTables } from '~/catalog/follow-stream';
import { mapSourceRows } from '~/catalog/map-source-rows';
import type { MappedRows } from '~/catalog/map-source-rows';
import { keyText, watchedBy, writableColumns } from '~/core/source-mapping';
import type { RelationDescription, SourceMapping } from '~/core/source-mapping';
import type { StoredSource } from '~/db/source-connections.server';
import { findSource } from '~/db/source-connections.server';
import { connectedRelation } from './connected-relation';
import { withSource } from './connect-source';
import type { Resources } from './resources';
import type { SourceTerms } from './save-source-mapping';
import { sourceAddress } from './source-address';

const PREVIEWED_ROWS = 20;
const OLDEST_SERVER = 130_000;

export interface CheckedSource {
  /** What stands against starting; empty: nothing. */
  problems: SourceAdvice[];
  /** For whoever looks after the database. */
  script: string;
  preview: ({ key: string } & MappedRows)[];
}

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
  resources: Resources,
  client: pg.Client,
  source: StoredSource,
  mapping: SourceMapping,
  watched: RelationDescription[],
): Promise<SourceAdvice[]> {
  const problems: SourceAdvice[] = [];
  const { slot, publication } = externalNames(source.id);
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
      reason: `The role “${source.username}” may not replicate.`,
      remedy: `ALTER ROLE … REPLICATION (Amazon RDS: GRANT rds_replication TO …). Where nobody can, choose triggers or the scan.`,
    });
  else {
    const address = await sourceAddress(resources, source);
    const replication = await openReplication(address).catch((error: unknown) => {
      problems.push(adviceFor(error, source));
      return null;
    });
    await closeExternal(replication);
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

async function outboxProblems(client: pg.Client, source: StoredSource): Promise<SourceAdvice[]> {
  const { schema } = externalNames(source.id);
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

async function check(
  resources: Resources,
  client: pg.Client,
  source: StoredSource,
  { mapping, terms }: { mapping: SourceMapping; terms: SourceTerms },
): Promise<CheckedSource> {
  const described = await Promise.all(
    watchedBy(mapping).map(({ relation }) => describeRelation(client, relation)),
  );
  const watched = described.flatMap((one) => (one === null ? [] : [one]));
  const settings = await readSettings(client, externalNames(source.id).slot);
  const script = setUpScript({
    sourceId: source.id,
    database: source.database,
    username: source.username,
    mapping,
    mode: terms.mode,
    scanColumn: terms.scanColumn,
    watched,
    serverVersion: settings.version,
    writes: terms.writeBack ? writableColumns(mapping) : [],
  });
  const problems: SourceAdvice[] = [];
  let preview: CheckedSource['preview'] = [];
  try {
    const relation = await connectedRelation(client, mapping);
    const rows = await readFirstRows(client, mapping, relation, PREVIEWED_ROWS);
    const products = Map.groupBy(rows, (row) => keyText(mapping.productKey, row) ?? '');
    preview = [...products].map(([key, of]) => ({ key, ...mapSourceRows(mapping, key, of) }));
  } catch (error) {
    if (!(error instanceof SourceTrouble) && !(error instanceof Error && 'code' in error)) throw error;
    problems.push(adviceFor(error, source));
  }
  if (settings.version < OLDEST_SERVER)
    problems.push({
      reason: `The server is PostgreSQL ${Math.floor(settings.version / 10_000)}; Lockstep needs 13 or later.`,
      remedy: 'Upgrade the server, or connect a replica of a later version.',
    });
  if (terms.mode === 'stream')
    problems.push(...(await streamProblems(resources, client, source, mapping, watched)));
  if (terms.mode === 'outbox') problems.push(...(await outboxProblems(client, source)));
  return { problems, script, preview };
}

/** Reads at most 20 rows and writes nothing. */
export async function checkSource(
  resources: Resources,
  input: { accountId: string; mapping: SourceMapping; terms: SourceTerms },
): Promise<{ kind: 'done'; value: CheckedSource } | { kind: 'refused'; problem: SourceAdvice }> {
  const source = await findSource(resources.db, input.accountId);
  return withSource(resources, input.accountId, async (client) => {
    if (source === null)
      throw new SourceTrouble({ reason: 'No database is connected.', remedy: 'Connect it first.' });
    return check(resources, client, source, input);
  });
}
