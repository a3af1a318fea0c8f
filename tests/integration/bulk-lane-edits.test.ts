/** Bulk edits in the bulk lane: applied, cancelled half-way, taken up again. */
import { Decimal } from 'decimal.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ProductSelection } from '~/core/bulk-edit';
import type { SourceId } from '~/core/product-state';
import type { BulkEditView } from '~/db/pages/bulk-edits.server';
import { applyBulkEdit } from '~/sync/apply-bulk-edit';
import { cancelBulkEdit } from '~/sync/cancel-bulk-edit';
import { confirmBulkEdit } from '~/sync/confirm-bulk-edit';
import { DEFAULT_SWITCHES } from '../../emulator/switches';
import { allDone } from '../support/all-done';
import { bulkMutations, preferBulk, runningMutation } from '../support/bulk-lane';
import { PERCENT, applyEdit, awaitEdit, edit, fieldsOf, planEdit } from '../support/edits';
import { expectOneEndState } from '../support/end-states';
import { mutationsDuring, shopOf } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';

const PRODUCTS = 150;
const FAST = { ...DEFAULT_SWITCHES, bulkRowsPerSecond: 0 };
const ALL: ProductSelection = { kind: 'query', query: 'vendor:Acme' };

let stage: Stage;
let ids: SourceId[];
beforeAll(async () => {
  stage = await openStage({ plan: 'plus' });
  ids = await fillCatalog(stage, PRODUCTS);
  await stage.run();
  await db().shop.update({
    where: { id: stage.shopId },
    data: { guardCatalogPercent: null, guardChangePercent: null },
  });
  Object.assign(stage.emulator.switches, FAST);
});
afterAll(async () => {
  await stage?.close();
});
afterEach(() => {
  Object.assign(stage.emulator.switches, FAST);
});

const db = () => stage.resources.db;
/** Prices of the store by SKU. */
const storePrices = () => {
  const { variants, inventoryItems } = shopOf(stage);
  return new Map(
    [...variants.values()].map(({ inventoryItemId, price }) => [
      inventoryItems.get(inventoryItemId)?.sku ?? '',
      new Decimal(price).toFixed(2),
    ]),
  );
};
/** Of the prices, those that are not what they were. */
const raised = (before: ReadonlyMap<string, string>) =>
  [...storePrices()].filter(([sku, price]) => price !== before.get(sku)).map(([sku]) => sku);

async function planInBulk(): Promise<BulkEditView> {
  await preferBulk(stage);
  const planned = await planEdit(stage, ALL, [PERCENT('10')]);
  expect(planned.forecast).toMatchObject({ lane: 'bulk' });
  return planned;
}
const confirm = ({ id }: BulkEditView) =>
  confirmBulkEdit(stage.resources, {
    ...{ shopId: stage.shopId, editId: id, causedBy: 'anna', confirmation: null },
  });
const cancel = ({ id }: BulkEditView) =>
  cancelBulkEdit(stage.resources, { shopId: stage.shopId, editId: id });

describe('a bulk edit in the bulk lane', () => {
  it('is carried by one operation', async () => {
    const planned = await planInBulk();
    const mutations = await mutationsDuring(stage, async () => {
      const done = await applyEdit(stage, planned.id);
      expect(done).toMatchObject({ state: 'finished', fieldsApplied: 2 * PRODUCTS });
      expect(done.run?.counts).toMatchObject({ applied: PRODUCTS });
    });
    expect(mutations).toEqual(['stagedUploadsCreate', 'bulkOperationRunMutation']);
    await expectStoreToEqualCatalog(stage);
    await expectOneEndState(stage);
  });

  it.each([
    ['leaves what Shopify was not given as it was on both sides', 604_800],
    ['leaves all as it was on both sides where nobody can tell what Shopify took', 0],
  ])('cancelled half-way, %s', async (_name, bulkResultSeconds) => {
    const before = storePrices();
    Object.assign(stage.emulator.switches, { bulkRowsPerSecond: 20, bulkResultSeconds });
    const planned = await planInBulk();
    const operations = bulkMutations(stage).length;
    await confirm(planned);
    const running = await runningMutation(stage, operations, 10);
    expect((await edit(stage, planned.id)).state).toBe('applying');
    // Somebody else's price, of a product that Shopify was not given.
    const { variants } = shopOf(stage);
    const last = ids.at(-1)!;
    await db().catalogVariant.updateMany({ where: { productId: last }, data: { price: '777.00' } });
    expect(await cancel(planned)).toEqual({ kind: 'cancelled' });
    const ended = await awaitEdit(stage, planned.id, ['cancelled']);
    await allDone(stage);
    expect(running).toMatchObject({ status: 'CANCELED' });
    expect(variants.size).toBe(2 * PRODUCTS);
    await expectStoreToEqualCatalog(stage);
    const kept = new Set(
      (await db().catalogVariant.findMany({ where: { productId: last } })).map(({ sku }) => sku ?? ''),
    );
    for (const sku of kept) expect(storePrices().get(sku)).toBe('777.00');
    const moved = raised(before).filter((sku) => !kept.has(sku));
    if (bulkResultSeconds === 0) expect(moved).toEqual([]);
    else expect(moved.length).toBeGreaterThan(20);
    expect(moved.length).toBeLessThan(2 * PRODUCTS - 10);
    // What the edit wrote and somebody else wrote over counts as written: it was.
    const applied = (await fieldsOf(stage, planned.id, ['applied'])).map(({ sku }) => sku);
    expect(new Set(applied)).toEqual(new Set([...moved, ...kept]));
    expect(ended.fieldsApplied).toBe(moved.length + kept.size);
    expect(await fieldsOf(stage, planned.id, ['cancelled'])).toHaveLength(
      2 * PRODUCTS - moved.length - kept.size,
    );
    expect(ended.run?.counts).toMatchObject({ pending: 0, failed: 0, applied: moved.length / 2 });
  });

  it('goes on where a killed attempt stopped, and starts no second operation', async () => {
    stage.emulator.switches.bulkRowsPerSecond = 60;
    const before = storePrices();
    const planned = await planInBulk();
    const operations = bulkMutations(stage).length;
    const { shopId } = stage;
    // The attempts run here; the worker's own waits until it is asked.
    await db().bulkEdit.update({
      where: { id: planned.id },
      data: { state: 'applying', startedAt: new Date() },
    });
    const job = { name: 'apply-bulk-edit', shopId, editId: planned.id } as const;
    const attempt = (signal: AbortSignal) =>
      applyBulkEdit(stage.resources, job, { jobId: 'here', interrupted: true, signal });
    const cut = new AbortController();
    const work = attempt(cut.signal);
    await runningMutation(stage, operations, 5);
    cut.abort(new Error('killed'));
    await expect(work).rejects.toThrow(/killed|aborted/);
    await attempt(new AbortController().signal);
    const done = await awaitEdit(stage, planned.id, ['finished']);
    expect(done).toMatchObject({ fieldsApplied: 2 * PRODUCTS, fieldsMoved: 0 });
    expect(bulkMutations(stage).slice(operations)).toMatchObject([{ objectCount: PRODUCTS }]);
    expect(raised(before)).toHaveLength(2 * PRODUCTS);
    await expectStoreToEqualCatalog(stage);
    await expectOneEndState(stage);
  });
});
