/** The demo's processes: each in a process group of its own, so that Ctrl-C ends them in our order, not all at once. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DemoProcess {
  name: string;
  logFile: string;
  /** Settles with the exit code when the process has ended. */
  ended: Promise<number | null>;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 30_000;

/** Starts a process of the demo; its output goes to `<directory>/<name>.log`. */
export function startProcess(
  name: string,
  args: string[],
  options: { env: Record<string, string | undefined>; directory: string },
): DemoProcess {
  mkdirSync(options.directory, { recursive: true });
  const logFile = join(options.directory, `${name}.log`);
  const log = createWriteStream(logFile);
  const child: ChildProcess = spawn(process.execPath, args, {
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  // Whatever ends the demo takes its processes along.
  const killAtExit = () => child.kill('SIGKILL');
  process.on('exit', killAtExit);
  let over = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => log.write(`${error.message}\n`));
    child.once('close', (code) => {
      over = true;
      process.off('exit', killAtExit);
      log.end();
      resolve(code);
    });
  });
  return {
    name,
    logFile,
    ended,
    hasEnded: () => over,
    stop: async () => {
      if (over) return;
      child.kill('SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(forced);
    },
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** `wanted`, or the next of twenty ports that nothing listens on. Throws when all are taken. */
export async function firstFreePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 20; port += 1) if (await isFree(port)) return port;
  throw new Error(`The ports ${wanted} to ${wanted + 19} are all in use: stop what listens there.`);
}

/** Asks `address` until it answers with a status below 500. Throws when a process it depends on ends before. */
export async function untilAnswers(address: string, process: DemoProcess): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    if (process.hasEnded()) throw new Error(`The ${process.name} ended at once: see ${process.logFile}`);
    const status = await fetch(address).then(
      (response) => response.status,
      () => null, // not listening yet
    );
    if (status !== null && status < 500) return;
    if (Date.now() > until)
      throw new Error(`The ${process.name} does not answer at ${address}: see ${process.logFile}`);
    await sleep(100);
  }
}

/** Waits until the process has written `words`. Throws when it ends before. */
export async function untilSays(words: string, process: DemoProcess): Promise<void> {
  const until = Date.now() + 60_000;
  while (!(existsSync(process.logFile) && readFileSync(process.logFile, 'utf8').includes(words))) {
    if (process.hasEnded()) throw new Error(`The ${process.name} ended at once: see ${process.logFile}`);
    if (Date.now() > until) throw new Error(`The ${process.name} does not get ready: see ${process.logFile}`);
    await sleep(100);
  }
}
