/** Stores that share one stock under rules: what they show follows the rules, what they sell is a unit less in the pool. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from '~/catalog/seeded-random';
import { PLAIN_POOL } from '~/core/stock-sharing';
import type { HeldBack, StockRule } from '~/core/stock-sharing';
import { readStock } from '~/db/pages/stock.server';
import { readStockWindows } from '~/db/pages/stock-windows.server';
import type { StockRules } from '~/db/stock-sharing.server';
import { startWorker } from '~/queue/worker';
import type { RunningWorker } from '~/queue/worker';
import { saveStockRules } from '~/sync/save-stock-rules';
import { uninstallShop } from '~/sync/uninstall-shop';
import { followCatalog } from '../support/capture';
import type { FollowedStage } from '../support/capture';
import { mutationsDuring } from '../support/merchant';
import { SharedStores } from '../support/shared-stock';

const PATIENCE_MS = 240_000;
const SEED = Number(process.env['SEED'] ?? 20261129);
const NOTHING: HeldBack = { by: 'nothing' };

let shared: SharedStores;
let worker: RunningWorker;
let capture: FollowedStage | null = null;

beforeEach(async () => {
  shared = await SharedStores.open({ stores: 3 });
  const { resources } = shared.stage;
  worker = await startWorker(resources, {
    store: resources.queueStore,
    concurrency: 6,
    lockMs: 10_000,
    syncIntervalMinutes: null,
    refreshTokens: () => resources.tokens.refreshDue(),
  });
  await shared.fill([
    { sku: 'TENT', available: 20 },
    { sku: 'LAMP', available: 3 },
  ]);
  await shared.sync();
  capture = followCatalog(shared.stage);
  await capture.streaming();
});
afterEach(async () => {
  await capture?.close();
  await worker?.close();
  await shared?.close();
});

const db = () => shared.stage.resources.db;
const account = () => shared.stage.accountId;

async function quiet(): Promise<void> {
  for (let before = -1n; ;) {
    await shared.stage.emulator.webhooks.settle();
    await capture?.followed(PATIENCE_MS);
    const { _max } = await db().change.aggregate({ _max: { id: true } });
    if (_max.id === before) return;
    before = _max.id ?? 0n;
  }
}

async function rule(
  everyone: HeldBack,
  stores: (StockRule | null)[] = [],
  refill: number[] = [],
): Promise<void> {
  const rules: StockRules = {
    everyone,
    stores: stores.flatMap((each, at) => (each ? [{ shopId: shared.stores[at]!.shopId, rule: each }] : [])),
  };
  const saved = await saveStockRules(shared.stage.resources, {
    accountId: account(),
    rules,
    refill: refill.map((at) => shared.stores[at]!.shopId),
    causedBy: 'test',
  });
  expect(saved).toEqual({ kind: 'saved' });
  await quiet();
}

async function shown(sku: string): Promise<{ pool: number; stores: number[] }> {
  const figures = (await shared.figures()).find((each) => each.sku === sku)!;
  expect(figures.catalog).toBe(figures.truth);
  return { pool: figures.catalog, stores: figures.stores };
}

describe('safety stock', () => {
  it('is held back, with an exception, and a sale is a unit less for all; without it all is as before', async () => {
    await rule({ by: 'units', units: 5 }, [PLAIN_POOL]);
    expect(await shown('TENT')).toEqual({ pool: 20, stores: [20, 15, 15] });
    expect(await shown('LAMP')).toEqual({ pool: 3, stores: [3, 0, 0] });
    await shared.order(1, 'TENT');
    await shared.order(0, 'LAMP');
    await shared.move('TENT', 10);
    await quiet();
    expect(await shown('TENT')).toEqual({ pool: 29, stores: [29, 24, 24] });
    expect(await shown('LAMP')).toEqual({ pool: 2, stores: [2, 0, 0] });
    expect(await mutationsDuring(shared.stage, () => shared.stage.run())).toEqual([]);
    await rule({ by: 'percent', percent: 50 });
    expect((await shown('TENT')).stores).toEqual([14, 14, 14]);
    await rule(NOTHING);
    expect((await shown('TENT')).stores).toEqual([29, 29, 29]);
    expect(await db().stockRule.count()).toBe(0);
  });

  it('is no value to restore: the past is told of the pool', async () => {
    const at = new Date();
    await rule({ by: 'units', units: 5 });
    await shared.order(0, 'TENT');
    await quiet();
    const product = await db().catalogProduct.findFirstOrThrow({ where: { handle: 'tent' } });
    const pushes = await db().change.findMany({
      where: { productId: product.id, at: { gt: at }, field: { startsWith: 'inventory:' } },
      select: { direction: true, before: true, after: true, overlay: true },
      orderBy: { id: 'asc' },
    });
    expect(pushes.filter(({ direction }) => direction === 'pull')).toEqual([
      { direction: 'pull', before: 20, after: 19, overlay: null },
    ]);
    expect(
      new Set(pushes.filter(({ direction }) => direction === 'push').map(({ overlay }) => overlay)),
    ).toEqual(new Set(['held']));
  });
});

describe('units of its own', () => {
  it('are sold by one store only, first, until they are used up or filled up', async () => {
    await rule(NOTHING, [null, { heldBack: NOTHING, ownUnits: 8 }]);
    expect(await shown('TENT')).toEqual({ pool: 20, stores: [12, 20, 12] });
    // More than there are.
    expect(await shown('LAMP')).toEqual({ pool: 3, stores: [0, 3, 0] });
    for (let sold = 0; sold < 6; sold += 1) await shared.order(1, 'TENT');
    await quiet();
    expect(await shown('TENT')).toEqual({ pool: 14, stores: [12, 14, 12] });
    for (let sold = 0; sold < 4; sold += 1) await shared.order(1, 'TENT');
    await quiet();
    expect(await shown('TENT')).toEqual({ pool: 10, stores: [10, 10, 10] });
    const page = await readStock(db(), account(), { search: 'tent', after: null });
    expect(page.rows).toMatchObject([
      {
        sku: 'TENT',
        pool: 10,
        cells: [
          { holds: 10, shall: 10, ownUsed: 0 },
          { holds: 10, shall: 10, ownUsed: 8 },
          { holds: 10, shall: 10, ownUsed: 0 },
        ],
      },
    ]);
    await rule(NOTHING, [null, { heldBack: NOTHING, ownUnits: 8 }], [1]);
    expect(await shown('TENT')).toEqual({ pool: 10, stores: [2, 10, 2] });
  });
});

it('keeps every unit while rules change and stores sell what they show', async () => {
  const random = new SeededRandom(SEED);
  const rules: (() => Promise<void>)[] = [
    () => rule({ by: 'units', units: 2 }, [null, { heldBack: NOTHING, ownUnits: 5 }]),
    () => rule({ by: 'percent', percent: 20 }, [PLAIN_POOL]),
    () =>
      rule(NOTHING, [
        { heldBack: { by: 'units', units: 1 }, ownUnits: 3 },
        null,
        { heldBack: NOTHING, ownUnits: 4 },
      ]),
  ];
  for (const change of rules) {
    for (let done = 0; done < 12; done += 1) {
      const sku = random.chance(0.7) ? 'TENT' : 'LAMP';
      await Promise.all([
        shared.order(random.integer(0, 2), sku),
        random.chance(0.4) && shared.order(random.integer(0, 2), sku),
        random.chance(0.3) && shared.move(sku, random.integer(-1, 6)),
      ]);
      await sleep(random.integer(0, 60));
    }
    await change();
    const { rows } = await readStock(db(), account(), { search: '', after: null });
    for (const { sku, pool, cells } of rows) {
      expect({ sku, pool }, `seed ${SEED}`).toEqual({ sku, pool: shared.left(sku) });
      expect(
        shared.stores.map((_, at) => shared.shows(at, sku)),
        `${sku} of seed ${SEED}`,
      ).toEqual(cells.map(({ shall }) => shall));
      expect(cells.map(({ holds }) => holds)).toEqual(cells.map(({ shall }) => shall));
    }
  }
  const { windows, oversold } = await readStockWindows(db(), account(), new Date());
  expect(windows.map(({ shopId }) => shopId)).toEqual(shared.stores.map(({ shopId }) => shopId));
  for (const { times, medianMs, p99Ms } of windows) {
    expect(times).toBeGreaterThan(0);
    expect(medianMs).toBeGreaterThanOrEqual(0);
    expect(p99Ms).toBeGreaterThanOrEqual(medianMs ?? 0);
  }
  const below = shared.sales.filter(({ left }) => left <= 0).length;
  expect(oversold.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(below);
});

it('refuses what no rule can say, and stores of others', async () => {
  const save = (rules: StockRules) =>
    saveStockRules(shared.stage.resources, { accountId: account(), rules, causedBy: 'test' });
  const [store] = shared.stores;
  const with_ = (own: StockRule): StockRules => ({
    everyone: NOTHING,
    stores: [{ shopId: store!.shopId, rule: own }],
  });
  expect(await save({ everyone: { by: 'percent', percent: 101 }, stores: [] })).toMatchObject({
    kind: 'refused',
    problems: [{ field: 'percent', value: '101' }],
  });
  expect(await save(with_({ heldBack: NOTHING, ownUnits: 0.5 }))).toMatchObject({
    problems: [{ field: 'own_units' }],
  });
  expect(
    await save({
      everyone: NOTHING,
      stores: [{ shopId: crypto.randomUUID(), rule: { heldBack: NOTHING, ownUnits: 1 } }],
    }),
  ).toMatchObject({ problems: [{ field: 'store' }] });
  expect(await db().stockRule.count()).toBe(0);
});

it('gives the units of a store that left to the others', async () => {
  await rule(NOTHING, [null, { heldBack: NOTHING, ownUnits: 8 }]);
  expect((await shown('TENT')).stores).toEqual([12, 20, 12]);
  await uninstallShop(shared.stage.resources, { domain: shared.stores[1]!.domain });
  await quiet();
  expect((await shown('TENT')).stores).toEqual([20, 20, 20]);
});
