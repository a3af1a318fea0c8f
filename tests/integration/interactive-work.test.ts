/** What somebody waits for goes before what nobody waits for, in points and in places. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRun } from '~/sync/start-run';
import { requestSync } from '~/sync/request-sync';
import { shopOf, storeProduct } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

const PRODUCTS = 40;

let stage: Stage;
let ids: string[];
beforeAll(async () => {
  stage = await openStage({ plan: 'standard' });
  ids = await fillCatalog(stage, PRODUCTS);
  await stage.run(undefined, 110_000);
});
afterAll(async () => {
  await stage?.close();
});

it('one product is synced while a run of many waits for points', async () => {
  const { db } = stage.resources;
  // Hardly anything is left in the bucket, and each document of the run takes seconds of points.
  shopOf(stage).bucket = { available: 150, at: Date.now() };
  await db.pointsBudget.update({
    where: { shopId: stage.shopId },
    data: { available: 150, updatedAt: new Date() },
  });
  await db.catalogVariant.updateMany({ data: { price: { increment: 1 } } });
  await db.$executeRaw`UPDATE catalog.product SET vendor = 'Other', tags = tags || ARRAY['many', 'more']`;
  await db.$executeRaw`UPDATE catalog.metafield SET value = value || '!'`;
  const [last, ...others] = ids.toReversed();
  const { shopId } = stage;
  const run = { shopId, trigger: 'manual', causedBy: 'test', productIds: others } as const;
  const { runId } = await startRun(stage.resources, run);
  const pending = () => db.runProduct.count({ where: { runId, state: 'pending' } });
  await waitFor('the run is at work', async () => {
    const writing = await db.productLink.count({ where: { claimedBy: { not: null } } });
    return writing > others.length / 2;
  });
  await requestSync(stage.resources, {
    ...{ shopId, productIds: [last!], cause: 'test', causedBy: 'anna', runId: null },
  });
  await waitFor(
    'the one is in the store',
    () => storeProduct(stage, `item-${PRODUCTS - 1}`).vendor === 'Other',
    { timeoutMs: 60_000 },
  );
  expect(await pending()).toBeGreaterThan(others.length / 2);
  await stage.awaitRun(runId, 110_000);
});
