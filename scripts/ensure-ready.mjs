/**
 * Makes a clone runnable: installs what package-lock.json names when that has not been done yet, and then runs the
 * project's own Node. Runs on the machine's Node, 18 or later: nothing newer than that here.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const BINARIES = join(MODULES, '.bin');
/** Node 22 of the npm package "node". */
export const NODE = join(BINARIES, 'node');

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 18) {
  process.stderr.write(`Node.js ${process.versions.node} is too old: install Node.js 18 or later.\n`);
  process.exit(1);
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Environment of every child: the project's Node and tools first, no update checks, no stray NODE_ENV. */
export function environment(extra = {}) {
  const env = {
    ...process.env,
    PATH: [BINARIES, process.env.PATH ?? ''].join(delimiter),
    CHECKPOINT_DISABLE: '1',
    ...extra,
  };
  return env;
}

/** Installs the packages where node_modules is missing or older than the lock file. Ends the process when it fails. */
export function ensureInstalled() {
  const installed = modified(join(MODULES, '.package-lock.json'));
  if (installed >= modified(join(ROOT, 'package-lock.json')) && existsSync(NODE)) return;
  process.stdout.write('Installing packages (npm install)\n');
  const args = ['install', '--no-audit', '--no-fund', '--include=dev'];
  const { status } = spawnSync('npm', args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: '' },
  });
  if (status !== 0 || !existsSync(NODE)) {
    process.stderr.write('npm install failed: read its message above.\n');
    process.exit(status || 1);
  }
}

/** Makes the Prisma client where it is missing or older than the schema. Ends the process when it fails. */
export async function ensureGenerated() {
  const made = modified(join(ROOT, 'generated', 'prisma', 'client.ts'));
  const sources = ['prisma/schema.prisma', 'package-lock.json'].map((path) => modified(join(ROOT, path)));
  if (made >= Math.max(...sources)) return;
  // Generating reads no database, but wants an address.
  const env = { DATABASE_URL: process.env.DATABASE_URL || 'postgresql://localhost/lockstep' };
  const code = await run('npm', ['run', '--silent', 'generate'], env);
  if (code !== 0) process.exit(code);
}

/** Runs one command with the project's Node and shows its output; gives its exit code (130 after Ctrl-C). */
export function run(command, args, extraEnv = {}, { passInterrupt = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env: environment(extraEnv) });
    // Ctrl-C in a terminal reaches the child as well: this process only waits for it.
    const wait = () => passInterrupt && child.kill('SIGINT');
    const pass = () => child.kill('SIGTERM');
    process.on('SIGINT', wait);
    process.on('SIGTERM', pass);
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', pass);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}
