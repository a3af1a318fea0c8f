/**
 * The bulk lane measured: 10,000 changed prices in products of ten on three plans, forecast and measured; and cells of a grid in
 * which both lanes are measured and the one that is chosen must not be more than 20 % slower than the better. How fast
 * Shopify's bulk operations are is published nowhere: their speed is the emulator's switch, and no promise.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCatalog } from '~/catalog/large-catalog';
import type { Lane } from '~/core/forecast';
import type { SourceId } from '~/core/product-state';
import { loadGenerated } from '~/db/catalog-load.server';
import { listProductIds } from '~/db/catalog-products.server';
import { forecastEdit } from '~/sync/forecast-edit';
import { openBenchStage } from './bench-stage';
import type { BenchStage } from './bench-stage';
import { priceDemand } from './price-demand';

const PRODUCTS = 1_000;
const VARIANTS = 10;
const START_MS = 2_000;
const LINES_PER_SECOND = 50;

let stage: BenchStage;
let ids: SourceId[];

beforeAll(async () => {
  stage = await openBenchStage();
  const catalog = generateCatalog({
    seed: 7,
    products: PRODUCTS,
    minVariants: VARIANTS,
    maxVariants: VARIANTS,
  });
  await loadGenerated(stage.resources.db, stage.accountId, catalog);
  ids = await listProductIds(stage.resources.db, stage.accountId, { after: null, limit: PRODUCTS });
  await stage.run();
  await stage.setLatency(350, 20);
});
afterAll(async () => {
  await stage?.close();
});

const raisePrices = (products: SourceId[]) => stage.resources.db.$executeRaw`
  UPDATE catalog.variant SET price = price + 0.11 WHERE product_id = ANY(${products}::uuid[])`;

async function seconds(products: number, lane: Lane): Promise<{ seconds: number; isBulk: boolean }> {
  const productIds = ids.slice(0, products);
  await raisePrices(productIds);
  const { ms, calls } = await stage.run({ productIds, lane });
  const isBulk = calls.some(({ fields }) => fields.includes('bulkOperationRunMutation'));
  return { seconds: ms / 1_000, isBulk };
}

/** What is believed of documents for a while: that they take for ever, so that the other lane is taken. */
async function withSlowDocuments<T>(work: () => Promise<T>): Promise<T> {
  const { db } = stage.resources;
  const where = { shopId: stage.shopId };
  const {
    calls,
    further,
    seconds: took,
    furtherSquared,
    furtherSeconds,
  } = await db.storeSpeed.findUniqueOrThrow({ where });
  const slow = { calls: 100, further: 0, seconds: 600_000, furtherSquared: 0, furtherSeconds: 0 };
  await db.storeSpeed.update({ where, data: slow });
  const result = await work();
  const known = { calls, further, seconds: took, furtherSquared, furtherSeconds };
  await db.storeSpeed.update({ where, data: known });
  return result;
}

/** Forgets how fast bulk operations are, and learns it from runs. */
async function learnBulk(sizes: number[]): Promise<void> {
  const nothing = {
    ...{ bulkCalls: 0, bulkFurther: 0, bulkSeconds: 0 },
    ...{ bulkFurtherSquared: 0, bulkFurtherSeconds: 0 },
  };
  await stage.resources.db.storeSpeed.update({ where: { shopId: stage.shopId }, data: nothing });
  for (const size of sizes) expect((await withSlowDocuments(() => seconds(size, 'bulk'))).isBulk).toBe(true);
}

describe('10,000 changed prices in the bulk lane', () => {
  it('are forecast within 15 % on every plan', async () => {
    await stage.setPlan('plus');
    await stage.setBulk(START_MS, LINES_PER_SECOND);
    // How fast the store and the app are, earlier runs have shown.
    await seconds(PRODUCTS, 'documents');
    await learnBulk([200, 600, 400]);
    for (const plan of ['plus', 'advanced', 'standard'] as const) {
      await stage.setPlan(plan);
      const { forecast, measured } = await withSlowDocuments(async () => {
        const demand = priceDemand(PRODUCTS, VARIANTS);
        const told = await forecastEdit(stage.resources, { shopId: stage.shopId, demand });
        if (told?.lane !== 'bulk') throw new Error('The bulk lane was not forecast.');
        return { forecast: told, measured: await seconds(PRODUCTS, 'bulk') };
      });
      const bound = START_MS / 1_000 + PRODUCTS / LINES_PER_SECOND;
      process.stdout.write(
        `${plan}, bulk lane: forecast ${(forecast.seconds / measured.seconds).toFixed(2)} x what was measured; ${(measured.seconds / bound).toFixed(2)} x the bound (start and lines of the emulator)\n`,
      );
      expect(measured.isBulk).toBe(true);
      expect(Math.abs(forecast.seconds - measured.seconds) / measured.seconds).toBeLessThanOrEqual(0.15);
    }
  });
});

describe('the lane that is chosen', () => {
  it.each([
    { plan: 'standard', products: 300, startMs: 1_000, linesPerSecond: 60 },
    { plan: 'standard', products: 300, startMs: 5_000, linesPerSecond: 10 },
    { plan: 'plus', products: 600, startMs: 1_000, linesPerSecond: 300 },
    { plan: 'plus', products: 600, startMs: 5_000, linesPerSecond: 60 },
  ] as const)(
    'for $products products on $plan with $linesPerSecond lines a second after $startMs ms is not 20 % slower than the other',
    async ({ plan, products, startMs, linesPerSecond }) => {
      await stage.setBulk(startMs, linesPerSecond);
      await stage.setPlan('enterprise');
      await learnBulk([100, 220]);
      await stage.setPlan(plan);
      const bulk = await withSlowDocuments(() => seconds(products, 'bulk'));
      await stage.setPlan(plan);
      const documents = await seconds(products, 'documents');
      await stage.setPlan(plan);
      const demand = priceDemand(products, VARIANTS);
      const forecast = await forecastEdit(stage.resources, { shopId: stage.shopId, demand });
      if (!forecast) throw new Error('There is no forecast.');
      const taken = forecast.lane === 'bulk' ? bulk : documents;
      const ratio = taken.seconds / Math.min(bulk.seconds, documents.seconds);
      process.stdout.write(
        `${plan}, ${products} products, ${linesPerSecond} lines/s after ${startMs} ms: bulk takes ${(bulk.seconds / documents.seconds).toFixed(2)} x documents; chosen: ${forecast.lane}, ${ratio.toFixed(2)} x the better\n`,
      );
      expect(bulk.isBulk).toBe(true);
      expect(documents.isBulk).toBe(false);
      expect(ratio).toBeLessThanOrEqual(1.2);
    },
  );
});
