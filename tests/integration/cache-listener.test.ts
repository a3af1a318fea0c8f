/** Who is told of the cache: batches, signed, again after failures, bounded; and nobody where nobody listens. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MOST_ATTEMPTS } from '~/core/cache-message';
import { dropRemotes, invalidateRemotes } from '~/db/remote-cache.server';
import type { AppResources } from '~/resources.server';
import { removeCacheListener, saveCacheListener, switchCacheListener } from '~/sync/save-cache-listener';
import { tellCacheListeners } from '~/sync/tell-cache-listeners';
import { createGuardedFetch } from '~/web/guarded-fetch.server';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';
import { createTestResources } from '../support/resources';
import { waitFor } from '../support/wait-for';

const told = z.object({
  type: z.literal('cache.changed'),
  shop: z.string(),
  products: z.array(
    z.object({
      id: z.string(),
      product_id: z.uuid().nullable(),
      handle: z.string().nullable(),
      reasons: z.array(z.string()),
    }),
  ),
});

let database: TestDatabase;
let made: AppResources;
let resources: AppResources;
let server: Server;
let origin: string;
let shopId: string;
let clock: Date;
let secret: string;
/** What the receiver answers from now on, the last for good. */
let statuses: number[];
let received: { headers: Record<string, string>; body: string }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const headers = Object.entries(request.headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value] as const] : [],
      );
      received.push({ headers: Object.fromEntries(headers), body });
      response.writeHead((statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200).end();
    });
  }).listen(0, '127.0.0.1');
  await waitFor('the receiver listens', () => server.listening);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver has no port.');
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
const db = () => database.db;
const { signal } = new AbortController();

const gid = (index: number) => `gid://shopify/Product/${index}`;
beforeEach(async () => {
  [clock, statuses, received] = [new Date(), [200], []];
  await db().cacheListener.deleteMany();
  await db().cacheMessage.deleteMany();
  await db().cacheNews.deleteMany();
  await db().shop.deleteMany();
  const account = await db().account.create({ data: { name: 'Listening' } });
  const shop = await db().shop.create({ data: { accountId: account.id, domain: 'listening.myshopify.com' } });
  shopId = shop.id;
  await db().remoteProductRow.createMany({
    data: Array.from({ length: 600 }, (_, index) => ({
      ...{ shopId, remoteId: gid(index), state: { fields: { handle: `item-${index}` } } },
      ...{ fingerprint: 'first', fetchedAt: clock },
    })),
  });
  const saved = await saveCacheListener(resources, {
    shopId,
    url: `${origin}/told?key=x`,
    createdBy: 'test',
  });
  if (saved.kind !== 'saved') throw new Error(saved.reason);
  secret = saved.secret;
});

const invalidate = (remoteIds: string[]) =>
  invalidateRemotes(db(), shopId, remoteIds, { by: 'webhook', now: clock });
const tell = () => tellCacheListeners(resources, signal);
const messages = () => db().cacheMessage.findMany({ orderBy: { createdAt: 'asc' } });
const bodies = () => received.map(({ body }) => told.parse(JSON.parse(body)));

describe('a listener', () => {
  it('is told once of each product, why, and by which handle, signed', async () => {
    await invalidate([gid(1), gid(2)]);
    await invalidate([gid(1)]);
    await db().remoteProductRow.updateMany({ where: { remoteId: gid(2) }, data: { fingerprint: 'second' } });
    await dropRemotes(db(), shopId, [gid(3)]);
    await tell();
    expect(bodies()).toHaveLength(1);
    const products = bodies()[0]!.products.sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(products).toEqual([
      { id: gid(1), product_id: null, handle: 'item-1', reasons: ['invalidated:webhook'] },
      { id: gid(2), product_id: null, handle: 'item-2', reasons: ['invalidated:webhook', 'changed'] },
      { id: gid(3), product_id: null, handle: null, reasons: ['removed'] },
    ]);
    const [message] = received;
    // Throws where the signature is not right.
    new Webhook(secret).verify(message!.body, message!.headers);
    await tell();
    expect(received).toHaveLength(1);
  });

  it('is told in batches', async () => {
    await invalidate(Array.from({ length: 600 }, (_, index) => gid(index)));
    await tell();
    expect(
      bodies()
        .map(({ products }) => products.length)
        .sort(),
    ).toEqual([100, 250, 250]);
    expect(new Set(bodies().flatMap(({ products }) => products.map(({ id }) => id))).size).toBe(600);
  });

  it('is told again after it failed, later each time, under the same id', async () => {
    statuses = [500, 503, 204];
    await invalidate([gid(1)]);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await tell();
      expect(received).toHaveLength(attempt);
      await tell();
      expect(received).toHaveLength(attempt);
      const [message] = await messages();
      if (message!.state !== 'waiting') break;
      expect(message!.problem).toMatch(/answered 50[03]/);
      waits.push(message!.nextAt.getTime() - clock.getTime());
      clock = new Date(message!.nextAt.getTime() + 1);
    }
    expect(waits).toEqual([5_000, 10_000]);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await messages()).toMatchObject([{ state: 'delivered', attempts: 3, status: 204, problem: null }]);
  });

  it('is given up in the end', async () => {
    statuses = [500];
    await invalidate([gid(1)]);
    for (let attempt = 1; attempt <= MOST_ATTEMPTS + 2; attempt += 1) {
      await tell();
      clock = new Date(clock.getTime() + 2 * 3_600_000);
    }
    expect(received).toHaveLength(MOST_ATTEMPTS);
    expect(await messages()).toMatchObject([{ state: 'failed', attempts: MOST_ATTEMPTS, status: 500 }]);
  });

  it('does not have more wait for it than a bound: what is beyond is counted', async () => {
    await db().cacheMessage.createMany({
      data: Array.from({ length: 100 }, () => ({
        ...{ id: crypto.randomUUID(), shopId, body: '{}', products: 1, createdAt: clock },
        nextAt: new Date(clock.getTime() + 3_600_000),
      })),
    });
    await invalidate([gid(1), gid(2)]);
    await tell();
    expect(received).toHaveLength(0);
    expect(await db().cacheListener.findUnique({ where: { shopId } })).toMatchObject({ dropped: 2 });
  });

  it('that is switched off or gone is told nothing, and nothing is kept for it', async () => {
    await switchCacheListener(resources, { shopId, isOn: false });
    await invalidate([gid(1)]);
    expect(await db().cacheNews.count()).toBe(0);
    await switchCacheListener(resources, { shopId, isOn: true });
    await tell();
    await removeCacheListener(resources, shopId);
    await invalidate([gid(2)]);
    await tell();
    expect(received).toHaveLength(0);
    expect(await db().cacheNews.count()).toBe(0);
  });

  it('may not be inside the own network', async () => {
    const saved = await saveCacheListener(made, { shopId, url: 'http://127.0.0.1:1/x', createdBy: 'test' });
    expect(saved.kind).toBe('refused');
  });
});
