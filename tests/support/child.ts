import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { waitFor } from './wait-for';

export interface Child {
  process: ChildProcess;
  /** Everything it wrote so far. */
  output(): string;
  /** Rejects with its output when it ends before `sign` shows up in it. */
  waitForOutput(sign: string, timeoutMs?: number): Promise<void>;
  /** kill -9, at once; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code, null where a signal ended it. */
  stop(): Promise<number | null>;
}

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Runs a TypeScript or JavaScript entry file of the project in a process of its own. */
export function runEntry(file: string, args: string[], env: Record<string, string>): Child {
  const flags = file.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...flags, file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  const collect = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const gone = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      children.delete(child);
      resolve(code);
    });
  });
  return {
    process: child,
    output: () => output,
    waitForOutput: async (sign, timeoutMs = 60_000) => {
      await waitFor(
        `${file} says "${sign}"`,
        () => {
          if (output.includes(sign)) return true;
          if (child.exitCode !== null || child.signalCode !== null)
            throw new Error(
              `${file} ended (${child.exitCode ?? child.signalCode}) before it said "${sign}":\n${output}`,
            );
          return false;
        },
        { timeoutMs },
      ).catch((error: unknown) => {
        throw new Error(`${error instanceof Error ? error.message : String(error)}\n${output.slice(-4_000)}`);
      });
    },
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    stop: async () => {
      child.kill('SIGTERM');
      return gone;
    },
  };
}
