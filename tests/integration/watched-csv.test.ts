/** A product CSV at an address: imported when it has changed, and only then; what is wrong with it is said, and tried again. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppResources } from '~/resources.server';
import { fetchWatchedCsvs } from '~/sync/fetch-watched-csv';
import { importCatalog } from '~/sync/import-catalog';
import { lookAtCsvNow, saveCsvWatch, stopCsvWatch } from '~/sync/save-csv-watch';
import { createGuardedFetch } from '~/web/guarded-fetch.server';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';
import { createTestResources } from '../support/resources';
import { waitFor } from '../support/wait-for';

const FILE = (price: string) => `Handle,Title,Variant SKU,Variant Price\ntent,Tent,TENT-1,${price}\n`;

interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

let database: TestDatabase;
let made: AppResources;
let resources: AppResources;
let server: Server;
let origin: string;
let shopId: string;
let accountId: string;
let clock: Date;
let answer: (request: IncomingMessage) => Answer;
let asked: IncomingMessage[];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    const { status, body, headers = {} } = answer(request);
    response.writeHead(status, { 'content-type': 'text/csv', ...headers }).end(body);
  }).listen(0, '127.0.0.1');
  await waitFor('the web server listens', () => server.listening);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The web server has no port.');
  origin = `http://127.0.0.1:${address.port}`;
  database = await createTestDatabase();
  made = await createTestResources({
    ...testEnvironment({ databaseUrl: database.url, emulatorOrigin: 'http://127.0.0.1:9' }),
    LOG_LEVEL: 'silent',
  });
  resources = {
    ...made,
    web: createGuardedFetch({ allowedHosts: [new URL(origin).host] }),
    now: () => clock,
    random: () => 0.5,
  };
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await made?.close();
  await database?.drop();
});
beforeEach(async () => {
  clock = new Date();
  asked = [];
  answer = () => ({ status: 200, body: FILE('10.00') });
  await database.db.csvWatch.deleteMany();
  accountId = (await database.db.account.create({ data: { name: 'Test' } })).id;
  shopId = (await database.db.shop.create({ data: { accountId, domain: `${accountId}.myshopify.com` } })).id;
});

const never = new AbortController().signal;
const watch = (path = '/products.csv?token=secret') =>
  saveCsvWatch(resources, { shopId, url: `${origin}${path}`, everyMinutes: 60, createdBy: 'anna' });
const row = () => database.db.csvWatch.findUniqueOrThrow({ where: { shopId } });
const pass = (minutes: number) => {
  clock = new Date(clock.getTime() + minutes * 60_000);
};
/** Looks at what is due, and carries out the imports that come of it. */
async function look(): Promise<number> {
  await fetchWatchedCsvs(resources, never);
  const waiting = await database.db.catalogImport.findMany({ where: { shopId, state: 'queued' } });
  const running = { jobId: 'job', interrupted: false, signal: never };
  for (const { id: importId } of waiting)
    await importCatalog(resources, { name: 'import-catalog', shopId, importId }, running);
  return waiting.length;
}
const price = async () =>
  Number((await database.db.catalogVariant.findFirstOrThrow({ where: { accountId, sku: 'TENT-1' } })).price);

describe('a watched product CSV', () => {
  it('is imported at once, and again only when its content has changed', async () => {
    expect(await watch()).toEqual({ kind: 'saved' });
    expect(await look()).toBe(1);
    expect(await price()).toBe(10);
    const { url, shownUrl, nextAt } = await row();
    expect(url).not.toContain('secret');
    expect(shownUrl).toBe(`${origin}/products.csv?…`);
    expect(nextAt).toEqual(new Date(clock.getTime() + 3_600_000));
    const [first] = await database.db.catalogImport.findMany({ where: { shopId } });
    expect(first).toMatchObject({ filename: 'products.csv', causedBy: 'anna', productsCreated: 1 });
    pass(59);
    expect(await look()).toBe(0);
    expect(asked).toHaveLength(1);
    pass(1);
    expect(await look()).toBe(0);
    expect(asked).toHaveLength(2);
    answer = () => ({ status: 200, body: FILE('12.00') });
    pass(60);
    expect(await look()).toBe(1);
    expect(await price()).toBe(12);
  });

  it('is asked for by what was seen of it, and not sent again by a server that knows that', async () => {
    const etag = '"7"';
    answer = ({ headers }) =>
      headers['if-none-match'] === etag
        ? { status: 304, body: '' }
        : { status: 200, body: FILE('10.00'), headers: { etag } };
    await watch();
    await look();
    await lookAtCsvNow(resources, shopId);
    expect(await look()).toBe(0);
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, etag]);
    expect(await row()).toMatchObject({ problem: null, failures: 0 });
  });

  it.each([
    [{ status: 404, body: '' }, /no file at the address/],
    [{ status: 403, body: '' }, /refuses the file/],
    [{ status: 200, body: '' }, /empty/],
    [{ status: 200, body: '<html>', headers: { 'content-type': 'text/html; charset=utf-8' } }, /web page/],
    [
      { status: 302, body: '', headers: { location: 'http://169.254.169.254/x.csv' } },
      /not on the public web/,
    ],
  ])(
    'that cannot be had (%o) is told of, is tried again soon and then seldom, and mends by itself',
    async (bad, words) => {
      answer = () => bad;
      await watch();
      const waits: number[] = [];
      for (let time = 0; time < 8; time += 1) {
        expect(await look()).toBe(0);
        const { problem, nextAt } = await row();
        expect(problem).toMatch(words);
        waits.push((nextAt.getTime() - clock.getTime()) / 60_000);
        clock = nextAt;
      }
      expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
      answer = () => ({ status: 200, body: FILE('11.00') });
      expect(await look()).toBe(1);
      expect(await row()).toMatchObject({ problem: null, failures: 0 });
      expect(await price()).toBe(11);
    },
  );

  it('is looked at once by several workers, and taken over from one that died', async () => {
    await watch();
    await Promise.all(Array.from({ length: 5 }, () => fetchWatchedCsvs(resources, never)));
    expect(asked).toHaveLength(1);
    // As a worker leaves it that is killed while it reads.
    await database.db.csvWatch.update({ where: { shopId }, data: { nextAt: clock, digest: null } });
    await database.db.$executeRaw`UPDATE app.csv_watch SET next_at = ${new Date(clock.getTime() + 300_000)}`;
    await fetchWatchedCsvs(resources, never);
    expect(asked).toHaveLength(1);
    await look();
    pass(5);
    await look();
    expect(asked).toHaveLength(2);
  });

  it('waits while its former import is under way, and is left alone when nobody wants it', async () => {
    await watch();
    await fetchWatchedCsvs(resources, never);
    answer = () => ({ status: 200, body: FILE('12.00') });
    await lookAtCsvNow(resources, shopId);
    await fetchWatchedCsvs(resources, never);
    expect(asked).toHaveLength(1);
    await look();
    pass(1);
    expect(await look()).toBe(1);
    expect(await price()).toBe(12);
    expect(await stopCsvWatch(resources, shopId)).toBe(true);
    expect(await lookAtCsvNow(resources, shopId)).toBe(false);
    pass(600);
    expect(await look()).toBe(0);
    expect(asked).toHaveLength(2);
  });

  it('inside the own network is refused where it is set', async () => {
    const refused = await saveCsvWatch(
      { ...resources, web: createGuardedFetch({ allowedHosts: [] }) },
      { shopId, url: 'http://10.0.0.7/products.csv', everyMinutes: 60, createdBy: 'anna' },
    );
    expect(refused).toMatchObject({ kind: 'refused', reason: '10.0.0.7 is not on the public web.' });
    expect(await database.db.csvWatch.count()).toBe(0);
  });
});
