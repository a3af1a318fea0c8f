/** Which products a store gets, and in which language: not made where they are not chosen, left alone or off sale where they are there already. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NO_RULES } from '~/core/store-rules';
import type { OutsideRule } from '~/core/product-rules';
import type { StoreRules } from '~/core/store-rules';
import { readPriceMatrix } from '~/db/pages/price-matrix.server';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { previewStoreRules } from '~/sync/preview-store-rules';
import { saveStoreRules } from '~/sync/save-store-rules';
import { rulesCarried } from '../support/carried-rules';
import { rawProduct } from '../support/catalog-rows';
import { DEMO_SHOP } from '../support/connected-shop';
import { asMerchant } from '../support/merchant';
import { shownIn } from '../support/promotions';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

const PATIENT = { timeoutMs: 60_000 };
const TITLE = `mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }`;

let stage: Stage;
const db = () => stage.resources.db;
const inStore = (handle: string) => {
  const product = [...stage.emulator.state.shops.get(DEMO_SHOP)!.products.values()].find(
    (each) => each.handle === handle,
  );
  return product === undefined
    ? null
    : { id: product.id, title: product.title, status: product.status, tags: product.tags };
};
const catalog = (handle: string) =>
  db().catalogProduct.findFirstOrThrow({ where: { handle }, include: { variants: true } });
const choosing = (search: string, outside: OutsideRule): StoreRules => ({
  ...NO_RULES,
  products: { by: 'search', search, outside },
});

async function put(rules: StoreRules): Promise<void> {
  const asked = { shopId: stage.shopId, rules, catalogCurrencyCode: null, actor: 'anna' };
  expect(await saveStoreRules(stage.resources, asked)).toEqual({ kind: 'saved' });
  await rulesCarried(db());
}

async function titled(handle: string, title: string): Promise<void> {
  await asMerchant(stage, TITLE, { product: { id: inStore(handle)!.id, title } });
  await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [inStore(handle)!.id] });
}

beforeAll(async () => {
  stage = await openStage({});
  await db().shop.updateMany({ data: { guardCatalogPercent: null, guardChangePercent: null } });
  for (const [handle, tags] of [
    ['lamp', ['outlet']],
    ['chair', ['outlet', 'garden']],
    ['table', ['garden']],
    ['shelf', []],
  ] as const)
    await rawProduct(db(), stage.accountId, {
      handle,
      product: { title: handle, tags: [...tags], status: 'ACTIVE' },
      variants: [{ sku: handle.toUpperCase(), price: '20.00' }],
    });
  // Before the first sync: what is not chosen is never made.
  const asked = { shopId: stage.shopId, catalogCurrencyCode: null, actor: 'anna' };
  await saveStoreRules(stage.resources, { ...asked, rules: choosing('tag:outlet', 'leave') });
  await stage.run();
}, 120_000);
afterAll(async () => {
  await stage?.close();
});

it('makes what is chosen and nothing else, and says why', async () => {
  expect(['lamp', 'chair', 'table', 'shelf'].map((handle) => inStore(handle)?.status ?? null)).toEqual([
    'ACTIVE',
    'ACTIVE',
    null,
    null,
  ]);
  const { id } = await catalog('table');
  const ended = await db().runProduct.findFirstOrThrow({
    where: { productId: id },
    orderBy: { endedAt: 'desc' },
  });
  expect(ended).toMatchObject({ state: 'skipped', code: 'not-chosen' });
  expect((await stage.run()).mutations).toBe(0);
}, 90_000);

it('makes a product once the catalog has it among the chosen', async () => {
  const { id } = await catalog('table');
  await db().catalogProduct.update({ where: { id }, data: { tags: ['garden', 'outlet'] } });
  await stage.run();
  expect(inStore('table')).toMatchObject({ status: 'ACTIVE', title: 'table' });
}, 90_000);

it('leaves alone what is no longer chosen, either way, and carries on where both sides are once it is again', async () => {
  await put(choosing('tag:garden', 'leave'));
  await db().catalogVariant.updateMany({ where: { sku: 'LAMP' }, data: { price: '33.00' } });
  await titled('lamp', 'Lamp of the store');
  expect((await stage.run()).mutations).toBe(0);
  expect(inStore('lamp')).toMatchObject({ status: 'ACTIVE', title: 'Lamp of the store' });
  expect((await catalog('lamp')).title).toBe('lamp');
  expect(await db().conflict.count()).toBe(0);
  await put(choosing('tag:garden OR tag:outlet', 'leave'));
  expect(shownIn(stage, 'LAMP', DEMO_SHOP).price).toBe('33.00');
  // Changed in Shopify alone meanwhile: it comes to the catalog now.
  expect((await catalog('lamp')).title).toBe('Lamp of the store');
}, 120_000);

it('takes what the store has off sale and keeps it in step, and puts it back on sale', async () => {
  await put(choosing('tag:garden', 'draft'));
  expect(inStore('lamp')?.status).toBe('DRAFT');
  expect(inStore('chair')?.status).toBe('ACTIVE');
  expect(inStore('shelf')).toBeNull();
  expect((await catalog('lamp')).status).toBe('ACTIVE');
  const { id } = await catalog('lamp');
  await db().catalogProduct.update({ where: { id }, data: { title: 'New lamp' } });
  await stage.run();
  expect(inStore('lamp')).toMatchObject({ status: 'DRAFT', title: 'New lamp' });
  // Chosen by the catalog again.
  await db().catalogProduct.update({ where: { id }, data: { tags: ['garden'] } });
  await stage.run();
  expect(inStore('lamp')?.status).toBe('ACTIVE');
  await db().catalogProduct.update({ where: { id }, data: { tags: [] } });
  await stage.run();
  expect(inStore('lamp')?.status).toBe('DRAFT');
  await put(NO_RULES);
  expect(inStore('lamp')?.status).toBe('ACTIVE');
  expect(inStore('shelf')?.status).toBe('ACTIVE');
  expect((await stage.run()).mutations).toBe(0);
}, 180_000);

it('shows in the preview and the price matrix what the store does not get', async () => {
  const rules = choosing('tag:garden', 'leave');
  const preview = await previewStoreRules(stage.resources, { shopId: stage.shopId, rules });
  if (preview.kind !== 'preview') throw new Error(preview.kind);
  expect({ products: preview.products, found: preview.found }).toEqual({ products: 4, found: 2 });
  expect(preview.rows.filter(({ isChosen }) => isChosen).map(({ sku }) => sku)).toEqual(
    expect.arrayContaining(['TABLE', 'CHAIR']),
  );
  await put(rules);
  const shop = await db().shop.findUniqueOrThrow({ where: { id: stage.shopId } });
  const query = { search: '', after: null };
  const matrix = await readPriceMatrix(db(), shop, { ...query, onlyDifferences: false });
  const states = new Map(matrix.rows.map(({ sku, cells }) => [sku, cells[0]?.state]));
  expect(Object.fromEntries(states)).toEqual({
    ...{ LAMP: 'not-chosen', SHELF: 'not-chosen', CHAIR: 'same', TABLE: 'same' },
  });
  expect((await readPriceMatrix(db(), shop, { ...query, onlyDifferences: true })).rows).toEqual([]);
}, 90_000);

it('shows texts in the language of the store, which stay out of the catalog', async () => {
  const { id } = await catalog('chair');
  const german = { namespace: 'custom', key: 'title_de', type: 'single_line_text_field', value: 'Stuhl' };
  await db().catalogMetafield.create({ data: { accountId: stage.accountId, productId: id, ...german } });
  await put({ ...NO_RULES, texts: { ...NO_RULES.texts, title: 'custom.title_de' } });
  expect(inStore('chair')?.title).toBe('Stuhl');
  expect(inStore('table')?.title).toBe('table');
  await titled('chair', 'Sessel');
  await titled('table', 'Tisch');
  await waitFor(
    'both are put back',
    () => inStore('chair')?.title === 'Stuhl' && inStore('table')?.title === 'table',
    PATIENT,
  );
  await db().catalogMetafield.updateMany({ where: { productId: id }, data: { value: 'Gartenstuhl' } });
  await stage.run();
  expect(inStore('chair')?.title).toBe('Gartenstuhl');
  expect([(await catalog('chair')).title, (await catalog('table')).title]).toEqual(['chair', 'table']);
  await put(NO_RULES);
  expect(inStore('chair')?.title).toBe('chair');
  expect(await db().conflict.count()).toBe(0);
}, 120_000);
