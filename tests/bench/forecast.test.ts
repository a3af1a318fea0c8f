/**
 * 10,000 variants in products of ten, the price of each of them changed by SQL: what was forecast beside what the run took, on
 * three plans; what passes between its first and last call is printed, too. The bound is the larger of what the points allow
 * and what the calls take at the chosen concurrency. On Plus neither is the limit but this machine, whose pace is another one
 * from run to run: there the median of five runs counts.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCatalog } from '~/catalog/large-catalog';
import type { ForecastDemand } from '~/core/forecast';
import { loadGenerated } from '~/db/catalog-load.server';
import { forecastEdit } from '~/sync/forecast-edit';
import { openBenchStage } from './bench-stage';
import type { BenchCall, BenchStage } from './bench-stage';

const PRODUCTS = 1_000;
const VARIANTS = 10;
const BASE_MS = 350;
const FURTHER_MS = 20;
/** SHOP_CONCURRENCY's default. */
const CONCURRENCY = 10;
const PLANS = {
  plus: { bucket: 20_000, rate: 1_000, runs: 5 },
  advanced: { bucket: 4_000, rate: 200, runs: 1 },
  standard: { bucket: 2_000, rate: 100, runs: 1 },
};
type Plan = keyof typeof PLANS;
const DEMAND: ForecastDemand = {
  products: PRODUCTS,
  operations: { 'variants-update': { count: PRODUCTS, rows: PRODUCTS * VARIANTS } },
  textBytes: 0,
  unread: { products: 0, variants: 0 },
  unconfirmed: { products: 0, variants: 0, items: 0 },
};

let stage: BenchStage;

beforeAll(async () => {
  stage = await openBenchStage();
  const catalog = generateCatalog({
    seed: 7,
    products: PRODUCTS,
    minVariants: VARIANTS,
    maxVariants: VARIANTS,
  });
  await loadGenerated(stage.resources.db, stage.accountId, catalog);
  await stage.run();
  await stage.setLatency(BASE_MS, FURTHER_MS);
});
afterAll(async () => {
  await stage?.close();
});

const raisePrices = (products: number) => stage.resources.db.$executeRaw`
  UPDATE catalog.variant SET price = price + 0.11
  WHERE product_id IN (SELECT id FROM catalog.product ORDER BY id LIMIT ${products}::int)`;

/** Seconds from the first call to the end of the last. */
function secondsOf(calls: BenchCall[]): number {
  const ends = calls.map(({ at, durationMs }) => at + durationMs);
  return (Math.max(...ends) - Math.min(...calls.map(({ at }) => at))) / 1_000;
}

function boundOf(calls: BenchCall[], { bucket, rate }: { bucket: number; rate: number }): number {
  const points = calls.reduce((sum, call) => sum + (call.actualCost ?? 0), 0);
  const took = calls.map(({ fields }) => (BASE_MS + FURTHER_MS * (fields.length - 1)) / 1_000);
  const byCalls = took.reduce((sum, own) => sum + own, 0) / CONCURRENCY;
  return Math.max((points - bucket) / rate, byCalls, ...took);
}

/** How far the forecast of one run was from what it took, as a share of that. */
async function missOf(plan: Plan): Promise<number> {
  await raisePrices(PRODUCTS);
  await stage.setPlan(plan);
  const forecast = await forecastEdit(stage.resources, { shopId: stage.shopId, demand: DEMAND });
  if (!forecast) throw new Error('There is no forecast.');
  const { ms, calls } = await stage.run({ lane: 'documents' });
  const measured = secondsOf(calls);
  const bound = boundOf(calls, PLANS[plan]);
  const points = calls.reduce((sum, call) => sum + (call.actualCost ?? 0), 0);
  process.stdout.write(
    `${plan}: forecast ${forecast.seconds.toFixed(1)} s, ${forecast.calls} calls, ${forecast.points} points; measured ${measured.toFixed(1)} s (run ${(ms / 1_000).toFixed(1)} s), ${calls.length} calls, ${points} points; ${(measured / bound).toFixed(2)} x the bound of ${bound.toFixed(1)} s\n`,
  );
  expect(calls.length).toBe(forecast.calls);
  expect(points).toBe(forecast.points);
  return Math.abs(forecast.seconds * 1_000 - ms) / ms;
}

describe('10,000 changed prices', () => {
  it('are forecast within 15 % on every plan', async () => {
    // How fast the store and the app are, earlier runs have shown: the very first one of a process is no measure.
    await stage.setPlan('enterprise');
    for (let earlier = 0; earlier < 3; earlier += 1) {
      await raisePrices(PRODUCTS);
      await stage.run({ lane: 'documents' });
    }
    // Bulk operations are believed to take for ever: this is about documents (bulk-lane.test.ts has the other lane).
    const slow = { bulkCalls: 100, bulkSeconds: 600_000 };
    await stage.resources.db.storeSpeed.update({ where: { shopId: stage.shopId }, data: slow });
    const misses = new Map<Plan, number>();
    for (const plan of ['plus', 'advanced', 'standard'] as const) {
      const of: number[] = [];
      for (let run = 0; run < PLANS[plan].runs; run += 1) of.push(await missOf(plan));
      const [median = NaN] = of.toSorted((a, b) => a - b).slice(Math.floor(of.length / 2));
      misses.set(plan, median);
      process.stdout.write(`${plan}: ${(100 * median).toFixed(1)} % beside the run (limit 15)\n`);
    }
    expect([...misses].filter(([, miss]) => !(miss <= 0.15))).toEqual([]);
  });
});
