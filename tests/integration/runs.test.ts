/** Runs beside runs, webhooks beside runs, and runs that are cut short. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planLoads } from '~/db/load-plan.server';
import { invalidateRemotes } from '~/db/remote-cache.server';
import { cancelRun } from '~/sync/cancel-run';
import { loadWorks, readUnread } from '~/sync/load-works';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { requestSync } from '~/sync/request-sync';
import { openReading } from '~/sync/session';
import { startRun } from '~/sync/start-run';
import { sweepRequests } from '~/sync/sweep-requests';
import { loadSyncScope } from '~/sync/sync-scope';
import { uninstallShop } from '~/sync/uninstall-shop';
import { DEMO_SHOP } from '../support/connected-shop';
import { expectOneEndState } from '../support/end-states';
import { mutationsDuring, shopOf } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ env: { JOB_ATTEMPTS: '2' } });
});
afterEach(async () => {
  await stage?.close();
});
const db = () => stage.resources.db;
const manual = () => startRun(stage.resources, { shopId: stage.shopId, trigger: 'manual', causedBy: 'test' });
const slowly = (baseMs: number) => (stage.emulator.latency.baseMs = baseMs);
const allAsked = () => waitFor('all requests are done', async () => (await db().syncRequest.count()) === 0);

describe('two runs', () => {
  it('of the whole catalog asked for at once are one', async () => {
    await fillCatalog(stage, 5);
    const runs = await Promise.all([manual(), manual(), manual()]);
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(1);
    await stage.awaitRun(runs[0]!.runId);
    expect(await db().syncRun.count()).toBe(1);
    await expectStoreToEqualCatalog(stage);
  });

  it('of the same products: both end, nothing is done twice', async () => {
    const ids = await fillCatalog(stage, 20);
    slowly(50);
    const part = () =>
      startRun(stage.resources, { shopId: stage.shopId, trigger: 'api', causedBy: 'test', productIds: ids });
    const runs = await Promise.all([manual(), part(), part()]);
    for (const { runId } of runs) expect((await stage.awaitRun(runId)).state).toBe('finished');
    await allAsked();
    await stage.run();
    await expectStoreToEqualCatalog(stage);
    await expectOneEndState(stage);
  });

  it('and webhooks of the same products, many times', async () => {
    await fillCatalog(stage, 30);
    await stage.run();
    slowly(20);
    await db().catalogVariant.updateMany({ data: { price: '123' } });
    const remoteIds = [...shopOf(stage).products.keys()];
    const { runId } = await manual();
    for (let turn = 0; turn < 8; turn += 1) {
      await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds });
      await db().catalogProduct.updateMany({ data: { productType: `Type ${turn}` } });
    }
    await stage.awaitRun(runId);
    await stage.run();
    await allAsked();
    await stage.run();
    await expectStoreToEqualCatalog(stage);
    await expectOneEndState(stage);
  });
});

describe('what was read before another job wrote', () => {
  it('is neither kept nor taken for news of Shopify', async () => {
    const ids = await fillCatalog(stage, 3);
    await stage.run();
    const { shopId, resources } = stage;
    const scope = await loadSyncScope(resources, shopId);
    if (!scope) throw new Error('The shop is connected.');
    const read = Promise.withResolvers<void>();
    const arrival = Promise.withResolvers<void>();
    const { store } = scope;
    // The answer takes its time on the way: Shopify gave it before the write.
    const slow = Object.create(store, {
      readProducts: {
        value: async (...asked: Parameters<typeof store.readProducts>) => {
          const answer = await store.readProducts(...asked);
          read.resolve();
          await arrival.promise;
          return answer;
        },
      },
    });
    const reading = openReading(resources, { ...scope, store: slow }, new AbortController().signal);
    await invalidateRemotes(db(), shopId, [...shopOf(stage).products.keys()], {
      by: 'webhook',
      now: new Date(),
    });
    const works = await loadWorks(reading, ids, await planLoads(db(), shopId, ids, new Date()));
    const late = readUnread(reading, works);
    await read.promise;
    await db().catalogVariant.updateMany({ data: { price: '123' } });
    await stage.run();
    arrival.resolve();
    await late;
    expect(works.map(({ isOvertaken }) => isOvertaken)).toEqual([true, true, true]);
    await db().catalogProduct.updateMany({ data: { productType: 'Looked at again' } });
    await stage.run();
    const prices = await db().catalogVariant.findMany({ distinct: ['price'], select: { price: true } });
    expect(prices.map(({ price }) => price.toString())).toEqual(['123']);
    await expectStoreToEqualCatalog(stage);
    await expectOneEndState(stage);
  });
});

describe('a run that is cancelled', () => {
  it('keeps what is under way, leaves the rest; the next run completes it', async () => {
    await fillCatalog(stage, 400);
    slowly(150);
    const { runId } = await manual();
    await waitFor('products arrive', () => shopOf(stage).products.size > 20);
    await cancelRun(stage.resources, { shopId: stage.shopId, runId });
    const run = await stage.awaitRun(runId);
    expect(run.state).toBe('cancelled');
    const by = (state: string) => run.products.filter((product) => product.state === state).length;
    expect(by('cancelled')).toBeGreaterThan(0);
    expect(by('applied') + by('cancelled')).toBe(400);
    expect(shopOf(stage).products.size).toBe(by('applied'));
    // Cancelled means: nothing is sent any more.
    expect(await mutationsDuring(stage, () => new Promise((resolve) => setTimeout(resolve, 1_000)))).toEqual(
      [],
    );
    expect(shopOf(stage).products.size).toBe(by('applied'));
    slowly(0);
    const next = await stage.run();
    expect(next.state).toBe('finished');
    await expectStoreToEqualCatalog(stage);
    await expectOneEndState(stage);
  });

  it('before it began, ends at once and does nothing', async () => {
    await fillCatalog(stage, 3);
    slowly(300);
    const { runId } = await manual();
    await cancelRun(stage.resources, { shopId: stage.shopId, runId });
    expect((await stage.awaitRun(runId)).state).toBe('cancelled');
    const second = await manual();
    expect(second.runId).not.toBe(runId);
    expect((await stage.awaitRun(second.runId)).state).toBe('finished');
    await expectStoreToEqualCatalog(stage);
  });
});

describe('requests without a job', () => {
  it('are given one by the sweep', async () => {
    const ids = await fillCatalog(stage, 4);
    const { runId } = await startRun(
      { ...stage.resources, queue: { ...stage.resources.queue, add: async () => undefined } },
      { shopId: stage.shopId, trigger: 'manual', causedBy: 'lost' },
    );
    const lost = { ...stage.resources, queue: { ...stage.resources.queue, add: async () => undefined } };
    await requestSync(lost, {
      shopId: stage.shopId,
      productIds: ids.slice(0, 2),
      cause: 'webhook',
      causedBy: 'Shopify',
      runId: null,
    });
    await sweepRequests(stage.resources);
    expect(shopOf(stage).products.size).toBe(0);
    await sweepRequests({ ...stage.resources, now: () => new Date(Date.now() + 120_000) });
    await allAsked();
    await waitFor('both arrive', () => shopOf(stage).products.size === 2);
    // A run whose own job was lost is taken up as well: it must not block all further runs.
    await sweepRequests({ ...stage.resources, now: () => new Date(Date.now() + 120_000) });
    expect((await stage.awaitRun(runId, 20_000)).state).toBe('finished');
    await expectStoreToEqualCatalog(stage);
  });
});

describe('a shop that is gone', () => {
  it('ends its run when it is uninstalled in the middle', async () => {
    await fillCatalog(stage, 300);
    slowly(150);
    const { runId } = await manual();
    await waitFor('products arrive', () => shopOf(stage).products.size > 20);
    await uninstallShop(stage.resources, { domain: DEMO_SHOP });
    const run = await stage.awaitRun(runId);
    expect(run).toMatchObject({ state: 'cancelled', error: 'The app was uninstalled.' });
    await waitFor(
      'no product is pending',
      async () => (await db().runProduct.count({ where: { state: 'pending' } })) === 0,
    );
    await expect(manual()).rejects.toThrow(/uninstalled/);
  });

  it('ends its run with what to do where Shopify no longer takes the token', async () => {
    await fillCatalog(stage, 3);
    await stage.run();
    await db().catalogVariant.updateMany({ data: { price: '5.55' } });
    stage.emulator.state.tokens.clear();
    stage.emulator.state.refreshTokens.clear();
    await db().remoteProductRow.updateMany({ data: { invalidatedAt: new Date() } });
    const run = await stage.run(undefined, 90_000);
    expect(run.state).toBe('failed');
    expect(run.error).toMatch(/open the app/);
    expect(run.products.every(({ state }) => state !== 'pending')).toBe(true);
  });
});
