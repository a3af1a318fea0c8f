/** Follows the changes of a merchant's table by asking, again and again, for rows whose date of change moved. */
import { keyText } from '~/core/source-mapping';
import type { RelationDescription } from '~/core/source-mapping';
import { RereadEverything } from '../external-database';
import type { FollowTerms } from '../external-database';
import { restUntil } from '../rest-until';
import type { MysqlConnection } from './mysql-connection';
import { bytes, quoteName, quoteRelation, textOf } from './mysql-quoting';
import { columnNamed, inBatches } from './mysql-tables';

const LOOK_EVERY_MS = 5_000;
const KEYS_AT_A_TIME = 500;
/** A row's date is that of its statement: what a transaction wrote that took this long is still found. */
const OVERLAP = 'INTERVAL 5 MINUTE';
/** What was seen within the overlap is remembered up to so many products; more are looked at again. */
const MOST_REMEMBERED = 50_000;

/** The server's time in seconds, which no time zone moves. */
export async function serverTime(connection: MysqlConnection): Promise<string> {
  const [row] = await connection.rows('SELECT UNIX_TIMESTAMP(NOW(6)) AS now');
  return row?.['now'] ?? '0';
}

/**
 * A DATETIME has no zone: applications fill it by the server's. Where clocks are put back, the earlier of both readings
 * counts, so that nothing falls into the hour that comes twice.
 */
const SINCE = `LEAST(FROM_UNIXTIME(?), NOW(6)) - ${OVERLAP}`;

/** Follows until the signal is aborted; rejects where a statement fails, or when it is time to read everything again. */
export async function followScan(
  connection: MysqlConnection,
  relation: RelationDescription,
  way: Extract<FollowTerms['way'], { mode: 'scan' }>,
  terms: FollowTerms,
): Promise<void> {
  const { mapping, signal, onKeys, onAlive, onPosition } = terms;
  await connection.change('SET SESSION time_zone = @@GLOBAL.time_zone');
  const keys = mapping.productKey.map((name) => ({
    name,
    text: textOf(columnNamed(relation, name), `source.${quoteName(name)}`),
  }));
  const column = `source.${quoteName(way.column)}`;
  const sql = `SELECT ${keys.map(({ name, text }) => `MAX(${text}) AS ${quoteName(name)}`).join(', ')},
      CONCAT_WS('/', COUNT(*), MAX(${column}), SUM(CRC32(CONVERT(${column} USING utf8mb4)))) AS \`dates of the rows\`
    FROM ${quoteRelation(mapping.relation)} AS source WHERE ${column} > ${SINCE}
    GROUP BY ${keys.map(({ text }) => bytes(text)).join(', ')}`;
  let cursor = way.from ?? (await serverTime(connection));
  let seen = new Map<string, string>();
  onAlive();
  while (!signal.aborted) {
    if (terms.now() >= way.rereadAt) throw new RereadEverything('A day has passed.');
    const started = await serverTime(connection);
    const found = new Map<string, string>();
    const next = inBatches(connection.stream(sql, [cursor]), KEYS_AT_A_TIME);
    for (let rows = await next(); rows.length > 0; rows = await next()) {
      signal.throwIfAborted();
      const moved: string[] = [];
      for (const row of rows) {
        const key = keyText(mapping.productKey, row);
        if (key === null) continue;
        const at = row['dates of the rows'] ?? '';
        if (found.size < MOST_REMEMBERED) found.set(key, at);
        if (seen.get(key) !== at) moved.push(key);
      }
      if (moved.length > 0) await onKeys(moved);
    }
    seen = found;
    cursor = started;
    await onPosition(cursor);
    onAlive();
    await restUntil(LOOK_EVERY_MS, signal);
  }
}
