/** Whom Lockstep believes to be a merchant's MySQL: certificates, and what is said of those that are refused. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExternalAddress } from '~/catalog/external-database';
import { mysqlAdvice } from '~/catalog/mysql/mysql-advice';
import { openMysql } from '~/catalog/mysql/mysql-connection';
import { ownMariaDb } from '../support/own-mariadb';
import type { OwnMariaDb } from '../support/own-mariadb';

let server: OwnMariaDb;
let directory: string;
const file = (name: string) => join(directory, name);
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lockstep-tls-'));
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=db.example.com'],
    ...['-addext', 'subjectAltName=DNS:db.example.com', '-keyout', file('key.pem'), '-out', file('cert.pem')],
  ]);
  if (made.status !== 0) throw new Error(`openssl failed: ${String(made.stderr)}`);
  server = await ownMariaDb([`--ssl-cert=${file('cert.pem')}`, `--ssl-key=${file('key.pem')}`]);
  const owner = await server.connect();
  await owner.query("CREATE USER reader@'%' IDENTIFIED BY 'secret' REQUIRE SSL");
  await owner.end();
});
afterAll(async () => {
  await server?.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** '' where it connects. */
async function told(changes: Partial<ExternalAddress>): Promise<string> {
  const address: ExternalAddress = {
    host: 'db.example.com',
    address: server.host,
    port: server.port,
    database: 'mysql',
    username: 'reader',
    password: 'secret',
    tls: 'verify',
    authority: readFileSync(file('cert.pem'), 'utf8'),
    ...changes,
  };
  try {
    const connection = await openMysql(address);
    const [row] = await connection.rows("SHOW STATUS LIKE 'Ssl_cipher'");
    connection.close();
    return row?.['Value'] === '' ? 'not encrypted' : '';
  } catch (error) {
    const { reason, remedy } = mysqlAdvice(error, address);
    return `${reason} ${remedy}`;
  }
}

it('believes the name and the authority, and no other', async () => {
  // `mysql` is a database that the user has no right in; that is told after the certificate is believed.
  const reached = /no right in the database/;
  expect(await told({})).toMatch(reached);
  expect(await told({ host: 'other.example.com' })).toMatch(
    /certificate of other\.example\.com cannot be trusted/,
  );
  expect(await told({ authority: null })).toMatch(/cannot be trusted.*Paste the certificate/);
  expect(await told({ tls: 'encrypt', authority: null, host: 'other.example.com' })).toMatch(reached);
  expect(await told({ tls: 'off' })).toMatch(/may not log in/);
});
