/** Shopify does what it was asked, but its answer is lost: each change is still made once, and recorded once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutationsDuring } from '../support/merchant';
import { expectOneEndState } from '../support/end-states';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { EndedRun, Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { CHANGES, Tent, putTents } from '../support/tent';

let stage: Stage;
let tent: Tent;
beforeAll(async () => {
  stage = await openStage({ locations: ['Warehouse', 'Shop Berlin'] });
  tent = new Tent(stage, await putTents(stage));
  await stage.run();
});
afterAll(async () => {
  await stage?.close();
});

describe('a lost answer to', () => {
  it.each(CHANGES)('%s', async (_name, change, sends, records) => {
    let run: EndedRun | null = null;
    const sent = await mutationsDuring(stage, async () => {
      await change(tent);
      stage.emulator.faults.add({ kind: 'reset-after', match: { field: sends.at(-1), times: 1 } });
      run = await stage.run();
    });
    stage.emulator.faults.clear();
    // Stock is asked for again under the same key, which Shopify does once.
    const asksAgain = sends.at(-1) === 'inventorySetQuantities';
    expect(sent).toEqual(asksAgain ? [...sends, 'inventorySetQuantities'] : sends);
    if (asksAgain) {
      const calls = stage.emulator.log
        .all()
        .filter(({ fields }) => fields.includes('inventorySetQuantities'));
      expect(new Set(calls.slice(-2).map(({ variables }) => JSON.stringify(variables))).size).toBe(1);
    }
    expect(run!.products.filter(({ state }) => state !== 'skipped')).toMatchObject([
      { productId: tent.productId, state: 'applied' },
    ]);
    expect(await tent.recorded(run!.id)).toEqual({ fields: records, isApplied: true });
    await expectStoreToEqualCatalog(stage);
    expect(await mutationsDuring(stage, () => stage.run())).toEqual([]);
  });
});

describe('a lost answer to the creation of products', () => {
  it.each(['reset-after', 'malformed-json'] as const)(
    'by %s makes none twice and records each once',
    async (kind) => {
      const ids = await fillCatalog(stage, 12, kind === 'reset-after' ? 0 : 100);
      stage.emulator.faults.add({ kind, match: { field: 'productSet', times: 1 } });
      const run = await stage.run();
      stage.emulator.faults.clear();
      expect(
        run.products.filter(({ productId, state }) => ids.includes(productId) && state !== 'applied'),
      ).toEqual([]);
      const made = await stage.resources.db.change.findMany({
        where: { runId: run.id, field: 'existence', variantId: null },
      });
      expect(made.map(({ productId }) => productId).sort()).toEqual([...ids].sort());
      await expectStoreToEqualCatalog(stage);
      await expectOneEndState(stage);
    },
  );

  it('of the deletion of one archives it once', async () => {
    await stage.resources.db.catalogProduct.deleteMany({ where: { handle: 'item-3' } });
    stage.emulator.faults.add({ kind: 'reset-after', match: { field: 'productUpdate', times: 1 } });
    let run: EndedRun | null = null;
    expect(await mutationsDuring(stage, async () => (run = await stage.run()))).toEqual(['productUpdate']);
    stage.emulator.faults.clear();
    expect(run!.products.filter(({ state }) => state !== 'skipped')).toMatchObject([
      { title: 'Item 3', state: 'applied' },
    ]);
    await expectStoreToEqualCatalog(stage);
    expect(await mutationsDuring(stage, () => stage.run())).toEqual([]);
  });
});
