/** The demo: PostgreSQL, a local Shopify, the app, its worker and a sample store on this machine. Data stays in .data/. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../app/db/client.server';
import type { Database } from '../app/db/client.server';
import { isStale } from './demo/freshness';
import { merchantOf } from './demo/merchant';
import { firstFreePort, startProcess, untilAnswers, untilSays } from './demo/processes';
import type { DemoProcess } from './demo/processes';
import { followImport, followRun } from './demo/progress';
import { demoSettings } from './demo/settings';
import { freePort, startEmbeddedPostgres } from './embedded-postgres';

const DATA = '.data';
const HANDLE = 'lockstep-demo';
const SHOP = `${HANDLE}.myshopify.com`;
const SAMPLE = 'samples/demo-catalog.csv';

/** What has to be undone at the end, last first. */
const opened: { name: string; close: () => Promise<unknown> }[] = [];
const stopping = new AbortController();
const say = (text: string) => process.stdout.write(`${text}\n`);

function runTool(title: string, args: string[], env: Record<string, string> = {}): void {
  say(title);
  const answer = spawnSync(process.execPath, args, { env: { ...process.env, ...env }, encoding: 'utf8' });
  if (answer.status !== 0) throw new Error(`"${title}" failed:\n${answer.stdout}\n${answer.stderr}`);
}

function start(name: string, args: string[], env: Record<string, string | undefined>): DemoProcess {
  const child = startProcess(name, args, { env, directory: join(DATA, 'logs') });
  opened.push({ name: `the ${name}`, close: () => child.stop() });
  void child.ended.then((code) => {
    if (!stopping.signal.aborted)
      stopping.abort(new Error(`The ${name} ended (code ${code}): see ${child.logFile}`));
  });
  return child;
}

async function startServers() {
  const settings = demoSettings(DATA);
  const [appPort, emulatorPort, postgresPort] = [
    await firstFreePort(3000),
    await firstFreePort(4080),
    await freePort(),
  ];
  say('Starting PostgreSQL');
  const postgres = await startEmbeddedPostgres({
    directory: join(DATA, 'postgres'),
    port: postgresPort,
    persistent: true,
  });
  opened.push({ name: 'PostgreSQL', close: () => postgres.stop() });
  runTool('Migrating the database', ['node_modules/prisma/build/index.js', 'migrate', 'deploy'], {
    DATABASE_URL: postgres.url(),
  });

  const app = `http://localhost:${appPort}`;
  const emulator = `http://127.0.0.1:${emulatorPort}`;
  const env = {
    NODE_ENV: 'production',
    ALLOW_EMULATOR_IN_PRODUCTION: 'true',
    DATABASE_URL: postgres.url(),
    // Not a Redis that this shell happens to name: the demo uses PostgreSQL.
    REDIS_URL: undefined,
    SHOPIFY_API_KEY: settings.apiKey,
    SHOPIFY_API_SECRET: settings.apiSecret,
    SHOPIFY_APP_URL: app,
    SHOPIFY_EMULATOR_ORIGIN: emulator,
    TOKEN_ENCRYPTION_KEYS: settings.tokenKeys,
    HOST: '127.0.0.1',
    PORT: String(appPort),
  };
  say('Starting the local Shopify, the app and its worker');
  const tsx = ['--import', 'tsx'];
  const emulatorArgs = [
    '--port',
    String(emulatorPort),
    '--app-config',
    'shopify.app.toml',
    '--shop',
    `${SHOP}:standard`,
  ];
  const local = start(
    'emulator',
    [...tsx, 'emulator/main.ts', ...emulatorArgs, '--data', join(DATA, 'emulator.json')],
    env,
  );
  await untilAnswers(`${emulator}/_emulator/health`, local);
  const web = start('app', ['node_modules/@remix-run/serve/dist/cli.js', 'build/server/index.js'], env);
  await untilAnswers(`${app}/healthz`, web);
  const worker = start('worker', [...tsx, 'app/worker.server.ts'], env);
  await untilSays('Worker ready', worker);
  const db = openDatabase(postgres.url(), 3);
  opened.push({ name: 'the database connection', close: () => db.$disconnect() });
  return { db, app, emulator, emulatorPort };
}

/** Installs, imports and syncs what the last start has not; a second start finds everything done. */
async function prepareStore(db: Database, app: string, emulator: string): Promise<void> {
  const merchant = merchantOf({ emulator, app, handle: HANDLE, appHandle: 'lockstep' });
  const { signal } = stopping;
  say(`Installing the app on ${SHOP}`);
  await merchant.install();
  const shop = await db.shop.findUniqueOrThrow({ where: { domain: SHOP } });
  let runId: string | null = null;
  if ((await db.catalogProduct.count({ where: { accountId: shop.accountId } })) === 0) {
    say(`Importing ${SAMPLE}`);
    const importId = await merchant.importFile('demo-catalog.csv', new Uint8Array(readFileSync(SAMPLE)));
    runId = await followImport(db, importId, signal);
  }
  if (runId === null) {
    const active = { shopId: shop.id, state: { in: ['queued', 'adopting', 'running', 'finished'] } };
    const newest = () => db.syncRun.findFirst({ where: active, orderBy: { createdAt: 'desc' } });
    if ((await newest()) === null) await merchant.startSync();
    runId = (await newest())?.id ?? null;
  }
  if (runId === null) throw new Error('No sync was started.');
  say('Syncing');
  await followRun(db, runId, signal);
}

async function main(): Promise<void> {
  if (!existsSync(SAMPLE)) throw new Error(`${SAMPLE} is missing.`);
  if (
    isStale('build/server/index.js', ['app', 'prisma/schema.prisma', 'package-lock.json', 'vite.config.ts'])
  )
    runTool('Building the app', ['node_modules/@remix-run/dev/dist/cli.js', 'vite:build'], {
      NODE_ENV: 'production',
    });
  const { db, app, emulator, emulatorPort } = await startServers();
  await prepareStore(db, app, emulator);
  say(`\nThe store is in step. Ctrl-C stops everything; the data stays in ${DATA}/.\n`);
  say(`Open http://localhost:${emulatorPort}/store/${HANDLE}/apps/lockstep`);
}

async function stop(): Promise<void> {
  for (const { name, close } of opened.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      process.stderr.write(
        `Could not stop ${name}: ${error instanceof Error ? error.message : String(error)}\n`,
      );
    }
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (!stopping.signal.aborted) say('\nStopping');
    stopping.abort(null);
  });

// Set where something other than Ctrl-C ended the demo.
let problem: unknown = null;
const interrupted = new Promise<void>((resolve) => {
  stopping.signal.addEventListener('abort', () => resolve());
});
try {
  await Promise.race([main(), interrupted]);
  await interrupted;
} catch (error) {
  if (!stopping.signal.aborted) problem = error;
}
problem ??= stopping.signal.aborted ? stopping.signal.reason : null;
stopping.abort(null);
if (problem !== null)
  process.stderr.write(`${problem instanceof Error ? problem.message : String(problem)}\n`);
await stop();
process.exit(problem === null ? 0 : 1);
