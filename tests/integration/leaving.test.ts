/** Uninstalling, erasure and coming back: nothing works on, nothing is left, nothing stale is trusted. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '~/config.server';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import { installShop } from '~/sync/install-shop';
import { redactShop } from '~/sync/redact-shop';
import { uninstallShop } from '~/sync/uninstall-shop';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';

const DOMAIN = 'leaving.myshopify.com';
const OTHER = 'staying.myshopify.com';

let database: TestDatabase;
let resources: AppResources;

beforeAll(async () => {
  database = await createTestDatabase();
  const env = testEnvironment({ databaseUrl: database.url, emulatorOrigin: 'http://127.0.0.1:9' });
  resources = await createResources(readConfig({ ...env, LOG_LEVEL: 'silent' }));
});
afterAll(async () => {
  await resources?.close();
  await database?.drop();
});

interface Column {
  table: string;
  name: string;
  type: string;
  isRequired: boolean;
}

/** Every table that says which shop a row is of, with its columns: also those that nobody has thought of yet. */
async function shopTables(): Promise<Map<string, Column[]>> {
  const columns = await database.db.$queryRaw<Column[]>`
    SELECT columns.table_name::text AS "table", columns.column_name::text AS name, columns.udt_name::text AS type,
      is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AS "isRequired"
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema IN ('app', 'catalog') AND table_type = 'BASE TABLE'
    ORDER BY columns.table_name, ordinal_position`;
  const tables = Map.groupBy(columns, ({ table }) => table);
  return new Map([...tables].filter(([, of]) => of.some(({ name }) => name === 'shop_id')));
}

/** Something each type takes. */
const SAMPLES: Record<string, string> = {
  uuid: 'gen_random_uuid()',
  text: "'x' || gen_random_uuid()",
  jsonb: `'{}'`,
  int4: '1',
  int8: '1',
  float8: '1',
  numeric: '1',
  bool: 'false',
  timestamptz: 'now()',
  date: 'current_date',
  _text: `'{}'`,
  _uuid: `'{}'`,
  // Where a column does not take anything of its type.
  'reconciliation.lane': `'pages'`,
  'picture_file.state': `'received'`,
};

async function fillEveryTable(shopId: string, accountId: string): Promise<string[]> {
  const tables = await shopTables();
  for (const [table, columns] of tables) {
    const required = columns.filter(({ name, isRequired }) => isRequired || name === 'shop_id');
    const values = required.map(({ name, type }) => {
      if (name === 'shop_id') return `'${shopId}'`;
      if (name === 'account_id') return `'${accountId}'`;
      const sample = SAMPLES[`${table}.${name}`] ?? SAMPLES[type];
      if (sample === undefined)
        throw new Error(`No sample for ${table}.${name} of type ${type}: add one here.`);
      return sample;
    });
    await database.db.$executeRawUnsafe(
      `INSERT INTO app."${table}" (${required.map(({ name }) => `"${name}"`).join(', ')}) VALUES (${values.join(', ')})`,
    );
  }
  return [...tables.keys()];
}

async function countRows(shopId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of (await shopTables()).keys()) {
    const [row] = await database.db.$queryRawUnsafe<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM app."${table}" WHERE shop_id = '${shopId}'`,
    );
    counts[table] = row?.count ?? -1;
  }
  return counts;
}

async function put(domain: string) {
  const { db } = database;
  const account = await db.account.create({ data: { name: domain } });
  const shop = await db.shop.create({
    data: {
      accountId: account.id,
      domain,
      adoptedAt: new Date(),
      policyChosenAt: new Date(),
      conflictPolicy: 'manual',
    },
  });
  await db.catalogProduct.create({ data: { accountId: account.id, handle: 'tent', title: 'Tent' } });
  await db.session.create({ data: { id: `offline_${domain}`, shop: domain, state: '', accessToken: 'x' } });
  await db.webhookDelivery.create({ data: { id: randomUUID(), shop: domain, topic: 'products/update' } });
  return { shopId: shop.id, accountId: account.id };
}

beforeEach(async () => {
  const { db } = database;
  for (const domain of [DOMAIN, OTHER]) {
    await db.shop.updateMany({ where: { domain }, data: { uninstalledAt: new Date() } });
    await redactShop(resources, { domain });
  }
});

describe('shop/redact', () => {
  it('leaves no row of the shop in any table, and every row of the others', async () => {
    const gone = await put(DOMAIN);
    const stays = await put(OTHER);
    const tables = await fillEveryTable(gone.shopId, gone.accountId);
    await fillEveryTable(stays.shopId, stays.accountId);
    expect(tables.length).toBeGreaterThan(18);
    // The row of the audit log is noted for the roll-ups, too.
    const filled = { ...Object.fromEntries(tables.map((table) => [table, 1])), activity_delta: 2 };
    expect(await countRows(gone.shopId)).toEqual(filled);
    await uninstallShop(resources, { domain: DOMAIN });
    await redactShop(resources, { domain: DOMAIN });
    expect(await countRows(gone.shopId)).toEqual(Object.fromEntries(tables.map((table) => [table, 0])));
    expect(await countRows(stays.shopId)).toEqual(filled);
    const { db } = database;
    expect(await db.shop.findMany({ select: { domain: true } })).toEqual([{ domain: OTHER }]);
    expect(await db.catalogProduct.count({ where: { accountId: gone.accountId } })).toBe(0);
    expect(await db.webhookDelivery.count({ where: { shop: DOMAIN } })).toBe(0);
    expect(await db.session.count({ where: { shop: DOMAIN } })).toBe(0);
  });

  it('keeps the catalog where another shop of the account still sells it', async () => {
    const { accountId } = await put(DOMAIN);
    await database.db.shop.create({ data: { accountId, domain: OTHER } });
    await redactShop(resources, { domain: DOMAIN });
    expect(await database.db.catalogProduct.count({ where: { accountId } })).toBe(1);
    await database.db.shop.deleteMany({ where: { domain: OTHER } });
    await database.db.account.delete({ where: { id: accountId } });
  });
});

describe('app/uninstalled', () => {
  it('stops all work of the shop at once and drops its tokens', async () => {
    const { shopId, accountId } = await put(DOMAIN);
    const { db } = database;
    const run = await db.syncRun.create({
      data: { shopId, trigger: 'manual', causedBy: 'test', state: 'running' },
    });
    await db.runProduct.create({ data: { runId: run.id, shopId, productId: randomUUID() } });
    await db.syncRequest.create({ data: { shopId, productId: randomUUID(), runId: run.id, cause: 'run' } });
    await db.reconciliation.create({ data: { shopId, lane: 'bulk', causedBy: 'test' } });
    await db.inventoryIntent.create({
      data: { id: randomUUID(), shopId, productIds: [], operations: [], sentAt: new Date() },
    });
    await db.apiKey.create({
      data: { id: randomUUID(), shopId, name: 'ERP', secretHash: '', scopes: [], createdBy: 'test' },
    });
    const promotion = {
      shopId,
      name: 'Sale',
      changes: [],
      startsAt: new Date(),
      createdBy: 'test',
      createdAt: new Date(),
    };
    await db.promotion.createMany({
      data: [
        { ...promotion, id: randomUUID() },
        { ...promotion, id: randomUUID(), state: 'active' },
      ],
    });
    const file = { shopId, accountId, filename: 'a.csv', causedBy: 'test' };
    await db.catalogImport.createMany({ data: [file, { ...file, state: 'running' }] });
    await uninstallShop(resources, { domain: DOMAIN });
    expect(await db.session.count({ where: { shop: DOMAIN } })).toBe(0);
    expect(await db.syncRun.findFirst({ where: { shopId } })).toMatchObject({ state: 'cancelled' });
    expect(await db.runProduct.findFirst({ where: { shopId } })).toMatchObject({ state: 'cancelled' });
    expect(await db.syncRequest.count({ where: { shopId } })).toBe(0);
    expect(await db.inventoryIntent.count({ where: { shopId } })).toBe(0);
    expect(await db.reconciliation.findFirst({ where: { shopId } })).toMatchObject({
      state: 'cancelled',
      finishedAt: expect.any(Date),
    });
    expect(await db.apiKey.findFirst({ where: { shopId } })).toMatchObject({ revokedAt: expect.any(Date) });
    const promotions = await db.promotion.findMany({ where: { shopId }, orderBy: { state: 'asc' } });
    expect(promotions.map(({ state, isCarried }) => [state, isCarried])).toEqual([
      ['cancelled', true],
      ['ended', false],
    ]);
    const imports = await db.catalogImport.findMany({ where: { shopId }, orderBy: { state: 'asc' } });
    expect(imports.map(({ state, cancelRequestedAt }) => [state, cancelRequestedAt !== null])).toEqual([
      ['cancelled', false],
      ['running', true],
    ]);
  });
});

describe('coming back', () => {
  it('starts clean: nothing of the former installation is trusted, the words of the merchant stay', async () => {
    const { shopId, accountId } = await put(DOMAIN);
    await fillEveryTable(shopId, accountId);
    await database.db.policyRule.updateMany({ where: { shopId }, data: { conflictPolicy: 'remote-wins' } });
    await uninstallShop(resources, { domain: DOMAIN });
    expect(await installShop(resources, { domain: DOMAIN })).toEqual({ shopId, accountId });
    const counts = await countRows(shopId);
    const kept = Object.keys(counts).filter((table) => counts[table] !== 0);
    expect(kept.sort()).toEqual([
      'account_event',
      // As long as the audit log, and longer.
      'activity_category',
      'activity_count',
      'activity_delta',
      'activity_latency',
      'activity_period',
      'activity_product',
      'activity_usage',
      'alert_channel',
      'alert_settings',
      'api_key',
      'bulk_edit',
      'bulk_edit_field',
      'cache_control',
      'catalog_import',
      'change',
      'declined_rule',
      'error_summary',
      'picture_file',
      'policy_rule',
      'promotion',
      'promotion_variant',
      'push_source',
      'pushed_version',
      'reconciliation',
      'released_path',
      'run_product',
      'saved_edit',
      'shop_location',
      'source_hold',
      'stock_rule',
      'store_override',
      'sync_run',
    ]);
    expect(await database.db.shop.findUniqueOrThrow({ where: { id: shopId } })).toMatchObject({
      uninstalledAt: null,
      adoptedAt: null,
      policyChosenAt: null,
      conflictPolicy: 'manual',
    });
  });

  it('keeps what a shop knows that never left', async () => {
    const { shopId, accountId } = await put(DOMAIN);
    await fillEveryTable(shopId, accountId);
    const before = await countRows(shopId);
    await installShop(resources, { domain: DOMAIN });
    expect(await countRows(shopId)).toEqual(before);
  });
});
