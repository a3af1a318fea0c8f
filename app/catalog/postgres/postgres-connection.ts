/** Connections to a merchant's own PostgreSQL. */
import pg from 'pg';
import type { ClientConfig } from 'pg';
import type { ExternalAddress } from '../external-database';

const CONNECT_MS = 10_000;
/** For statements that look at a few rows; reading all of a table has its own terms. */
const STATEMENT_MS = 60_000;

/** What pg takes. Nothing of the environment comes in: neither PGHOST nor a password file. */
export function clientConfig(address: ExternalAddress): ClientConfig {
  const { host, tls, authority } = address;
  return {
    host: address.address,
    port: address.port,
    database: address.database,
    user: address.username,
    password: address.password,
    application_name: 'lockstep',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    ssl:
      tls === 'off'
        ? false
        : {
            // A name is what the certificate is for; an address has none to ask for.
            ...(/^[0-9.]+$|:/.test(host) ? {} : { servername: host }),
            rejectUnauthorized: tls === 'verify',
            ...(authority === null ? {} : { ca: authority }),
          },
  };
}

/** Opens a connection. Close it with `end()`; where it breaks in between, the statement under way rejects. */
export async function openPostgres(
  address: ExternalAddress,
  options: { onBroken?: (error: Error) => void; statementMs?: number } = {},
): Promise<pg.Client> {
  const client = new pg.Client({
    ...clientConfig(address),
    statement_timeout: options.statementMs ?? STATEMENT_MS,
  });
  // Without a listener a broken connection would end the process; the next statement rejects in any case.
  client.on('error', (error) => options.onBroken?.(error));
  await client.connect();
  return client;
}

/** Opens a connection that takes replication commands. */
export async function openReplication(address: ExternalAddress): Promise<pg.Client> {
  const config: ClientConfig & { replication: string } = {
    ...clientConfig(address),
    replication: 'database',
  };
  const client = new pg.Client(config);
  client.on('error', () => undefined); // the command under way rejects
  await client.connect();
  return client;
}

/** Closes whatever state it is in. */
export async function closePostgres(client: pg.Client | null): Promise<void> {
  await client?.end().catch(() => undefined); // it is gone already
}
