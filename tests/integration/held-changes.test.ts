/** A script gone wrong in the merchant's database: what goes beyond the limits reaches Shopify only once a person approves. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHold } from '~/db/source-holds.server';
import { readShadowReport } from '~/db/pages/shadow.server';
import { approveSourceHold } from '~/sync/approve-source-hold';
import { confirmBulkEdit } from '~/sync/confirm-bulk-edit';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import { requestSync } from '~/sync/request-sync';
import { startReconciliation } from '~/sync/start-reconciliation';
import type { SourceId } from '~/core/product-state';
import { allDone } from '../support/all-done';
import { shopOf } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { waitFor } from '../support/wait-for';

const PRODUCTS = 40;
let stage: Stage;
let ids: SourceId[];
beforeAll(async () => {
  stage = await openStage({});
  ids = await fillCatalog(stage, PRODUCTS);
  await stage.run();
});
afterAll(async () => {
  await stage?.close();
});
beforeEach(async () => {
  const limits = { guardCatalogPercent: 50, guardChangePercent: 50, guardZeroStock: true };
  await db().shop.update({ where: { id: stage.shopId }, data: { ...limits, guardSource: true } });
});

const db = () => stage.resources.db;
const held = () => openHold(db(), stage.shopId);
const raise = (productIds: SourceId[], factor: number) =>
  db()
    .$executeRaw`UPDATE catalog.variant SET price = round(price * ${factor}::numeric, 2) WHERE product_id = ANY(${productIds}::uuid[])`;
const setStock = (productIds: SourceId[], available: number) =>
  db().catalogInventoryLevel.updateMany({
    where: { variant: { productId: { in: productIds } } },
    data: { available },
  });
/** Writes to the store since this was made. */
function written() {
  const from = stage.emulator.log.all().length;
  return () =>
    stage.emulator.log
      .all()
      .slice(from)
      .filter(({ kind }) => kind === 'mutation').length;
}
const approve = (holdId: string, confirmation: string | null) =>
  approveSourceHold(stage.resources, { shopId: stage.shopId, holdId, confirmation, causedBy: 'Ada' });

/** A whole check of the store, and what it asks for. */
async function check(): Promise<void> {
  const { shopId, resources } = stage;
  const started = await startReconciliation(resources, { shopId, causedBy: 'test', lane: 'pages' });
  if (started.kind !== 'started') throw new Error(started.kind);
  const id = started.reconciliationId;
  await waitFor('the check has ended', async () => {
    const { state } = await db().reconciliation.findUniqueOrThrow({ where: { id } });
    return state === 'finished';
  });
  await allDone(stage);
}

describe('changes from the database beyond the limits', () => {
  it('wait, whoever asks for a look, and go on once the number of products was typed', async () => {
    const many = ids.slice(0, 30);
    await raise(many, 1.05);
    const writes = written();
    const run = await stage.run();
    expect(run.state).toBe('finished');
    const waiting = run.products.filter(({ code }) => code === 'held');
    expect(waiting.map(({ productId }) => productId).toSorted()).toEqual(many.toSorted());
    expect(waiting[0]?.message).toContain('2 changes from your database would be made');
    expect(await held()).toMatchObject({
      products: 30,
      findings: [{ limit: 'catalog-share', percent: '75', products: 30, ofProducts: PRODUCTS }],
    });

    await requestSync(stage.resources, {
      ...{ shopId: stage.shopId, productIds: many, runId: null },
      ...{ cause: 'webhook', causedBy: 'Shopify' },
    });
    await allDone(stage);
    await check();
    expect(writes()).toBe(0);
    const shop = await db().shop.findUniqueOrThrow({ where: { id: stage.shopId } });
    const report = await readShadowReport(db(), shop, { kind: null, cursor: null, products: 'held' });
    expect(report).toMatchObject({ products: 30, decisions: 60 });
    const shadow = await readShadowReport(db(), shop, { kind: null, cursor: null, products: 'shadowed' });
    expect(shadow.decisions).toBe(0);

    const { id } = (await held())!;
    expect(await approve(id, '29')).toEqual({ kind: 'needs-confirmation', expected: '30' });
    expect(await approve(id, null)).toEqual({ kind: 'needs-confirmation', expected: '30' });
    expect(writes()).toBe(0);
    const approved = await approve(id, ' 30 ');
    if (approved.kind !== 'started') throw new Error(approved.kind);
    const carried = await stage.awaitRun(approved.runId);
    expect(carried.products.map(({ state }) => state)).toEqual(Array(30).fill('applied'));
    expect(await approve(id, '30')).toEqual({ kind: 'not-held' });
    await expectStoreToEqualCatalog(stage);
    expect(await held()).toBeNull();
    expect(await db().shadowDecision.count()).toBe(0);
    expect(await db().sourceHold.findUnique({ where: { id } })).toMatchObject({
      ...{ state: 'approved', decidedBy: 'Ada', runId: approved.runId },
    });
  });

  it('hold only the products whose prices move too far, and are let go when they are put right', async () => {
    const [wrong, right] = [ids.slice(0, 3), ids.slice(3, 8)];
    const prices = await db().catalogVariant.findMany({ where: { productId: { in: wrong } } });
    await raise(wrong, 0.1);
    await raise(right, 1.1);
    const run = await stage.run();
    const codeOf = new Map(run.products.map(({ productId, state, code }) => [productId, code ?? state]));
    expect(wrong.map((id) => codeOf.get(id))).toEqual(['held', 'held', 'held']);
    expect(right.map((id) => codeOf.get(id))).toEqual(Array(5).fill('applied'));
    expect(await held()).toMatchObject({ products: 3, findings: [{ limit: 'change', fields: 6 }] });

    for (const { id, price } of prices) await db().catalogVariant.update({ where: { id }, data: { price } });
    const writes = written();
    await stage.run();
    expect(await held()).toBeNull();
    expect(await db().heldProduct.count()).toBe(0);
    expect(writes()).toBe(0);
    await expectStoreToEqualCatalog(stage);
  });

  it('wait as well where a check of the store is the first to see them', async () => {
    const many = ids.slice(0, 25);
    await raise(many, 1.1);
    const writes = written();
    await check();
    expect(writes()).toBe(0);
    expect(await held()).toMatchObject({ products: 25 });
    const { id } = (await held())!;
    const approved = await approve(id, '25');
    if (approved.kind !== 'started') throw new Error(approved.kind);
    await stage.awaitRun(approved.runId);
    await expectStoreToEqualCatalog(stage);
  });

  it('let single products sell out, and hold it where many do at once', async () => {
    await setStock(ids.slice(10, 13), 0);
    await stage.run();
    expect(await held()).toBeNull();
    await expectStoreToEqualCatalog(stage);
    const many = ids.slice(15, 35);
    await setStock(many, 0);
    const writes = written();
    await stage.run();
    expect(await held()).toMatchObject({ products: 20, findings: [{ limit: 'zero-stock' }] });
    expect(writes()).toBe(0);
    await setStock(many, 4);
    await stage.run();
    expect(await held()).toBeNull();
    await expectStoreToEqualCatalog(stage);
  });

  it('are not what a bulk edit writes that a person has confirmed', async () => {
    const started = await startBulkEdit(stage.resources, {
      ...{ shopId: stage.shopId, name: 'Half price', causedBy: 'Ada', via: 'app', appliesItself: false },
      selection: { kind: 'query', query: '' },
      changes: [
        {
          field: 'price',
          change: { by: 'percent', percent: '-60' },
          rounding: { to: 'none' },
          floor: { atCost: false, minimum: null },
        },
      ],
    });
    if (started.kind !== 'started') throw new Error(started.kind);
    const { editId } = started;
    const edit = () => db().bulkEdit.findUniqueOrThrow({ where: { id: editId } });
    await waitFor('the edit is planned', async () => (await edit()).state === 'planned');
    const confirmed = { shopId: stage.shopId, editId, causedBy: 'Ada', confirmation: String(PRODUCTS) };
    expect(await confirmBulkEdit(stage.resources, confirmed)).toEqual({ kind: 'started' });
    // A sync of everything in the middle of it.
    await waitFor('the edit writes', async () => (await edit()).runId !== null);
    await stage.run();
    const { runId } = await edit();
    await stage.awaitRun(runId!);
    await waitFor('the edit has ended', async () => (await edit()).state === 'finished');
    expect(await held()).toBeNull();
    await expectStoreToEqualCatalog(stage);
  });

  it('go on at once where the shop does not ask for it', async () => {
    await db().shop.update({ where: { id: stage.shopId }, data: { guardSource: false } });
    await raise(ids, 3);
    const run = await stage.run();
    expect(run.products.map(({ state }) => state)).toEqual(Array(PRODUCTS).fill('applied'));
    expect(shopOf(stage).variants.size).toBe(2 * PRODUCTS);
    await expectStoreToEqualCatalog(stage);
  });
});
