/** Each kind of change alone sends exactly the mutation that says it, and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutationsDuring, storeProduct } from '../support/merchant';
import { openStage } from '../support/stage';
import type { EndedRun, Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { CHANGES, Tent, putTents, tentHandle } from '../support/tent';

let stage: Stage;
let tent: Tent;
beforeAll(async () => {
  stage = await openStage({ locations: ['Warehouse', 'Shop Berlin'] });
  tent = new Tent(stage, await putTents(stage));
  const run = await stage.run();
  expect(run.products.map(({ state }) => state)).toEqual(['applied', 'applied', 'applied']);
  await expectStoreToEqualCatalog(stage);
});
afterAll(async () => {
  await stage?.close();
});

describe('a change of', () => {
  it.each(CHANGES)('%s sends just that', async (_name, change, sends, records) => {
    const ids = [...storeProduct(stage, tentHandle(stage)).variantIds];
    let run: EndedRun | null = null;
    const sent = await mutationsDuring(stage, async () => {
      await change(tent);
      run = await stage.run();
    });
    expect(sent).toEqual(sends);
    expect(run!.products.filter(({ state }) => state !== 'skipped')).toMatchObject([
      { productId: tent.productId, state: 'applied', code: null },
    ]);
    expect(await tent.recorded(run!.id)).toEqual({ fields: records, isApplied: true });
    await expectStoreToEqualCatalog(stage);
    expect(await mutationsDuring(stage, () => stage.run())).toEqual([]);
    // Variants keep their identity: orders, carts and links refer to it.
    const kept = storeProduct(stage, tentHandle(stage)).variantIds.filter((id) => ids.includes(id));
    expect(kept.length).toBeGreaterThanOrEqual(ids.length - 1);
  });
});
