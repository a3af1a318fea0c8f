import { runEntry } from './child';
import type { Child } from './child';

/** A worker process, ready to take jobs. `kill()` is kill -9, `stop()` asks it to end in order. */
export async function spawnWorker(env: Record<string, string>): Promise<Child> {
  const worker = runEntry('app/worker.server.ts', [], env);
  await worker.waitForOutput('Worker ready');
  return worker;
}
