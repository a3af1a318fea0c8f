/** A Prometheus of the test's own, with a configuration that it is given. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from '../../scripts/embedded-postgres';
import { waitFor } from './wait-for';

const answer = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z
    .object({
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          value: z.tuple([z.number(), z.string()]).transform(([, value]) => Number(value)),
        }),
      ),
    })
    .optional(),
});

const targets = z.object({
  data: z.object({ activeTargets: z.array(z.object({ health: z.string(), lastError: z.string() })) }),
});

export interface OwnPrometheus {
  /** Samples of an instant query; rejects where Prometheus refuses it. */
  query(expression: string): Promise<{ metric: Record<string, string>; value: number }[]>;
  /** Health of each target, and the last error. */
  targets(): Promise<{ health: string; lastError: string }[]>;
  remove(): Promise<void>;
}

/** `promtool`'s verdict of what it is sent. */
export function promtool(args: string[], input?: string): { isRight: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { isRight: status === 0, output: `${stdout}${stderr}` };
}

/** `configuration`: the text of prometheus.yml. */
export async function ownPrometheus(configuration: string): Promise<OwnPrometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-prometheus-'));
  const file = join(directory, 'prometheus.yml');
  writeFileSync(file, configuration);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await waitFor('Prometheus is ready', async () => {
    if (server.exitCode !== null) throw new Error(`Prometheus ended:\n${said}`);
    return fetch(`${origin}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    query: async (expression) => {
      const address = `${origin}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`;
      const { status, error, data } = answer.parse(await (await fetch(address)).json());
      if (status !== 'success') throw new Error(`${expression}: ${error ?? status}`);
      return data?.result ?? [];
    },
    targets: async () =>
      targets.parse(await (await fetch(`${origin}/api/v1/targets`)).json()).data.activeTargets,
    remove: async () => {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      if (server.exitCode === null && server.kill('SIGKILL')) await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
