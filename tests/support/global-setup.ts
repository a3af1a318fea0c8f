/**
 * Starts the servers the tests need, once for all projects: one embedded PostgreSQL with a migrated template database,
 * and one Redis that keeps nothing on disk.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import type { TestProject } from 'vitest/node';
import { prepareQueueStore } from '~/queue/connection';
import { freePort, startEmbeddedPostgres } from '../../scripts/embedded-postgres';
import { waitFor } from './wait-for';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connection string of the administrative database "postgres" of the test server. */
    postgresUrl: string;
    /** A migrated database that nothing is connected to: test databases are copies of it. */
    templateDatabase: string;
    redisUrl: string;
    /** Path of Chromium, or "" where no project that needs a browser runs. */
    chromiumPath: string;
  }
}

interface Servers {
  postgresUrl: string;
  redisUrl: string;
  stop(): Promise<void>;
}

const TEMPLATE = 'lockstep_template';

function onPath(program: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue; // not in this folder of PATH
    }
  }
  return null;
}

function required(program: string, debianPackage: string): string {
  const path = onPath(program);
  if (path === null)
    throw new Error(
      `${program} is not installed. The tests need it: apt-get install ${debianPackage} (npm test does it when run as root).`,
    );
  return path;
}

async function startRedis(directory: string): Promise<{ url: string; process: ChildProcess }> {
  const port = await freePort();
  const program = required('redis-server', 'redis-server');
  const flags = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  const server = spawn(program, ['--port', String(port), ...flags], { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  await waitFor('redis-server answers', async () => {
    if (server.exitCode !== null) throw new Error(`redis-server ended with code ${server.exitCode}.`);
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => undefined); // not up yet; the loop asks again
    try {
      await client.connect();
      return (await client.ping()) === 'PONG';
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
  });
  return { url, process: server };
}

function migrate(url: string): void {
  const prisma = join(process.cwd(), 'node_modules/prisma/build/index.js');
  const answer = spawnSync(process.execPath, [prisma, 'migrate', 'deploy'], {
    env: { ...process.env, DATABASE_URL: url, CHECKPOINT_DISABLE: '1' },
    encoding: 'utf8',
  });
  if (answer.status !== 0)
    throw new Error(`prisma migrate deploy failed:\n${answer.stdout}\n${answer.stderr}`);
}

async function startServers(): Promise<Servers> {
  required('redis-server', 'redis-server');
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-tests-'));
  // PostgreSQL does not run as root: its own user must be able to walk in.
  chmodSync(directory, 0o755);
  const redis = await startRedis(directory);
  const postgres = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    persistent: false,
    // Test data need not survive a power cut.
    flags: ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'],
  });
  await postgres.createDatabase(TEMPLATE);
  migrate(postgres.url(TEMPLATE));
  await prepareQueueStore(postgres.url(TEMPLATE));
  return {
    postgresUrl: postgres.url('postgres'),
    redisUrl: redis.url,
    stop: async () => {
      redis.process.kill('SIGKILL');
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

// Each project loads this file anew; the servers are shared through the process.
const shared = globalThis as typeof globalThis & {
  lockstepTestServers?: { users: number; servers: Promise<Servers> };
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const chromium = project.name === 'e2e' ? required('chromium', 'chromium') : '';
  shared.lockstepTestServers ??= { users: 0, servers: startServers() };
  const held = shared.lockstepTestServers;
  held.users += 1;
  const servers = await held.servers;
  project.provide('postgresUrl', servers.postgresUrl);
  project.provide('templateDatabase', TEMPLATE);
  project.provide('redisUrl', servers.redisUrl);
  project.provide('chromiumPath', chromium);
  return async () => {
    held.users -= 1;
    if (held.users > 0) return;
    delete shared.lockstepTestServers;
    await servers.stop();
  };
}
