/** Prints how far an import and a run are, until they have ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../app/db/client.server';

const EVERY_MS = 500;

/** Shows one line that changes on a terminal, and separate lines elsewhere. */
function createLine() {
  let shown = '';
  return {
    show(text: string) {
      if (text === shown) return;
      shown = text;
      process.stdout.write(process.stdout.isTTY ? `\r\x1b[K  ${text}` : `  ${text}\n`);
    },
    end() {
      if (process.stdout.isTTY && shown) process.stdout.write('\n');
    },
  };
}

/** Waits until the import has ended; gives the run it started, if any. Throws where the import failed. */
export async function followImport(
  db: Database,
  importId: string,
  signal: AbortSignal,
): Promise<string | null> {
  const line = createLine();
  for (;;) {
    signal.throwIfAborted();
    const held = await db.catalogImport.findUniqueOrThrow({ where: { id: importId } });
    line.show(
      `${held.rowsDone} of ${held.rows} rows: ${held.productsCreated} products created, ${held.productsUpdated} updated, ${held.rowsRejected} rows rejected`,
    );
    if (held.state === 'failed' || held.state === 'cancelled')
      throw new Error(`The import ${held.state}: ${held.error ?? ''}`);
    if (held.state === 'finished') {
      line.end();
      return held.syncRunId;
    }
    await sleep(EVERY_MS);
  }
}

/** Waits until the run has ended and every product of it has an end state. */
export async function followRun(db: Database, runId: string, signal: AbortSignal): Promise<void> {
  const line = createLine();
  for (;;) {
    signal.throwIfAborted();
    const run = await db.syncRun.findUniqueOrThrow({ where: { id: runId } });
    const counts = await db.runProduct.groupBy({ by: ['state'], where: { runId }, _count: true });
    const of = (state: string) => counts.find((row) => row.state === state)?._count ?? 0;
    const done = run.productsTotal - of('pending');
    const ends = ['applied', 'skipped', 'conflicted', 'failed']
      .map((state) => `${of(state)} ${state}`)
      .join(', ');
    line.show(
      `${run.state}: ${Math.max(0, done)} of ${run.productsTotal} products (${ends}), ${run.calls} calls, ${Math.round(run.points)} points`,
    );
    if (run.state === 'failed' || run.state === 'cancelled')
      throw new Error(`The sync ${run.state}: ${run.error ?? ''}`);
    if (run.state === 'finished') {
      line.end();
      return;
    }
    await sleep(EVERY_MS);
  }
}
