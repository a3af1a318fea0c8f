/** A merchant's own PostgreSQL, as the use cases ask it. */
import type pg from 'pg';
import { RereadEverything } from '../external-database';
import type {
  ExternalAddress,
  ExternalConnection,
  ExternalDatabase,
  FollowTerms,
  Snapshot,
  SnapshotTerms,
} from '../external-database';
import { externalNames } from '../external-names';
import { followOutbox } from './follow-outbox';
import { followScan, serverTime } from './follow-scan';
import { createSlot, dropSlot, followStream, freeSlot, publishedTables, readSlot } from './follow-stream';
import { isSlotLost } from './postgres-advice';
import { checkPostgres, demandPublication } from './postgres-check';
import { closePostgres, openPostgres, openReplication } from './postgres-connection';
import { describeRelation, listRelations, openSnapshot, readFirstRows, readRowsOf } from './postgres-tables';
import { writeColumn } from './postgres-write';

function connectionOf(client: pg.Client): ExternalConnection {
  return {
    listRelations: () => listRelations(client),
    describeRelation: (relation) => describeRelation(client, relation),
    readFirstRows: (mapping, relation, limit) => readFirstRows(client, mapping, relation, limit),
    readRowsOf: (mapping, relation, keys) => readRowsOf(client, mapping, relation, keys),
    writeColumn: (relation, write) => writeColumn(client, relation, write),
    readBacklog: async (sourceId) => {
      const slot = await readSlot(client, externalNames(sourceId).slot);
      return slot === null ? null : { bytes: slot.lag, state: slot.state };
    },
    close: () => closePostgres(client),
  };
}

/** The slot is made with a snapshot, in which the rows are read: the stream begins exactly behind them. */
async function beginSnapshot(address: ExternalAddress, terms: SnapshotTerms): Promise<Snapshot> {
  const { sourceId, mapping, relation, mode, batch, signal } = terms;
  const { slot } = externalNames(sourceId);
  const client = await openPostgres(address);
  let replication: pg.Client | null = null;
  const cut = () => void closePostgres(client);
  signal.addEventListener('abort', cut);
  const end = async () => {
    signal.removeEventListener('abort', cut);
    await closePostgres(client);
    await closePostgres(replication);
  };
  try {
    let snapshot: string | null = null;
    if (mode === 'stream') {
      await demandPublication(client, { sourceId, mapping });
      await dropSlot(client, slot);
      replication = await openReplication(address);
      snapshot = await createSlot(replication, slot);
    }
    const position = mode === 'scan' ? await serverTime(client) : null;
    const rows = await openSnapshot(client, mapping, relation, { snapshot, batch });
    return { position, ...rows, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function follow(address: ExternalAddress, terms: FollowTerms): Promise<void> {
  const { way, sourceId, signal } = terms;
  const client = await openPostgres(address, way.mode === 'scan' ? { statementMs: 0 } : {});
  const cut = () => void closePostgres(client);
  signal.addEventListener('abort', cut);
  try {
    switch (way.mode) {
      case 'stream': {
        const { slot } = externalNames(sourceId);
        await freeSlot(client, slot);
        const held = await readSlot(client, slot);
        if (held?.position == null || held.state === 'lost')
          throw new RereadEverything('The server has not kept what was to be followed.');
        await followStream(address, held.position, client, terms);
        return;
      }
      case 'outbox':
        await followOutbox(client, terms);
        return;
      case 'scan':
        await followScan(client, way, terms);
    }
  } finally {
    signal.removeEventListener('abort', cut);
    await closePostgres(client);
  }
}

async function withClient<T>(address: ExternalAddress, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await openPostgres(address);
  try {
    return await work(client);
  } finally {
    await closePostgres(client);
  }
}

/** Decoding what lies before a publication was made anew fails for ever: only a new slot helps. */
async function isPublicationNew(
  address: ExternalAddress,
  error: unknown,
  sourceId: string,
): Promise<boolean> {
  if (!(error instanceof Error) || !/publication ".*" does not exist/.test(error.message)) return false;
  const { publication } = externalNames(sourceId);
  return withClient(address, async (client) => (await publishedTables(client, publication)) !== null);
}

/** Nothing is open yet. */
export function postgresDatabase(address: ExternalAddress): ExternalDatabase {
  return {
    open: async (options) => connectionOf(await openPostgres(address, options)),
    check: (terms) => checkPostgres(address, terms),
    beginSnapshot: (terms) => beginSnapshot(address, terms),
    follow: (terms) => follow(address, terms),
    needsReread: async (error, sourceId) =>
      error instanceof RereadEverything ||
      isSlotLost(error) ||
      // The first failure is the one to tell.
      (await isPublicationNew(address, error, sourceId).catch(() => false)),
    letGo: (sourceId) => withClient(address, (client) => dropSlot(client, externalNames(sourceId).slot)),
    byHand: (sourceId) => {
      const { slot } = externalNames(sourceId);
      return `The replication slot “${slot}” could not be dropped. Have it dropped, or it keeps the log of your database until the disk is full: SELECT pg_drop_replication_slot('${slot}').`;
    },
  };
}
