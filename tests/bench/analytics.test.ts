/** A year of a store of 100,000 variants, rolled up: every query of the analytics answers within 300 ms. */
import { loadavg } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ANALYTICS_GRAINS, ANALYTICS_SPANS, ERROR_GROUPS, MOST_CHANGED_OF } from '~/core/analytics-query';
import type { Database } from '~/db/client.server';
import {
  readErrorRates,
  readMostChanged,
  readPeakHours,
  readUpdatedPeriods,
} from '~/db/pages/analytics.server';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { fillProducts, rankOf, spanWords } from './activity-load';

/** With 100,000 variants. */
const PRODUCTS = 30_000;
const LIMIT_MS = 300;
const TIMES = 12;

let database: TestDatabase;
let db: Database;
let shop: { id: string; accountId: string; timezone: string };

/** The whole catalog moves each month, a third of it each week and each day: a store that reprices all the time. */
async function fillYear(shopId: string): Promise<void> {
  const product = (n: string) => `('00000000-0000-4000-8000-' || lpad(${n}::text, 12, '0'))::uuid`;
  await db.$executeRawUnsafe(
    `INSERT INTO app.activity_product (shop_id, grain, start, product_id, applied, failed)
    SELECT $1::uuid, grain, start::date, ${product('n')}, 1 + (n * 7919) % 61, CASE WHEN n % 50 = 0 THEN 1 + n % 3 ELSE 0 END
    FROM (
      SELECT 'month' AS grain, date_trunc('month', now() AT TIME ZONE 'Europe/Berlin') - interval '1 month' * m AS start, n
      FROM generate_series(0, 12) m, generate_series(1, $2) n
      UNION ALL
      SELECT 'week', date_trunc('week', now() AT TIME ZONE 'Europe/Berlin') - interval '1 week' * w, n
      FROM generate_series(0, 8) w, generate_series(1, $2) n WHERE n % 3 = w % 3
      UNION ALL
      SELECT 'day', date_trunc('day', now() AT TIME ZONE 'Europe/Berlin') - interval '1 day' * d, n
      FROM generate_series(0, 39) d, generate_series(1, $2) n WHERE n % 3 = d % 3
    ) AS rows`,
    shopId,
    PRODUCTS,
  );
  await db.$executeRaw`
    INSERT INTO app.activity_period (shop_id, grain, start, products)
    SELECT ${shopId}::uuid, grain, (date_trunc(grain, now() AT TIME ZONE 'Europe/Berlin') - ('1 ' || grain)::interval * n)::date, 1000 + n
    FROM (VALUES ('day', 400), ('week', 60), ('month', 13)) AS grains(grain, most), generate_series(0, 400) n WHERE n <= most`;
  await db.$executeRaw`
    INSERT INTO app.activity_category (shop_id, day, product_type, category, applied, failed)
    SELECT ${shopId}::uuid, (now() AT TIME ZONE 'Europe/Berlin')::date - d, 'Type ' || t, 'Category ' || c, 100 + d, (d + t) % 5
    FROM generate_series(0, 400) d, generate_series(0, 39) t, generate_series(0, 9) c`;
  await db.$executeRaw`
    INSERT INTO app.activity_count (shop_id, grain, at, direction, state, code, n)
    SELECT ${shopId}::uuid, 'hour', date_trunc('hour', now()) - interval '1 hour' * h, direction, state, code, 1 + h % 500
    FROM generate_series(0, 9600) h, (VALUES ('push', 'applied', ''), ('push', 'failed', 'TAKEN'), ('push', 'failed', 'TOO_LONG'),
      ('pull', 'applied', ''), ('run', 'applied', ''), ('run', 'skipped', ''), ('push', 'conflicted', ''), ('pull', 'failed', 'HELD')) AS kinds(direction, state, code)`;
  await db.$executeRaw`
    INSERT INTO app.sync_run (shop_id, trigger, caused_by, state, created_at, started_at)
    SELECT ${shopId}::uuid, 'schedule', 'schedule', 'finished', now() - interval '15 minutes' * n, now() - interval '15 minutes' * n
    FROM generate_series(1, 38000) n`;
  await db.$executeRaw`VACUUM (ANALYZE) app.activity_product, app.activity_count, app.activity_category, app.sync_run`;
}

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
  const { id: accountId } = await db.account.create({ data: { name: 'bench' } });
  shop = await db.shop.create({
    data: { accountId, domain: 'bench.myshopify.com', timezone: 'Europe/Berlin' },
  });
  await fillProducts(db, accountId, PRODUCTS);
  await fillYear(shop.id);
});
afterAll(async () => {
  await database?.drop();
});

const QUERIES: { name: string; read: () => Promise<unknown[]> }[] = ANALYTICS_SPANS.flatMap((span) => {
  const now = new Date();
  return [
    ...ANALYTICS_GRAINS.map((grain) => ({
      name: `updated by ${grain}, ${span}`,
      read: () => readUpdatedPeriods(db, shop, { span, grain, now }),
    })),
    ...MOST_CHANGED_OF.map((of) => ({
      name: `most changed of ${of}, ${span}`,
      read: () => readMostChanged(db, shop, { span, of, now }),
    })),
    { name: `peak hours, ${span}`, read: () => readPeakHours(db, shop, { span, now }) },
    ...ERROR_GROUPS.map((by) => ({
      name: `errors by ${by}, ${span}`,
      read: () => readErrorRates(db, shop, { span, by, now }),
    })),
  ];
});

it.each(QUERIES)('$name', async ({ name, read }) => {
  const taken: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const before = performance.now();
    expect((await read()).length).toBeGreaterThan(0);
    taken.push(performance.now() - before);
  }
  process.stdout.write(`${name} (load ${loadavg()[0]!.toFixed(1)}): ${spanWords(taken)}\n`);
  expect(rankOf(taken, 0.5)).toBeLessThan(LIMIT_MS);
});
