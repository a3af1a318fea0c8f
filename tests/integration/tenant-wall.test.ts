/** PostgreSQL shows an account its own rows and no others, whatever a statement asks for. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '~/db/client.server';
import { tenantDatabase } from '~/db/tenant-database.server';
import { seedCache } from '../e2e/cache-data';
import { seedPages } from '../e2e/page-data';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { ownedTables } from '../support/tenants';
import type { OwnedTable } from '../support/tenants';

/** Tables without an owner in the row that an account may look into: they hold nothing of anybody. */
const EVERYBODYS = ['app.captured_change', 'app.change_capture', 'app.taxonomy_category'];
/** Tables that no account has any business in. */
const NOBODYS = ['app.session', 'app.webhook_delivery'];

interface Account {
  accountId: string;
  shopId: string;
}

let database: TestDatabase;
let db: Database;
let ours: Account;
let walled: Database;
let tables: OwnedTable[];

async function open(name: string): Promise<Account> {
  const account = await db.account.create({ data: { name } });
  const shop = await db.shop.create({ data: { accountId: account.id, domain: `${name}.myshopify.com` } });
  const { productId } = await seedPages(db, shop, 24);
  await seedCache(db, shop.id, productId);
  return { accountId: account.id, shopId: shop.id };
}

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
  ours = await open('ours');
  const theirs = await open('theirs');
  walled = tenantDatabase(db, theirs.accountId);
  tables = await ownedTables(db);
});
afterAll(async () => {
  await database?.drop();
});

const ofOurs = ({ owner }: OwnedTable) =>
  owner === 'shop_id'
    ? `shop_id IN (SELECT id FROM app.shop WHERE account_id = '${ours.accountId}')`
    : `account_id = '${ours.accountId}'`;
/** As many ids as `ofOurs` finds, said without a table that the wall is around, too. */
async function shopsOfOurs(): Promise<string> {
  const shops = await db.shop.findMany({ where: { accountId: ours.accountId }, select: { id: true } });
  return shops.map(({ id }) => `'${id}'`).join(', ');
}

async function countIn(of: Database, table: string, where: string): Promise<number> {
  const [row] = await of.$queryRawUnsafe<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM ${table} WHERE ${where}`,
  );
  return row?.count ?? -1;
}

describe('the wall', () => {
  it('is around every table', async () => {
    const all = await db.$queryRaw<{ name: string; isWalled: boolean; isReadable: boolean }[]>`
      SELECT nspname || '.' || relname AS name, has_table_privilege('lockstep_tenant', pg_class.oid, 'SELECT') AS "isReadable",
        relrowsecurity AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND NOT polpermissive
          AND 'lockstep_tenant'::regrole = ANY(polroles)) AS "isWalled"
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE nspname IN ('app', 'catalog') AND relkind IN ('r', 'p')`;
    const open = all.filter(({ isWalled, isReadable }) => isReadable && !isWalled).map(({ name }) => name);
    expect(open.toSorted()).toEqual(EVERYBODYS);
    const closed = all.filter(({ isReadable }) => !isReadable).map(({ name }) => name);
    expect(closed.filter((name) => !name.includes('_prisma')).toSorted()).toEqual(NOBODYS);
  });

  it('shows nothing of another account, and all of one’s own', async () => {
    const shops = await shopsOfOurs();
    const seen: string[] = [];
    let filled = 0;
    for (const owned of tables) {
      const table = `"${owned.schema}"."${owned.table}"`;
      if ((await countIn(db, table, ofOurs(owned))) > 0) filled += 1;
      const where = owned.owner === 'shop_id' ? `shop_id IN (${shops})` : `account_id = '${ours.accountId}'`;
      if ((await countIn(walled, table, where)) > 0) seen.push(table);
    }
    expect(seen).toEqual([]);
    expect(filled).toBeGreaterThan(25);
    const own = { where: { accountId: { not: ours.accountId } } };
    expect(await walled.catalogProduct.count()).toBe(await db.catalogProduct.count(own));
    expect(await walled.shop.count()).toBe(await db.shop.count(own));
    expect(await walled.account.count()).toBe(1);
  });

  it('lets nothing of another account be changed, removed or made', async () => {
    const { accountId, shopId } = ours;
    const before = await countIn(db, 'catalog.product', `account_id = '${accountId}'`);
    expect(
      (await walled.catalogProduct.updateMany({ where: { accountId }, data: { title: 'x' } })).count,
    ).toBe(0);
    expect((await walled.change.deleteMany({ where: { shopId } })).count).toBe(0);
    expect((await walled.catalogProduct.deleteMany({ where: { accountId } })).count).toBe(0);
    const product = { accountId, handle: randomUUID(), title: 'Smuggled' };
    await expect(walled.catalogProduct.create({ data: product })).rejects.toThrow(/row-level security/);
    await expect(
      walled.$transaction((tx) =>
        tx.syncRequest.create({ data: { shopId, productId: randomUUID(), cause: 'run' } }),
      ),
    ).rejects.toThrow(/row-level security/);
    expect(await countIn(db, 'catalog.product', `account_id = '${accountId}'`)).toBe(before);
  });

  it('keeps tokens and deliveries to itself', async () => {
    await expect(walled.session.count()).rejects.toThrow(/permission denied/);
    await expect(walled.webhookDelivery.count()).rejects.toThrow(/permission denied/);
  });

  it('stands no longer than the statement: the connection goes back as it was', async () => {
    await walled.shop.count();
    const all = await db.shop.count();
    expect(all).toBeGreaterThan(await walled.shop.count());
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        if (index % 2 === 0) expect(await db.shop.count()).toBe(all);
        else expect(await walled.shop.count()).toBeLessThan(all);
      }),
    );
  });
});
