/** Follows the changes of a merchant's table by asking, again and again, for rows whose date of change moved. */
import { z } from 'zod';
import { keyText } from '~/core/source-mapping';
import { RereadEverything } from '../external-database';
import type { FollowTerms } from '../external-database';
import { restUntil } from '../rest-until';
import type { PostgresClient } from './postgres-tables';
import { quoteName, quoteRelation } from '../sql-quoting';

const LOOK_EVERY_MS = 5_000;
const KEYS_AT_A_TIME = 500;
/** A row's date is that of the beginning of its transaction: one that took this long is still found. */
const OVERLAP = "interval '5 minutes'";
/** What was seen within the overlap is remembered up to so many rows; more are looked at again. */
const MOST_REMEMBERED = 50_000;

const instantRow = z.tuple([z.object({ now: z.string() })]);
const scanned = z.array(z.record(z.string(), z.string().nullable()));

/** The server's time, as text. */
export async function serverTime(client: PostgresClient): Promise<string> {
  const { rows } = await client.query('SELECT now()::text AS now');
  return instantRow.parse(rows)[0].now;
}

/** Follows until the signal is aborted; rejects where a statement fails, or when it is time to read everything again. */
export async function followScan(
  walker: PostgresClient,
  way: Extract<FollowTerms['way'], { mode: 'scan' }>,
  terms: FollowTerms,
): Promise<void> {
  const { mapping, signal, onKeys, onAlive, onPosition } = terms;
  const keys = mapping.productKey.map(
    (column) => `source.${quoteName(column)}::text AS ${quoteName(column)}`,
  );
  const column = `source.${quoteName(way.column)}`;
  let cursor = way.from ?? (await serverTime(walker));
  let seen = new Map<string, string>();
  onAlive();
  while (!signal.aborted) {
    if (terms.now() >= way.rereadAt) throw new RereadEverything('A day has passed.');
    const started = await serverTime(walker);
    const found = new Map<string, string>();
    await walker.query('BEGIN READ ONLY');
    try {
      await walker.query(
        `DECLARE lockstep_moved NO SCROLL CURSOR FOR SELECT ${keys.join(', ')}, md5(string_agg(${column}::text, ',' ORDER BY ${column})) AS "dates of the rows"
         FROM ${quoteRelation(mapping.relation)} AS source
         WHERE ${column} > $1::timestamptz - ${OVERLAP} GROUP BY ${mapping.productKey.map((name) => `source.${quoteName(name)}`).join(', ')}`,
        [cursor],
      );
      for (;;) {
        signal.throwIfAborted();
        const { rows } = await walker.query(`FETCH FORWARD ${KEYS_AT_A_TIME} FROM lockstep_moved`);
        const moved: string[] = [];
        for (const row of scanned.parse(rows)) {
          const key = keyText(mapping.productKey, row);
          if (key === null) continue;
          const at = row['dates of the rows'] ?? '';
          if (found.size < MOST_REMEMBERED) found.set(key, at);
          if (seen.get(key) !== at) moved.push(key);
        }
        if (moved.length > 0) await onKeys(moved);
        if (rows.length < KEYS_AT_A_TIME) break;
      }
      await walker.query('COMMIT');
    } catch (error) {
      await walker.query('ROLLBACK').catch(() => undefined); // the first failure is the one to tell
      throw error;
    }
    seen = found;
    cursor = started;
    await onPosition(cursor);
    onAlive();
    await restUntil(LOOK_EVERY_MS, signal);
  }
}
