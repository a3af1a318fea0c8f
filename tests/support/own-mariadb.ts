/** A MariaDB of the test's own that writes a binary log in rows: to be filled, altered and killed. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';
import { freePort } from '../../scripts/embedded-postgres';
import { waitFor } from './wait-for';

export interface OwnMariaDb {
  host: string;
  port: number;
  /** As its administrator; numbers and dates come as texts. */
  connect(): Promise<Connection>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; `flags` as ["--name=value"]. */
  start(flags?: string[]): Promise<void>;
  remove(): Promise<void>;
}

// Debian keeps servers where only root's PATH leads.
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin` };
/** MariaDB runs as root only where it is told to. */
const asWho = process.getuid?.() === 0 ? ['--user=root'] : [];

export async function ownMariaDb(flags: string[] = []): Promise<OwnMariaDb> {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-mariadb-'));
  const data = join(directory, 'data');
  const installed = spawnSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      ...asWho,
    ],
    { env, encoding: 'utf8' },
  );
  if (installed.status !== 0)
    throw new Error(
      `mariadb-install-db failed (apt-get install mariadb-server):\n${installed.error ?? ''}${installed.stdout}\n${installed.stderr}`,
    );
  const port = await freePort();
  const host = '127.0.0.1';
  let server: ChildProcess | null = null;
  const connect = () =>
    createConnection({
      host,
      port,
      user: 'root',
      multipleStatements: true,
      charset: 'utf8mb4',
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
    });
  const start = async (settings: string[] = flags) => {
    const running = spawn(
      'mariadbd',
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${join(directory, 'socket')}`,
        `--pid-file=${join(directory, 'pid')}`,
        `--port=${port}`,
        `--bind-address=${host}`,
        '--skip-name-resolve',
        '--log-bin=binlog',
        '--binlog-format=ROW',
        '--server-id=7',
        '--innodb-buffer-pool-size=32M',
        '--innodb-log-file-size=16M',
        '--character-set-server=utf8mb4',
        ...asWho,
        ...settings,
      ],
      { env, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    server = running;
    let said = '';
    running.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString('utf8')}`.slice(-4_000)));
    await waitFor('MariaDB answers', async () => {
      if (running.exitCode !== null) throw new Error(`mariadbd ended with ${running.exitCode}:\n${said}`);
      try {
        const connection = await connect();
        await connection.end();
        return true;
      } catch {
        return false; // not up yet
      }
    });
  };
  const kill = async () => {
    const running = server;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise<void>((done) => running.once('exit', () => done()));
    if (running.kill('SIGKILL')) await gone;
  };
  await start();
  return {
    host,
    port,
    connect,
    kill,
    start,
    remove: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
