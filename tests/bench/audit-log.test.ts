/**
 * The audit log at a million rows: a page in the middle and at the end of a filter costs about what its first page does.
 * Every figure is a ratio to the first page of the same filter, measured in the same run; and the plans read no more rows
 * than they show, whatever the time it takes.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Prisma } from '#generated/prisma/client';
import type { Database } from '~/db/client.server';
import { readActors, readAuditPage } from '~/db/pages/audit.server';
import { readAuditQuery } from '~/db/pages/audit-query';
import type { AuditCursor } from '~/db/pages/audit-query';
import { auditStatement } from '~/db/pages/audit-statement.server';
import { pruneAudit } from '~/sync/prune-audit';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

const ROWS = Number(process.env['AUDIT_ROWS'] ?? 1_000_000);
const PRODUCTS = 5_000;
const PAGE = 50;
const TIMES = 15;
/** A deep page may take so many times the first, and this much more: short queries are mostly noise. */
const BOUND = { times: 5, noiseMs: 5 };

let database: TestDatabase;
let db: Database;
let scope: { shopId: string; accountId: string };
const lines: string[][] = [
  ['filter', 'rows', 'first page', 'middle ÷ first', 'end ÷ first', 'back from end ÷ first'],
];

async function fill(shopId: string, accountId: string): Promise<void> {
  await db.$executeRaw`
    INSERT INTO catalog.product (account_id, id, handle, title)
    SELECT ${accountId}::uuid, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'product-' || n, 'Thing ' || n
    FROM generate_series(1, ${PRODUCTS}) n`;
  await db.$executeRaw`
    INSERT INTO catalog.variant (account_id, id, product_id, sku, price)
    SELECT ${accountId}::uuid, ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid,
      ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'SKU-' || n, 1
    FROM generate_series(1, ${PRODUCTS}) n`;
  // A year of changes, a run of 200 at one instant each; few products, actors and fields cause most of them.
  await db.$executeRaw`
    INSERT INTO app.change (change_key, shop_id, run_id, product_id, variant_id, sku, field, direction, before, after, state, caused_by, at)
    SELECT n::text, ${shopId}::uuid, ('00000000-0000-4000-a000-' || lpad((n / 200)::text, 12, '0'))::uuid,
      ('00000000-0000-4000-8000-' || lpad(product::text, 12, '0'))::uuid,
      CASE WHEN n % 4 > 0 THEN '00000000-0000-4000-9000-' || lpad(product::text, 12, '0') END,
      CASE WHEN n % 4 > 1 THEN 'SKU-' || product END,
      CASE n % 5 WHEN 0 THEN 'title' WHEN 1 THEN 'tags:t' || n % 50 WHEN 2 THEN 'inventory:gid://shopify/Location/1' ELSE 'price' END,
      CASE WHEN n % 20 = 0 THEN 'pull' ELSE 'push' END, '1'::jsonb, '2'::jsonb,
      CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'applied' END,
      CASE WHEN n % 10 = 0 THEN 'user ' || n % 7 ELSE 'schedule' END,
      now() - interval '1 second' * (31536000.0 / ${ROWS}::float8 * (n / 200 * 200))
    FROM (SELECT n, 1 + floor(${PRODUCTS} * power((n::bigint * 7919 % 10007) / 10007.0, 3))::int AS product
      FROM generate_series(1, ${ROWS}) n) numbered`;
  await db.$executeRaw`VACUUM (ANALYZE) app.change`;
  await db.$executeRaw`ANALYZE catalog.product, catalog.variant`;
}

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  const { id: accountId } = await db.account.create({ data: { name: 'bench' } });
  const { id: shopId } = await db.shop.create({ data: { accountId, domain: 'bench.myshopify.com' } });
  scope = { shopId, accountId };
  await fill(shopId, accountId);
  // Another shop's rows stand between.
  await db.$executeRaw`
    INSERT INTO app.change (change_key, shop_id, product_id, field, direction, state, caused_by, at)
    SELECT n::text, ${randomUUID()}::uuid, gen_random_uuid(), 'price', 'push', 'applied', 'schedule', now() - interval '1 minute' * n
    FROM generate_series(1, ${ROWS / 10}::int) n`;
});
afterAll(async () => {
  await database?.drop();
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  process.stdout.write(
    `\n${lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`).join('\n')}\n`,
  );
});

const filterOf = (query: string) => readAuditQuery(new URLSearchParams(query), 'UTC').filter;

async function medianMs(query: string, cursor: AuditCursor | null): Promise<number> {
  const taken: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const started = performance.now();
    await readAuditPage(db, scope, { filter: filterOf(query), cursor }, PAGE);
    taken.push(performance.now() - started);
  }
  return taken.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)]!;
}

/** The row so many places down a filter: what OFFSET is good for. */
async function rowAt(where: Prisma.Sql, offset: number): Promise<{ at: Date; id: bigint }> {
  const [row] = await db.$queryRaw<{ at: Date; id: bigint }[]>`
    SELECT at, id FROM app.change WHERE shop_id = ${scope.shopId}::uuid AND ${where}
    ORDER BY at DESC, id DESC LIMIT 1 OFFSET ${Math.max(0, offset)}`;
  return row!;
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number | undefined;
  Plans?: Plan[] | undefined;
}
const plan: z.ZodType<Plan> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Relation Name': z.string().optional(),
    'Actual Rows': z.number(),
    'Actual Loops': z.number(),
    'Rows Removed by Filter': z.number().optional(),
    Plans: z.array(plan).optional(),
  }),
);
const explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: plan })]) })]);

function nodesOf(root: Plan): Plan[] {
  return [root, ...(root.Plans ?? []).flatMap(nodesOf)];
}

async function nodesFor(query: string, cursor: AuditCursor | null): Promise<Plan[]> {
  const statement = await auditStatement(db, scope, { filter: filterOf(query), cursor, limit: PAGE + 1 });
  const answer = await db.$queryRaw(Prisma.sql`EXPLAIN (ANALYZE, FORMAT JSON) ${statement}`);
  return nodesOf(explained.parse(answer)[0]['QUERY PLAN'][0].Plan);
}

const product = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const variant = (n: number) => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

const FILTERS: { name: string; query: string; where: () => Prisma.Sql; lists: number }[] = [
  { name: 'none', query: '', where: () => Prisma.sql`TRUE`, lists: 1 },
  {
    name: 'product',
    query: `product=${product(1)}`,
    where: () => Prisma.sql`product_id = ${product(1)}::uuid`,
    lists: 1,
  },
  {
    // "Thing 11", "Thing 110" to "Thing 119", "Thing 1100" to "Thing 1199".
    name: 'title of 111 products',
    query: 'q=thing+11',
    where: () => Prisma.sql`product_id IN (SELECT id FROM catalog.product WHERE title LIKE 'Thing 11%')`,
    lists: 113,
  },
  {
    name: 'title of all products',
    query: 'q=thing',
    where: () => Prisma.sql`TRUE`,
    lists: 1,
  },
  {
    name: 'SKU',
    query: 'sku=SKU-1',
    where: () => Prisma.sql`(sku = 'SKU-1' OR variant_id = ${variant(1)})`,
    lists: 2,
  },
  { name: 'actor', query: 'actor=user+3', where: () => Prisma.sql`caused_by = 'user 3'`, lists: 1 },
  { name: 'field', query: 'field=price', where: () => Prisma.sql`field = 'price'`, lists: 1 },
  { name: 'one tag', query: 'field=tags:t11', where: () => Prisma.sql`field = 'tags:t11'`, lists: 1 },
  { name: 'all tags', query: 'field=tags', where: () => Prisma.sql`field LIKE 'tags:%'`, lists: 1 },
  { name: 'failed', query: 'state=failed', where: () => Prisma.sql`state = 'failed'`, lists: 1 },
  { name: 'from Shopify', query: 'direction=pull', where: () => Prisma.sql`direction = 'pull'`, lists: 1 },
  {
    name: 'time',
    query: `from=${daysAgo(300)}&to=${daysAgo(100)}`,
    where: () => Prisma.sql`at >= ${new Date(daysAgo(300))} AND at < ${new Date(daysAgo(99))}`,
    lists: 1,
  },
];

describe(`an audit log of ${ROWS.toLocaleString('en')} rows`, () => {
  it.each(FILTERS)('turned to its middle and end: $name', async ({ name, query, where, lists }) => {
    const [counted] = await db.$queryRaw<{ rows: bigint }[]>`
      SELECT count(*) AS rows FROM app.change WHERE shop_id = ${scope.shopId}::uuid AND ${where()}`;
    const rows = Number(counted!.rows);
    expect(rows).toBeGreaterThan(10 * PAGE);
    const [middle, end, last] = [
      await rowAt(where(), Math.floor(rows / 2)),
      await rowAt(where(), rows - PAGE - 1),
      await rowAt(where(), rows - 1),
    ];
    const cursors: (AuditCursor | null)[] = [
      null,
      { direction: 'after', ...middle },
      { direction: 'after', ...end },
      { direction: 'before', ...last },
    ];

    for (const cursor of cursors) {
      const nodes = await nodesFor(query, cursor);
      const ofLog = nodes.filter((node) => node['Relation Name'] === 'change');
      expect(ofLog.length).toBeGreaterThan(0);
      expect(ofLog.map((node) => node['Node Type'])).not.toContain('Seq Scan');
      // Nothing reads or sorts more than a page of each list it is made of.
      for (const node of nodes) {
        const read = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
        expect([node['Node Type'], read <= (PAGE + 1) * lists]).toEqual([node['Node Type'], true]);
      }
    }
    // The end of the filter is where it should be.
    const ending = await readAuditPage(db, scope, { filter: filterOf(query), cursor: cursors[2]! }, PAGE);
    expect([ending.rows.length, ending.next, ending.rows.at(-1)?.id]).toEqual([PAGE, null, last.id]);

    await medianMs(query, null);
    const measured: number[] = [];
    for (const cursor of cursors) measured.push(await medianMs(query, cursor));
    const [firstMs, ...deepMs] = measured;
    lines.push([
      name,
      rows.toLocaleString('en'),
      `${firstMs!.toFixed(1)} ms`,
      ...deepMs.map((ms) => (ms / firstMs!).toFixed(2)),
    ]);
    for (const ms of deepMs) expect(ms).toBeLessThan(BOUND.times * firstMs! + BOUND.noiseMs);
  });

  it('knows its actors without reading it', async () => {
    const started = performance.now();
    expect((await readActors(db, scope.shopId)).sort()).toEqual([
      'schedule',
      ...[0, 1, 2, 3, 4, 5, 6].map((n) => `user ${n}`),
    ]);
    const stepped = performance.now() - started;
    const before = performance.now();
    await db.$queryRaw`SELECT DISTINCT caused_by FROM app.change WHERE shop_id = ${scope.shopId}::uuid`;
    const whole = performance.now() - before;
    process.stdout.write(`Actors: ${(stepped / whole).toFixed(4)} of the time of reading the whole log.\n`);
    expect(stepped).toBeLessThan(whole / 4);
  });

  it('loses its oldest tenth in short statements', async () => {
    await db.shop.update({ where: { id: scope.shopId }, data: { auditRetentionDays: 328 } });
    const old = await db.change.count({
      where: { shopId: scope.shopId, at: { lt: new Date(Date.now() - 328 * 86_400_000) } },
    });
    const started = performance.now();
    const { deleted } = await pruneAudit(
      { db, now: () => new Date() },
      { signal: new AbortController().signal },
    );
    const ms = performance.now() - started;
    process.stdout.write(
      `Retention: ${deleted.toLocaleString('en')} rows in ${Math.ceil(deleted / 5_000)} statements, ${(ms / (deleted / 5_000)).toFixed(0)} ms each.\n`,
    );
    expect(Math.abs(deleted - old)).toBeLessThan(1_000);
  });
});
