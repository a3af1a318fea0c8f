/** One stock figure, five stores that sell from it: whatever webhooks are lost, doubled or late, no unit is lost or sold twice by us. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SeededRandom } from '~/catalog/seeded-random';
import { startWorker } from '~/queue/worker';
import type { RunningWorker } from '~/queue/worker';
import { followCatalog } from '../support/capture';
import type { FollowedStage } from '../support/capture';
import { SharedStores } from '../support/shared-stock';

const STORES = 5;
const ORDERS = 300;
const PATIENCE_MS = 240_000;
const SEED = Number(process.env['SEED'] ?? 20261129);
/** The first ones run out. */
const ARTICLES = [4, 12, 500, 500, 500, 500].map((available, at) => ({ sku: `ART-${at}`, available }));

let shared: SharedStores;
let worker: RunningWorker;
let capture: FollowedStage;
let random: SeededRandom;

beforeEach(async () => {
  random = new SeededRandom(SEED);
  shared = await SharedStores.open({ stores: STORES });
  const { resources } = shared.stage;
  worker = await startWorker(resources, {
    store: resources.queueStore,
    concurrency: 6,
    lockMs: 10_000,
    syncIntervalMinutes: null,
    refreshTokens: () => resources.tokens.refreshDue(),
  });
  capture = followCatalog(shared.stage);
  await shared.fill(ARTICLES);
  await shared.sync();
  await capture.streaming();
});
afterEach(async () => {
  await capture?.close();
  await worker?.close();
  await shared?.close();
});

/** Until nothing is on its way, however often one store's news is another one's. */
async function quiet(): Promise<void> {
  const { db } = shared.stage.resources;
  for (let before = -1n; ;) {
    await shared.stage.emulator.webhooks.settle();
    await capture.followed(PATIENCE_MS);
    const { _max } = await db.change.aggregate({ _max: { id: true } });
    if (_max.id === before) return;
    before = _max.id ?? 0n;
  }
}

async function expectExact(): Promise<void> {
  for (const { sku, truth, catalog, stores } of await shared.figures())
    expect({ sku, catalog, stores }, `seed ${SEED}`).toEqual({
      sku,
      catalog: truth,
      stores: Array.from({ length: STORES }, () => truth),
    });
}

const anyArticle = () => ARTICLES[random.integer(0, ARTICLES.length - 1)]!.sku;

it('is exact after orders everywhere, movements of the merchant, and webhooks that go astray', async () => {
  shared.stage.emulator.webhooks.configure({
    lossProbability: 0.1,
    duplicateProbability: 0.2,
    reorderWindow: 10,
    reorderHoldMs: 50,
    delayMaxMs: 100,
    timeScale: 0.00001,
    seed: SEED,
  });
  for (let done = 0; done < ORDERS;) {
    // Up to five at the same time, often of one article.
    const sku = anyArticle();
    const together = random.integer(1, 5);
    await Promise.all([
      ...Array.from({ length: together }, () =>
        shared.order(random.integer(0, STORES - 1), random.chance(0.6) ? sku : anyArticle()),
      ),
      random.chance(0.15) && shared.move(anyArticle(), random.integer(-3, 8)),
    ]);
    done += together;
    await sleep(random.integer(0, 20));
  }
  await quiet();
  await shared.reconcile(PATIENCE_MS);
  await quiet();
  await expectExact();
  expect(shared.sales.length).toBeGreaterThan(ORDERS / 2);
  // Every unit that was sold is one movement on record, whichever looks took it in.
  const pulls = await shared.stage.resources.db.change.findMany({
    where: { direction: 'pull', state: 'applied', field: { startsWith: 'inventory:' } },
    select: { before: true, after: true },
  });
  const pulled = pulls.reduce((sum, { before, after }) => sum + Number(before) - Number(after), 0);
  expect(pulled).toBe(shared.sales.length);
});

it('takes in what two stores sell at the same moment', async () => {
  for (let turn = 0; turn < 8; turn += 1) {
    await Promise.all(
      shared.stores.flatMap((_, store) => [shared.order(store, 'ART-2'), shared.order(store, 'ART-3')]),
    );
    await shared.move('ART-2', 1);
  }
  await quiet();
  await expectExact();
  expect(shared.left('ART-2')).toBe(500 - 8 * STORES + 8);
});
