/** A merchant's own MySQL or MariaDB, as the use cases ask it. */
import { watchedBy } from '~/core/source-mapping';
import { SourceTrouble } from '../external-advice';
import type { Where } from '../external-advice';
import type {
  Backlog,
  CheckTerms,
  CheckedDatabase,
  ExternalAddress,
  ExternalConnection,
  ExternalDatabase,
  FollowTerms,
  Snapshot,
  SnapshotTerms,
} from '../external-database';
import { RereadEverything } from '../external-database';
import { comparePositions, readPosition, writePosition } from './binlog-position';
import { followBinlog, serverIdOf } from './follow-binlog';
import { followOutbox } from './follow-outbox';
import { followScan, serverTime } from './follow-scan';
import { beginBehind } from './log-visibility';
import { isLogLost } from './mysql-advice';
import { isWarning, otherProblems, streamProblems } from './mysql-check';
import { demandVersion, openMysql } from './mysql-connection';
import type { MysqlConnection } from './mysql-connection';
import { mysqlScript } from './mysql-scripts';
import { describeRelation, listRelations, openRows, readFirstRows, readRowsOf } from './mysql-tables';
import { writeColumn } from './mysql-write';

/** Bytes of the log behind a position. */
async function readBacklog(connection: MysqlConnection, position: string | null): Promise<Backlog | null> {
  const from = readPosition(position);
  if (from === null) return null;
  const files = await connection.rows('SHOW BINARY LOGS');
  let bytes = 0n;
  for (const file of files) {
    const end = { file: file['Log_name'] ?? '', position: Number(file['File_size'] ?? 0) };
    if (comparePositions(end, from) <= 0) continue;
    bytes += BigInt(end.file === from.file ? end.position - from.position : end.position);
  }
  return { bytes, state: null };
}

function connectionOf(connection: MysqlConnection): ExternalConnection {
  return {
    listRelations: () => listRelations(connection),
    describeRelation: (relation) => describeRelation(connection, relation),
    readFirstRows: (mapping, relation, limit) => readFirstRows(connection, mapping, relation, limit),
    readRowsOf: (mapping, relation, keys) => readRowsOf(connection, mapping, relation, keys),
    writeColumn: (relation, write) => writeColumn(connection, relation, write),
    readBacklog: (_sourceId, position) => readBacklog(connection, position),
    close: () => Promise.resolve(connection.close()),
  };
}

/** Runs work on connections that end with it, or with the signal. */
async function holding<T>(
  open: (() => Promise<MysqlConnection>)[],
  signal: AbortSignal,
  work: (connections: MysqlConnection[]) => Promise<T>,
): Promise<T> {
  const connections: MysqlConnection[] = [];
  const cut = () => {
    for (const connection of connections) connection.close();
  };
  signal.addEventListener('abort', cut);
  try {
    for (const one of open) connections.push(await one());
    signal.throwIfAborted();
    return await work(connections);
  } finally {
    signal.removeEventListener('abort', cut);
    cut();
  }
}

async function beginSnapshot(
  address: ExternalAddress,
  where: Where,
  terms: SnapshotTerms,
): Promise<Snapshot> {
  const { sourceId, mapping, relation, mode, signal } = terms;
  const connection = await openMysql(address, { statementMs: 0 });
  const cut = () => connection.close();
  signal.addEventListener('abort', cut);
  const end = async () => {
    signal.removeEventListener('abort', cut);
    connection.close();
  };
  try {
    demandVersion(connection.server);
    let position: string | null = null;
    if (mode === 'stream') {
      const stream = await openMysql(address);
      const serverId = serverIdOf(sourceId);
      const problems = await streamProblems(connection, stream, { mapping, serverId }, where);
      const problem = problems.find((one) => !isWarning(one));
      if (problem !== undefined)
        throw new SourceTrouble(
          problem.remedy.includes('by itself')
            ? problem
            : { ...problem, remedy: `${problem.remedy} Lockstep looks again by itself.` },
        );
      const place = await beginBehind(connection, signal);
      position = writePosition({ ...place, begun: null });
    } else {
      if (mode === 'scan') position = await serverTime(connection);
      await connection.change('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    }
    return { position, ...openRows(connection, mapping, relation, terms.batch), end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function follow(address: ExternalAddress, terms: FollowTerms): Promise<void> {
  const { way, signal, mapping } = terms;
  const open = () => openMysql(address);
  const patient = () => openMysql(address, { statementMs: 0 });
  switch (way.mode) {
    case 'stream': {
      const from = readPosition(way.from);
      if (from === null) throw new RereadEverything('It is not known from where to follow.');
      return holding([patient, open], signal, async ([stream, side]) => {
        if (stream === undefined || side === undefined) return;
        await followBinlog({ stream, side }, from, terms);
      });
    }
    case 'outbox':
      return holding([open], signal, async ([connection]) => {
        if (connection !== undefined) await followOutbox(connection, terms);
      });
    case 'scan':
      return holding([patient], signal, async ([connection]) => {
        if (connection === undefined) return;
        const relation = await describeRelation(connection, mapping.relation);
        if (relation === null)
          throw new SourceTrouble({
            reason: `There is no table ${mapping.relation.schema}.${mapping.relation.name}.`,
            remedy: 'Bring it back, or choose another table.',
          });
        await followScan(connection, relation, way, terms);
      });
  }
}

async function check(address: ExternalAddress, where: Where, terms: CheckTerms): Promise<CheckedDatabase> {
  const { sourceId, mapping, mode, scanColumn } = terms;
  const connection = await openMysql(address, { statementMs: 20_000 });
  try {
    demandVersion(connection.server);
    const described = [];
    for (const { relation } of watchedBy(mapping))
      described.push(await describeRelation(connection, relation));
    const watched = described.flatMap((one) => (one === null ? [] : [one]));
    const script = mysqlScript({ ...terms, username: address.username, watched });
    const problems =
      mode === 'stream'
        ? await streamProblems(
            connection,
            await openMysql(address),
            { mapping, serverId: serverIdOf(`${sourceId} (check)`) },
            where,
          )
        : await otherProblems(connection, { sourceId, mapping, mode, scanColumn });
    return { problems, script };
  } finally {
    connection.close();
  }
}

/** Nothing is open yet. */
export function mysqlDatabase(address: ExternalAddress): ExternalDatabase {
  return {
    open: async (options) => {
      const connection = await openMysql(address, options);
      try {
        demandVersion(connection.server);
      } catch (error) {
        connection.close();
        throw error;
      }
      return connectionOf(connection);
    },
    check: (terms) => check(address, address, terms),
    beginSnapshot: (terms) => beginSnapshot(address, address, terms),
    follow: (terms) => follow(address, terms),
    needsReread: (error) => Promise.resolve(error instanceof RereadEverything || isLogLost(error)),
    // The server keeps its log by its own rules and nothing for us.
    letGo: () => Promise.resolve(),
    byHand: () => '',
  };
}
