/** Warming: what a store does at a time of the day is learned, read shortly before, and trusted when the work comes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { learnWork } from '~/sync/learn-work';
import { planWarming } from '~/sync/plan-warming';
import { asMerchant, shopOf, storeProduct } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { waitFor } from '../support/wait-for';

const DAY_MS = 86_400_000;
const PRODUCTS = 40;
const { signal } = new AbortController();

let stage: Stage;
let ids: string[];
beforeEach(async () => {
  stage = await openStage({});
  ids = await fillCatalog(stage, PRODUCTS);
  await stage.run();
});
afterEach(async () => {
  await stage?.close();
});
const db = () => stage.resources.db;

/** The cache as it is a day later. */
const age = () =>
  db().remoteProductRow.updateMany({ data: { fetchedAt: new Date(Date.now() - DAY_MS), confirmedAt: null } });
const ageVariants = () =>
  db().remoteVariantRow.updateMany({ data: { fetchedAt: new Date(Date.now() - DAY_MS) } });
const raisePrices = () => db().$executeRaw`UPDATE catalog.variant SET price = price + 1`;

/** Twenty days on each of which all products were written at the time of day that it will be in some minutes. */
async function wasBusyDaily(minutesAhead: number): Promise<void> {
  const { shopId } = stage;
  // No daylight saving within the test, and no trace of how its catalog came into the store.
  await db().shop.update({
    where: { id: shopId },
    data: { timezone: 'UTC', installedAt: new Date(Date.now() - 60 * DAY_MS) },
  });
  await db().change.deleteMany();
  await db().workLearned.deleteMany();
  await db().workStartRow.deleteMany();
  await db().workProduct.deleteMany();
  const start = Date.now() + minutesAhead * 60_000;
  await db().change.createMany({
    data: Array.from({ length: 20 }, (_, day) =>
      ids.map((productId) => ({
        ...{ shopId, productId, field: 'price', direction: 'push', state: 'applied', causedBy: 'test' },
        changeKey: `${day} ${productId}`,
        at: new Date(start - (day + 1) * DAY_MS),
      })),
    ).flat(),
  });
}

/** Root fields of the queries that are sent while `work` runs. */
async function queriesDuring(work: () => Promise<unknown>): Promise<string[]> {
  const before = stage.emulator.log.all().at(-1)?.sequence ?? 0;
  await work();
  return stage.emulator.log
    .all()
    .filter((call) => call.sequence > before && call.kind === 'query')
    .flatMap((call) => call.fields);
}

const warmed = () => db().remoteProductRow.count({ where: { confirmedAt: { not: null } } });

describe('work that was done daily', () => {
  it('is learned from the audit log, once', async () => {
    await wasBusyDaily(5);
    await learnWork(stage.resources, signal);
    await learnWork(stage.resources, signal);
    expect(await db().workStartRow.count()).toBe(20);
    const products = await db().workProduct.findMany();
    // A row an hour of the week and product, of seven days.
    expect(products.length).toBe(7 * PRODUCTS);
    // The most often seen hours had three days: each of the older ones counts less.
    const most = Math.max(...products.map(({ weight }) => weight));
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThan(3);
  });

  it('finds its products confirmed: no field is read before it writes', async () => {
    await age();
    await ageVariants();
    await raisePrices();
    const without = await queriesDuring(() => stage.run());
    expect(without).toContain('nodes');
    await age();
    await ageVariants();
    await wasBusyDaily(5);
    await learnWork(stage.resources, signal);
    await planWarming(stage.resources, signal);
    await waitFor('the products are warmed', async () => (await warmed()) === PRODUCTS, {
      timeoutMs: 60_000,
    });
    await raisePrices();
    const queries = await queriesDuring(() => stage.run());
    expect(queries).not.toContain('nodes');
    await expectStoreToEqualCatalog(stage);
    // What the run looked at was of use.
    await waitFor('what was warmed is counted', async () => {
      await planWarming(stage.resources, signal);
      const hours = await db().warmingHour.findMany();
      return hours.reduce((sum, { used }) => sum + used, 0) === PRODUCTS;
    });
    const hours = await db().warmingHour.findMany();
    expect(hours.reduce((sum, { unused }) => sum + unused, 0)).toBe(0);
    // A product with its two variants: five points.
    expect(hours.reduce((sum, { points }) => sum + points, 0)).toBe(5 * PRODUCTS);
    expect(await db().warmedProduct.count()).toBe(0);
  });

  it('is learned as it goes on, and not prepared for in a shop that has left', async () => {
    await age();
    await wasBusyDaily(5);
    const { shopId } = stage;
    await db().change.createMany({
      data: ids.map((productId) => ({
        ...{ shopId, productId, field: 'price', direction: 'push', state: 'applied', causedBy: 'test' },
        changeKey: `today ${productId}`,
        // Over for as long as work pauses.
        at: new Date(Date.now() - 21 * 60_000),
      })),
    });
    await learnWork(stage.resources, signal);
    expect(await db().workStartRow.count()).toBe(21);
    await db().shop.update({ where: { id: shopId }, data: { uninstalledAt: new Date() } });
    await planWarming(stage.resources, signal);
    expect(await db().warmedProduct.count()).toBe(0);
    expect(await warmed()).toBe(0);
  });
});

describe('a promotion', () => {
  it('finds its products confirmed before it begins', async () => {
    await age();
    const { shopId } = stage;
    const [first, second] = ids;
    const startsAt = new Date(Date.now() + 5 * 60_000);
    const promotion = { id: crypto.randomUUID(), shopId, name: 'Sale', changes: [], createdBy: 'test' };
    await db().promotion.create({ data: { ...promotion, startsAt, createdAt: new Date() } });
    await db().promotionVariant.createMany({
      data: [first, second].map((productId) => ({
        ...{ promotionId: promotion.id, shopId, productId: productId! },
        variantId: crypto.randomUUID(),
      })),
    });
    await planWarming(stage.resources, signal);
    await waitFor('the products are warmed', async () => (await warmed()) === 2, { timeoutMs: 60_000 });
    const hours = await db().warmingHour.findMany();
    expect(hours).toMatchObject([{ reason: 'promotion', warmed: 2, points: 10 }]);
  });
});

describe('what Shopify holds otherwise', () => {
  it('is left to the line, which takes it over; nothing of it is trusted', async () => {
    await age();
    const product = storeProduct(stage, 'item-3');
    await asMerchant(
      stage,
      'mutation ($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }',
      { product: { id: product.id, title: 'Renamed in Shopify' } },
    );
    await wasBusyDaily(5);
    await learnWork(stage.resources, signal);
    await planWarming(stage.resources, signal);
    await waitFor(
      'the catalog has the new title',
      async () =>
        (await db().catalogProduct.count({ where: { handle: 'item-3', title: 'Renamed in Shopify' } })) === 1,
      { timeoutMs: 60_000 },
    );
    await waitFor('the others are warmed', async () => (await warmed()) === PRODUCTS - 1);
    const row = await db().remoteProductRow.findFirst({ where: { remoteId: product.id } });
    expect(row?.confirmedAt).toBeNull();
    expect(shopOf(stage).products.size).toBe(PRODUCTS);
  });
});
