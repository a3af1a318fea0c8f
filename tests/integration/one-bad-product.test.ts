/** One product that Shopify does not take fails alone, in words a merchant can act on; a job that always fails ends in sight. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retryDeadLetter } from '~/sync/retry-dead-letter';
import { retryRun } from '~/sync/retry-run';
import { expectOneEndState } from '../support/end-states';
import { shopOf } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

let stage: Stage;
let ids: string[];
beforeEach(async () => {
  stage = await openStage({ env: { JOB_ATTEMPTS: '2', SHOPIFY_TIMEOUT_SECONDS: '1' } });
  ids = await fillCatalog(stage, 10);
});
afterEach(async () => {
  await stage?.close();
});
const db = () => stage.resources.db;

describe('one bad product of ten', () => {
  it('fails alone at its creation, and arrives once it is mended', async () => {
    await db().catalogProduct.update({ where: { id: ids[4]! }, data: { vendor: 'x'.repeat(300) } });
    const run = await stage.run();
    const failed = run.products.filter(({ state }) => state !== 'applied');
    expect(failed).toMatchObject([
      { title: 'Item 4', state: 'failed', code: expect.stringMatching(/INVALID|USER_ERROR/) },
    ]);
    expect(failed[0]!.message).toMatch(/Shopify says “.*vendor.+” .*catalog/i);
    expect(shopOf(stage).products.size).toBe(9);
    expect(await db().change.findMany({ where: { productId: ids[4]! } })).toMatchObject([
      { field: 'existence', state: 'failed' },
    ]);

    await db().catalogProduct.update({ where: { id: ids[4]! }, data: { vendor: 'Acme' } });
    const { runId } = await retryRun(stage.resources, {
      shopId: stage.shopId,
      runId: run.id,
      causedBy: 'test',
    });
    const retried = await stage.awaitRun(runId);
    expect(retried.products).toMatchObject([{ title: 'Item 4', state: 'applied' }]);
    await expectStoreToEqualCatalog(stage);
    await expectOneEndState(stage);
    await expect(
      retryRun(stage.resources, { shopId: stage.shopId, runId, causedBy: 'test' }),
    ).rejects.toThrow(/nothing to retry/);
  });

  it('fails alone among updates, row by row: its other fields and variants still arrive', async () => {
    await stage.run();
    await db().catalogVariant.updateMany({ data: { price: '77' } });
    await db().catalogProduct.updateMany({ data: { productType: 'Changed' } });
    await db().catalogVariant.updateMany({ where: { sku: 'I4-S' }, data: { sku: 'x'.repeat(300) } });
    const run = await stage.run();
    const failed = run.products.filter(({ state }) => state !== 'applied');
    expect(failed).toMatchObject([{ title: 'Item 4', state: 'failed' }]);
    expect(failed[0]!.message).toMatch(/^(SKU|Price): Shopify says “.*SKU/);
    const prices = [...shopOf(stage).variants.values()].map(({ price }) => price);
    expect(prices.filter((price) => price === '77.00')).toHaveLength(19);
    expect([...shopOf(stage).products.values()].every(({ productType }) => productType === 'Changed')).toBe(
      true,
    );
    const changes = await db().change.findMany({ where: { runId: run.id, productId: ids[4]! } });
    expect(changes.map(({ field, state }) => `${field} ${state}`).sort()).toEqual([
      'price applied',
      'price failed',
      'productType applied',
      'sku failed',
    ]);
    await db().catalogVariant.updateMany({ where: { sku: 'x'.repeat(300) }, data: { sku: 'I4-S' } });
    await stage.run();
    await expectStoreToEqualCatalog(stage);
  });

  it.each([
    [
      'a metafield of the wrong type',
      async () =>
        db().catalogMetafield.updateMany({ where: { productId: ids[4]! }, data: { type: 'number_integer' } }),
      /Metafield custom\.care|metafield/i,
    ],
    [
      'a product without a variant',
      async () => db().catalogVariant.deleteMany({ where: { productId: ids[4]! } }),
      /no row in catalog\.variant/,
    ],
    [
      'two variants alike',
      async () => db().catalogVariant.updateMany({ where: { productId: ids[4]! }, data: { option1: 'S' } }),
      /same option values|already exists/,
    ],
    [
      'a vendor too long',
      async () => db().catalogProduct.update({ where: { id: ids[4]! }, data: { vendor: 'x'.repeat(300) } }),
      /vendor/i,
    ],
  ])('%s stops nobody else', async (_name, spoil, words) => {
    await spoil();
    const run = await stage.run();
    const bad = run.products.filter(({ state }) => state !== 'applied');
    expect(bad.map(({ productId }) => productId)).toEqual([ids[4]]);
    expect(bad[0]!.message).toMatch(words);
    expect(bad[0]!.state).toBe('failed');
    expect(shopOf(stage).products.size).toBe(9);
    await expectOneEndState(stage);
  });
});

describe('a job that always fails', () => {
  it('ends as a dead letter; its products get an end state and can be retried', async () => {
    stage.emulator.faults.add({ kind: 'http-500', match: { field: 'productSet' } });
    const run = await stage.run(undefined, 90_000);
    expect(run.state).toBe('finished');
    expect(new Set(run.products.map(({ state, code }) => `${state} ${code}`))).toEqual(
      new Set(['failed gave-up']),
    );
    expect(run.products[0]!.message).toMatch(/no answer.*Retry/);
    const letters = await waitFor('the dead letter is written', async () => {
      const found = await db().deadLetter.findMany({});
      return found.length > 0 && found;
    });
    expect(letters).toMatchObject([{ queue: 'sync-products', attempts: 2, retriedAt: null }]);
    stage.emulator.faults.clear();
    await retryDeadLetter(stage.resources, {
      shopId: stage.shopId,
      deadLetterId: letters[0]!.id,
      causedBy: 'test',
    });
    const again = await db().syncRun.findFirstOrThrow({ where: { trigger: 'retry' } });
    expect((await stage.awaitRun(again.id)).products.every(({ state }) => state === 'applied')).toBe(true);
    await expect(
      retryDeadLetter(stage.resources, {
        shopId: stage.shopId,
        deadLetterId: letters[0]!.id,
        causedBy: 'test',
      }),
    ).rejects.toThrow(/retried already/);
    await expectStoreToEqualCatalog(stage);
  });
});
