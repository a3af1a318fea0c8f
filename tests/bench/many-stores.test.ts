/**
 * One catalog, twenty stores: the price of every product changes by SQL, and each store is to hold its own price. Workers on
 * Redis share the stores. The bound is what the slowest store's points and calls take with nothing else running; fairness is
 * Jain's index over what each store has got at a time (Jain, Chiu and Hawe, "A quantitative measure of fairness", 1984): 1
 * where all got the same. Then once more with three workers, one of which is killed: nothing but the time may change.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { generateCatalog } from '~/catalog/large-catalog';
import { readConfig } from '~/config.server';
import { readCapture } from '~/db/change-capture.server';
import { loadGenerated } from '~/db/catalog-load.server';
import { NO_RULES } from '~/core/store-rules';
import type { StoreRules } from '~/core/store-rules';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import { saveStoreRules } from '~/sync/save-store-rules';
import { startRun } from '~/sync/start-run';
import type { Child } from '../support/child';
import { connectShop } from '../support/connected-shop';
import { spawnEmulator } from '../support/emulator';
import type { SpawnedEmulator } from '../support/emulator';
import { testEnvironment } from '../support/environment';
import { ownPostgres } from '../support/own-postgres';
import type { OwnPostgres } from '../support/own-postgres';
import { createTestRedis } from '../support/redis';
import { waitFor } from '../support/wait-for';
import { spawnWorker } from '../support/worker';

const STORES = Number(process.env['STORES'] ?? 20);
const PRODUCTS = Number(process.env['PRODUCTS'] ?? 2_000);
const BASE_MS = 350;
const FURTHER_MS = 20;
/** SHOP_CONCURRENCY's default. */
const CONCURRENCY = 10;
/** Standard's. */
const BUCKET = { maximum: 2_000, restoreRate: 100 };
/** `throttled`: of all calls; each is made again and costs no points. */
const LIMITS = { ofBound: 1.3, fairness: 0.95, throttled: 0.01 };

const calls = z.object({
  calls: z.array(
    z.object({
      shop: z.string().nullable(),
      at: z.number(),
      durationMs: z.number(),
      fields: z.array(z.string()),
      actualCost: z.number().nullable(),
      throttled: z.boolean(),
    }),
  ),
});
type Call = z.infer<typeof calls>['calls'][number];

/** What stores ask, by turns; `priceOf` says it once more in whole numbers: a price of so many cents in the catalog. */
const KINDS: { currencyCode: string; rules: StoreRules | null; priceOf: (cents: number) => number }[] = [
  { currencyCode: 'EUR', rules: null, priceOf: (cents) => cents / 100 },
  {
    currencyCode: 'USD',
    rules: {
      ...NO_RULES,
      conversion: { by: 'factor', factor: '2' },
      markup: { percent: '10', amount: '0' },
    },
    priceOf: (cents) => Math.floor((cents * 22 + 5) / 10) / 100,
  },
  {
    currencyCode: 'JPY',
    rules: {
      ...NO_RULES,
      conversion: { by: 'factor', factor: '150' },
      rounding: { to: 'step', step: '10' },
    },
    priceOf: (cents) => Math.floor((cents * 3 + 10) / 20) * 10,
  },
  {
    currencyCode: 'GBP',
    rules: { ...NO_RULES, rounding: { to: 'ending', ending: '0.99' } },
    priceOf: (cents) => Math.floor((cents - 49) / 100) + 0.99,
  },
];
const kindOf = (store: number) => KINDS[store % KINDS.length]!;

interface Store {
  shopId: string;
  domain: string;
}

let postgres: OwnPostgres;
let emulator: SpawnedEmulator;
let resources: AppResources;
let env: Record<string, string>;
let writer: pg.Pool;
const stores: Store[] = [];
const workers: Child[] = [];

/** 1 where all are alike, 1/n where one has everything. */
function jain(shares: number[]): number {
  const sum = shares.reduce((all, share) => all + share, 0);
  const squares = shares.reduce((all, share) => all + share * share, 0);
  return squares === 0 ? 1 : (sum * sum) / (shares.length * squares);
}

function boundOf(own: Call[]): number {
  const points = own.reduce((sum, call) => sum + (call.actualCost ?? 0), 0);
  const took = own.map(({ fields }) => (BASE_MS + FURTHER_MS * Math.max(0, fields.length - 1)) / 1_000);
  const byCalls = took.reduce((sum, seconds) => sum + seconds, 0) / CONCURRENCY;
  return Math.max((points - BUCKET.maximum) / BUCKET.restoreRate, byCalls, ...took);
}

/** How many prices each store was sent since. */
async function sentSince(instant: Date): Promise<number[]> {
  const rows = await resources.db.$queryRaw<{ shopId: string; count: number }[]>`
    SELECT shop_id AS "shopId", count(*)::int AS count FROM app.change
    WHERE at >= ${instant} AND field = 'price' AND state = 'applied' GROUP BY shop_id`;
  const counts = new Map(rows.map(({ shopId, count }) => [shopId, count]));
  return stores.map(({ shopId }) => counts.get(shopId) ?? 0);
}

async function fullBuckets(): Promise<void> {
  for (const { domain, shopId } of stores) {
    await emulator.control('POST', `shops/${domain}/plan`, { plan: 'standard' });
    const bucket = { ...BUCKET, available: BUCKET.maximum, updatedAt: new Date() };
    await resources.db.pointsBudget.upsert({
      where: { shopId },
      create: { shopId, ...bucket },
      update: bucket,
    });
  }
}

const products = z.object({
  products: z.array(z.object({ variants: z.array(z.object({ sku: z.string(), price: z.string() })) })),
});

/** What a store holds, by SKU. */
async function pricesOf({ domain }: Store): Promise<Map<string, string>> {
  const held = products.parse(await emulator.control('GET', `shops/${domain}/products`));
  return new Map(held.products.flatMap(({ variants }) => variants.map(({ sku, price }) => [sku, price])));
}

beforeAll(async () => {
  postgres = await ownPostgres();
  const redis = await createTestRedis();
  const domains = Array.from({ length: STORES }, (_, index) => `store-${index + 1}.myshopify.com`);
  emulator = await spawnEmulator({ shops: ['nobody.myshopify.com'] });
  for (const [index, domain] of domains.entries()) {
    const { currencyCode } = kindOf(index);
    const facts = { currencyCode, timezone: 'UTC', locations: ['Warehouse'] };
    await emulator.control('POST', 'shops', { domain, name: domain, plan: 'enterprise', ...facts });
  }
  env = {
    ...testEnvironment({ databaseUrl: postgres.url, emulatorOrigin: emulator.origin, redisUrl: redis.url }),
    LOG_LEVEL: 'info',
    CHANGE_CAPTURE: 'true',
  };
  resources = await createResources(readConfig({ ...env, LOG_LEVEL: 'warn', NODE_ENV: 'test' }));
  const { db } = resources;
  let accountId = '';
  for (const domain of domains) {
    const shop = await connectShop(resources, { ...env, NODE_ENV: 'test' }, domain);
    if (accountId === '') accountId = shop.accountId;
    else await db.shop.update({ where: { id: shop.shopId }, data: { accountId } });
    stores.push({ shopId: shop.shopId, domain });
  }
  await db.account.deleteMany({ where: { shops: { none: {} } } });
  // What it would hold of so large a change, somebody would have to confirm.
  await db.shop.updateMany({ data: { guardCatalogPercent: null, guardChangePercent: null } });
  for (const [index, { shopId }] of stores.entries()) {
    const { rules } = kindOf(index);
    if (rules === null) continue;
    const asked = { shopId, rules, catalogCurrencyCode: 'EUR', actor: 'bench' };
    expect(await saveStoreRules(resources, asked)).toEqual({ kind: 'saved' });
  }
  await loadGenerated(
    db,
    accountId,
    generateCatalog({ seed: 11, products: PRODUCTS, minVariants: 1, maxVariants: 1 }),
  );
  writer = new pg.Pool({ connectionString: postgres.url, max: 2 });
  for (let count = 0; count < 2; count += 1) workers.push(await spawnWorker(env));
  const started = performance.now();
  const runs = await Promise.all(
    stores.map(({ shopId }) => startRun(resources, { shopId, trigger: 'manual', causedBy: 'bench' })),
  );
  await waitFor(
    'every store has its products',
    async () =>
      (await db.syncRun.count({
        where: { id: { in: runs.map(({ runId }) => runId) }, finishedAt: null },
      })) === 0,
    { timeoutMs: 1_500_000, everyMs: 1_000 },
  );
  process.stdout.write(
    `First sync of ${STORES} x ${PRODUCTS} products without latency: ${((performance.now() - started) / 1_000).toFixed(0)} s\n`,
  );
  await waitFor('the catalog is followed and quiet', async () => {
    const { state, needsComparison } = await readCapture(db);
    return state === 'streaming' && !needsComparison && (await db.capturedChange.count()) === 0;
  });
  await emulator.control('POST', 'latency', { baseMs: BASE_MS, perMutationMs: FURTHER_MS });
  // Every worker learns of the plan that the stores have now.
  await fullBuckets();
  await writer.query(
    'UPDATE catalog.variant SET price = price + 1 WHERE id IN (SELECT id FROM catalog.variant LIMIT 40)',
  );
  await waitFor('the plan is known', async () => (await sentSince(new Date(0))).every((sent) => sent >= 40));
  await waitFor('nothing is left to do', async () => (await db.syncJob.count()) === 0);
}, 1_800_000);
afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await writer?.end();
  await resources?.close();
  await emulator?.stop();
  await postgres?.remove();
});

/** Changes every price; `during` is told how much of all is done. */
async function changeAll(during: (share: number) => Promise<void>) {
  const { db } = resources;
  await fullBuckets();
  await emulator.control('DELETE', 'calls');
  const since = new Date();
  await writer.query('UPDATE catalog.variant SET price = price + 7.37');
  const samples: number[][] = [];
  await waitFor(
    'every store was sent every price',
    async () => {
      const sent = await sentSince(since);
      samples.push(sent);
      const share = sent.reduce((sum, own) => sum + own, 0) / (STORES * PRODUCTS);
      await during(share);
      return share >= 1;
    },
    { timeoutMs: 900_000, everyMs: 2_000 },
  );
  await waitFor(
    'nothing is left to do',
    async () => (await db.syncRequest.count()) + (await db.syncJob.count()) === 0,
  );
  const made = calls
    .parse(await emulator.control('GET', 'calls'))
    .calls.filter(({ at }) => at >= since.getTime());
  const wanted = new Map(
    (await writer.query<{ sku: string; price: string }>('SELECT sku, price FROM catalog.variant')).rows.map(
      (row) => [row.sku, row.price],
    ),
  );
  const wrong: string[] = [];
  for (const [index, store] of stores.entries())
    for (const [sku, held] of await pricesOf(store)) {
      const cents = Math.round(Number(wanted.get(sku)) * 100);
      if (Number(held).toFixed(2) !== kindOf(index).priceOf(cents).toFixed(2))
        wrong.push(`${store.domain} ${sku}: ${held} for ${cents} cents`);
    }
  const byStore = stores.map(({ domain }) => made.filter(({ shop }) => shop === domain));
  const ends = byStore.map((own) => Math.max(...own.map(({ at, durationMs }) => at + durationMs)));
  const seconds = (Math.max(...ends) - since.getTime()) / 1_000;
  const bound = Math.max(...byStore.map(boundOf));
  // While none has all of it: what each had got.
  const shared = samples.filter((sent) => Math.max(...sent) < PRODUCTS && Math.min(...sent) > 0);
  const middle = shared[Math.floor(shared.length / 2)] ?? [];
  return {
    seconds,
    bound,
    wrong,
    pointsPerProduct: made.reduce((sum, call) => sum + (call.actualCost ?? 0), 0) / (STORES * PRODUCTS),
    calls: made.length,
    throttled: made.filter(({ throttled }) => throttled).length,
    fairness: { rate: jain(ends.map((end) => 1 / (end - since.getTime()))), middle: jain(middle) },
    fastest: (Math.min(...ends) - since.getTime()) / 1_000,
  };
}

const told = (
  what: string,
  { seconds, bound, fastest, fairness, calls: made, throttled }: Awaited<ReturnType<typeof changeAll>>,
) =>
  process.stdout.write(
    `${what}: ${seconds.toFixed(1)} s, first store ready after ${fastest.toFixed(1)} s; ${(seconds / bound).toFixed(2)} x the slowest store's bound of ${bound.toFixed(1)} s; Jain ${fairness.rate.toFixed(4)} of speeds, ${fairness.middle.toFixed(4)} half-way; ${throttled} of ${made} calls throttled\n`,
  );

/** What docs/capacity.md reckons with. */
async function printConstants(pointsPerProduct: number): Promise<void> {
  const { _sum: sum } = await resources.db.storeSpeed.aggregate({
    _sum: { ownRows: true, ownSeconds: true },
  });
  const perRow = (sum.ownSeconds ?? 0) / Math.max(1, sum.ownRows ?? 0);
  process.stdout.write(
    `A changed product of one variant: ${pointsPerProduct.toFixed(1)} points, ${(2_000 * perRow).toFixed(2)} ms of a worker's processor.\n`,
  );
}

describe(`${STORES} stores, ${PRODUCTS} products`, () => {
  it('each reach their prices, none later than it must', { timeout: 1_200_000 }, async () => {
    const outcome = await changeAll(() => Promise.resolve());
    told('Two workers', outcome);
    await printConstants(outcome.pointsPerProduct);
    expect(outcome.wrong).toEqual([]);
    expect(outcome.throttled / outcome.calls).toBeLessThanOrEqual(LIMITS.throttled);
    expect(outcome.fairness.rate).toBeGreaterThanOrEqual(LIMITS.fairness);
    expect(outcome.fairness.middle).toBeGreaterThanOrEqual(LIMITS.fairness);
    expect(outcome.seconds / outcome.bound).toBeLessThanOrEqual(LIMITS.ofBound);
  });

  it('hold the same where one of three workers is killed', { timeout: 1_200_000 }, async () => {
    workers.push(await spawnWorker(env));
    const victim = workers.splice(1, 1)[0];
    let isKilled = false;
    const outcome = await changeAll(async (share) => {
      if (isKilled || share < 0.3) return;
      isKilled = true;
      await victim?.kill();
    });
    told('Three workers, one killed', outcome);
    expect(isKilled).toBe(true);
    expect(outcome.wrong).toEqual([]);
  });
});
