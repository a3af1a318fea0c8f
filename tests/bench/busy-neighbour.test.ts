/**
 * A store with 100,000 changed prices beside another account's store in which 500 prices change, on the same two workers: the
 * second must hardly notice. Its time from the commit to the last price in Shopify, measured alone and then while the other is
 * under way; its points never run out, so that it is the app's own work, and its turns, that are measured.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateCatalog } from '~/catalog/large-catalog';
import { loadGenerated } from '~/db/catalog-load.server';
import { readCapture } from '~/db/change-capture.server';
import { startRun } from '~/sync/start-run';
import type { Child } from '../support/child';
import { connectShop } from '../support/connected-shop';
import { createTestRedis } from '../support/redis';
import { waitFor } from '../support/wait-for';
import { quantile } from '../support/webhook-flood';
import { spawnWorker } from '../support/worker';
import { openBenchStage } from './bench-stage';
import type { BenchStage } from './bench-stage';

const BUSY_PRODUCTS = Number(process.env['BUSY_PRODUCTS'] ?? 10_000);
const VARIANTS = 10;
const OTHER_PRODUCTS = 500;
const ROUNDS = Number(process.env['ROUNDS'] ?? 7);
const OTHER_SHOP = 'lockstep-quiet.myshopify.com';
const LIMIT = 1.1;
const PATIENT = { timeoutMs: 900_000, everyMs: 1_000 };

interface Store {
  shopId: string;
  accountId: string;
}

let bench: BenchStage;
let second: Child;
let writer: pg.Pool;
let busy: Store;
let other: Store;
const db = () => bench.resources.db;

async function firstSync({ shopId }: Store): Promise<void> {
  const { runId } = await startRun(bench.resources, { shopId, trigger: 'manual', causedBy: 'bench' });
  await waitFor(
    'the first sync ends',
    async () => (await db().syncRun.findUniqueOrThrow({ where: { id: runId } })).finishedAt !== null,
    PATIENT,
  );
}

beforeAll(async () => {
  const redis = await createTestRedis();
  bench = await openBenchStage({
    ...{ ownPostgres: true, redisUrl: redis.url },
    env: { CHANGE_CAPTURE: 'true' },
  });
  busy = bench;
  const facts = { plan: 'enterprise', currencyCode: 'EUR', timezone: 'UTC', locations: ['Warehouse'] };
  await bench.emulator.control('POST', 'shops', { domain: OTHER_SHOP, name: OTHER_SHOP, ...facts });
  other = await connectShop(bench.resources, bench.env, OTHER_SHOP);
  await db().shop.updateMany({ data: { guardCatalogPercent: null, guardChangePercent: null } });
  second = await spawnWorker({ ...bench.env, LOG_LEVEL: 'info' });
  const catalogs = [
    [busy, { seed: 5, products: BUSY_PRODUCTS, minVariants: VARIANTS, maxVariants: VARIANTS }],
    [other, { seed: 6, products: OTHER_PRODUCTS, minVariants: 1, maxVariants: 1 }],
  ] as const;
  for (const [{ accountId }, size] of catalogs) await loadGenerated(db(), accountId, generateCatalog(size));
  await Promise.all([firstSync(busy), firstSync(other)]);
  await waitFor(
    'the catalog is followed and quiet',
    async () => {
      const { state, needsComparison } = await readCapture(db());
      return state === 'streaming' && !needsComparison && (await db().capturedChange.count()) === 0;
    },
    PATIENT,
  );
  await bench.setLatency(350, 20);
  await bench.setPlan('standard');
  writer = new pg.Pool({ connectionString: bench.databaseUrl, max: 2 });
}, 1_800_000);
afterAll(async () => {
  await writer?.end();
  await second?.stop();
  await bench?.close();
});

const change = ({ accountId }: Store) =>
  writer.query('UPDATE catalog.variant SET price = price + 1 WHERE account_id = $1', [accountId]);
const sent = async ({ shopId }: Store, since: Date) =>
  db().change.count({ where: { shopId, field: 'price', state: 'applied', at: { gte: since } } });

/** Milliseconds from the commit until the store's last price was written. */
async function measured(): Promise<number> {
  const bucket = { maximum: 40_000, restoreRate: 2_000, available: 40_000, updatedAt: new Date() };
  const { shopId } = other;
  await db().pointsBudget.upsert({ where: { shopId }, create: { shopId, ...bucket }, update: bucket });
  const since = new Date();
  await change(other);
  await waitFor('its prices are sent', async () => (await sent(other, since)) >= OTHER_PRODUCTS, {
    timeoutMs: 300_000,
    everyMs: 100,
  });
  const { _max } = await db().change.aggregate({ where: { shopId, at: { gte: since } }, _max: { at: true } });
  return (_max.at?.getTime() ?? 0) - since.getTime();
}

it('delays the other by less than a tenth', { timeout: 1_800_000 }, async () => {
  await measured();
  const alone: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) alone.push(await measured());
  const since = new Date();
  await change(busy);
  const first = await measured();
  await waitFor('the other is under way', async () => (await sent(busy, since)) > 100, PATIENT);
  const beside: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) beside.push(await measured());
  const done = await sent(busy, since);
  const [one, two] = [quantile(alone, 0.5), quantile(beside, 0.5)];
  process.stdout.write(
    `${OTHER_PRODUCTS} prices alone ${one.toFixed(0)} ms, beside a store with ${BUSY_PRODUCTS * VARIANTS} ${two.toFixed(0)} ms: ${(two / one).toFixed(2)} (limit ${LIMIT}; of ${ROUNDS} rounds each, slowest ${Math.max(...alone)} and ${Math.max(...beside)} ms); ` +
      `committed right behind its 100,000: ${(first / one).toFixed(2)}; it had sent ${done} by the end\n`,
  );
  expect(done).toBeLessThan(BUSY_PRODUCTS * VARIANTS);
  expect(two / one).toBeLessThanOrEqual(LIMIT);
});
