/** A Redis of the test's own that writes each command to disk, as docs/operating.md asks for: to be killed. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../scripts/embedded-postgres';
import { waitFor } from './wait-for';

export interface OwnRedis {
  url: string;
  /** kill -9. */
  kill(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function ownRedis(): Promise<OwnRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess | null = null;
  const start = async () => {
    const flags = [
      '--bind',
      '127.0.0.1',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      '--dir',
      directory,
    ];
    server = spawn('redis-server', ['--port', String(port), ...flags], { stdio: 'ignore' });
    await waitFor('redis-server answers', async () => {
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
  };
  const kill = async () => {
    const gone = new Promise<void>((done) => server?.once('exit', () => done()));
    if (server?.exitCode === null && server.kill('SIGKILL')) await gone;
  };
  await start();
  return {
    url,
    kill,
    start,
    remove: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
