/** Where a merchant's database is, ready to be connected to. */
import type { ExternalAddress, TlsMode } from '~/catalog/external-connection';
import { SourceTrouble } from '~/catalog/external-advice';
import type { StoredSource } from '~/db/source-connections.server';
import type { Resources } from './resources';

/** What a stored password is bound to: it is of no use in another account's row. */
export const passwordOwner = (accountId: string) => `source of ${accountId}`;

const isTls = (text: string): text is TlsMode => ['verify', 'encrypt', 'off'].includes(text);

/** Throws SourceTrouble where the host may not be connected to. */
export async function sourceAddress(
  { hosts, secrets }: Resources,
  source: Pick<
    StoredSource,
    'accountId' | 'host' | 'port' | 'database' | 'username' | 'password' | 'tls' | 'authority'
  >,
): Promise<ExternalAddress> {
  const { accountId, host, port, database, username, password, tls, authority } = source;
  const opened = await hosts.open(host, port);
  if (opened.kind === 'refused') throw new SourceTrouble(opened);
  return {
    host,
    address: opened.address,
    port,
    database,
    username,
    password: secrets.decrypt(password, passwordOwner(accountId)),
    tls: isTls(tls) ? tls : 'verify',
    authority,
  };
}
