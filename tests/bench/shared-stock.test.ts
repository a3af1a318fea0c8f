/**
 * 10,000 orders in five stores that share one stock figure, and two workers. First at a rate that the machine can follow: the
 * oversell window runs from a sale in one store until each other store shows it, and is printed beside the time that is waited
 * on purpose and the calls it takes, measured in the same run. Then in a flood, with webhooks that are lost and a worker that is
 * killed, which only shows that the books are right. Workers, emulator, PostgreSQL and the orders share the cores of the machine.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SeededRandom } from '~/catalog/seeded-random';
import { readCapture } from '~/db/change-capture.server';
import { PATIENCE } from '~/sync/handle-webhooks';
import { allDone } from '../support/all-done';
import type { Child } from '../support/child';
import { SharedStores } from '../support/shared-stock';
import { waitFor } from '../support/wait-for';
import { quantile } from '../support/webhook-flood';
import { spawnWorker } from '../support/worker';

const STORES = 5;
const ORDERS = Number(process.env['SHARED_ORDERS'] ?? 10_000);
/** Of them, those that come at a rate that the machine can follow. */
const STEADY = Math.round(ORDERS / 10);
const ORDERS_A_SECOND = Number(process.env['SHARED_RATE'] ?? 3);
const FLOOD_A_SECOND = Number(process.env['SHARED_FLOOD_RATE'] ?? 50);
const SEED = Number(process.env['SEED'] ?? 20261129);
const DEBOUNCE_MS = 100;
const LATENCY_MS = 100;
/** Calls from a sale to what the others show: read the store that sold, write the others. */
const CALLS = 2;
const PATIENCE_MS = 1_200_000;

/** Few of them run out; of the others, fewer than a thousand are sold (see SharedStores.windows). */
const PLENTY = Array.from({ length: 150 }, (_, at) => ({ sku: `PLENTY-${at}`, available: 900 }));
const SCARCE = Array.from({ length: 30 }, (_, at) => ({ sku: `SCARCE-${at}`, available: 5 + at }));

let shared: SharedStores;
const workers: Child[] = [];
const random = new SeededRandom(SEED);

const spawn = () =>
  spawnWorker({
    ...shared.stage.env,
    LOG_LEVEL: 'info',
    CHANGE_CAPTURE: 'true',
    CAPTURE_DEBOUNCE_MS: String(DEBOUNCE_MS),
    JOB_LOCK_SECONDS: '4',
    JOB_ATTEMPTS: '20',
  });

beforeAll(async () => {
  shared = await SharedStores.open({
    stores: STORES,
    emulator: { latency: { baseMs: LATENCY_MS, perMutationMs: 10 } },
  });
  workers.push(await spawn(), await spawn());
  await shared.fill([...PLENTY, ...SCARCE]);
  await shared.sync(PATIENCE_MS);
  await waitFor('the catalog is followed', async () => {
    const { state, needsComparison } = await readCapture(shared.stage.resources.db);
    return state === 'streaming' && !needsComparison;
  });
  await quiet();
});
afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await shared?.close();
});

/** Until nothing is on its way, however often one store's news is another one's. */
async function quiet(): Promise<void> {
  const { db } = shared.stage.resources;
  let before = -1n;
  await waitFor(
    'all that happened is seen to',
    async () => {
      await shared.stage.emulator.webhooks.settle();
      await allDone(shared.stage, PATIENCE_MS);
      const soon = new Date(Date.now() + 10_000);
      const waiting = await db.capturedChange.count({ where: { dueAt: { lt: soon } } });
      const { _max } = await db.change.aggregate({ _max: { id: true } });
      const isStill = waiting === 0 && _max.id === before;
      before = _max.id ?? 0n;
      return isStill;
    },
    { timeoutMs: PATIENCE_MS, everyMs: 2_000 },
  );
}

/** A sixth of the orders want what is scarce; half of the rest want a few articles that everybody wants. */
function wanted(): string {
  if (random.chance(0.16)) return SCARCE[random.integer(0, SCARCE.length - 1)]!.sku;
  const most = random.chance(0.5) ? 14 : PLENTY.length - 1;
  return PLENTY[random.integer(0, most)]!.sku;
}

async function sell(orders: number, aSecond: number, meanwhile?: () => Promise<void>): Promise<void> {
  const started = performance.now();
  const running: Promise<unknown>[] = meanwhile ? [meanwhile()] : [];
  for (let index = 0; index < orders; index += 1) {
    const wait = started + (index * 1_000) / aSecond - performance.now();
    if (wait > 1) await sleep(wait);
    running.push(shared.order(random.integer(0, STORES - 1), wanted()));
    // The merchant's own books: deliveries, and what is taken out again.
    if (random.chance(0.01)) running.push(shared.move(wantedOfPlenty(), random.chance(0.7) ? 1_000 : -1_000));
  }
  await Promise.all(running);
}
const wantedOfPlenty = () => PLENTY[random.integer(0, PLENTY.length - 1)]!.sku;

function callTimes(): number[] {
  return shared.stage.emulator.log.all().map(({ durationMs }) => durationMs);
}

function tell(what: string, from: number, to: number): void {
  const sold = shared.sales.filter(({ at }) => at >= from && at < to);
  const plenty = shared.windows(({ sku, at }) => sku.startsWith('PLENTY') && at >= from && at < to);
  const [p50, p99] = [quantile(plenty.ms, 0.5), quantile(plenty.ms, 0.99)];
  const call = quantile(callTimes(), 0.99);
  const bound = PATIENCE.quietMs + DEBOUNCE_MS + CALLS * call;
  const most = PATIENCE.longestMs + 1_000 + CALLS * call;
  const oversold = shared.oversold.filter(({ at }) => at >= from && at < to).length;
  process.stdout.write(
    `${what}: ${sold.length} sales, window ${plenty.ms.length} times: median ${p50.toFixed(0)} ms (${(p50 / bound).toFixed(2)} of ${bound.toFixed(0)} ms: bursts, debounce, calls), ` +
      `99 % ${p99.toFixed(0)} ms (${(p99 / most).toFixed(2)} of ${most.toFixed(0)} ms: the longest of each), never ${plenty.never}; sold although nothing was left: ${oversold}\n`,
  );
}

it('is exact to the unit, whatever is lost and whoever dies', async () => {
  const { webhooks, log } = shared.stage.emulator;
  log.reset();
  webhooks.configure({
    ...{ duplicateProbability: 0.1, reorderWindow: 10, reorderHoldMs: 50, delayMaxMs: 100, timeScale: 0.001 },
    seed: SEED,
  });
  const began = performance.now();
  await sell(STEADY, ORDERS_A_SECOND);
  await quiet();
  const between = performance.now();
  tell(`${ORDERS_A_SECOND} orders a second, no webhook lost`, began, between);
  webhooks.configure({ lossProbability: 0.02 });
  const flood = ORDERS - STEADY;
  await sell(flood, FLOOD_A_SECOND, async () => {
    await sleep(((flood / FLOOD_A_SECOND) * 1_000) / 3);
    await workers.shift()?.kill();
    await sleep(((flood / FLOOD_A_SECOND) * 1_000) / 6);
    workers.push(await spawn());
  });
  const ended = performance.now();
  await quiet();
  tell(`${FLOOD_A_SECOND} orders a second, 2 % of the webhooks lost, a worker killed`, between, ended);
  await shared.reconcile(PATIENCE_MS);
  await quiet();
  const figures = await shared.figures();
  const wrong = figures.filter(
    ({ truth, catalog, stores }) => catalog !== truth || stores.some((shown) => shown !== truth),
  );
  const calls = log.all();
  process.stdout.write(
    `${shared.sales.length} sales and ${shared.refused} orders refused in ${((ended - began) / 1_000).toFixed(0)} s, ` +
      `${shared.oversold.length} of them of ${new Set(shared.oversold.map(({ sku }) => sku)).size} articles that were gone; ` +
      `${calls.length} calls (${calls.filter(({ kind }) => kind === 'mutation').length} writes); ${wrong.length} of ${figures.length} articles wrong\n`,
  );
  expect(wrong).toEqual([]);
  const pulls = await shared.stage.resources.db.$queryRaw<[{ units: bigint }]>`
    SELECT COALESCE(sum((before::text)::int - (after::text)::int), 0) AS units FROM app.change
    WHERE direction = 'pull' AND state = 'applied' AND field LIKE 'inventory:%'`;
  expect(Number(pulls[0].units)).toBe(shared.sales.length);
}, 3_600_000);
