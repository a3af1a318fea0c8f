/** A merchant's own database, ready to be connected to. */
import { externalKinds } from '~/catalog/database-kinds';
import { SourceTrouble } from '~/catalog/external-advice';
import type { SourceAdvice } from '~/catalog/external-advice';
import type { ExternalDatabase, TlsMode } from '~/catalog/external-database';
import { kindNamed } from '~/core/database-kind';
import type { StoredSource } from '~/db/source-connections.server';
import type { Resources } from './resources';

/** What a stored password is bound to: it is of no use in another account's row. */
export const passwordOwner = (accountId: string) => `source of ${accountId}`;

const isTls = (text: string): text is TlsMode => ['verify', 'encrypt', 'off'].includes(text);

type Login = Pick<
  StoredSource,
  'accountId' | 'kind' | 'host' | 'port' | 'database' | 'username' | 'password' | 'tls' | 'authority'
>;

/** What an error of a source means, and what to do. */
export const sourceAdvice = (
  source: Pick<Login, 'kind' | 'host' | 'port' | 'database' | 'username'>,
  error: unknown,
): SourceAdvice => externalKinds[kindNamed(source.kind)].advice(error, source);

/** Throws SourceTrouble where the host may not be connected to. */
export async function sourceDatabase(
  { hosts, secrets }: Resources,
  source: Login,
): Promise<ExternalDatabase> {
  const { accountId, host, port, database, username, password, tls, authority } = source;
  const opened = await hosts.open(host, port);
  if (opened.kind === 'refused') throw new SourceTrouble(opened);
  return externalKinds[kindNamed(source.kind)].database({
    host,
    address: opened.address,
    port,
    database,
    username,
    password: secrets.decrypt(password, passwordOwner(accountId)),
    tls: isTls(tls) ? tls : 'verify',
    authority,
  });
}
