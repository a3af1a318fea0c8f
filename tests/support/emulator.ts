import { startEmulator } from '../../emulator/server';
import type { Emulator, EmulatorOptions } from '../../emulator/server';
import { runEntry } from './child';
import { API_KEY, API_SECRET } from './environment';

/** Without an app that listens every webhook would be tried again and again. */
const NOBODY_LISTENS = { lossProbability: 1 };

/**
 * An emulator in this process, on a free port, that answers at once and knows the subscriptions of shopify.app.toml.
 * Without `appUrl` its webhooks are lost. Close it with `close()`.
 */
export async function startTestEmulator(options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const emulator = await startEmulator({
    apiKey: API_KEY,
    apiSecret: API_SECRET,
    appUrl: 'http://127.0.0.1:9',
    appConfigPath: 'shopify.app.toml',
    latency: { baseMs: 0, perMutationMs: 0 },
    ...options,
  });
  if (options.appUrl === undefined) emulator.webhooks.configure(NOBODY_LISTENS);
  return emulator;
}

/** An emulator in a process of its own, for benches: its work must not take time from what is measured. */
export interface SpawnedEmulator {
  origin: string;
  /** Asks the control API (emulator/README.md): `control('GET', 'calls')`. Rejects where it refuses. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** `shops` as the command line takes them: "domain" or "domain:plan". */
export async function spawnEmulator(options: {
  shops: string[];
  appUrl?: string;
  latency?: { baseMs: number; perMutationMs: number };
}): Promise<SpawnedEmulator> {
  const { baseMs, perMutationMs } = options.latency ?? { baseMs: 0, perMutationMs: 0 };
  const args = [
    ...['--port', '0', '--api-key', API_KEY, '--api-secret', API_SECRET, '--app-config', 'shopify.app.toml'],
    ...['--app-url', options.appUrl ?? 'http://127.0.0.1:9', '--latency', `${baseMs},${perMutationMs}`],
    ...options.shops.flatMap((shop) => ['--shop', shop]),
  ];
  const child = runEntry('emulator/main.ts', args, {});
  await child.waitForOutput('emulator listening on ');
  const origin = /emulator listening on (\S+)/.exec(child.output())?.[1];
  if (origin === undefined) throw new Error(`The emulator does not say where it listens:\n${child.output()}`);
  const control: SpawnedEmulator['control'] = async (method, path, body) => {
    const response = await fetch(`${origin}/_emulator/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  if (options.appUrl === undefined) await control('POST', 'webhooks', NOBODY_LISTENS);
  return {
    origin,
    control,
    stop: async () => {
      await child.stop();
    },
  };
}
