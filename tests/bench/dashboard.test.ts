/**
 * The dashboard while 100,000 audit rows a minute are written and rolled up: every query of it stays under 200 ms. And what the
 * roll-ups add to recording a change.
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DASHBOARD_RANGES } from '~/core/dashboard-range';
import { openDatabase } from '~/db/client.server';
import type { Database } from '~/db/client.server';
import { readDashboard } from '~/db/pages/dashboard.server';
import { createLogger } from '~/observe/log.server';
import { rollUpActivity } from '~/sync/roll-up-activity';
import { recounted, rolledUp } from '../support/activity';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { fillProducts, rankOf, spanWords, writeAuditRows } from './activity-load';

const ROWS_A_MINUTE = 100_000;
const SECONDS = Number(process.env['DASHBOARD_SECONDS'] ?? 60);
const LIMIT_MS = 200;
const PRODUCTS = 30_000;
const PRODUCTS_A_STATEMENT = 250;
const log = createLogger({ LOG_LEVEL: 'silent' });

let database: TestDatabase;
let db: Database;
let writer: Database;
let shop: { id: string; accountId: string; timezone: string };

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
  writer = openDatabase(database.url, 3);
  const { id: accountId } = await db.account.create({ data: { name: 'bench' } });
  shop = await db.shop.create({
    data: { accountId, domain: 'bench.myshopify.com', timezone: 'Europe/Berlin' },
  });
  await fillProducts(db, accountId, PRODUCTS);
  // Ninety days behind it, so that the longest range has something to sum.
  await db.$executeRaw`
    INSERT INTO app.activity_count (shop_id, grain, at, direction, state, code, n)
    SELECT ${shop.id}::uuid, grain, date_trunc(grain, now(), 'Europe/Berlin') - interval '1 hour' * hours * n, direction, state, '', 1 + n % 500
    FROM (VALUES ('hour', 1, 2160), ('day', 24, 90)) AS grains(grain, hours, most), generate_series(1, most) n, (VALUES ('push', 'applied'), ('push', 'failed'), ('pull', 'applied'), ('run', 'applied'),
      ('run', 'skipped'), ('push', 'conflicted')) AS kinds(direction, state)`;
  await db.$executeRaw`
    INSERT INTO app.activity_latency (shop_id, grain, at, bin, n)
    SELECT ${shop.id}::uuid, grain, date_trunc(grain, now(), 'Europe/Berlin') - interval '1 hour' * hours * n, 50 + bin, 1 + n % 90
    FROM (VALUES ('hour', 1, 2160), ('day', 24, 90)) AS grains(grain, hours, most), generate_series(1, most) n, generate_series(1, 40) bin`;
});
afterAll(async () => {
  await writer?.$disconnect();
  await database?.drop();
});

let batch = 0;
const write = async (): Promise<number> => {
  batch += 1;
  return writeAuditRows(writer, shop.id, { products: PRODUCTS_A_STATEMENT, of: PRODUCTS, batch });
};

it(`answers while ${ROWS_A_MINUTE.toLocaleString('en')} audit rows a minute are written`, async () => {
  const taken = new Map(DASHBOARD_RANGES.map((range) => [range, [] as number[]]));
  const until = performance.now() + SECONDS * 1_000;
  const startedAt = performance.now();
  let rows = 0;
  const writing = (async () => {
    while (performance.now() < until) {
      // Behind, it does not rest.
      const due = (ROWS_A_MINUTE / 60_000) * (performance.now() - startedAt);
      if (rows < due) rows += await write();
      else await sleep(5);
    }
  })();
  const rolling = (async () => {
    while (performance.now() < until) {
      await rollUpActivity({ db, log }, new AbortController().signal);
      await sleep(2_000);
    }
  })();
  const looking = (async () => {
    while (performance.now() < until)
      for (const range of DASHBOARD_RANGES) {
        const before = performance.now();
        await readDashboard(db, shop, range, new Date());
        taken.get(range)!.push(performance.now() - before);
        await sleep(50);
      }
  })();
  await Promise.all([writing, rolling, looking]);
  const [{ behind }] = await db.$queryRaw<[{ behind: number }]>`
    SELECT count(*)::int AS behind FROM app.activity_delta`;
  const all = [...taken.values()].flat();
  const pace = (rows / (performance.now() - startedAt)) * 60_000;
  process.stdout.write(
    `Dashboard (load ${loadavg()[0]!.toFixed(1)}): ${Math.round(pace).toLocaleString('en')} audit rows a minute; all its queries together: ${spanWords(all)}; ${behind} rows not rolled up yet at the end.\n`,
  );
  for (const [range, of] of taken) process.stdout.write(`  ${range}: ${spanWords(of)}\n`);
  expect(pace).toBeGreaterThan(0.9 * ROWS_A_MINUTE);
  expect(rankOf(all, 0.99)).toBeLessThan(LIMIT_MS);
  // What is written in ten seconds: it is rolled up as fast as it comes.
  expect(behind).toBeLessThan(ROWS_A_MINUTE / 6);
  await rollUpActivity({ db, log }, new AbortController().signal);
  const [rolled, counted] = await Promise.all([rolledUp(db, shop.id), recounted(db, shop.id)]);
  expect(rolled['products']).toEqual(counted['products']);
});

it('adds little to recording a change', async () => {
  const ways: { on: boolean; ms: number }[] = [];
  for (let time = 0; time < 24; time += 1) {
    const on = time % 2 === 0;
    const ms = await writer.$transaction(
      async (tx) => {
        // Rows of this session only are noted, or not.
        if (!on) await tx.$executeRaw`SET LOCAL session_replication_role = 'replica'`;
        batch += 1;
        const before = performance.now();
        await writeAuditRows(tx as Database, shop.id, {
          products: PRODUCTS_A_STATEMENT,
          of: PRODUCTS,
          batch,
        });
        return performance.now() - before;
      },
      { timeout: 60_000 },
    );
    ways.push({ on, ms });
  }
  const median = (on: boolean) =>
    rankOf(
      ways.filter((way) => way.on === on).map(({ ms }) => ms),
      0.5,
    );
  process.stdout.write(
    `Recording ${2 * PRODUCTS_A_STATEMENT} changes of ${PRODUCTS_A_STATEMENT} products (load ${loadavg()[0]!.toFixed(1)}): ${median(false).toFixed(1)} ms without and ${median(true).toFixed(1)} ms with the note for the roll-ups, the median of ${ways.length / 2} each.\n`,
  );
  expect(median(true)).toBeLessThan(2 * median(false) + 20);
});
