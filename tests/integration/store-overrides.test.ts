/** Overrides of one store: two stores of one catalog, undo after others' edits, revoking, and the lowest price of 30 days. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import { readOverlaidFields, readOverrides } from '~/db/pages/store-overrides.server';
import { readSourceProducts } from '~/db/catalog-products.server';
import { previewBulkEdit } from '~/sync/preview-bulk-edit';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { revokeOverrides } from '~/sync/revoke-overrides';
import { saveSettings } from '~/sync/save-settings';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import { startRun } from '~/sync/start-run';
import { loadSyncScope } from '~/sync/sync-scope';
import { undoBulkEdit } from '~/sync/undo-bulk-edit';
import { rawProduct } from '../support/catalog-rows';
import { DEMO_SHOP, connectShop } from '../support/connected-shop';
import { PERCENT, applyEdit, awaitEdit, edit, fieldsOf } from '../support/edits';
import { asMerchant, storeProduct } from '../support/merchant';
import { planPromotionEdit, schedule, shownIn, termsIn, variantIn } from '../support/promotions';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

const OTHER_SHOP = 'lockstep-other.myshopify.com';
const PRICE = `mutation($id: ID!, $v: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $id, variants: $v) { userErrors { message } } }`;
const shop = (domain: string) => ({
  domain,
  name: domain,
  plan: 'plus' as const,
  currencyCode: 'EUR',
  timezone: 'Europe/Berlin',
  locations: ['Warehouse'],
});

let stage: Stage;
let other: { shopId: string };
const db = () => stage.resources.db;
const here = (sku: string) => shownIn(stage, sku, DEMO_SHOP).price;
const there = (sku: string) => shownIn(stage, sku, OTHER_SHOP).price;
const skus = (...list: string[]): ProductSelection => ({ kind: 'skus', skus: list });
const productOf = async (sku: string) =>
  (await db().catalogVariant.findFirstOrThrow({ where: { sku } })).productId;
const tagsIn = (domain: string, handle: string) =>
  [...stage.emulator.state.shops.get(domain)!.products.values()].find((each) => each.handle === handle)!.tags;

/** Every product of both stores looked at. */
async function syncBoth(): Promise<void> {
  await stage.run();
  const { runId } = await startRun(stage.resources, {
    shopId: other.shopId,
    trigger: 'manual',
    causedBy: 'test',
  });
  await stage.awaitRun(runId);
}

async function overrideHere(selection: ProductSelection, changes: BulkChange[]): Promise<string> {
  const started = await startBulkEdit(stage.resources, {
    ...{ shopId: stage.shopId, name: 'This store', selection, changes },
    ...{ target: { kind: 'store' }, causedBy: 'anna', via: 'app', appliesItself: true },
  });
  if (started.kind !== 'started') throw new Error(JSON.stringify(started.problems));
  await awaitEdit(stage, started.editId, ['finished', 'failed']);
  return started.editId;
}

async function undo(editId: string): Promise<string> {
  const undone = await undoBulkEdit(stage.resources, {
    ...{ shopId: stage.shopId, editId, productIds: [], causedBy: 'anna', via: 'app', appliesItself: false },
  });
  if (undone.kind !== 'started') throw new Error(JSON.stringify(undone));
  await awaitEdit(stage, undone.editId, ['planned', 'failed']);
  await applyEdit(stage, undone.editId);
  return undone.editId;
}

beforeAll(async () => {
  stage = await openStage({ emulator: { shops: [shop(DEMO_SHOP), shop(OTHER_SHOP)] } });
  const second = await connectShop(stage.resources, stage.env, OTHER_SHOP);
  await db().shop.update({ where: { id: second.shopId }, data: { accountId: stage.accountId } });
  other = { shopId: second.shopId };
  await db().shop.updateMany({ data: { guardCatalogPercent: null, guardChangePercent: null } });
  for (let at = 0; at < 8; at += 1)
    await rawProduct(db(), stage.accountId, {
      handle: `item-${at}`,
      product: { title: `Item ${at}`, vendor: 'Acme', tags: ['all', 'old'] },
      variants: [{ sku: `I${at}`, price: '20.00', cost: '5.00' }],
    });
  await syncBoth();
});
afterAll(async () => {
  await stage?.close();
});

it('changes one store of two, and neither the catalog nor what moves there later', async () => {
  const editId = await overrideHere(skus('I0', 'I1'), [
    PERCENT('-50'),
    { field: 'tags', change: { kind: 'add', tags: ['only here'] } },
    { field: 'vendor', value: 'Elsewhere' },
  ]);
  expect(await edit(stage, editId)).toMatchObject({ target: 'store', fieldsApplied: 6, fieldsMoved: 0 });
  expect([here('I0'), there('I0'), here('I2')]).toEqual(['10.00', '20.00', '20.00']);
  expect(tagsIn(DEMO_SHOP, 'item-0').toSorted()).toEqual(['all', 'old', 'only here']);
  expect(storeProduct(stage, 'item-0').vendor).toBe('Elsewhere');
  const source = await db().catalogProduct.findFirstOrThrow({ where: { handle: 'item-0' } });
  expect(source).toMatchObject({ vendor: 'Acme', tags: ['all', 'old'] });
  // The catalog moves: the other store follows, this one holds what it was told. An edit in its admin is written over.
  await db().catalogVariant.updateMany({ where: { sku: 'I0' }, data: { price: '30.00' } });
  await db().catalogProduct.update({ where: { id: source.id }, data: { tags: ['all'] } });
  const { id } = storeProduct(stage, 'item-0');
  await asMerchant(stage, PRICE, { id, v: [{ id: variantIn(stage, 'I0', DEMO_SHOP).id, price: '7.00' }] });
  await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [id] });
  await syncBoth();
  await waitFor('it is written over', () => here('I0') === '10.00');
  expect(there('I0')).toBe('30.00');
  expect(tagsIn(OTHER_SHOP, 'item-0')).toEqual(['all']);
  expect(tagsIn(DEMO_SHOP, 'item-0')).toContain('old');
  expect(Number((await db().catalogVariant.findFirstOrThrow({ where: { sku: 'I0' } })).price)).toBe(30);
  expect(await db().conflict.count()).toBe(0);
  const scope = (await loadSyncScope(stage.resources, stage.shopId))!;
  const shown = await readOverlaidFields(db(), scope, source.id);
  expect(shown.map(({ path, catalogs, effective }) => [path.field, catalogs, effective])).toEqual(
    expect.arrayContaining([
      ['price', '30.00', '10.00'],
      ['vendor', 'Acme', 'Elsewhere'],
      ['tags', ['all'], ['all', 'old', 'only here']],
    ]),
  );
  const audit = await db().change.findMany({ where: { direction: 'override', productId: source.id } });
  expect(audit.map(({ field, causedBy }) => [field, causedBy]).toSorted()).toEqual([
    ['price', 'anna'],
    ['tags', 'anna'],
    ['vendor', 'anna'],
  ]);
  // Undone, the store has what the catalog says today, not what it said then.
  await undo(editId);
  expect([here('I0'), here('I1'), storeProduct(stage, 'item-0').vendor]).toEqual(['30.00', '20.00', 'Acme']);
  expect(tagsIn(DEMO_SHOP, 'item-0')).toEqual(['all']);
  expect(await db().storeOverride.count()).toBe(0);
  await waitFor('all paths are agreed', async () => (await db().releasedPath.count()) === 0);
  expect((await stage.run()).mutations).toBe(0);
}, 60_000);

it('keeps and lists what somebody changed since; an undo can be undone; a promotion lies above', async () => {
  const first = await overrideHere(skus('I3', 'I4', 'I5'), [PERCENT('-50')]);
  await overrideHere(skus('I4'), [PERCENT('-50')]);
  const [held] = (
    await readOverrides(db(), stage.shopId, { productId: await productOf('I5'), before: null, limit: 10 })
  ).rows;
  expect(held).toMatchObject({
    sku: 'I5',
    field: 'price',
    value: '10.00',
    edit: { id: first },
    setBy: 'anna',
  });
  await revokeOverrides(stage.resources, {
    ...{ shopId: stage.shopId, selection: { kind: 'ids', ids: [held!.id] }, causedBy: 'ben' },
  });
  await waitFor('it is revoked', () => here('I5') === '20.00');
  const undone = await undo(first);
  expect([here('I3'), here('I4'), here('I5')]).toEqual(['20.00', '5.00', '20.00']);
  const kept = await fieldsOf(stage, undone, ['skipped']);
  expect(kept.map(({ sku, code }) => [sku, code])).toEqual([
    ['I4', 'changed-since'],
    ['I5', 'unchanged'],
  ]);
  await undo(undone);
  expect([here('I3'), here('I4'), here('I5')]).toEqual(['10.00', '5.00', '20.00']);
  // Reckoned from the overridden price; and the override is planned from what lies beneath the promotion.
  await schedule(stage, {
    name: 'Sale',
    selection: skus('I3'),
    changes: [PERCENT('-10')],
    terms: termsIn(0, 6_000),
  });
  await waitFor('the promotion', () => here('I3') === '9.00');
  const again = await overrideHere(skus('I3'), [PERCENT('100')]);
  expect((await fieldsOf(stage, again))[0]).toMatchObject({ before: '10.00', after: '20.00' });
  expect(here('I3')).toBe('18.00');
  await waitFor('its end', () => here('I3') === '20.00');
  const all = await revokeOverrides(stage.resources, {
    ...{ shopId: stage.shopId, selection: { kind: 'all' }, causedBy: 'ben' },
  });
  expect(all).toEqual({ kind: 'revoked', overrides: 2, products: 2 });
  await waitFor('nothing is asked for', () => here('I4') === '20.00');
  expect(there('I4')).toBe('20.00');
}, 60_000);

it('asks again for what moved between plan and writing, and refuses stock', async () => {
  const started = await startBulkEdit(stage.resources, {
    ...{ shopId: stage.shopId, name: 'Slow', selection: skus('I6', 'I7'), changes: [PERCENT('-50')] },
    ...{ target: { kind: 'store' }, causedBy: 'anna', via: 'app', appliesItself: false },
  });
  if (started.kind !== 'started') throw new Error('refused');
  await awaitEdit(stage, started.editId, ['planned']);
  await db().catalogVariant.updateMany({ where: { sku: 'I6' }, data: { price: '44.00' } });
  expect(await applyEdit(stage, started.editId)).toMatchObject({ fieldsApplied: 1, fieldsMoved: 1 });
  await syncBoth();
  expect([here('I6'), here('I7'), there('I7')]).toEqual(['44.00', '10.00', '20.00']);
  const location = await db().shopLocation.findFirstOrThrow({ where: { shopId: stage.shopId } });
  expect(
    await previewBulkEdit(stage.resources, {
      ...{ shopId: stage.shopId, selection: skus('I7'), target: { kind: 'store' } },
      changes: [{ field: 'inventory', locationId: location.gid, change: { kind: 'set', available: 3 } }],
    }),
  ).toMatchObject({ kind: 'refused', problems: [{ field: 'changes.0.field' }] });
}, 60_000);

it('warns of a compare-at price above the lowest price of 30 days, and says what it does not know', async () => {
  // The store is known for 40 days; the price was 12 until 20 days ago.
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
  await db().shop.update({ where: { id: stage.shopId }, data: { adoptedAt: ago(40) } });
  const productId = await productOf('I2');
  await db().change.updateMany({ where: { productId, field: 'existence' }, data: { at: ago(40) } });
  const { id: variantId } = await db().catalogVariant.findFirstOrThrow({ where: { sku: 'I2' } });
  await db().change.create({
    data: {
      ...{
        shopId: stage.shopId,
        productId,
        variantId,
        field: 'price',
        direction: 'push',
        before: '12.00',
        after: '20.00',
      },
      ...{ changeKey: 'long ago', state: 'applied', causedBy: 'test', at: ago(20) },
    },
  });
  const plan = (selection: ProductSelection) =>
    planPromotionEdit(stage, {
      ...{ name: 'Sale', selection, changes: [PERCENT('-10')] },
      terms: termsIn(3_600_000, null, { showsBaseAsCompareAt: true }),
    });
  const compareAt = async (editId: string) =>
    (await fieldsOf(stage, editId)).find(({ field }) => field === 'compareAtPrice');
  const planned = await plan(skus('I2'));
  expect(await compareAt(planned)).toMatchObject({
    after: '20.00',
    warnings: ['compare-at-above-lowest-price'],
    lowestPrice: { amount: '12.00', knownOnlySince: null },
  });
  expect((await edit(stage, planned)).warnings).toEqual({ 'compare-at-above-lowest-price': 1 });
  // Made a moment ago: what it cost before is not known, and not guessed.
  expect(await compareAt(await plan(skus('I1')))).toMatchObject({
    warnings: ['compare-at-above-lowest-price'],
    lowestPrice: { amount: '10.00', knownOnlySince: expect.any(String) },
  });
  await saveSettings(stage.resources, { shopId: stage.shopId, show30DayLowest: false });
  expect(await compareAt(await plan(skus('I2')))).toMatchObject({ warnings: [], lowestPrice: null });
});

it('leaves the source as the catalog states it', async () => {
  const scope = (await loadSyncScope(stage.resources, stage.shopId))!;
  const id = await productOf('I7');
  const source = (await readSourceProducts(db(), scope.catalog, [id])).get(id)!;
  expect(source.product.variants[0]?.fields.price).toBe('20.00');
});
