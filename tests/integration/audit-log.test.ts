/** The audit log: searched by everything it can be searched by, turned both ways, exported, and kept only so long. */
import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '~/db/client.server';
import { readActors, readAuditPage } from '~/db/pages/audit.server';
import { readAuditQuery } from '~/db/pages/audit-query';
import type { AuditCursor } from '~/db/pages/audit-query';
import { exportAudit } from '~/sync/export-audit';
import { pruneAudit } from '~/sync/prune-audit';
import { saveSettings } from '~/sync/save-settings';
import { putChanges } from '../support/audit-rows';
import { putProduct } from '../support/catalog-rows';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

let database: TestDatabase;
let db: Database;
let scope: { shopId: string; accountId: string };
let other: { shopId: string; accountId: string };

async function makeShop(domain: string) {
  const { id: accountId } = await db.account.create({ data: { name: domain } });
  const { id: shopId } = await db.shop.create({ data: { accountId, domain } });
  return { accountId, shopId };
}

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  scope = await makeShop('one.myshopify.com');
  other = await makeShop('two.myshopify.com');
});
afterAll(async () => {
  await database?.drop();
});
beforeEach(async () => {
  await db.change.deleteMany();
  await db.catalogProduct.deleteMany();
});

const START = Date.now() - 3_600_000;
const at = (minute: number) => new Date(START + minute * 60_000);

async function search(query: string | Record<string, string>): Promise<bigint[]> {
  const { filter } = readAuditQuery(new URLSearchParams(query), 'UTC');
  const { rows } = await readAuditPage(db, scope, { filter, cursor: null });
  return rows.map(({ id }) => id);
}

/** Every page from one end to the other. */
async function pagesOf(query: string, limit: number, from: AuditCursor | null = null) {
  const { filter } = readAuditQuery(new URLSearchParams(query), 'UTC');
  const pages = [];
  for (let cursor = from; ;) {
    const page = await readAuditPage(db, scope, { filter, cursor }, limit);
    pages.push(page);
    const next = from?.direction === 'before' ? page.previous : page.next;
    if (next === null) return pages;
    cursor = next;
  }
}

describe('the search', () => {
  let [tent, lamp, mug] = ['', '', ''];
  let [tentVariant, lampVariant] = ['', ''];
  beforeEach(async () => {
    [tent, lamp, mug] = [
      await putProduct(db, scope.accountId, {
        handle: 'big-tent',
        title: 'Tent 100%',
        variants: [{ sku: 'T-1', price: '10', options: [] }],
      }),
      await putProduct(db, scope.accountId, {
        handle: 'lamp_1',
        title: 'Lamp',
        variants: [{ sku: 'L-1', price: '10', options: [] }],
      }),
      randomUUID(),
    ];
    // Deleted in the catalog: only the link knows its name.
    await db.productLink.create({ data: { shopId: scope.shopId, productId: mug, title: 'Mug that was' } });
    const variant = async (productId: string) =>
      (await db.catalogVariant.findFirstOrThrow({ where: { productId } })).id;
    [tentVariant, lampVariant] = [await variant(tent), await variant(lamp)];
  });

  it('finds by product, also one that is deleted, and takes what was typed literally', async () => {
    const [ofTent, ofLamp, ofMug] = await putChanges(db, scope.shopId, [
      { productId: tent, at: at(1) },
      { productId: lamp, at: at(2) },
      { productId: mug, at: at(3) },
    ]);
    await putChanges(db, other.shopId, [{ productId: tent, at: at(4) }]);
    expect(await search({})).toEqual([ofMug, ofLamp, ofTent]);
    expect(await search({ q: 'TENT' })).toEqual([ofTent]);
    expect(await search({ q: 'big-t' })).toEqual([ofTent]);
    expect(await search({ q: 'mug' })).toEqual([ofMug]);
    expect(await search({ q: '100%' })).toEqual([ofTent]);
    expect(await search({ q: '0%' })).toEqual([ofTent]);
    expect(await search({ q: '%' })).toEqual([ofTent]);
    expect(await search({ q: 'p_' })).toEqual([ofLamp]);
    expect(await search({ q: "'; DROP TABLE app.change; --" })).toEqual([]);
    expect(await search({ product: lamp })).toEqual([ofLamp]);
  });

  it('finds by SKU: as recorded, as the variant has it now, each row once', async () => {
    const rows = await putChanges(db, scope.shopId, [
      { productId: tent, variantId: tentVariant, sku: 'T-1', at: at(1) },
      { productId: tent, variantId: tentVariant, sku: null, at: at(2) },
      { productId: tent, variantId: tentVariant, sku: 'OLD-1', at: at(3) },
      { productId: mug, variantId: randomUUID(), sku: 'T-1', at: at(4) },
      { productId: lamp, variantId: lampVariant, sku: 'L-1', at: at(5) },
      { productId: tent, at: at(6) },
    ]);
    expect(await search({ sku: 'T-1' })).toEqual([rows[3], rows[2], rows[1], rows[0]]);
    expect(await search({ sku: 'OLD-1' })).toEqual([rows[2]]);
    expect(await search({ sku: 'T-' })).toEqual([]);
    // The search box takes a SKU too, beside titles.
    expect(await search({ q: 'L-1' })).toEqual([rows[4]]);
    expect(await search({ q: 'lamp', sku: 'T-1' })).toEqual([]);
    expect(await search({ q: 'tent', sku: 'T-1' })).toEqual([rows[2], rows[1], rows[0]]);
    expect(await search({ product: tent, sku: 'T-1' })).toEqual([rows[2], rows[1], rows[0]]);
  });

  it('names the SKU and the variant of rows that did not record them', async () => {
    await putChanges(db, scope.shopId, [
      { productId: tent, variantId: tentVariant, at: at(1) },
      { productId: tent, variantId: randomUUID(), sku: 'X', at: at(0) },
    ]);
    const { rows } = await readAuditPage(db, scope, {
      filter: readAuditQuery(new URLSearchParams(), 'UTC').filter,
      cursor: null,
    });
    expect(rows).toMatchObject([
      { title: 'Tent 100%', sku: 'T-1', variant: 'T-1' },
      { title: 'Tent 100%', sku: 'X', variant: '' },
    ]);
  });

  it('finds by field, or all fields of a kind', async () => {
    const rows = await putChanges(
      db,
      scope.shopId,
      ['price', 'tags:Sale', 'tags:New', 'media:1', 'mediaOrder', 'inventory:gid://shopify/Location/1'].map(
        (field, index) => ({ productId: tent, field, at: at(index) }),
      ),
    );
    expect(await search({ field: 'price' })).toEqual([rows[0]]);
    expect(await search({ field: 'tags' })).toEqual([rows[2], rows[1]]);
    expect(await search({ field: 'tags:Sale' })).toEqual([rows[1]]);
    expect(await search({ field: 'media' })).toEqual([rows[3]]);
    expect(await search({ field: 'mediaOrder' })).toEqual([rows[4]]);
    expect(await search({ field: 'inventory' })).toEqual([rows[5]]);
    expect(await search({ field: 'pri' })).toEqual([]);
  });

  it('finds by actor, run, time, direction and state, and all of them together', async () => {
    const run = randomUUID();
    const rows = await putChanges(db, scope.shopId, [
      { productId: tent, causedBy: 'schedule', at: new Date('2026-03-29T00:59:59.999Z') },
      { productId: tent, runId: run, at: new Date('2026-03-29T12:00:00Z'), direction: 'pull' },
      { productId: tent, runId: run, at: new Date('2026-03-29T21:59:59.999Z'), state: 'failed' },
      { productId: tent, causedBy: 'user 2', at: new Date('2026-03-29T22:00:00Z'), direction: 'restore' },
    ]);
    expect(await search({ actor: 'schedule' })).toEqual([rows[0]]);
    expect(await search({ actor: 'sched' })).toEqual([]);
    expect(await search({ run })).toEqual([rows[2], rows[1]]);
    expect(await search({ direction: 'pull' })).toEqual([rows[1]]);
    expect(await search({ direction: 'push' })).toEqual([rows[2], rows[0]]);
    expect(await search({ state: 'failed' })).toEqual([rows[2]]);
    expect(await search({ state: 'applied' })).toEqual([rows[3], rows[1], rows[0]]);
    // The day of 23 hours in Berlin, whole.
    const { filter } = readAuditQuery(new URLSearchParams('from=2026-03-29&to=2026-03-29'), 'Europe/Berlin');
    const { rows: ofDay } = await readAuditPage(db, scope, { filter, cursor: null });
    expect(ofDay.map(({ id }) => id)).toEqual([rows[2], rows[1], rows[0]]);
    const all = { q: 'tent', run, state: 'failed', actor: 'user 1', direction: 'push', field: 'title' };
    expect(await search({ ...all, from: '2026-03-29', to: '2026-03-29' })).toEqual([rows[2]]);
    expect(await search({ ...all, from: '2026-03-30' })).toEqual([]);
  });

  it('walks the log where very many products match', async () => {
    await db.catalogProduct.createMany({
      data: Array.from({ length: 600 }, (_, index) => ({
        accountId: scope.accountId,
        handle: `many-${index}`,
        title: `Many ${index}`,
      })),
    });
    const many = await db.catalogProduct.findMany({ where: { handle: { startsWith: 'many-' } } });
    const rows = await putChanges(db, scope.shopId, [
      { productId: many[0]!.id, at: at(1) },
      { productId: lamp, at: at(2) },
      { productId: many[599]!.id, at: at(3) },
      { productId: lamp, variantId: lampVariant, sku: 'many', at: at(4) },
    ]);
    expect(await search({ q: 'many' })).toEqual([rows[3], rows[2], rows[0]]);
  });

  it('knows the actors but for imports, and only the shop’s own', async () => {
    await putChanges(db, scope.shopId, [
      ...Array.from({ length: 30 }, () => ({ productId: tent, causedBy: `import ${randomUUID()}` })),
      ...['user 2', 'schedule', 'user 1', 'user 2', 'Shopify'].map((causedBy) => ({
        productId: tent,
        causedBy,
      })),
    ]);
    await putChanges(db, other.shopId, [{ productId: tent, causedBy: 'user 9' }]);
    expect((await readActors(db, scope.shopId)).sort()).toEqual(['Shopify', 'schedule', 'user 1', 'user 2']);
    expect(await readActors(db, randomUUID())).toEqual([]);
  });
});

describe('turning pages', () => {
  it.each([
    ['all', ''],
    ['by product', 'q=tent'],
    ['by SKU', 'sku=S'],
    ['by actor', 'actor=user+1'],
    ['by kind of field', 'field=tags'],
  ])('%s meets every row exactly once, forth and back, through rows of one instant', async (_name, query) => {
    const products = [
      await putProduct(db, scope.accountId, {
        handle: 'tent-a',
        variants: [{ sku: 'S', price: '1', options: [] }],
      }),
      await putProduct(db, scope.accountId, { handle: 'tent-b', variants: [] }),
    ];
    const { id: variantId } = await db.catalogVariant.findFirstOrThrow({ where: { sku: 'S' } });
    const written = await putChanges(
      db,
      scope.shopId,
      Array.from({ length: 57 }, (_, index) => ({
        // Every list of a search holds some of the rows, and both of a SKU's lists hold one.
        productId: products[query.startsWith('sku') ? 0 : index % 2]!,
        field: `tags:${index}`,
        at: at(Math.floor(index / 9)),
        ...(index % 3 === 0 ? { sku: 'S' } : { variantId }),
        ...(index % 5 === 0 && { sku: 'S', variantId }),
      })),
    );
    const newestFirst = [...written].reverse();
    for (const limit of [1, 7, 10, 57, 58]) {
      const forth = await pagesOf(query, limit);
      expect(forth.flatMap(({ rows }) => rows.map(({ id }) => id))).toEqual(newestFirst);
      expect(forth[0]!.previous).toBeNull();
      const last = forth.at(-1)!;
      expect(last.next).toBeNull();
      const lastRow = last.rows.at(-1)!;
      const back = await pagesOf(query, limit, {
        direction: 'before',
        at: lastRow.at,
        id: lastRow.id,
      });
      expect([lastRow.id, ...back.flatMap(({ rows }) => rows.map(({ id }) => id).reverse())]).toEqual(
        written,
      );
    }
  });

  it('finds its place at a cursor whose row is gone, and is not moved by newer rows', async () => {
    const productId = randomUUID();
    const rows = await putChanges(
      db,
      scope.shopId,
      Array.from({ length: 10 }, (_, index) => ({ productId, at: at(index) })),
    );
    const { filter } = readAuditQuery(new URLSearchParams(), 'UTC');
    const first = await readAuditPage(db, scope, { filter, cursor: null }, 4);
    await db.change.delete({ where: { id: first.rows.at(-1)!.id } });
    await putChanges(db, scope.shopId, [{ productId, at: at(99) }]);
    const second = await readAuditPage(db, scope, { filter, cursor: first.next }, 4);
    expect(second.rows.map(({ id }) => id)).toEqual([rows[5], rows[4], rows[3], rows[2]]);
  });
});

describe('the export', () => {
  const exported = async (query = '') => {
    const { filter } = readAuditQuery(new URLSearchParams(query), 'UTC');
    const pieces = [];
    for await (const piece of exportAudit({ db }, { shopId: scope.shopId, filter })) pieces.push(piece);
    const rows: Record<string, string>[] = parse(pieces.join(''), { columns: true });
    return { pieces, rows };
  };

  it('holds every row of the filter as it is, in pieces', async () => {
    const productId = await putProduct(db, scope.accountId, {
      handle: 'tent',
      title: 'Tent, "big"',
      variants: [{ sku: 'T-1', price: '1', options: [] }],
    });
    const { id: variantId } = await db.catalogVariant.findFirstOrThrow({ where: { sku: 'T-1' } });
    const run = randomUUID();
    await db.change.createMany({
      data: Array.from({ length: 2_500 }, (_, index) => ({
        changeKey: randomUUID(),
        shopId: scope.shopId,
        productId,
        variantId,
        field: 'price',
        direction: 'push',
        before: `${index}.00`,
        after: `${index + 1}.00`,
        state: index % 2 === 0 ? 'applied' : 'failed',
        message: 'Line one\nline "two", and more',
        causedBy: 'user 1',
        runId: run,
        points: 2.5,
        at: at(Math.floor(index / 40)),
      })),
    });
    const { pieces, rows } = await exported('state=failed');
    expect(rows).toHaveLength(1_250);
    expect(pieces.length).toBeGreaterThan(2);
    const stored = await db.change.findMany({
      where: { state: 'failed' },
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
    });
    expect(rows).toEqual(
      stored.map((row) => ({
        'Time (UTC)': row.at.toISOString(),
        Product: 'Tent, "big"',
        SKU: 'T-1',
        Variant: 'T-1',
        Field: 'price',
        Before: row.before,
        After: row.after,
        Direction: 'push',
        State: 'failed',
        Reason: 'Line one\nline "two", and more',
        Actor: 'user 1',
        Run: run,
        Points: '2.5',
      })),
    );
    // The header alone where nothing matches.
    expect((await exported('sku=nothing')).pieces).toHaveLength(1);
  });

  it('runs nothing in a spreadsheet, whichever cell it comes from', async () => {
    const evil = ['=1+1', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '＝1'];
    for (const text of evil) {
      await db.change.deleteMany();
      await db.catalogProduct.deleteMany();
      const productId = await putProduct(db, scope.accountId, {
        handle: 'tent',
        title: text,
        options: ['Size'],
        variants: [{ sku: text, price: '1', options: [text] }],
      });
      const { id: variantId } = await db.catalogVariant.findFirstOrThrow();
      await putChanges(db, scope.shopId, [
        {
          productId,
          variantId,
          sku: text,
          field: text,
          before: text,
          after: text,
          message: text,
          causedBy: text,
        },
      ]);
      const [row] = (await exported()).rows;
      for (const column of ['Product', 'SKU', 'Variant', 'Field', 'Before', 'After', 'Reason', 'Actor'])
        expect([column, row![column]]).toEqual([column, `'${text}`]);
    }
  });

  it('leaves numbers numbers, and tells JSON as JSON', async () => {
    await putChanges(db, scope.shopId, [
      { productId: randomUUID(), before: -5, after: '-12.50' },
      { productId: randomUUID(), before: { a: ['=1'] }, after: false, at: at(-1) },
    ]);
    const { rows } = await exported();
    expect(rows).toMatchObject([
      { Before: '-5', After: '-12.50' },
      { Before: '{"a":["=1"]}', After: 'false' },
    ]);
  });
});

describe('retention', () => {
  const day = (days: number) => new Date(Date.now() - days * 86_400_000);
  const prune = (limits?: { rowsABatch: number; rows: number }) =>
    pruneAudit(
      { db, now: () => new Date() },
      {
        signal: new AbortController().signal,
        ...(limits && { limits }),
      },
    );
  const left = async () => (await db.change.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);
  beforeEach(async () => {
    await db.conflict.deleteMany();
    await saveSettings(
      { db, now: () => new Date() },
      {
        shopId: scope.shopId,
        conflictPolicy: 'source-wins',
        auditRetentionDays: 30,
      },
    );
  });

  it('deletes what is older than the shop wants, in batches, and nothing of another shop', async () => {
    const productId = randomUUID();
    const old = Array.from({ length: 25 }, () => ({ productId, at: day(31) }));
    await putChanges(db, scope.shopId, old);
    const kept = [
      ...(await putChanges(db, scope.shopId, [
        { productId, at: day(29.9) },
        { productId, at: day(0) },
      ])),
      // The other shop keeps a year.
      ...(await putChanges(db, other.shopId, [{ productId, at: day(31) }])),
    ];
    expect(await prune({ rowsABatch: 10, rows: 1_000 })).toEqual({ deleted: 25 });
    expect(await left()).toEqual(kept);
    expect(await prune()).toEqual({ deleted: 0 });
  });

  it('does so much a turn and no more', async () => {
    const productId = randomUUID();
    await putChanges(
      db,
      scope.shopId,
      Array.from({ length: 25 }, (_, index) => ({ productId, at: day(100 - index) })),
    );
    const oldestLast = (await left()).slice(20);
    expect(await prune({ rowsABatch: 10, rows: 20 })).toEqual({ deleted: 20 });
    expect(await left()).toEqual(oldestLast);
    expect(await prune({ rowsABatch: 10, rows: 20 })).toEqual({ deleted: 5 });
  });

  it('keeps what led to an open conflict, and goes on behind it', async () => {
    const [productId, variantId] = [randomUUID(), randomUUID()];
    const conflict = (state: string, field: string, variant: string | null) => ({
      shopId: scope.shopId,
      productId,
      variantId: variant,
      field,
      fieldGroup: 'content',
      reason: 'both-changed',
      state,
    });
    await db.conflict.createMany({
      data: [
        conflict('open', 'title', null),
        conflict('resolving', 'price', variantId),
        conflict('resolved', 'vendor', null),
      ],
    });
    const rows = await putChanges(db, scope.shopId, [
      { productId, field: 'title', at: day(99), state: 'conflicted' },
      { productId, field: 'title', at: day(98) },
      { productId, field: 'price', variantId, at: day(97) },
      { productId, field: 'price', variantId: randomUUID(), at: day(96) },
      { productId, field: 'vendor', at: day(95), state: 'conflicted' },
      { productId: randomUUID(), field: 'title', at: day(94) },
    ]);
    expect(await prune({ rowsABatch: 2, rows: 1_000 })).toEqual({ deleted: 3 });
    expect(await left()).toEqual(rows.slice(0, 3));
    expect(await db.conflict.count()).toBe(3);
  });

  it('is refused by the database outside its limits', async () => {
    const set = (auditRetentionDays: number) =>
      saveSettings(
        { db, now: () => new Date() },
        {
          shopId: scope.shopId,
          conflictPolicy: 'source-wins',
          auditRetentionDays,
        },
      );
    await expect(set(0)).rejects.toThrow();
    await expect(set(3651)).rejects.toThrow();
    expect((await db.shop.findUniqueOrThrow({ where: { id: scope.shopId } })).auditRetentionDays).toBe(30);
  });
});
