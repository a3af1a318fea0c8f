/** Follows the changes of a merchant's tables by triggers that leave the key of each changed product in a table. */
import { z } from 'zod';
import { sameKey } from '~/core/source-mapping';
import { externalNames } from '../external-names';
import type { FollowTerms } from '../external-database';
import { restUntil } from '../rest-until';
import type { MysqlConnection } from './mysql-connection';
import { quoteName } from './mysql-quoting';

const KEYS_AT_A_TIME = 500;
/** MySQL tells nobody that there is something: it is looked for. */
const LOOK_EVERY_MS = 1_000;

const outboxRows = z.array(z.object({ id: z.string().regex(/^\d+$/), key: z.string() }));

/** Follows until the signal is aborted; rejects where a statement fails. */
export async function followOutbox(connection: MysqlConnection, terms: FollowTerms): Promise<void> {
  const { sourceId, mapping, signal, onKeys, onAlive } = terms;
  const table = `${quoteName(externalNames(sourceId).schema)}.\`outbox\``;
  while (!signal.aborted) {
    const noted = outboxRows.parse(
      await connection.rows(`SELECT id, \`key\` FROM ${table} ORDER BY id LIMIT ${KEYS_AT_A_TIME}`),
    );
    onAlive();
    if (noted.length === 0) {
      await restUntil(LOOK_EVERY_MS, signal);
      continue;
    }
    await onKeys([...new Set(noted.map(({ key }) => sameKey(mapping.productKey, key)))]);
    // By id, not "up to": a transaction with an earlier id may commit later.
    await connection.change(`DELETE FROM ${table} WHERE id IN (${noted.map(({ id }) => id).join(', ')})`);
  }
}
