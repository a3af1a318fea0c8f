/** What is forecast of an edit is what the run that carries it then takes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { speedOf } from '~/core/call-speed';
import type { ForecastDemand } from '~/core/forecast';
import { readTimes } from '~/db/store-speed.server';
import { forecastEdit } from '~/sync/forecast-edit';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';

const PRODUCTS = 95;
const VARIANTS = 2;

let stage: Stage;
beforeAll(async () => {
  // Everything is looked at once more before it is written over.
  stage = await openStage({ env: { CONFIRM_AFTER_SECONDS: '0' } });
  await fillCatalog(stage, PRODUCTS);
  await stage.run();
});
afterAll(async () => {
  await stage?.close();
});

const nothing: ForecastDemand = {
  products: PRODUCTS,
  operations: {},
  textBytes: 0,
  unread: { products: 0, variants: 0 },
  unconfirmed: { products: 0, variants: 0, items: 0 },
};
const all = { count: PRODUCTS, rows: PRODUCTS };
const forecastOf = (demand: Partial<ForecastDemand>) =>
  forecastEdit(stage.resources, { shopId: stage.shopId, demand: { ...nothing, ...demand } });

const changePrices = () => stage.resources.db.$executeRaw`UPDATE catalog.variant SET price = price + 1`;

async function expectForecast(demand: Partial<ForecastDemand>): Promise<void> {
  const forecast = await forecastOf(demand);
  if (!forecast) throw new Error('There is no forecast.');
  const run = await stage.run();
  expect(run.products.map(({ state }) => state)).toEqual(Array(PRODUCTS).fill('applied'));
  expect(run.calls).toBe(forecast.calls);
  // Points of a document are rounded up; a product without a category is read for a point less than was asked for.
  expect(run.points).toBeLessThanOrEqual(forecast.points + run.calls);
  expect(run.points).toBeGreaterThanOrEqual(
    forecast.points - run.calls - (demand.unconfirmed?.products ?? 0),
  );
}

describe('the forecast of an edit', () => {
  it('is none where there is no store', async () => {
    expect(await forecastEdit(stage.resources, { shopId: crypto.randomUUID(), demand: nothing })).toBeNull();
  });

  it('of prices names the calls and points that they take, the look at what is written over included', async () => {
    await changePrices();
    await expectForecast({
      operations: { 'variants-update': { count: PRODUCTS, rows: PRODUCTS * VARIANTS } },
      unconfirmed: { products: 0, variants: PRODUCTS * VARIANTS, items: 0 },
    });
  });

  it('of texts, tags, metafields and stock at once does', async () => {
    const { db } = stage.resources;
    await db.$executeRaw`UPDATE catalog.product SET vendor = 'Other', tags = tags || ARRAY['new']`;
    await db.$executeRaw`UPDATE catalog.metafield SET value = value || '!'`;
    await db.$executeRaw`UPDATE catalog.inventory_level SET available = available + 5`;
    await expectForecast({
      operations: {
        'product-update': all,
        'tags-add': all,
        'metafields-set': all,
        'inventory-set': { count: PRODUCTS, rows: PRODUCTS * VARIANTS },
      },
      unconfirmed: { products: PRODUCTS, variants: 0, items: 0 },
    });
  });

  it('goes by how fast the store answered', async () => {
    const { db } = stage.resources;
    const speed = async () => speedOf((await readTimes(db, stage.shopId)).calls).first;
    const before = await speed();
    stage.emulator.latency.baseMs = 1_500;
    for (let round = 0; round < 2; round += 1) {
      await changePrices();
      await stage.run();
    }
    expect(await speed()).toBeGreaterThan(before);
    await db.storeSpeed.updateMany({
      where: { shopId: stage.shopId },
      data: { seconds: { increment: 1_000 } },
    });
    const demand = { operations: { 'tags-add': all } };
    const slow = await forecastOf(demand);
    await db.storeSpeed.deleteMany();
    const usual = await forecastOf(demand);
    expect(slow!.seconds).toBeGreaterThan(usual!.seconds);
    expect(slow!.points).toBe(usual!.points);
  });
});
