/** Follows the changes of a merchant's tables by logical replication: which products have rows that moved. */
import { z } from 'zod';
import { keyText, watchedBy } from '~/core/source-mapping';
import type { SourceMapping } from '~/core/source-mapping';
import { SourceTrouble } from '../external-advice';
import { clientConfig } from './postgres-connection';
import { RereadEverything } from '../external-database';
import type { ExternalAddress, FollowTerms } from '../external-database';
import { externalNames } from '../external-names';
import type { PostgresClient } from './postgres-tables';
import type { Lsn } from '../lsn';
import { readReplication } from '../replication-reader';
import type {
  ReplicatedRow,
  ReplicatedTable,
  ReplicationEvent,
  ReplicationStream,
} from '../replication-reader';
import { untilVisible } from '../visible-transactions';

/** Products looked at together; a transaction that moves more is taken in parts, so memory does not grow with it. */
const MOST_KEYS = 500;

function keyColumnsOf(mapping: SourceMapping, table: ReplicatedTable): string[] {
  const watched = watchedBy(mapping).find(
    ({ relation }) => relation.schema === table.schema && relation.name === table.name,
  );
  if (watched === undefined) return [];
  const missing = watched.keyColumns.find((column) => !table.columns.some(({ name }) => name === column));
  if (missing !== undefined)
    throw new SourceTrouble({
      reason: `The publication does not tell the column "${missing}" of ${table.schema}.${table.name}, by which products are known.`,
      remedy: 'Bring the column back, or make the publication anew with the lines of the script.',
    });
  return watched.keyColumns;
}

/** The product a changed row is, or was, of. A value that was not sent did not change: the other row has it. */
function keysIn(columns: string[], rows: (ReplicatedRow | null)[]): string[] {
  const [row, before] = rows;
  const whole = (main: ReplicatedRow, other: ReplicatedRow | null | undefined) =>
    Object.fromEntries(columns.map((column) => [column, main[column] ?? other?.[column] ?? null]));
  return rows.flatMap((one) =>
    one === null ? [] : (keyText(columns, whole(one, one === row ? before : row)) ?? []),
  );
}

function movedKeys(mapping: SourceMapping, event: ReplicationEvent): string[] {
  switch (event.kind) {
    case 'insert':
      return keysIn(keyColumnsOf(mapping, event.table), [event.row]);
    case 'update':
      return keysIn(keyColumnsOf(mapping, event.table), [event.row, event.before]);
    case 'delete':
      return keysIn(keyColumnsOf(mapping, event.table), [event.before]);
    case 'table':
      keyColumnsOf(mapping, event.table);
      return [];
    case 'truncate':
      throw new RereadEverything('The table was emptied by TRUNCATE.');
    default:
      return [];
  }
}

const snapshotRow = z.tuple([z.object({ snapshot: z.string() })]);
async function readSnapshot(client: PostgresClient): Promise<string> {
  const { rows } = await client.query('SELECT pg_current_snapshot()::text AS snapshot');
  const [{ snapshot }] = snapshotRow.parse(rows);
  return snapshot;
}

/**
 * Follows until the signal is aborted; rejects with what ended it. `from`: the confirmed position of the slot; `client`: for
 * questions beside the changes, nobody else uses it meanwhile.
 */
export async function followStream(
  address: ExternalAddress,
  from: Lsn,
  client: PostgresClient,
  terms: FollowTerms,
): Promise<void> {
  const { mapping, signal, onKeys, onAlive } = terms;
  const names = externalNames(terms.sourceId);
  const keys = new Set<string>();
  const xids = new Set<number>();
  let position: Lsn | null = null;
  let isOpen = false;
  const flush = async (stream: ReplicationStream) => {
    if (keys.size > 0) {
      await untilVisible(() => readSnapshot(client), xids, signal);
      await onKeys([...keys]);
      keys.clear();
    }
    // Within a transaction its own id stays: more of it may come.
    if (!isOpen) xids.clear();
    if (position !== null) stream.confirm(position);
    position = null;
  };
  await readReplication({
    connection: clientConfig(address),
    slot: names.slot,
    publications: [names.publication],
    from,
    signal,
    onStart: onAlive,
    onEvent: async (event, stream) => {
      if (event.kind === 'begin') {
        xids.add(event.xid);
        isOpen = true;
      }
      for (const key of movedKeys(mapping, event)) keys.add(key);
      if (event.kind === 'commit') {
        position = event.position;
        isOpen = false;
        if (stream.isDrained() || keys.size >= MOST_KEYS) await flush(stream);
      } else if (event.kind === 'idle') {
        position = event.position;
        await flush(stream);
        onAlive();
      } else if (keys.size >= MOST_KEYS) await flush(stream);
    },
  });
}

const slotRow = z
  .object({
    lag: z.coerce.bigint().nullable(),
    state: z.string().nullable(),
    position: z.string().nullable(),
  })
  .optional();

/** How far the slot lags behind, and whether the server still keeps what it needs. Null: there is no slot. */
export async function readSlot(
  client: PostgresClient,
  slot: string,
): Promise<{ lag: bigint | null; state: string | null; position: Lsn | null } | null> {
  const { rows } = await client.query(
    `SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - restart_lsn)::bigint::text AS lag,
       wal_status AS state, confirmed_flush_lsn::text AS position
     FROM pg_catalog.pg_replication_slots WHERE slot_name = $1`,
    [slot],
  );
  return slotRow.parse(rows[0]) ?? null;
}

/** Ends an earlier connection of ours that still holds the slot. */
export async function freeSlot(client: PostgresClient, slot: string): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(active_pid) FROM pg_catalog.pg_replication_slots WHERE slot_name = $1 AND active_pid IS NOT NULL`,
    [slot],
  );
  for (let tries = 0; tries < 50; tries += 1) {
    const { rows } = await client.query(
      'SELECT 1 FROM pg_catalog.pg_replication_slots WHERE slot_name = $1 AND active',
      [slot],
    );
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Lets the server forget what it kept for us. */
export async function dropSlot(client: PostgresClient, slot: string): Promise<void> {
  await freeSlot(client, slot);
  await client.query(
    'SELECT pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = $1',
    [slot],
  );
}

const createdSlot = z.tuple([z.object({ snapshot_name: z.string() })]);

/** Makes the slot; the snapshot it names is exactly what the changes begin after, and lasts as long as the connection rests. */
export async function createSlot(replication: PostgresClient, slot: string): Promise<string> {
  const { rows } = await replication.query(
    `CREATE_REPLICATION_SLOT "${slot}" LOGICAL pgoutput EXPORT_SNAPSHOT`,
  );
  return createdSlot.parse(rows)[0].snapshot_name;
}

const published = z.array(z.object({ schemaname: z.string(), tablename: z.string() }));

/** The tables that a publication tells of; null where there is no such publication. */
export async function publishedTables(
  client: PostgresClient,
  publication: string,
): Promise<{ schema: string; name: string }[] | null> {
  const known = await client.query('SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = $1', [
    publication,
  ]);
  if (known.rows.length === 0) return null;
  const { rows } = await client.query(
    'SELECT schemaname, tablename FROM pg_catalog.pg_publication_tables WHERE pubname = $1',
    [publication],
  );
  return published.parse(rows).map(({ schemaname, tablename }) => ({ schema: schemaname, name: tablename }));
}
