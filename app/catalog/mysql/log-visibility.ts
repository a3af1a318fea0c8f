/**
 * A transaction is in the binary log a moment before other connections see what it wrote: the log is written first. Whoever
 * reads the rows then would read them as they were, and whoever notes the end of the log would not see all before it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { comparePositions } from './binlog-position';
import type { MysqlConnection } from './mysql-connection';

type Place = { file: string; position: number };

const LONGEST_WAIT_MS = 250;
/** The server is asked again so often whether somebody wants us to stop. */
const ASK_S = 1;

const snapshotRows = "SHOW STATUS LIKE 'Binlog\\_snapshot\\_%'";

/**
 * MariaDB: begins a transaction that sees exactly what was committed up to a place in the log, and answers the place. MySQL
 * has no such thing.
 */
export async function beginExactly(connection: MysqlConnection): Promise<Place> {
  await connection.change('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const rows = await connection.rows(snapshotRows);
  const told = new Map(rows.map((row) => [row['Variable_name']?.toLowerCase(), row['Value'] ?? '']));
  return {
    file: told.get('binlog_snapshot_file') ?? '',
    position: Number(told.get('binlog_snapshot_position') ?? 0),
  };
}

/** The end of the log, which may lie behind transactions that nobody sees yet. */
export async function endOfLog({ server, rows }: MysqlConnection): Promise<Place> {
  const [end] = await rows(
    server.flavour === 'mysql' && server.version >= 80_200 ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
  );
  return { file: end?.['File'] ?? '', position: Number(end?.['Position'] ?? 0) };
}

/** MySQL: transactions that have a number, and so may be in the log, and that nobody sees yet. */
async function openTransactions({ rows }: MysqlConnection): Promise<string[]> {
  const [owned] = await rows('SELECT @@GLOBAL.gtid_owned AS owned');
  // "uuid:7#31:8#32, uuid:…": number # connection.
  return (owned?.['owned'] ?? '').split(',').flatMap((part) => {
    const [uuid = '', ...numbers] = part.trim().split(':');
    return numbers.map((number) => `${uuid}:${number}`);
  });
}

/** Begins a transaction that sees at least what is in the log up to the place that is answered. */
export async function beginBehind(connection: MysqlConnection, signal: AbortSignal): Promise<Place> {
  if (connection.server.flavour === 'mariadb') return beginExactly(connection);
  const place = await endOfLog(connection);
  let open = new Set(await openTransactions(connection));
  for (let wait = 2; open.size > 0; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    await sleep(wait, undefined, { signal });
    open = new Set((await openTransactions(connection)).filter((one) => open.has(one)));
  }
  await connection.change('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  return place;
}

/** Beyond this the server is asked no more for now: what can be seen is taken, and looked at again later. */
const PATIENCE_MS = 15_000;

/**
 * Waits until all see what these transactions wrote. `until`: where the last one of them is in the log. False where the
 * server does not show them in time: a replica that it waits for may be slow.
 */
export async function untilVisible(
  connection: MysqlConnection,
  { until, gtids }: { until: Place; gtids: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<boolean> {
  const isMysql = connection.server.flavour === 'mysql';
  if (isMysql && gtids.size === 0) return true;
  const began = performance.now();
  for (let wait = 2; performance.now() - began < PATIENCE_MS; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    signal.throwIfAborted();
    if (isMysql) {
      const [waited] = await connection.rows(`SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ${ASK_S}) AS waited`, [
        [...gtids].join(','),
      ]);
      if (waited?.['waited'] === '0') return true;
    } else {
      const seen = await beginExactly(connection);
      await connection.change('COMMIT');
      if (comparePositions(seen, until) >= 0) return true;
      await sleep(wait, undefined, { signal });
    }
  }
  return false;
}
