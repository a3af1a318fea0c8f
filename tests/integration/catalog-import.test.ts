/** Importing and exporting product CSVs, through the use cases and a real PostgreSQL. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadGenerated } from '~/db/catalog-load.server';
import { readCatalogStates } from '~/db/catalog-states.server';
import { generateCatalog } from '~/catalog/large-catalog';
import type { AppResources } from '~/resources.server';
import { cancelImport } from '~/sync/cancel-import';
import { exportCatalog } from '~/sync/export-catalog';
import { importCatalog } from '~/sync/import-catalog';
import { startImport } from '~/sync/start-import';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';
import { createTestResources } from '../support/resources';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const demo = path('../../samples/demo-catalog.csv');
const shared = path('../../../shared/data/catalogs');

let database: TestDatabase;
let resources: AppResources;
let shopId: string;
let accountId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  resources = await createTestResources({
    ...testEnvironment({ databaseUrl: database.url, emulatorOrigin: 'http://127.0.0.1:9' }),
    LOG_LEVEL: 'silent',
  });
});
afterAll(async () => {
  await resources?.close();
  await database?.drop();
});
beforeEach(async () => {
  const { db } = database;
  accountId = (await db.account.create({ data: { name: 'Test' } })).id;
  shopId = (await db.shop.create({ data: { accountId, domain: `${accountId}.myshopify.com` } })).id;
});

const running = () => ({ jobId: 'job', interrupted: false, signal: new AbortController().signal });
const recordOf = (id: string) => database.db.catalogImport.findUniqueOrThrow({ where: { id } });

async function start(content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { importId } = await startImport(resources, {
    shopId,
    filename: 'file.csv',
    content: bytes,
    causedBy: 'a test',
  });
  return importId;
}

/** Imports a file to the end and answers its record. */
async function importFile(content: string | Uint8Array) {
  const importId = await start(content);
  await importCatalog(resources, { name: 'import-catalog', shopId, importId }, running());
  return recordOf(importId);
}

async function exported(): Promise<string> {
  const parts: string[] = [];
  for await (const part of exportCatalog(resources, { shopId })) parts.push(part);
  return parts.join('');
}

async function catalog() {
  const ids = await database.db.catalogProduct.findMany({ where: { accountId }, select: { id: true } });
  return readCatalogStates(database.db, accountId, { ids: ids.map(({ id }) => id) });
}

/** When each row was last written. */
async function dates() {
  const select = { id: true, updatedAt: true } as const;
  const orderBy = { id: 'asc' } as const;
  return [
    await database.db.catalogProduct.findMany({ where: { accountId }, select, orderBy }),
    await database.db.catalogVariant.findMany({ where: { accountId }, select, orderBy }),
  ];
}

async function expectRoundTrip(content: Uint8Array, products: number): Promise<void> {
  const first = await importFile(content);
  expect(first).toMatchObject({
    state: 'finished',
    productsCreated: products,
    rowsRejected: 0,
    problems: [],
    content: null,
  });
  expect(first.rowsDone).toBe(first.rows);
  const stored = await catalog();
  const written = await dates();
  const file = await exported();

  expect(await importFile(content)).toMatchObject({
    state: 'finished',
    productsUnchanged: products,
    productsCreated: 0,
    productsUpdated: 0,
    syncRunId: null,
  });
  expect(await importFile(file)).toMatchObject({
    state: 'finished',
    productsUnchanged: products,
    productsUpdated: 0,
    problems: [],
  });
  expect(await catalog()).toEqual(stored);
  expect(await dates()).toEqual(written);
  expect(await exported()).toBe(file);
}

describe('the catalogs', () => {
  it('of the demo is read without a problem, and its export changes nothing', async () => {
    await expectRoundTrip(readFileSync(demo), 42);
  });

  for (const name of ['apparel.csv', 'jewelery.csv']) {
    const file = `${shared}/${name}`;
    if (!existsSync(file))
      console.log(`Skipped: ${name} is not at ${shared} (the project does not contain it).`);
    it.skipIf(!existsSync(file))(
      `${name} is read without a problem, and its export changes nothing`,
      async () => {
        await expectRoundTrip(readFileSync(file), 20);
      },
    );
  }

  it.skipIf(!existsSync(`${shared}/jewelery.csv`))('jewelery.csv keeps its oddities', async () => {
    const { unsyncedColumns } = await importFile(readFileSync(`${shared}/jewelery.csv`));
    expect(unsyncedColumns).toEqual([]);
    const byHandle = new Map((await catalog()).map((product) => [product.fields.handle, product]));
    const bracelet = byHandle.get('chain-bracelet')!;
    expect(
      bracelet.variants.map(({ optionValues, fields, stock }) => [
        optionValues,
        fields.price,
        fields.tracked,
        stock,
      ]),
    ).toEqual([
      [['Blue'], '42.99', false, { '': 1 }],
      [['Black'], '42.99', false, { '': 0 }],
    ]);
    const shown = (index: number) =>
      bracelet.media.find(({ id }) => id === bracelet.variants[index]!.mediaId)?.url;
    expect(shown(0)).toContain('navy-blue-chakra');
    expect(shown(1)).toContain('7-chakra');
    expect(byHandle.get('boho-earrings')!.media).toHaveLength(3);
    expect(byHandle.get('boho-earrings')!.variants[0]!.fields).toMatchObject({
      weightValue: '0.987671',
      weightUnit: 'OUNCES',
    });
  });

  it('a large one goes out and in again unchanged', async () => {
    await loadGenerated(
      database.db,
      accountId,
      generateCatalog({ seed: 11, products: 450, minVariants: 1, maxVariants: 8 }),
    );
    const written = await dates();
    const again = await importFile(await exported());
    expect(again).toMatchObject({
      state: 'finished',
      productsUnchanged: 450,
      productsUpdated: 0,
      rowsRejected: 0,
    });
    expect(await dates()).toEqual(written);
  });
});

describe('importCatalog', () => {
  const header = 'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Tags';

  it('keeps the good rows, reports the bad ones, and starts a run of what changed', async () => {
    const record = await importFile(
      [header, 'tee,Tee,Size,S,T-S,10,"a, b"', 'tee,,,M,T-M,ten,', ',,,L,T-L,10,', 'mug,Mug,,,M1,5,'].join(
        '\n',
      ),
    );
    expect(record).toMatchObject({
      state: 'finished',
      rows: 4,
      rowsDone: 4,
      productsCreated: 2,
      rowsRejected: 2,
    });
    expect(record.problems).toEqual([
      expect.objectContaining({
        line: 3,
        handle: 'tee',
        column: 'Variant Price',
        value: 'ten',
        reason: 'This is not a number.',
      }),
      expect.objectContaining({ line: 4, handle: null, column: 'Handle' }),
    ]);
    const run = await database.db.syncRun.findUniqueOrThrow({ where: { id: record.syncRunId! } });
    expect(run).toMatchObject({ shopId, trigger: 'import' });
    const listed = await database.db.runProduct.findMany({ where: { runId: run.id } });
    expect(listed.map(({ productId }) => productId).sort()).toEqual(
      (await catalog()).map(({ id }) => id).sort(),
    );
  });

  it('starts a run of the changed products only', async () => {
    await importFile([header, 'tee,Tee,,,T,10,', 'mug,Mug,,,M,5,'].join('\n'));
    const record = await importFile([header, 'tee,,,,T,10,', 'mug,,,,M,6,'].join('\n'));
    expect(record).toMatchObject({ productsUpdated: 1, productsUnchanged: 1 });
    const listed = await database.db.runProduct.findMany({ where: { runId: record.syncRunId! } });
    const mug = (await catalog()).find(({ fields }) => fields.handle === 'mug')!;
    expect(listed.map(({ productId }) => productId)).toEqual([mug.id]);
  });

  it('says in words why a file cannot be imported', async () => {
    expect(await importFile('Name,Price\nTee,1\n')).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('no column "Handle"'),
      content: null,
    });
    expect(await importFile('')).toMatchObject({ state: 'failed', error: expect.stringContaining('empty') });
    expect(await importFile(Buffer.from('Handle,Title\ncafé,x\n', 'latin1'))).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('UTF-8'),
    });
  });

  it('costs only its own product when the database refuses a value', async () => {
    await database.db
      .$executeRaw`ALTER TABLE "catalog"."product" ADD CONSTRAINT "no_hats" CHECK ("title" <> 'Hat')`;
    try {
      const record = await importFile(
        [header, 'tee,Tee,,,T,10,', 'hat,Hat,,,H,5,', 'mug,Mug,,,M,5,'].join('\n'),
      );
      expect(record).toMatchObject({ state: 'finished', productsCreated: 2, rowsRejected: 1, rowsDone: 3 });
      expect(record.problems).toEqual([
        expect.objectContaining({ line: 3, handle: 'hat', reason: expect.stringContaining('no_hats') }),
      ]);
    } finally {
      await database.db.$executeRaw`ALTER TABLE "catalog"."product" DROP CONSTRAINT "no_hats"`;
    }
  });

  const many = (count: number, price = 1) =>
    [
      header,
      ...Array.from({ length: count }, (_, index) => `p-${index},Product ${index},,,SKU-${index},${price},`),
    ].join('\n');

  it('goes on where it was cut off, and then syncs every product of the file', async () => {
    const importId = await start(many(900));
    const job = { name: 'import-catalog' as const, shopId, importId };
    const stopping = new AbortController();
    const unsubscribe = await resources.live.subscribe(shopId, () =>
      stopping.abort(new Error('The worker shuts down.')),
    );
    const slow = { ...resources, now: () => new Date(Date.now() + 1000 * (ticks += 1)) };
    let ticks = 0;
    await expect(
      (async () => {
        await importCatalog(slow, job, { jobId: 'job', interrupted: false, signal: stopping.signal });
        throw new Error('It was not cut off in time.');
      })(),
    ).rejects.toThrow('The worker shuts down.');
    await unsubscribe();
    const between = await recordOf(importId);
    expect(between).toMatchObject({ state: 'running', syncRunId: null });
    expect(between.rowsDone).toBeLessThan(900);
    expect(between.content).not.toBeNull();

    await importCatalog(resources, job, { ...running(), interrupted: true });
    const record = await recordOf(importId);
    expect(record).toMatchObject({
      state: 'finished',
      rowsDone: 900,
      productsCreated: 900,
      productsUnchanged: 0,
    });
    expect(await database.db.runProduct.count({ where: { runId: record.syncRunId! } })).toBe(900);
    await importCatalog(resources, job, running());
    expect((await recordOf(importId)).finishedAt).toEqual(record.finishedAt);
  });

  it('can be cancelled before it begins and while it runs', async () => {
    const waiting = await start(many(3));
    expect(await cancelImport(resources, { shopId, importId: waiting })).toBe('cancelled');
    expect(await recordOf(waiting)).toMatchObject({ state: 'cancelled', content: null });
    await importCatalog(resources, { name: 'import-catalog', shopId, importId: waiting }, running());
    expect(await database.db.catalogProduct.count({ where: { accountId } })).toBe(0);

    const importId = await start(many(900, 2));
    const answers: Promise<string>[] = [];
    const unsubscribe = await resources.live.subscribe(shopId, () =>
      answers.push(cancelImport(resources, { shopId, importId })),
    );
    await importCatalog(resources, { name: 'import-catalog', shopId, importId }, running());
    await unsubscribe();
    expect(await Promise.all(answers)).toContain('stopping');
    const record = await recordOf(importId);
    expect(record).toMatchObject({
      state: 'cancelled',
      syncRunId: null,
      error: expect.stringMatching(/cancelled after \d+ of 900 rows/),
    });
    expect(await database.db.catalogProduct.count({ where: { accountId } })).toBe(record.rowsDone);
    expect(await cancelImport(resources, { shopId, importId })).toBe('ended');
  });

  it('writes nothing of another account, though its products have the same handles', async () => {
    await importFile([header, 'tee,Tee,,,T,10,'].join('\n'));
    const [before] = await catalog();
    const first = accountId;
    accountId = (await database.db.account.create({ data: { name: 'Other' } })).id;
    shopId = (await database.db.shop.create({ data: { accountId, domain: `${accountId}.myshopify.com` } }))
      .id;
    expect(await importFile([header, 'tee,Shirt,,,T,99,'].join('\n'))).toMatchObject({ productsCreated: 1 });
    expect(await readCatalogStates(database.db, first, { handles: ['tee'] })).toEqual([before]);
  });
});

describe('exportCatalog', () => {
  it('of an empty catalog is a header', async () => {
    expect(await exported()).toMatch(/^Handle,Title,Body \(HTML\),Vendor,Product Category,[^\n]*\n$/);
  });

  it('carries what other programs need and Shopify does not: stock by location, kept columns', async () => {
    await importFile(
      'Handle,Title,Variant SKU,Inventory Available: Berlin,Google Shopping / Gender,Warehouse bin\ntee,Tee,T,4,unisex,"A, 1"\n',
    );
    const [head, row] = (await exported()).split('\n');
    expect(head).toContain('Inventory Available: Berlin,Google Shopping / Gender,Warehouse bin');
    expect(row).toMatch(/,4,unisex,"A, 1"$/);
  });
});
