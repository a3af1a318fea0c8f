/** A publication and a slot in any PostgreSQL database: made, examined and made anew. The slot is the lease of its reader. */
import pg from 'pg';
import type { ClientConfig } from 'pg';
import type { Lsn } from './lsn';
import { isDuplicate, PROBLEMS, ReplicationRefused, SlotBusy } from './replication-problem';

export interface PublishedTable {
  schema: string;
  name: string;
  /** Only these are streamed; the key must be among them. Null: every column. */
  columns: string[] | null;
}

export interface ReplicationPlace {
  connection: ClientConfig;
  slot: string;
  publication: string;
  tables: PublishedTable[];
}

export interface PreparedSlot {
  confirmed: Lsn;
  /** The slot was made just now: what changed before it is not streamed. Null: it was there. */
  madeBecause: 'missing' | 'lost' | 'republished' | null;
}

const identifier = (name: string) => pg.escapeIdentifier(name);
const tableText = ({ schema, name, columns }: PublishedTable) =>
  `${identifier(schema)}.${identifier(name)}${columns === null ? '' : ` (${columns.map(identifier).join(', ')})`}`;

/** The statement that makes the publication, as a DBA would be asked to run it. */
export function publicationSql({
  publication,
  tables,
}: Pick<ReplicationPlace, 'publication' | 'tables'>): string {
  return `CREATE PUBLICATION ${identifier(publication)} FOR TABLE ${tables.map(tableText).join(', ')}`;
}

export async function withClient<T>(
  connection: ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, keepAlive: true, ...connection });
  const broken = new Promise<never>((_, reject) => client.on('error', reject));
  broken.catch(() => undefined); // the statement under way says it
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined); // it broke: said above
  }
}

/** The role that a connection is made as. */
export function roleOf({ connectionString, user }: ClientConfig): string {
  if (user !== undefined) return user;
  try {
    return decodeURIComponent(new URL(connectionString ?? '').username);
  } catch {
    return ''; // no address: PostgreSQL's own words have to do
  }
}

interface SlotRow {
  plugin: string | null;
  isOurs: boolean;
  active: boolean;
  walStatus: string | null;
  confirmed: Lsn | null;
}

async function readSlot(client: pg.Client, slot: string): Promise<SlotRow | null> {
  const { rows } = await client.query<SlotRow>(
    `SELECT plugin, database = current_database() AS "isOurs", active, wal_status AS "walStatus",
       confirmed_flush_lsn::text AS confirmed
     FROM pg_replication_slots WHERE slot_name = $1`,
    [slot],
  );
  return rows[0] ?? null;
}

/** Makes the publication, or makes it publish what it should; 'as it was' where it does already. */
async function ensurePublication(
  client: pg.Client,
  place: ReplicationPlace,
): Promise<'as it was' | 'made' | 'mended'> {
  const { publication, tables } = place;
  const published = await client.query<{ schemaname: string; tablename: string; columns: string[] }>(
    `SELECT schemaname, tablename, attnames::text[] AS columns FROM pg_publication_tables WHERE pubname = $1`,
    [publication],
  );
  const { rowCount } = await client.query('SELECT 1 FROM pg_publication WHERE pubname = $1', [publication]);
  const holds = ({ schema, name, columns }: PublishedTable) =>
    published.rows.some(
      (row) =>
        row.schemaname === schema &&
        row.tablename === name &&
        (columns ?? []).every((column) => row.columns.includes(column)),
    );
  if (rowCount !== 0 && tables.every(holds)) return 'as it was';
  const sql = publicationSql(place);
  try {
    if (rowCount === 0) await client.query(sql);
    else
      await client.query(
        `ALTER PUBLICATION ${identifier(publication)} SET TABLE ${tables.map(tableText).join(', ')}`,
      );
  } catch (error) {
    if (isDuplicate(error)) return 'made';
    throw new ReplicationRefused(
      PROBLEMS.publication(error instanceof Error ? error.message : String(error), sql),
    );
  }
  return rowCount === 0 ? 'made' : 'mended';
}

/**
 * Makes what is missing, and a lost slot anew. Throws SlotBusy where another process reads, ReplicationRefused where the
 * database does not allow it. Making a slot waits for the transactions that are open.
 */
export async function prepareSlot(place: ReplicationPlace): Promise<PreparedSlot> {
  return withClient(place.connection, async (client) => {
    const { rows } = await client.query<{ level: string; mayReplicate: boolean | null; role: string }>(
      `SELECT current_setting('wal_level') AS level, current_user AS role,
         (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user) AS "mayReplicate"`,
    );
    const [facts] = rows;
    if (facts && facts.level !== 'logical') throw new ReplicationRefused(PROBLEMS.walLevel(facts.level));
    let slot = await readSlot(client, place.slot);
    if (slot && (slot.plugin !== 'pgoutput' || !slot.isOurs))
      throw new ReplicationRefused(PROBLEMS.slotTaken(place.slot));
    if (slot?.active) throw new SlotBusy(place.slot);
    const publication = await ensurePublication(client, place);
    let madeBecause: PreparedSlot['madeBecause'] = slot ? null : 'missing';
    // A slot cannot read what was written before its publication was there, and never gets past it.
    const isUseless = slot && (slot.walStatus === 'lost' || publication !== 'as it was');
    try {
      if (isUseless) {
        madeBecause = slot?.walStatus === 'lost' ? 'lost' : 'republished';
        await client.query('SELECT pg_drop_replication_slot($1)', [place.slot]);
        slot = null;
      }
      if (!slot)
        await client.query(`SELECT pg_create_logical_replication_slot($1, 'pgoutput')`, [place.slot]);
    } catch (error) {
      // Another process is at it: it is its slot then.
      if (isDuplicate(error)) throw new SlotBusy(place.slot);
      throw error;
    }
    slot ??= await readSlot(client, place.slot);
    if (!slot || slot.confirmed === null) throw new SlotBusy(place.slot);
    return { confirmed: slot.confirmed, madeBecause };
  });
}

/** Drops the slot where nobody reads from it: left behind, it would keep the log until the disk is full. */
export async function dropSlot({
  connection,
  slot,
}: Pick<ReplicationPlace, 'connection' | 'slot'>): Promise<boolean> {
  return withClient(connection, async (client) => {
    const { rowCount } = await client.query(
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
       WHERE slot_name = $1 AND NOT active AND database = current_database()`,
      [slot],
    );
    return rowCount === 1;
  });
}
