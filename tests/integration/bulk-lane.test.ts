/** Large plans are carried by bulk operations: each line is recorded as a document is, and what they leave over is sent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancelRun } from '~/sync/cancel-run';
import type { SourceId } from '~/core/product-state';
import { beginInBulk, bulkMutations, preferBulk, runInBulk, runningMutation } from '../support/bulk-lane';
import { expectOneEndState } from '../support/end-states';
import { shopOf } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { spawnWorker } from '../support/worker';

const PRODUCTS = 130;

let stage: Stage;
let ids: SourceId[];
beforeAll(async () => {
  stage = await openStage({ plan: 'plus', worker: true });
  ids = await fillCatalog(stage, PRODUCTS);
  await stage.run();
  stage.emulator.switches.bulkRowsPerSecond = 0;
});
afterAll(async () => {
  await stage?.close();
});
afterEach(() => {
  stage.emulator.faults.clear();
  Object.assign(stage.emulator.switches, { bulkRowsPerSecond: 0, bulkResultSeconds: 604_800 });
});

const changePrices = (only = ids) =>
  stage.resources.db.catalogVariant.updateMany({
    where: { productId: { in: only } },
    data: { price: { increment: 1 } },
  });

const begin = () => beginInBulk(stage, ids);
const runAll = () => runInBulk(stage, ids);
const operations = () => bulkMutations(stage);
const count = (fields: string[], name: string) => fields.filter((field) => field === name).length;

async function expectAllApplied(run: { products: { state: string }[] }): Promise<void> {
  expect(new Set(run.products.map(({ state }) => state))).toEqual(new Set(['applied']));
  await expectStoreToEqualCatalog(stage);
  await expectOneEndState(stage);
  const { products } = await stage.run();
  expect(new Set(products.map(({ state }) => state))).toEqual(new Set(['skipped']));
}

describe('the bulk lane', () => {
  it('carries prices, texts, tags and metafields in one operation each, and nothing in documents', async () => {
    const { db } = stage.resources;
    await changePrices();
    await db.$executeRaw`UPDATE catalog.product SET vendor = 'Other', tags = tags || ARRAY['bulk']`;
    await db.$executeRaw`UPDATE catalog.metafield SET value = value || '!'`;
    const { run, fields } = await runAll();
    expect(count(fields, 'bulkOperationRunMutation')).toBe(4);
    expect(fields.filter((field) => !/^(stagedUploads|bulkOperation)/.test(field))).toEqual([]);
    expect(run.points).toBeLessThan(PRODUCTS);
    const writes = await db.bulkWrite.findMany();
    expect(writes).toMatchObject([
      // Nothing told of their end: they were looked at.
      { operations: Array(4).fill({ hasEnded: true }), finishedAt: expect.any(Date), toldAt: null },
    ]);
    const learned = await db.storeSpeed.findUniqueOrThrow({ where: { shopId: stage.shopId } });
    expect(learned.bulkCalls).toBeGreaterThan(5);
    await expectAllApplied(run);
  });

  it('is chosen for a run of the whole catalog where it is forecast to be faster', async () => {
    const { db } = stage.resources;
    await preferBulk(stage);
    await changePrices();
    const before = operations().length;
    const whole = await stage.run();
    expect(operations().slice(before)).toMatchObject([{ objectCount: PRODUCTS }]);
    await expectAllApplied(whole);
    const lanes = await db.syncRun.findMany({
      orderBy: { createdAt: 'desc' },
      take: 2,
      select: { lane: true },
    });
    expect(lanes).toEqual([{ lane: 'documents' }, { lane: 'bulk' }]);
  });

  it('leaves stock to documents', async () => {
    await changePrices();
    const { db } = stage.resources;
    await db.catalogInventoryLevel.updateMany({
      where: { variant: { productId: ids[0]! } },
      data: { available: { increment: 3 } },
    });
    const { run, fields } = await runAll();
    expect(count(fields, 'inventorySetQuantities')).toBe(1);
    expect(count(fields, 'productVariantsBulkUpdate')).toBe(1);
    await expectAllApplied(run);
  });

  it('looks again at a product whose line was refused, and at no other', async () => {
    await changePrices();
    const { products } = shopOf(stage);
    const [id, lost] = [...products][0]!;
    products.delete(id);
    const { run, fields } = await runAll();
    products.set(id, lost);
    expect(count(fields, 'bulkOperationRunMutation')).toBe(1);
    expect(run.products.filter(({ state }) => state === 'applied').length).toBe(PRODUCTS - 1);
    await stage.resources.db.remoteProductRow.updateMany({
      where: { remoteId: id },
      data: { invalidatedAt: new Date() },
    });
    await stage.run();
  });

  it.each([
    ['is found again where the answer that started it is lost', 'reset-after'],
    ['is not waited for where it never began', 'reset-before'],
  ] as const)('%s', async (_name, kind) => {
    await changePrices();
    const before = operations().length;
    stage.emulator.faults.add({ kind, match: { field: 'bulkOperationRunMutation', times: 1 } });
    const { run, fields } = await runAll();
    expect(operations().length - before).toBe(kind === 'reset-after' ? 1 : 0);
    if (kind === 'reset-after') expect(count(fields, 'productVariantsBulkUpdate')).toBe(0);
    await expectAllApplied(run);
  });

  it('gives way to documents where no place to upload to can be had', async () => {
    await changePrices();
    stage.emulator.faults.add({ kind: 'http-500', match: { field: 'stagedUploadsCreate' } });
    const { run, fields } = await runAll();
    expect(count(fields, 'productVariantsBulkUpdate')).toBe(PRODUCTS);
    await expectAllApplied(run);
  });

  it('reads again what an operation does not tell of, because its result has expired', async () => {
    await changePrices();
    stage.emulator.switches.bulkResultSeconds = 0;
    const { run, fields } = await runAll();
    expect(count(fields, 'productVariantsBulkUpdate')).toBe(0);
    await expectAllApplied(run);
  });

  it('goes on in documents after an operation that was stopped half-way by Shopify', async () => {
    await changePrices();
    stage.emulator.switches.bulkRowsPerSecond = 40;
    const begun = begin();
    const before = operations().length;
    const running = await runningMutation(stage, before, 10);
    running.status = 'CANCELING';
    const run = await stage.awaitRun(await begun, 120_000);
    expect(running).toMatchObject({ status: 'CANCELED', partial: true });
    await expectAllApplied(run);
  });

  it('stops where its run is cancelled; what was written is on record', async () => {
    await changePrices();
    stage.emulator.switches.bulkRowsPerSecond = 20;
    const before = operations().length;
    const runId = await begin();
    await runningMutation(stage, before, 5);
    await cancelRun(stage.resources, { shopId: stage.shopId, runId });
    const run = await stage.awaitRun(runId, 60_000);
    expect(run.state).toBe('cancelled');
    const states = new Set(run.products.map(({ state }) => state));
    expect(states).toEqual(new Set(['applied', 'cancelled']));
    await stage.run();
    await expectStoreToEqualCatalog(stage);
    await expectOneEndState(stage);
  });
});

describe('a worker that is killed while an operation runs', () => {
  it('is followed by one that waits for the operation and writes nothing twice', async () => {
    const own = await openStage({ worker: false, plan: 'plus', env: { JOB_LOCK_SECONDS: '1' } });
    const former = stage;
    try {
      let worker = await spawnWorker({ ...own.env, LOG_LEVEL: 'info' });
      stage = own;
      ids = await fillCatalog(own, PRODUCTS);
      await own.run(undefined, 120_000);
      own.emulator.switches.bulkRowsPerSecond = 40;
      await changePrices();
      const runId = await begin();
      await runningMutation(stage, 0, 10);
      await worker.kill();
      await sleep(500);
      worker = await spawnWorker({ ...own.env, LOG_LEVEL: 'info' });
      const run = await own.awaitRun(runId, 180_000);
      expect(operations().length).toBe(1);
      expect(operations()[0]).toMatchObject({ status: 'COMPLETED' });
      await expectAllApplied(run);
      await worker.stop();
    } finally {
      stage = former;
      await own.close();
    }
  }, 300_000);
});
