/** The first import of a store with 10,000 orders: killed on its way, in bounded memory, and half of the points left to others. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SeededRandom } from '~/catalog/seeded-random';
import { startOrderImport } from '~/sync/start-order-import';
import { startDueOrderImports } from '~/sync/start-due-order-imports';
import type { Child } from '../support/child';
import { shopOf } from '../support/merchant';
import { sell, soldAsStored, soldByRights, storeDaysDiffer } from '../support/orders';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';
import { spawnWorker } from '../support/worker';

const ORDERS = 10_000;
const DAY_MS = 86_400_000;
/** What a worker may take more than before it began: pages are held one at a time. */
const MOST_MORE_MB = 200;
/** A page of 250 orders as it is asked for. */
const PAGE_POINTS = 400;

let stage: Stage;
let worker: Child | undefined;
beforeAll(async () => {
  stage = await openStage({ plan: 'standard', worker: false });
  worker = await spawnWorker({ ...stage.env, LOG_LEVEL: 'info' });
  await fillCatalog(stage, 20);
  await stage.run();
});
afterAll(async () => {
  await worker?.stop();
  await stage?.close();
});

/** Megabytes, of the child or at most so far. */
function memory(child: Child, line: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${child.process.pid ?? 0}/status`, 'utf8');
  return Number(new RegExp(`${line}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1_024;
}

it(`reads ${ORDERS} orders once, whoever dies meanwhile`, { timeout: 480_000 }, async () => {
  const { resources, shopId } = stage;
  const { db } = resources;
  const random = new SeededRandom(7);
  const shop = shopOf(stage);
  const variants = [...shop.variants.keys()];
  for (let at = 0; at < ORDERS; at += 2_500)
    await sell(
      stage,
      Array.from({ length: 2_500 }, () => ({
        at: new Date(Date.now() - Math.floor(random.next() * 58 * DAY_MS)).toISOString(),
        lines: Array.from({ length: random.integer(1, 4) }, () => ({
          variantId: variants[random.integer(0, variants.length - 1)]!,
          quantity: random.integer(1, 3),
        })),
      })),
    );
  const row = () => db.orderImport.findUniqueOrThrow({ where: { shopId } });
  const half = 2_000 / 2;
  let lowest = Infinity;
  const sampling = setInterval(() => (lowest = Math.min(lowest, shop.bucket.available)), 5);
  stage.emulator.log.reset();
  const startedAt = performance.now();
  await startOrderImport(resources, { shopId, causedBy: 'anna' });
  await waitFor('some pages are read', async () => (await row()).ordersRead >= 2_000, { timeoutMs: 120_000 });
  await worker?.kill();
  const before = await row();
  expect(before.ordersRead).toBeLessThan(ORDERS);
  expect(await db.shopOrder.count()).toBe(before.ordersRead);
  worker = await spawnWorker({ ...stage.env, LOG_LEVEL: 'info' });
  const idle = memory(worker, 'VmRSS');
  // The job itself is taken up again some time later; whoever looks at what is due need not wait for that.
  await db.orderImport.updateMany({ data: { movedAt: new Date(Date.now() - 600_000) } });
  await startDueOrderImports(resources);
  await waitFor('all is read', async () => (await row()).checkedAt !== null, { timeoutMs: 360_000 });
  clearInterval(sampling);
  const after = await row();
  expect(after).toMatchObject({ ordersRead: ORDERS, ordersExpected: ORDERS, problem: null });
  expect(await soldAsStored(stage)).toEqual(soldByRights(shop.orders.values(), 'Europe/Berlin'));
  expect(await storeDaysDiffer(stage)).toBe(0);
  const more = memory(worker, 'VmHWM') - idle;
  expect(more).toBeLessThan(MOST_MORE_MB);
  expect(lowest).toBeGreaterThan(half - 2 * PAGE_POINTS);
  const pages = stage.emulator.log.all().filter(({ operation }) => operation === 'ReadOrders');
  const points = pages.map(({ actualCost }) => actualCost ?? 0);
  console.info(
    `${ORDERS} orders: ${pages.length} pages, ${Math.round(after.points)} points (${Math.max(...points)} a page at most), ` +
      `${((performance.now() - startedAt) / 1_000).toFixed(0)} s with a kill; ${more.toFixed(0)} MB more than idle; ` +
      `bucket never below ${Math.floor(lowest)} of 2000`,
  );
});
