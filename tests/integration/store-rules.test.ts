/** Rules of stores: two stores of one catalog, each at its own prices; edits in Shopify, changed rules, and rules that go. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProductSelection } from '~/core/bulk-edit';
import { NO_RULES } from '~/core/store-rules';
import type { StoreRules } from '~/core/store-rules';
import { loadSyncScope } from '~/sync/sync-scope';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { readEffectiveProducts } from '~/db/effective-products.server';
import { explainPrices } from '~/core/price-explanation';
import { revokeOverrides } from '~/sync/revoke-overrides';
import { takeRefusedRate } from '~/sync/keep-store-rules';
import { saveStoreRules } from '~/sync/save-store-rules';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import { startRun } from '~/sync/start-run';
import { rulesCarried } from '../support/carried-rules';
import { rawProduct } from '../support/catalog-rows';
import { DEMO_SHOP, connectShop } from '../support/connected-shop';
import { PERCENT, awaitEdit } from '../support/edits';
import { asMerchant, storeProduct } from '../support/merchant';
import { schedule, shownIn, termsIn, variantIn } from '../support/promotions';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

const YEN_SHOP = 'lockstep-japan.myshopify.com';
const PRICE = `mutation($id: ID!, $v: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $id, variants: $v) { userErrors { message } } }`;
const PATIENT = { timeoutMs: 60_000 };
const shop = (domain: string, currencyCode: string) => ({
  ...{ domain, name: domain, plan: 'plus' as const, currencyCode },
  ...{ timezone: 'Europe/Berlin', locations: ['Warehouse'] },
});

/** A server that tells rates. */
async function startFeed() {
  const told = { body: '' };
  const server = createServer((_request, response) => void response.end(told.body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const host = `127.0.0.1:${address.port}`;
  return {
    ...{ host, told, url: `http://${host}/latest?key=hush` },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

let feed: Awaited<ReturnType<typeof startFeed>>;
let stage: Stage;
let yenShopId: string;
const db = () => stage.resources.db;
const euro = (sku: string) => shownIn(stage, sku, DEMO_SHOP).price;
const yen = (sku: string) => shownIn(stage, sku, YEN_SHOP).price;
const skus = (...list: string[]): ProductSelection => ({ kind: 'skus', skus: list });
const catalogPrice = async (sku: string) =>
  Number((await db().catalogVariant.findFirstOrThrow({ where: { sku } })).price);

const YEN: StoreRules = {
  ...NO_RULES,
  ...{ conversion: { by: 'factor', factor: '150.25' }, markup: { percent: '10', amount: '0' } },
  rounding: { to: 'step', step: '10' },
};
const ENDING: StoreRules = { ...NO_RULES, rounding: { to: 'ending', ending: '0.99' } };

async function save(shopId: string, rules: StoreRules): Promise<void> {
  const asked = { shopId, rules, catalogCurrencyCode: 'EUR', actor: 'anna' };
  expect(await saveStoreRules(stage.resources, asked)).toEqual({ kind: 'saved' });
}

const carried = () => rulesCarried(db());

async function syncBoth(): Promise<{ mutations: number }> {
  const first = await stage.run();
  const { runId } = await startRun(stage.resources, {
    ...{ shopId: yenShopId, trigger: 'manual', causedBy: 'test' },
  });
  const second = await stage.awaitRun(runId);
  return { mutations: first.mutations + second.mutations };
}

beforeAll(async () => {
  feed = await startFeed();
  stage = await openStage({
    emulator: { shops: [shop(DEMO_SHOP, 'EUR'), shop(YEN_SHOP, 'JPY')] },
    env: { FETCH_ALLOWED_HOSTS: feed.host },
  });
  const second = await connectShop(stage.resources, stage.env, YEN_SHOP);
  await db().shop.update({ where: { id: second.shopId }, data: { accountId: stage.accountId } });
  yenShopId = second.shopId;
  await db().shop.updateMany({ data: { guardCatalogPercent: null, guardChangePercent: null } });
  for (let at = 0; at < 6; at += 1)
    await rawProduct(db(), stage.accountId, {
      ...{ handle: `item-${at}`, product: { title: `Item ${at}` } },
      variants: [{ sku: `I${at}`, price: '20.00', compareAtPrice: '30.00', cost: '5.00' }],
    });
  // Before the first sync: no store is ever shown the catalog's own numbers.
  await save(yenShopId, YEN);
  await save(stage.shopId, ENDING);
  await syncBoth();
  await carried();
}, 120_000);
afterAll(async () => {
  await stage?.close();
  await feed?.close();
});

it('brings one catalog to each store at its own prices, and a change of it', async () => {
  // 20 x 150.25 x 1.1 = 3305.5; 30 x 150.25 x 1.1 = 4958.25
  expect(shownIn(stage, 'I0', YEN_SHOP)).toEqual({ price: '3310.00', compareAt: '4960.00' });
  expect(shownIn(stage, 'I0', DEMO_SHOP)).toEqual({ price: '19.99', compareAt: '29.99' });
  const item = [...stage.emulator.state.shops.get(YEN_SHOP)!.inventoryItems.values()].find(
    ({ sku }) => sku === 'I0',
  );
  expect(Number(item?.cost)).toBe(751);
  await db().catalogVariant.updateMany({ where: { sku: 'I0' }, data: { price: '25.40' } });
  await syncBoth();
  // 25.4 x 150.25 x 1.1 = 4197.985
  expect([yen('I0'), euro('I0')]).toEqual(['4200.00', '24.99']);
  expect((await syncBoth()).mutations).toBe(0);
}, 90_000);

it('puts a price back that was edited in Shopify, and pulls nothing', async () => {
  const { id } = storeProduct(stage, 'item-1');
  await asMerchant(stage, PRICE, { id, v: [{ id: variantIn(stage, 'I1', DEMO_SHOP).id, price: '7.00' }] });
  await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [id] });
  await waitFor('it is put back', () => euro('I1') === '19.99', PATIENT);
  expect(await catalogPrice('I1')).toBe(20);
  expect(await db().conflict.count()).toBe(0);
}, 90_000);

it('lies below an override and a promotion, and explains each step', async () => {
  const started = await startBulkEdit(stage.resources, {
    ...{ shopId: stage.shopId, name: 'Here', selection: skus('I2'), changes: [PERCENT('50')] },
    ...{ target: { kind: 'store' }, causedBy: 'anna', via: 'app', appliesItself: true },
  });
  if (started.kind !== 'started') throw new Error(JSON.stringify(started.problems));
  await awaitEdit(stage, started.editId, ['finished', 'failed']);
  // Half as much again of what the store asks for, not of what the catalog says: 19.99 x 1.5 = 29.985.
  await waitFor('the override', () => euro('I2') === '29.99', PATIENT);
  await schedule(stage, {
    ...{ name: 'Sale', selection: skus('I2', 'I3'), changes: [PERCENT('-10')] },
    terms: termsIn(0, null),
  });
  await waitFor('the promotion', () => euro('I2') === '26.99' && euro('I3') === '17.99', PATIENT);
  const scope = (await loadSyncScope(stage.resources, stage.shopId))!;
  const { productId } = await db().catalogVariant.findFirstOrThrow({ where: { sku: 'I2' } });
  const found = (await readEffectiveProducts(db(), scope, [productId])).get(productId)!;
  const [why] = explainPrices(found.catalogs, found.overlays, scope);
  expect(why?.price.steps.map(({ by, before, after }) => [by, before, after])).toEqual([
    ['rounding', '20.00', '19.99'],
    ['override', '19.99', '29.99'],
    ['promotion', '29.99', '26.99'],
  ]);
  await db().promotion.updateMany({ data: { endsAt: new Date() } });
  await waitFor('its end', () => euro('I2') === '29.99' && euro('I3') === '19.99', PATIENT);
  await revokeOverrides(stage.resources, {
    ...{ shopId: stage.shopId, selection: { kind: 'all' }, causedBy: 'anna' },
  });
  await waitFor('the rules alone', () => euro('I2') === '19.99', PATIENT);
}, 120_000);

it('reprices the store when a rule is changed, and goes back to the catalog when all are gone', async () => {
  const revision = async () =>
    (await db().shop.findUniqueOrThrow({ where: { id: yenShopId } })).rulesRevision;
  const before = await revision();
  const draft = { ...YEN, rounding: { to: 'step', step: '100' }, status: 'draft' } as const;
  await save(yenShopId, draft);
  await waitFor('the new prices', () => yen('I4') === '3300.00', PATIENT);
  await carried();
  const ofYen = () => [...stage.emulator.state.shops.get(YEN_SHOP)!.products.values()];
  expect(new Set(ofYen().map(({ status }) => status))).toEqual(new Set(['DRAFT']));
  expect(euro('I4')).toBe('19.99');
  // The same again is nothing to do.
  const again = { shopId: yenShopId, rules: draft, catalogCurrencyCode: 'EUR', actor: 'anna' };
  expect(await saveStoreRules(stage.resources, again)).toEqual({ kind: 'unchanged' });
  expect(await revision()).toBe(before + 1);
  await save(stage.shopId, NO_RULES);
  await waitFor('the catalog’s price', () => euro('I4') === '20.00', PATIENT);
  await carried();
  expect(shownIn(stage, 'I5', DEMO_SHOP)).toEqual({ price: '20.00', compareAt: '30.00' });
  await waitFor('both sides agree', async () => (await db().releasedPath.count()) === 0, PATIENT);
  expect(await catalogPrice('I4')).toBe(20);
  expect((await syncBoth()).mutations).toBe(0);
}, 180_000);

it('puts the next rate of a table in force when its day comes', async () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const rates = [
    { from: day(-10), rate: '100' },
    { from: day(2), rate: '200' },
  ];
  await save(yenShopId, { ...NO_RULES, conversion: { by: 'table', rates } });
  await waitFor('the rate of today', () => yen('I4') === '2000.00', PATIENT);
  await carried();
  const { rulesDueAt } = await db().shop.findUniqueOrThrow({ where: { id: yenShopId } });
  expect(rulesDueAt!.getTime()).toBeGreaterThan(Date.now());
  // Time passes: the table as it will be in two days.
  const sooner = [rates[0]!, { from: day(-1), rate: '200' }];
  await db().$executeRaw`
    UPDATE app.shop SET store_rules = jsonb_set(store_rules, '{rules,conversion,rates}', ${JSON.stringify(sooner)}::jsonb),
      rules_due_at = now() WHERE id = ${yenShopId}::uuid`;
  await waitFor('the next rate', () => yen('I4') === '4000.00', PATIENT);
  await carried();
}, 120_000);

it('takes a feed’s rate, and not one that moved too far until a person does', async () => {
  const asked = (address: string) =>
    saveStoreRules(stage.resources, {
      ...{ shopId: yenShopId, catalogCurrencyCode: 'EUR', actor: 'anna' },
      rules: { ...NO_RULES, conversion: { by: 'feed', address, maxDailyMovePercent: '5' } },
    });
  const stored = () => db().shop.findUniqueOrThrow({ where: { id: yenShopId } });
  const askAgain = () => db().shop.update({ where: { id: yenShopId }, data: { rulesDueAt: new Date() } });
  feed.told.body = '{"rates": {"USD": 1.1}}';
  expect(await asked(feed.url)).toMatchObject({ problems: [{ field: 'conversion.address' }] });
  feed.told.body = '{"base": "EUR", "rates": {"JPY": 150.25}}';
  expect(await asked(feed.url)).toEqual({ kind: 'saved' });
  await waitFor('the feed’s rate', () => yen('I4') === '3005.00', PATIENT);
  // The key in the address is nobody's to read.
  expect(JSON.stringify((await stored()).storeRules)).not.toContain('hush');
  feed.told.body = '{"base": "EUR", "rates": {"JPY": 155}}';
  await askAgain();
  await waitFor('the feed’s next rate', () => yen('I4') === '3100.00', PATIENT);
  feed.told.body = '{"rates": {"JPY": 15.5}}';
  await askAgain();
  await waitFor('it is refused', async () => (await stored()).rulesRateRefused !== null, PATIENT);
  expect((await stored()).rulesRateRefused).toMatchObject({ rate: '15.5', movedPercent: '90.00' });
  expect(yen('I4')).toBe('3100.00');
  feed.told.body = 'gone';
  await askAgain();
  await waitFor('it is said', async () => (await stored()).rulesFeedProblem !== null, PATIENT);
  expect(yen('I4')).toBe('3100.00');
  feed.told.body = '{"rate": "170.5"}';
  await askAgain();
  await waitFor('it is refused, too', async () => (await stored()).rulesRateRefused !== null, PATIENT);
  expect(await takeRefusedRate(stage.resources, { shopId: yenShopId, actor: 'anna' })).toBe(true);
  await waitFor('the rate that a person took', () => yen('I4') === '3410.00', PATIENT);
  await carried();
}, 180_000);

it('refuses what makes no sense, and says where', async () => {
  const refused = await saveStoreRules(stage.resources, {
    ...{ shopId: yenShopId, catalogCurrencyCode: 'euro', actor: 'anna' },
    rules: {
      products: { by: 'search', search: 'tag:a price:>5 word', outside: 'leave' },
      texts: { ...NO_RULES.texts, title: 'title_de' },
      conversion: { by: 'factor', factor: '0' },
      markup: { percent: '-100', amount: '0.5' },
      rounding: { to: 'ending', ending: '0.99' },
      compareAt: { by: 'above-price', percent: '0' },
      status: 'catalog',
    },
  });
  if (refused.kind !== 'refused') throw new Error(refused.kind);
  expect(refused.problems.map(({ field }) => field)).toEqual([
    ...[
      'products.search',
      'products.search',
      'texts.title',
      'conversion.factor',
      'markup.percent',
      'markup.amount',
      'rounding.ending',
      'compareAt.percent',
    ],
    'catalogCurrencyCode',
  ]);
  for (const { value, reason, remedy } of refused.problems)
    expect([value, reason, remedy].every((text) => text !== '')).toBe(true);
  expect(await takeRefusedRate(stage.resources, { shopId: yenShopId, actor: 'anna' })).toBe(false);
});
