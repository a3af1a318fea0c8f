/** A PostgreSQL server of the test's own, with PostgreSQL's defaults: to be killed, configured, or measured as it is deployed. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareQueueStore } from '~/queue/connection';
import { freePort, startEmbeddedPostgres } from '../../scripts/embedded-postgres';
import type { RunningPostgres } from '../../scripts/embedded-postgres';
import { waitFor } from './wait-for';

export interface OwnPostgres {
  /** The migrated database "lockstep". */
  url: string;
  /** kill -9 of the server. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; `flags` as ["-c", "name=value"]. */
  start(flags?: string[]): Promise<void>;
  /** Stops it in order, for a start with other settings. */
  stop(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

export async function ownPostgres(flags: string[] = []): Promise<OwnPostgres> {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-own-'));
  // PostgreSQL does not run as root: its own user must be able to walk in.
  chmodSync(directory, 0o755);
  const port = await freePort();
  const launch = (settings: string[]) =>
    startEmbeddedPostgres({
      directory: join(directory, 'postgres'),
      port,
      persistent: true,
      flags: settings,
    });
  let server: RunningPostgres | null = await launch(flags);
  const url = server.url();
  const answer = spawnSync(process.execPath, ['node_modules/prisma/build/index.js', 'migrate', 'deploy'], {
    env: { ...process.env, DATABASE_URL: url, CHECKPOINT_DISABLE: '1' },
    encoding: 'utf8',
  });
  if (answer.status !== 0)
    throw new Error(`prisma migrate deploy failed:\n${answer.stdout}\n${answer.stderr}`);
  await prepareQueueStore(url);
  const stop = async () => {
    await server?.stop();
    server = null;
  };
  return {
    url,
    kill: async () => {
      await server?.kill();
      server = null;
    },
    start: async (settings = flags) => {
      // What a killed server left running holds its memory for a moment.
      server = await waitFor('PostgreSQL starts again', () =>
        launch(settings).catch((error: unknown) => {
          if (/pre-existing shared memory|lock file/.test(String(error))) return null;
          throw error;
        }),
      );
    },
    stop,
    remove: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
