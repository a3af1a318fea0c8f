/** Connects an account's catalog to the merchant's own database. */
import type { SourceAdvice } from '~/catalog/external-advice';
import type { ExternalConnection, ExternalDatabase, TlsMode } from '~/catalog/external-database';
import type { DatabaseKind } from '~/core/database-kind';
import { findSource, noProblem } from '~/db/source-connections.server';
import { letGoOfLog } from './let-go-of-log';
import type { Resources } from './resources';
import { passwordOwner, sourceAdvice, sourceDatabase } from './source-database';

export interface SourceLogin {
  kind: DatabaseKind;
  host: string;
  port: number;
  database: string;
  username: string;
  /** Null: the one that is stored. */
  password: string | null;
  tls: TlsMode;
  authority: string | null;
}

/** Tries the login and stores it where it works; the password is sealed. Answers why not, and what to do. */
export async function connectSource(
  resources: Resources,
  { accountId, login }: { accountId: string; login: SourceLogin },
): Promise<{ kind: 'connected'; isMapped: boolean } | { kind: 'refused'; problem: SourceAdvice }> {
  const { db, secrets } = resources;
  const stored = await findSource(db, accountId);
  const isSameServer =
    stored?.kind === login.kind && stored.host === login.host && stored.port === login.port;
  // A stored password goes to the server it was given for, and to no other.
  if (login.password === null && !isSameServer)
    return {
      kind: 'refused',
      problem: { reason: 'The password is missing.', remedy: 'Enter it: it is kept for one server only.' },
    };
  const { password: entered, ...rest } = login;
  const password =
    entered === null ? (stored?.password ?? '') : secrets.encrypt(entered, passwordOwner(accountId));
  const row = { ...rest, password };
  try {
    const database = await sourceDatabase(resources, { accountId, ...row });
    const connection = await database.open();
    await connection.close();
  } catch (error) {
    return { kind: 'refused', problem: sourceAdvice(login, error) };
  }
  const isSameDatabase = isSameServer && stored?.database === login.database;
  const saved = await db.sourceConnection.upsert({
    where: { accountId },
    create: { accountId, ...row },
    update: {
      ...row,
      ...noProblem,
      // Whoever feeds it by the old connection stops; another database is read from the beginning.
      leasedBy: null,
      leasedUntil: null,
      ...(isSameDatabase ? {} : { phase: 'snapshot' }),
    },
  });
  if (stored !== null && !isSameDatabase) await letGoOfLog(resources, stored);
  return { kind: 'connected', isMapped: saved.mapping !== null };
}

/** Runs work on a connection to the account's source; trouble is answered as advice. */
export async function withSource<T>(
  resources: Resources,
  accountId: string,
  work: (connection: ExternalConnection, database: ExternalDatabase) => Promise<T>,
): Promise<{ kind: 'done'; value: T } | { kind: 'refused'; problem: SourceAdvice }> {
  const source = await findSource(resources.db, accountId);
  if (source === null)
    return {
      kind: 'refused',
      problem: { reason: 'No database is connected.', remedy: 'Connect it first.' },
    };
  try {
    const database = await sourceDatabase(resources, source);
    const connection = await database.open({ statementMs: 20_000 });
    try {
      return { kind: 'done', value: await work(connection, database) };
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: 'refused', problem: sourceAdvice(source, error) };
  }
}
