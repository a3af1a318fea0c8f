import pg from 'pg';
import type { LiveEvents } from './live-events';
import { encode, LiveListeners } from './live-listeners';
import type { Logger } from './log.server';

const CHANNEL = 'lockstep_live';
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

/** Live events over LISTEN/NOTIFY: one connection listens for the whole process and is made anew when it breaks. */
export function livePostgres(databaseUrl: string, log: Logger): LiveEvents {
  const listeners = new LiveListeners();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2, keepAlive: true });
  pool.on('error', (error) => log.warn({ err: error }, 'A connection of live events broke'));
  let listening: Promise<void> | null = null;
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | null = null;
  let closed = false;

  const connect = async () => {
    const next = new pg.Client({
      connectionString: databaseUrl,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    next.on('error', (error) =>
      log.warn({ err: error }, 'The connection that listens for live events broke'),
    );
    next.on('notification', ({ payload }) => {
      try {
        listeners.deliver(payload ?? '');
      } catch (error) {
        log.error({ err: error, payload }, 'A live event was not understood');
      }
    });
    await next.connect();
    next.on('end', () => {
      client = null;
      if (!closed) reconnect(FIRST_RETRY_MS);
    });
    await next.query(`LISTEN ${CHANNEL}`);
    if (closed) {
      await next.end();
      return;
    }
    client = next;
  };

  const reconnect = (delayMs: number) => {
    retry = setTimeout(() => {
      listening = connect();
      listening.catch((error: unknown) => {
        log.warn({ err: error, retryMs: delayMs }, 'Could not listen for live events; trying again');
        if (!closed) reconnect(Math.min(delayMs * 2, LONGEST_RETRY_MS));
      });
    }, delayMs);
  };

  return {
    publish: async (shopId, event) => {
      await pool.query('SELECT pg_notify($1, $2)', [CHANNEL, encode(shopId, event)]);
    },
    subscribe: async (shopId, listener) => {
      if (listening === null) {
        listening = connect();
        listening.catch(() => (listening = null)); // the caller sees the error; the next one tries anew
      }
      await listening;
      listeners.add(shopId, listener);
      return async () => {
        listeners.remove(shopId, listener);
      };
    },
    close: async () => {
      closed = true;
      if (retry) clearTimeout(retry);
      await client?.end();
      await pool.end();
    },
  };
}
