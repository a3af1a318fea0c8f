/**
 * One transaction that changes 1,000,000 rows: what it adds to the memory of the worker that follows the catalog, from the
 * commit until every product was stored and seen to. The store is connected and not yet synced: what the line itself takes
 * for its jobs is not measured here. Printed as a ratio to the 300 MB of the issue.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isAfter } from '~/catalog/lsn';
import { readCapture } from '~/db/change-capture.server';
import type { AppResources } from '~/resources.server';
import { waitFor } from '../support/wait-for';
import { openBenchStage } from './bench-stage';

const ROWS = Number(process.env['CAPTURE_ROWS'] ?? 1_000_000);
const VARIANTS = 100;
const LIMIT_MB = 300;

function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1_024;
}

it('is followed in bounded memory', async () => {
  const stage = await openBenchStage({ env: { CHANGE_CAPTURE: 'true' }, beforeWorker: fill });
  const { db } = stage.resources;
  try {
    // A slot waits for the transactions that are open: also for what autovacuum makes of the new rows.
    await waitFor('the catalog is followed', async () => (await readCapture(db)).state === 'streaming', {
      timeoutMs: 240_000,
    });
    await sleep(5_000);
    const pid = stage.worker.process.pid ?? 0;
    const before = residentMb(pid);
    const started = performance.now();
    await db.$transaction((tx) => tx.$executeRaw`UPDATE catalog.variant SET price = price + 1`, {
      timeout: 900_000,
    });
    const [row] = await db.$queryRaw<{ now: string }[]>`SELECT pg_current_wal_insert_lsn()::text AS now`;
    const committed = performance.now();
    let most = before;
    let products = 0;
    await waitFor(
      'all of it is seen to',
      async () => {
        most = Math.max(most, residentMb(pid));
        const waiting = await db.capturedChange.count();
        products = Math.max(products, waiting);
        const { position } = await readCapture(db);
        return waiting === 0 && position !== null && isAfter(position, row?.now ?? '0/0');
      },
      { timeoutMs: 600_000, everyMs: 100 },
    );
    const took = (performance.now() - committed) / 1_000;
    const growth = most - before;
    process.stdout.write(
      `${ROWS} rows in one transaction (${((committed - started) / 1_000).toFixed(0)} s to write): followed ${took.toFixed(1)} s after the commit, at most ${products} products waiting; resident ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most: ${growth.toFixed(0)} MB more, limit / growth ${(LIMIT_MB / Math.max(1, growth)).toFixed(2)}.\n`,
    );
    expect(products).toBeGreaterThan(0);
    expect(growth).toBeLessThan(LIMIT_MB);
  } finally {
    await stage.close();
  }
});

/** By SQL, before anybody follows: products of 100 variants. */
async function fill({ resources: { db }, accountId }: { resources: AppResources; accountId: string }) {
  const products = ROWS / VARIANTS;
  await db.$executeRaw`
    INSERT INTO catalog.product (account_id, handle, title)
    SELECT ${accountId}::uuid, 'p-' || n, 'Product ' || n FROM generate_series(1, ${products}::int) AS n`;
  await db.$executeRaw`
    INSERT INTO catalog.variant (account_id, product_id, position, option1, sku, price)
    SELECT ${accountId}::uuid, product.id, n, 'V' || n, product.handle || '-' || n, n
    FROM catalog.product product CROSS JOIN generate_series(1, ${VARIANTS}::int) AS n`;
}
