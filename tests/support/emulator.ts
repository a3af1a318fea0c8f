import { startEmulator } from '../../emulator/server';
import type { Emulator, EmulatorOptions } from '../../emulator/server';
import { runEntry } from './child';
import { API_KEY, API_SECRET } from './environment';

/**
 * An emulator in this process, on a free port, that answers at once and knows the subscriptions of shopify.app.toml.
 * Close it with `close()`.
 */
export function startTestEmulator(options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  return startEmulator({
    apiKey: API_KEY,
    apiSecret: API_SECRET,
    appUrl: 'http://127.0.0.1:9',
    appConfigPath: 'shopify.app.toml',
    latency: { baseMs: 0, perMutationMs: 0 },
    ...options,
  });
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
  return {
    origin,
    control: async (method, path, body) => {
      const response = await fetch(`${origin}/_emulator/${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return JSON.parse(text);
    },
    stop: async () => {
      await child.stop();
    },
  };
}
