/** What the dashboard and the analytics answer, beside the audit log; and their files. */
import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAnalyticsQuery } from '~/core/analytics-query';
import { readPeakHours, readUpdatedPeriods } from '~/db/pages/analytics.server';
import { readDashboard } from '~/db/pages/dashboard.server';
import type { Database } from '~/db/client.server';
import { exportAnalytics } from '~/sync/export-analytics';
import type { AnalyticsPart } from '~/sync/export-analytics';
import { rollUp } from '~/db/activity.server';
import { putChanges } from '../support/audit-rows';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

let database: TestDatabase;
let db: Database;
let shop: { id: string; accountId: string; timezone: string };
const ids: Record<string, string> = {};
/** On Monday, 26 October 2026, after the night in which Berlin's clocks were put back. */
const NOW = new Date('2026-10-26T12:00:00Z');

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  const { id: accountId } = await db.account.create({ data: { name: 'analytics' } });
  shop = await db.shop.create({
    data: { accountId, domain: `${randomUUID()}.myshopify.com`, timezone: 'Europe/Berlin' },
  });
  for (const [title, productType] of [
    ['=HYPERLINK("http://evil.example")', 'Tent'],
    ['Mug', '@SUM(A1)'],
  ] as const) {
    const product = await db.catalogProduct.create({
      data: { accountId, handle: title.length.toString(), title, productType },
    });
    ids[title.slice(0, 3)] = product.id;
  }
  const [link, mug] = [ids['=HY']!, ids['Mug']!];
  const at = (iso: string) => new Date(iso);
  await putChanges(db, shop.id, [
    // 23:30 and 00:30 of Berlin: two days, though one in UTC.
    { productId: link, at: at('2026-10-24T21:30:00Z'), changedAt: at('2026-10-24T21:29:58Z') },
    { productId: link, at: at('2026-10-24T22:30:00Z'), changedAt: at('2026-10-24T22:29:58Z') },
    // Half past two, before and after the clocks were put back: one hour of the week, two of the day.
    { productId: mug, at: at('2026-10-25T00:30:00Z') },
    { productId: mug, at: at('2026-10-25T01:30:00Z') },
    { productId: mug, at: at('2026-10-25T22:59:00Z'), state: 'failed', code: 'TAKEN' },
    {
      productId: link,
      at: at('2026-10-26T11:59:30Z'),
      direction: 'pull',
      changedAt: at('2026-10-26T11:59:20Z'),
    },
    { productId: link, at: at('2026-10-26T11:59:30Z'), direction: 'edit' },
  ]);
});
afterAll(async () => {
  await database?.drop();
});

const csv = async (part: AnalyticsPart, search: string): Promise<string[][]> => {
  let text = '';
  const query = readAnalyticsQuery(new URLSearchParams(search));
  for await (const piece of exportAnalytics({ db, now: () => NOW }, shop, { part, query })) text += piece;
  return parse(text);
};

it('shows on the dashboard what is not rolled up yet, and the same when it is', async () => {
  const before = await readDashboard(db, shop, '1h', NOW);
  expect(before.parts.at(-2)).toMatchObject({ pulled: 1, pushed: 0, failed: 0 });
  expect(before.latency.changes).toBe(1);
  expect(Math.abs(before.latency.p50! - 10_000)).toBeLessThan(500);
  const days = await readDashboard(db, shop, '7d', NOW);
  const taken = await rollUp(db, { shopId: shop.id, timeZone: shop.timezone, limit: 1_000 });
  expect(taken).toBe(7);
  expect(await readDashboard(db, shop, '1h', NOW)).toEqual(before);
  expect(await readDashboard(db, shop, '7d', NOW)).toEqual(days);
  expect(days.errors).toEqual([{ code: 'TAKEN', changes: 1 }]);
  const total = (key: 'pushed' | 'pulled' | 'failed') => days.parts.reduce((sum, part) => sum + part[key], 0);
  expect([total('pushed'), total('pulled'), total('failed')]).toEqual([4, 1, 1]);
});

it('counts by days, weeks and months of the store', async () => {
  const updated = async (grain: 'day' | 'week' | 'month') =>
    (await readUpdatedPeriods(db, shop, { span: '1m', grain, now: NOW }))
      .filter(({ changes, failed }) => changes + failed > 0)
      .map(({ start, products, changes, failed }) => [start, products, changes, failed]);
  expect(await updated('day')).toEqual([
    ['2026-10-24', 1, 1, 0],
    ['2026-10-25', 2, 3, 1],
    ['2026-10-26', 1, 1, 0],
  ]);
  expect(await updated('week')).toEqual([
    ['2026-10-19', 2, 4, 1],
    ['2026-10-26', 1, 1, 0],
  ]);
  expect(await updated('month')).toEqual([['2026-10-01', 2, 5, 1]]);
  const peaks = await readPeakHours(db, shop, { span: '1m', now: NOW });
  expect(peaks.filter(({ changes }) => changes > 0).map(({ slot, changes }) => [slot, changes])).toEqual([
    [12, 1],
    [5 * 24 + 23, 1],
    [6 * 24, 1],
    [6 * 24 + 2, 2],
  ]);
});

it('writes files that run nothing in a spreadsheet', async () => {
  expect(await csv('updates', 'grain=month')).toEqual([
    ['First day of the month', 'Products updated', 'Changes carried', 'Changes that failed'],
    ['2026-10-01', '2', '5', '1'],
  ]);
  expect(await csv('products', '')).toEqual([
    ['Product', 'Title', 'Changes carried'],
    [ids['=HY'], '\'=HYPERLINK("http://evil.example")', '3'],
    [ids['Mug'], 'Mug', '2'],
  ]);
  expect(await csv('products', 'most=day')).toEqual([
    ['Product', 'Title', 'Changes carried'],
    [ids['=HY'], '\'=HYPERLINK("http://evil.example")', '1'],
  ]);
  expect(await csv('errors', 'errors=type&span=12m')).toEqual([
    ['type', 'Changes carried', 'Changes that failed', 'Failed of all (%)'],
    ["'@SUM(A1)", '2', '1', '33.33'],
  ]);
  expect(await csv('errors', 'errors=product')).toEqual([
    ['product', 'Changes carried', 'Changes that failed', 'Failed of all (%)'],
    ['Mug', '2', '1', '33.33'],
  ]);
  expect(await csv('errors', 'errors=code')).toEqual([
    ['code', 'Changes carried', 'Changes that failed', 'Failed of all (%)'],
    ['TAKEN', '', '1', ''],
  ]);
  const peaks = await csv('peaks', '');
  expect(peaks).toHaveLength(169);
  expect(peaks[1 + 6 * 24 + 2]).toEqual(['Sunday', '2', '2', '0']);
});
