/** The bulk lane on a store that does what its documentation allows: late, out of order, half-way, busy, and edited meanwhile. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bulkOperationFinished } from '~/sync/bulk-operation-finished';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { requestBulk } from '~/sync/request-bulk';
import { sweepRequests } from '~/sync/sweep-requests';
import type { SourceId } from '~/core/product-state';
import { DEFAULT_SWITCHES } from '../../emulator/switches';
import { allDone } from '../support/all-done';
import { beginInBulk, bulkMutations, runInBulk, runningMutation } from '../support/bulk-lane';
import { expectOneEndState } from '../support/end-states';
import { asMerchant, mutationsDuring, shopOf, storeProduct } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { EndedRun, Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { waitFor } from '../support/wait-for';

const PRODUCTS = 120;
const FAST = { ...DEFAULT_SWITCHES, bulkRowsPerSecond: 0 };

let stage: Stage;
let ids: SourceId[];
beforeAll(async () => {
  stage = await openStage({ plan: 'plus', worker: true });
  ids = await fillCatalog(stage, PRODUCTS);
  await stage.run();
  Object.assign(stage.emulator.switches, FAST);
});
afterAll(async () => {
  await stage?.close();
});
afterEach(() => {
  stage.emulator.faults.clear();
  Object.assign(stage.emulator.switches, FAST);
});

const db = () => stage.resources.db;
const count = (fields: string[], name: string) => fields.filter((field) => field === name).length;
let turn = 0;
const changeVendors = () => db().catalogProduct.updateMany({ data: { vendor: `Vendor ${(turn += 1)}` } });
const changePrices = () => db().catalogVariant.updateMany({ data: { price: { increment: 1 } } });

async function expectAllApplied(run: { products: { state: string }[] }): Promise<void> {
  expect(new Set(run.products.map(({ state }) => state))).toEqual(new Set(['applied']));
  await allDone(stage);
  await expectStoreToEqualCatalog(stage);
  await expectOneEndState(stage);
}

describe('the bulk lane', () => {
  it('takes lines that were run and told of in any order for what they are', async () => {
    stage.emulator.switches.bulkLineOrder = 'shuffled';
    // Each its own price: a line that is taken for another one shows.
    await db()
      .$executeRaw`UPDATE catalog.variant SET price = 100 + length(sku) + ascii(right(sku, 1)) + (random() * 900)::int`;
    const { run, fields } = await runInBulk(stage, ids);
    expect(count(fields, 'productVariantsBulkUpdate')).toBe(0);
    await expectAllApplied(run);
    const { products } = await stage.run();
    expect(new Set(products.map(({ state }) => state))).toEqual(new Set(['skipped']));
  });

  it('records what an operation did before it failed, and sends the rest in documents', async () => {
    stage.emulator.switches.bulkFailsAfterRows = 50;
    await changePrices();
    const before = bulkMutations(stage).length;
    const { run, fields } = await runInBulk(stage, ids);
    const [failed, ...more] = bulkMutations(stage).slice(before);
    expect(more).toEqual([]);
    expect(failed).toMatchObject({ status: 'FAILED', partial: true, objectCount: 50 });
    expect(count(fields, 'productVariantsBulkUpdate')).toBe(PRODUCTS - 50);
    await expectAllApplied(run);
  });

  it('leaves all to documents where an operation fails before its first line', async () => {
    Object.assign(stage.emulator.switches, { bulkFailsAfterRows: 0, bulkStartDelayMs: 600 });
    await changePrices();
    const { run, fields } = await runInBulk(stage, ids);
    expect(count(fields, 'productVariantsBulkUpdate')).toBe(PRODUCTS);
    await expectAllApplied(run);
  });

  it('has five operations at once and no more, and waits its turn where others have them', async () => {
    const { bulkOperations } = shopOf(stage);
    const others = Array.from({ length: 5 }, (_, at) => `gid://shopify/BulkOperation/${at + 1}`);
    const [model] = bulkMutations(stage);
    for (const id of others) bulkOperations.set(id, { ...model!, id, status: 'RUNNING' });
    await db().$executeRaw`
      UPDATE catalog.product SET vendor = 'Six kinds', tags = CASE WHEN handle LIKE '%0' THEN tags ELSE ARRAY['bulk', 'kind'] END`;
    await changePrices();
    // Some are changed, some are gone: two kinds.
    await db().$executeRaw`DELETE FROM catalog.metafield WHERE value LIKE '%1'`;
    await db().$executeRaw`UPDATE catalog.metafield SET value = value || '!'`;
    stage.emulator.switches.bulkRowsPerSecond = 200;
    const own = () => bulkMutations(stage).filter(({ id }) => !others.includes(id));
    const before = own().length;
    const from = stage.emulator.log.all().length;
    const asked = () =>
      stage.emulator.log
        .all()
        .slice(from)
        .filter(({ fields }) => fields.includes('bulkOperationRunMutation')).length;
    const runId = await beginInBulk(stage, ids);
    await waitFor('five were refused', () => asked() >= 5);
    expect(own().length).toBe(before);
    for (const id of others) bulkOperations.delete(id);
    const atOnce: number[] = [];
    let isOver = false;
    const watching = waitFor(
      'all have ended',
      () => {
        atOnce.push(own().filter(({ status }) => status === 'RUNNING' || status === 'CREATED').length);
        return isOver;
      },
      { everyMs: 10, timeoutMs: 120_000 },
    );
    const run = await stage.awaitRun(runId, 120_000);
    isOver = true;
    await watching;
    const kinds = own()
      .slice(before)
      .map(({ query }) => /\)\{(\w+)\(/.exec(query)?.[1]);
    expect(kinds.sort()).toEqual([
      'metafieldsDelete',
      'metafieldsSet',
      'productUpdate',
      'productVariantsBulkUpdate',
      'tagsAdd',
      'tagsRemove',
    ]);
    expect(Math.max(...atOnce)).toBeLessThanOrEqual(5);
    expect(Math.max(...atOnce)).toBeGreaterThan(1);
    await expectAllApplied(run);
  });

  it('keeps an edit that is made in the store meanwhile, and reads nothing of the products that a file holds', async () => {
    await changeVendors();
    stage.emulator.switches.bulkRowsPerSecond = 40;
    const before = bulkMutations(stage).length;
    const runId = await beginInBulk(stage, ids);
    await runningMutation(stage, before, 5);
    const edited = storeProduct(stage, 'item-7');
    await asMerchant(
      stage,
      'mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { userErrors { message } } }',
      { p: { id: edited.id, title: 'By hand' } },
    );
    const from = stage.emulator.log.all().length;
    // The news of every product, as the webhooks of the operation itself bring it.
    const remoteIds = [...shopOf(stage).products.keys()];
    await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds });
    await waitFor('the news was put off', async () => {
      const [request] = await db().syncRequest.findMany({ where: { cause: 'retry' }, take: 1 });
      return request;
    });
    const reads = stage.emulator.log
      .all()
      .slice(from)
      .filter(({ fields }) => fields.includes('nodes'));
    expect(reads).toEqual([]);
    const running = bulkMutations(stage).at(-1)!;
    expect(running.status).toBe('RUNNING');
    await bulkOperationFinished(stage.resources, { shopId: stage.shopId, bulkOperationId: running.id });
    const run = await stage.awaitRun(runId, 60_000);
    expect(await db().bulkWrite.findFirst({ where: { runId } })).toMatchObject({ toldAt: expect.any(Date) });
    await expectAllApplied(run);
    expect(edited.title).toBe('By hand');
    expect(await db().catalogProduct.count({ where: { title: 'By hand' } })).toBe(1);
  });

  it('is not taken for lost while it waits for its turn; a job that is lost is given again', async () => {
    await changePrices();
    // The crash: the rows are there, the jobs are not.
    const { shopId } = stage;
    const deaf = { ...stage.resources, queue: { ...stage.resources.queue, add: async () => undefined } };
    const runId = await beginInBulk({ shopId, resources: deaf }, ids);
    await db().syncRun.update({ where: { id: runId }, data: { state: 'running', startedAt: new Date() } });
    await requestBulk(deaf, { shopId, productIds: ids, cause: 'run', causedBy: 'test', runId });
    const longAgo = new Date(Date.now() - 120_000);
    await db().syncRequest.updateMany({ data: { requestedAt: longAgo } });
    await db().bulkWrite.updateMany({ where: { runId }, data: { createdAt: longAgo } });
    let run: EndedRun | null = null;
    const fields = await mutationsDuring(stage, async () => {
      await sweepRequests(stage.resources);
      run = await stage.awaitRun(runId);
    });
    expect(fields).toEqual(['stagedUploadsCreate', 'bulkOperationRunMutation']);
    await expectAllApplied(run!);
  });
});
