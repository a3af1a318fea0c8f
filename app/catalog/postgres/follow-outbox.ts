/** Follows the changes of a merchant's tables by triggers that leave the key of each changed product in a table. */
import { z } from 'zod';
import type pg from 'pg';
import { sameKey } from '~/core/source-mapping';
import type { FollowTerms } from '../external-database';
import { externalNames } from '../external-names';
import { quoteName } from '../sql-quoting';

const KEYS_AT_A_TIME = 500;
/** A notification says that something is there; this is for the one that was lost. */
const LOOK_EVERY_MS = 5_000;

const outboxRows = z.array(z.object({ id: z.string(), key: z.string() }));

/** Follows until the signal is aborted; rejects where a statement fails. `listener` has nothing else to do. */
export async function followOutbox(listener: pg.Client, terms: FollowTerms): Promise<void> {
  const { mapping, signal, onKeys, onAlive } = terms;
  const names = externalNames(terms.sourceId);
  const table = `${quoteName(names.schema)}.outbox`;
  let wake: () => void = () => undefined;
  let isCalled = false;
  const call = () => {
    isCalled = true;
    wake();
  };
  listener.on('notification', call);
  listener.on('end', call);
  signal.addEventListener('abort', call);
  try {
    await listener.query(`LISTEN ${quoteName(names.channel)}`);
    onAlive();
    while (!signal.aborted) {
      isCalled = false;
      const { rows } = await listener.query(
        `SELECT id::text, key FROM ${table} ORDER BY id LIMIT ${KEYS_AT_A_TIME}`,
      );
      const noted = outboxRows.parse(rows);
      if (noted.length > 0) {
        await onKeys([...new Set(noted.map(({ key }) => sameKey(mapping.productKey, key)))]);
        // By id, not "up to": a transaction with an earlier id may commit later.
        await listener.query(`DELETE FROM ${table} WHERE id = ANY($1::bigint[])`, [
          noted.map(({ id }) => id),
        ]);
        onAlive();
        continue;
      }
      onAlive();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_EVERY_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (isCalled || signal.aborted) wake();
      });
    }
  } finally {
    listener.off('notification', call);
    listener.off('end', call);
    signal.removeEventListener('abort', call);
  }
}
