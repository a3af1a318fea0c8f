import { existsSync } from 'node:fs';
import { freePort } from '../../scripts/embedded-postgres';
import { runEntry } from './child';
import type { Child } from './child';
import { waitFor } from './wait-for';

export interface RunningApp extends Child {
  origin: string;
}

/**
 * The web process (`remix-serve` with the build) on a port of its own. The address has to be known before it starts:
 * take the port with `freePort()` and pass it here and as SHOPIFY_APP_URL.
 */
export async function spawnApp(
  env: Record<string, string>,
  port: number,
  /** Where browsers find it, if something stands in front of it. */
  publicOrigin = `http://127.0.0.1:${port}`,
): Promise<RunningApp> {
  if (!existsSync('build/server/index.js')) throw new Error('build/ is missing: run `npm run build` first.');
  const app = runEntry('node_modules/@remix-run/serve/dist/cli.js', ['build/server/index.js'], {
    ...env,
    NODE_ENV: 'production',
    ALLOW_EMULATOR_IN_PRODUCTION: 'true',
    HOST: '127.0.0.1',
    PORT: String(port),
    SHOPIFY_APP_URL: publicOrigin,
  });
  const origin = `http://127.0.0.1:${port}`;
  await waitFor(
    'the app answers /healthz',
    async () => {
      if (app.process.exitCode !== null) throw new Error(`The app ended:\n${app.output()}`);
      try {
        return (await fetch(`${origin}/healthz`)).ok;
      } catch {
        return false; // not listening yet
      }
    },
    // Several test files start one at the same time.
    { timeoutMs: 90_000 },
  );
  return { ...app, origin: publicOrigin };
}

export { freePort };
