/** What the app does with webhooks: signatures, duplicates, late ones, events, and shops it no longer knows. */
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '~/config.server';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import { AT_ONCE, PATIENCE, handleWebhooks } from '~/sync/handle-webhooks';
import { forgetOldDeliveries } from '~/sync/forget-old-deliveries';
import type { Job } from '~/sync/jobs';
import type { Resources } from '~/sync/resources';
import { retryDeadLetter } from '~/sync/retry-dead-letter';
import { createWebhookIntake } from '~/sync/webhook-intake';
import { receiveWebhook } from '~/webhooks.server';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';
import { waitFor } from '../support/wait-for';

const DOMAIN = 'lockstep-demo.myshopify.com';
const SECRETS = ['secret-of-today', 'secret-of-yesterday'];
const PRODUCT = 'gid://shopify/Product/8000000000011';
const VARIANT_ID = 8000000000022;
const ITEM_ID = 8000000000033;
/** Shopify's own examples are not ours to ship: they are beside the project where it is developed. */
const SAMPLES = '../shared/shopify/webhook-samples';

let database: TestDatabase;
let real: AppResources;
/** The real ones; jobs are noted beside. */
let resources: Resources;
let jobs: Job[] = [];
let clockMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const env = testEnvironment({ databaseUrl: database.url, emulatorOrigin: 'http://127.0.0.1:9' });
  real = await createResources(readConfig({ ...env, LOG_LEVEL: 'silent' }));
  const queue: Resources['queue'] = {
    ...real.queue,
    add: async (added, options) => {
      jobs.push(...added);
      await real.queue.add(added, options);
    },
  };
  resources = { ...real, queue, now: () => new Date(Date.now() + clockMs) };
});
afterAll(async () => {
  await real?.close();
  await database?.drop();
});
beforeEach(async () => {
  jobs = [];
  clockMs = 0;
  const { db } = database;
  await db.session.deleteMany();
  await db.syncRequest.deleteMany();
  await db.webhookDelivery.deleteMany();
  await db.deadLetter.deleteMany();
  await db.reconciliation.deleteMany();
  await db.remoteVariantRow.deleteMany();
  await db.remoteProductRow.deleteMany();
  await db.productLink.deleteMany();
  await db.account.deleteMany();
});

interface Post {
  topic: string;
  payload?: unknown;
  shop?: string;
  id?: string;
  secret?: string;
  triggeredAt?: Date;
  headers?: Record<string, string>;
  body?: string;
}

const sign = (body: string, secret = 'secret-of-today') =>
  createHmac('sha256', secret).update(body).digest('base64');

function send(body: string, headers: Record<string, string>, by: Resources = resources): Promise<Response> {
  const request = new Request('https://app.example/webhooks', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return receiveWebhook({ resources: by, intake: createWebhookIntake(by), secrets: () => SECRETS }, request);
}

function post(about: Post, by?: Resources): Promise<Response> {
  const body = about.body ?? JSON.stringify(about.payload ?? {});
  const headers = {
    'X-Shopify-Topic': about.topic,
    'X-Shopify-Hmac-Sha256': sign(body, about.secret),
    'X-Shopify-Shop-Domain': about.shop ?? DOMAIN,
    'X-Shopify-Webhook-Id': about.id ?? randomUUID(),
    'X-Shopify-Triggered-At': (about.triggeredAt ?? new Date()).toISOString(),
    ...about.headers,
  };
  return send(body, headers, by);
}

function postEvent(action: string, body: object, id: string = randomUUID()): Promise<Response> {
  const text = JSON.stringify(body);
  return send(text, {
    'shopify-topic': 'Product',
    'shopify-action': action,
    'shopify-handle': 'synced-fields',
    'shopify-hmac-sha256': sign(text),
    'shopify-shop-domain': DOMAIN,
    'shopify-webhook-id': id,
    'shopify-triggered-at': new Date().toISOString(),
  });
}

const handle = (by: Resources = resources, patience = AT_ONCE) =>
  handleWebhooks(by, { signal: AbortSignal.timeout(20_000), patience });

/** Takes a delivery in and handles what waits. */
async function tell(about: Post): Promise<void> {
  expect((await post(about)).status).toBe(200);
  await handle();
}

/** A shop with one linked product in the cache. */
async function putShop(domain = DOMAIN) {
  const { db } = database;
  const account = await db.account.create({ data: { name: 'Demo' } });
  const shop = await db.shop.create({
    data: { accountId: account.id, domain, installedAt: new Date(Date.now() - 60_000) },
  });
  const shopId = shop.id;
  const productId = randomUUID();
  const at = new Date(Date.now() - 30_000);
  await db.productLink.create({ data: { shopId, productId, remoteId: PRODUCT, state: 'linked' } });
  await db.remoteProductRow.create({
    data: { shopId, remoteId: PRODUCT, state: {}, variantOrder: [], fingerprint: 'a', fetchedAt: at },
  });
  await db.remoteVariantRow.create({
    data: {
      shopId,
      remoteId: `gid://shopify/ProductVariant/${VARIANT_ID}`,
      remoteProductId: PRODUCT,
      inventoryItemId: `gid://shopify/InventoryItem/${ITEM_ID}`,
      state: {},
      fingerprint: 'a',
      fetchedAt: at,
    },
  });
  await db.session.create({
    data: { id: `offline_${domain}`, shop: domain, state: '', accessToken: 'x', scope: 'write_products' },
  });
  return { shopId, productId };
}

const invalidatedAt = async () => (await database.db.remoteProductRow.findFirst())?.invalidatedAt ?? null;
const waiting = () => database.db.webhookDelivery.count({ where: { handledAt: null } });
const looks = () => jobs.flatMap((job) => (job.name === 'sync-products' ? [job.productIds] : []));
const update = { id: 8000000000011, admin_graphql_api_id: PRODUCT, updated_at: '2026-11-24T10:00:00+01:00' };

describe('signatures', () => {
  it('takes what the current or the former secret signed', async () => {
    expect((await post({ topic: 'products/update', payload: update })).status).toBe(200);
    expect(
      (await post({ topic: 'products/update', payload: update, secret: 'secret-of-yesterday' })).status,
    ).toBe(200);
    expect(await waiting()).toBe(2);
  });

  it('answers 401 to everything else, and stores nothing', async () => {
    await putShop();
    expect((await post({ topic: 'products/update', payload: update, secret: 'guess' })).status).toBe(401);
    const none = { 'X-Shopify-Hmac-Sha256': '' };
    expect((await post({ topic: 'app/uninstalled', headers: none })).status).toBe(401);
    expect(await database.db.webhookDelivery.count()).toBe(0);
  });

  it('refuses a signature of which any one byte is another', async () => {
    const body = JSON.stringify(update);
    const right = Buffer.from(sign(body));
    for (let at = 0; at < right.length; at += 1)
      for (const bit of [1, 2, 4, 32]) {
        const wrong = Buffer.from(right);
        wrong[at] = wrong[at]! ^ bit;
        const headers = { 'X-Shopify-Hmac-Sha256': wrong.toString('latin1') };
        const { status } = await post({ topic: 'products/update', body, headers });
        expect([at, bit, status]).toEqual([at, bit, 401]);
      }
    expect(await database.db.webhookDelivery.count()).toBe(0);
  });

  it('refuses a body of which any one byte is another', async () => {
    const body = JSON.stringify(update);
    const headers = { 'X-Shopify-Hmac-Sha256': sign(body) };
    for (let at = 0; at < body.length; at += 1) {
      const other = body[at] === 'x' ? 'y' : 'x';
      const changed = `${body.slice(0, at)}${other}${body.slice(at + 1)}`;
      expect((await post({ topic: 'products/update', body: changed, headers })).status).toBe(401);
    }
  });

  it('answers 400 where a signed delivery cannot be understood', async () => {
    const statuses = await Promise.all([
      post({ topic: 'products/update', body: 'no json' }),
      post({ topic: 'products/update', payload: { title: 'no id' } }),
      post({ topic: 'inventory_levels/update', payload: { available: 3 } }),
      post({ topic: 'products/update', payload: update, headers: { 'X-Shopify-Webhook-Id': '' } }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(await database.db.webhookDelivery.count()).toBe(0);
  });
});

describe('the instant of a rotation', () => {
  const env = testEnvironment({
    databaseUrl: 'postgresql://localhost/x',
    emulatorOrigin: 'http://127.0.0.1:9',
  });
  const read = (text: string) =>
    readConfig({ ...env, SHOPIFY_API_SECRET_ROTATED_AT: text }).SHOPIFY_API_SECRET_ROTATED_AT;

  it('is read from the environment, which must spell it right', () => {
    expect(read('2026-11-24T10:30:00+01:00')).toEqual(new Date('2026-11-24T09:30:00Z'));
    expect(() => read('yesterday')).toThrow(/SHOPIFY_API_SECRET_ROTATED_AT/);
  });
});

describe('the shop in the headers, which no signature covers', () => {
  it('is refused where it is no shop of Shopify, or not the one the body names', async () => {
    await putShop();
    expect(
      (await post({ topic: 'products/update', payload: update, shop: 'elsewhere.example' })).status,
    ).toBe(400);
    const payload = { myshopify_domain: 'other.myshopify.com' };
    expect((await post({ topic: 'app/uninstalled', payload })).status).toBe(400);
    expect(
      (await post({ topic: 'shop/redact', payload: { shop_domain: 'other.myshopify.com' } })).status,
    ).toBe(400);
    await handle();
    expect((await database.db.shop.findFirstOrThrow()).uninstalledAt).toBeNull();
  });

  it('touches nothing of the others', async () => {
    await putShop();
    const id = randomUUID();
    await tell({ topic: 'products/update', payload: update, shop: 'other.myshopify.com', id });
    expect(await invalidatedAt()).toBeNull();
    expect(looks()).toEqual([]);
    expect(await waiting()).toBe(0);
  });
});

describe('the request', () => {
  it('only stores what the delivery is about', async () => {
    await putShop();
    await post({ topic: 'products/update', payload: { ...update, title: 'Zelt' }, id: 'one' });
    expect(await database.db.webhookDelivery.findUniqueOrThrow({ where: { id: 'one' } })).toMatchObject({
      shop: DOMAIN,
      topic: 'products/update',
      facts: { products: [PRODUCT] },
      handledAt: null,
    });
    expect(await invalidatedAt()).toBeNull();
    expect(await database.db.syncRequest.count()).toBe(0);
  });

  it('wakes a worker, once for many', async () => {
    const intake = createWebhookIntake(resources);
    const facts = { products: [PRODUCT] };
    const one = (id: string) =>
      intake.take({ id, shop: DOMAIN, topic: 'products/update', facts, triggeredAt: null });
    await Promise.all(Array.from({ length: 1_200 }, (_, index) => one(`many-${index}`)));
    expect(await waiting()).toBe(1_200);
    await waitFor('the wake', () => jobs.some((job) => job.name === 'handle-webhooks'));
    expect(jobs.filter((job) => job.name === 'handle-webhooks').length).toBeLessThanOrEqual(3);
  });

  it('answers 500 where the delivery could not be stored, so that it comes again', async () => {
    const away: Resources = {
      ...resources,
      db: new Proxy(resources.db, {
        get: (target, name) => {
          if (name === '$executeRaw') return () => Promise.reject(new Error('the database is away'));
          return Reflect.get(target, name);
        },
      }),
    };
    const id = randomUUID();
    expect((await post({ topic: 'products/update', payload: update, id }, away)).status).toBe(500);
    expect((await post({ topic: 'products/update', payload: update, id })).status).toBe(200);
    expect(await waiting()).toBe(1);
  });

  it('stores a repetition once, whichever process it reaches', async () => {
    const one = (id: string) => post({ topic: 'products/update', payload: update, id });
    const ids = Array.from({ length: 40 }, (_, index) => `id-${index}`);
    const answers = await Promise.all([...ids, ...ids.toReversed(), ...ids].map(one));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await database.db.webhookDelivery.count()).toBe(40);
  });
});

describe('changes of products', () => {
  it('make the product be looked at again', async () => {
    const { shopId, productId } = await putShop();
    await tell({ topic: 'products/update', payload: update });
    expect(await invalidatedAt()).not.toBeNull();
    expect(await database.db.syncRequest.findMany()).toMatchObject([{ shopId, productId }]);
    expect(looks()).toEqual([[productId]]);
    expect(await waiting()).toBe(0);
  });

  it.each([
    ['inventory_levels/update', { inventory_item_id: ITEM_ID, location_id: 44, available: 3 }],
    ['inventory_levels/connect', { inventory_item_id: ITEM_ID, location_id: 44, available: 0 }],
    ['inventory_levels/disconnect', { inventory_item_id: ITEM_ID, location_id: 44 }],
    ['inventory_items/update', { id: ITEM_ID }],
    ['inventory_items/create', { id: 1, admin_graphql_api_id: `gid://shopify/InventoryItem/${ITEM_ID}` }],
    ['orders/create', { line_items: [{ product_id: 8000000000011, variant_id: VARIANT_ID }] }],
    ['orders/create', { line_items: [{ product_id: null, variant_id: VARIANT_ID }, { product_id: null }] }],
  ])('are found from %s %j', async (topic, payload) => {
    const { productId } = await putShop();
    await tell({ topic, payload });
    expect(await invalidatedAt()).not.toBeNull();
    expect(looks()).toEqual([[productId]]);
  });

  it('understand a deletion, which names only the number', async () => {
    await putShop();
    await tell({ topic: 'products/delete', payload: { id: 8000000000011 } });
    expect(await invalidatedAt()).not.toBeNull();
  });

  it('do nothing where the product is linked to nothing', async () => {
    await putShop();
    await tell({ topic: 'products/create', payload: { id: 8000000000099 } });
    expect(looks()).toEqual([]);
    expect(await waiting()).toBe(0);
  });

  it('keep ids beyond 2^53 as they are', async () => {
    await post({ topic: 'products/delete', body: '{"id":788032119674292922}', id: 'large' });
    const { facts } = await database.db.webhookDelivery.findUniqueOrThrow({ where: { id: 'large' } });
    expect(facts).toEqual({ products: ['gid://shopify/Product/788032119674292922'] });
  });

  it('keep nothing personal of an order', async () => {
    const path = `${SAMPLES}/orders__create.json`;
    const body = existsSync(path)
      ? readFileSync(path, 'utf8')
      : JSON.stringify({ email: 'jon@example.com', line_items: [{ product_id: 1, variant_id: 2 }] });
    await post({ topic: 'orders/create', body });
    const [row] = await database.db.webhookDelivery.findMany();
    expect(Object.keys(Object(row?.facts)).sort()).toEqual(['orders', 'products', 'variants']);
    expect(JSON.stringify(row)).not.toMatch(/example\.com|jon/i);
  });

  it('take a delivery once, however often it comes', async () => {
    await putShop();
    const id = randomUUID();
    await tell({ topic: 'products/update', payload: update, id });
    await database.db.remoteProductRow.updateMany({ data: { invalidatedAt: null } });
    await database.db.syncRequest.deleteMany();
    await tell({ topic: 'products/update', payload: update, id });
    expect(await invalidatedAt()).toBeNull();
    expect(await database.db.webhookDelivery.count()).toBe(1);
  });

  it('look at a product once for a burst, however often it is named', async () => {
    const { productId } = await putShop();
    const levels = { inventory_item_id: ITEM_ID, location_id: 44, available: 3 };
    await Promise.all([
      ...Array.from({ length: 20 }, () => post({ topic: 'products/update', payload: update })),
      ...Array.from({ length: 20 }, () => post({ topic: 'inventory_levels/update', payload: levels })),
      postEvent('update', { fields_changed: { updated: [`product[id: '${PRODUCT}'].title`] } }),
    ]);
    await handle();
    expect(looks()).toEqual([[productId]]);
    expect(await waiting()).toBe(0);
  });

  it('wait until a burst is over', async () => {
    const { productId } = await putShop();
    await post({ topic: 'products/update', payload: update });
    const done = handle(resources, PATIENCE);
    for (let round = 0; round < 6; round += 1) {
      await sleep(60);
      await post({ topic: 'products/update', payload: update });
    }
    expect(looks()).toEqual([]);
    await done;
    expect(await waiting()).toBe(0);
    expect(looks()).toEqual([[productId]]);
  });

  it('are shared among several workers without a second look', async () => {
    const { productId } = await putShop();
    await Promise.all(Array.from({ length: 30 }, () => post({ topic: 'products/update', payload: update })));
    await Promise.all([handle(), handle(), handle()]);
    expect(looks()).toEqual([[productId]]);
    expect(await waiting()).toBe(0);
  });
});

describe('next gen events', () => {
  it('name products anywhere in their body; variants are none', async () => {
    const { productId } = await putShop();
    const body = {
      topic: 'Product',
      action: 'update',
      handle: 'synced-fields',
      data: { product: { id: 'gid://shopify/Product/8000000000012' } },
      query_variables: { productId: 'gid://shopify/Product/8000000000012' },
      fields_changed: {
        added: [],
        updated: [
          `product[id: '${PRODUCT}'].variants[id: 'gid://shopify/ProductVariant/${VARIANT_ID}'].price`,
        ],
        removed: [],
      },
    };
    expect((await postEvent('update', body, 'event')).status).toBe(200);
    const row = await database.db.webhookDelivery.findUniqueOrThrow({ where: { id: 'event' } });
    expect(row.topic).toBe('Product/update');
    expect(row.facts).toEqual({ products: ['gid://shopify/Product/8000000000012', PRODUCT] });
    await handle();
    expect(looks()).toEqual([[productId]]);
  });

  it('are understood in the older form too, and without data', async () => {
    const { productId } = await putShop();
    await postEvent('delete', { data: null, fields_changed: [`product[id: '${PRODUCT}']`] });
    await handle();
    expect(looks()).toEqual([[productId]]);
  });

  it('need a signature like any other', async () => {
    const answer = await send('{}', {
      'shopify-topic': 'Product',
      'shopify-action': 'update',
      'shopify-hmac-sha256': sign('{ }'),
      'shopify-shop-domain': DOMAIN,
      'shopify-webhook-id': randomUUID(),
    });
    expect(answer.status).toBe(401);
  });
});

describe('a bulk operation that finished', () => {
  it('wakes the walk that waits for it, and no other', async () => {
    const { shopId } = await putShop();
    const walk = (state: string, id: number) => ({
      shopId,
      lane: 'bulk',
      causedBy: 'test',
      state,
      bulkOperations: [{ part: 'products', id: `gid://shopify/BulkOperation/${id}`, url: null }],
    });
    const { db } = database;
    const wanted = await db.reconciliation.create({ data: walk('running', 7) });
    await db.reconciliation.create({ data: walk('cancelled', 7) });
    await db.reconciliation.create({ data: walk('cancelled', 8) });
    for (const id of [8, 7])
      await tell({
        topic: 'bulk_operations/finish',
        payload: { admin_graphql_api_id: `gid://shopify/BulkOperation/${id}`, status: 'completed' },
      });
    expect(jobs.filter((job) => job.name === 'reconcile-store')).toEqual([
      { name: 'reconcile-store', shopId, reconciliationId: wanted.id },
    ]);
  });
});

describe('a delivery that cannot be handled', () => {
  /** Resources with which every look at products of one shop fails. */
  const broken = (by: Resources, domain: string, isMended: () => boolean): Resources => ({
    ...by,
    queue: {
      ...by.queue,
      add: async (added, options) => {
        const shop = await database.db.shop.findUniqueOrThrow({ where: { domain } });
        if (!isMended() && added.some((job) => job.name === 'sync-products' && job.shopId === shop.id)) {
          await database.db.syncRequest.deleteMany({ where: { shopId: shop.id } });
          throw new Error('the queue takes nothing');
        }
        await by.queue.add(added, options);
      },
    },
  });

  it('does not hold up other shops, is tried again, given up after a while, and can be retried by hand', async () => {
    const other = 'other.myshopify.com';
    const bad = await putShop();
    const good = await putShop(other);
    let isMended = false;
    const by = broken(resources, DOMAIN, () => isMended);
    await post({ topic: 'products/update', payload: update, id: 'bad' });
    await post({ topic: 'products/update', payload: update, shop: other });
    await handle(by);
    expect(looks()).toEqual([[good.productId]]);
    const row = () => database.db.webhookDelivery.findUniqueOrThrow({ where: { id: 'bad' } });
    expect(await row()).toMatchObject({ handledAt: null, attempts: 1, failure: 'the queue takes nothing' });
    for (let round = 0; round < 10 && (await waiting()) > 0; round += 1) {
      clockMs += 300_000;
      await handle(by);
    }
    expect(await waiting()).toBe(0);
    const letter = await database.db.deadLetter.findFirstOrThrow();
    expect(letter).toMatchObject({ shopId: bad.shopId, reason: 'products/update: the queue takes nothing' });
    isMended = true;
    await retryDeadLetter(by, { shopId: bad.shopId, deadLetterId: letter.id, causedBy: 'user 1' });
    await handle(by);
    expect(looks()).toEqual([[good.productId], [bad.productId]]);
    expect((await row()).failure).toBeNull();
  });

  it('is handled by another worker where the first one died with it', async () => {
    const { productId } = await putShop();
    await post({ topic: 'products/update', payload: update });
    await database.db.webhookDelivery.updateMany({
      data: { attempts: 1, notBefore: new Date(Date.now() + 60_000) },
    });
    await handle();
    expect(looks()).toEqual([]);
    clockMs = 61_000;
    await handle();
    expect(looks()).toEqual([[productId]]);
  });
});

it('forgets deliveries that cannot come again, and none that waits', async () => {
  const old = new Date(Date.now() - 3 * 24 * 3_600_000);
  const row = { shop: DOMAIN, topic: 'products/update' };
  await database.db.webhookDelivery.createMany({
    data: [
      { ...row, id: 'old', receivedAt: old, handledAt: old },
      { ...row, id: 'old-but-waits', receivedAt: old },
      { ...row, id: 'new', receivedAt: new Date(), handledAt: new Date() },
    ],
  });
  await forgetOldDeliveries(resources);
  const left = await database.db.webhookDelivery.findMany({ orderBy: { id: 'asc' } });
  expect(left.map(({ id }) => id)).toEqual(['new', 'old-but-waits']);
});

describe('a shop that is gone', () => {
  const topics = [
    'app/uninstalled',
    'app/scopes_update',
    'customers/data_request',
    'customers/redact',
    'shop/redact',
  ];

  it.each([...topics, 'products/update', 'inventory_levels/update'])(
    'has %s answered 200 and handled without a session (Shopify/shopify-app-js#3360)',
    async (topic) => {
      const payload = { ...update, inventory_item_id: 1, previous: [], current: ['write_products'] };
      await tell({ topic, payload });
      expect(await waiting()).toBe(0);
      expect(await database.db.webhookDelivery.count({ where: { failure: { not: null } } })).toBe(0);
    },
  );

  it('loses its token when the app is uninstalled, and its data when Shopify asks for it', async () => {
    const { shopId } = await putShop();
    await tell({ topic: 'app/uninstalled' });
    const shop = await database.db.shop.findUniqueOrThrow({ where: { id: shopId } });
    expect(shop.uninstalledAt).not.toBeNull();
    expect(await database.db.session.count()).toBe(0);
    await tell({ topic: 'shop/redact' });
    expect(await database.db.shop.count()).toBe(0);
    expect(await database.db.productLink.count()).toBe(0);
    expect(await database.db.remoteProductRow.count()).toBe(0);
  });

  it('is not looked at any more, whatever else came before or after', async () => {
    await putShop();
    await post({ topic: 'products/update', payload: update });
    await post({ topic: 'app/uninstalled' });
    await post({ topic: 'products/update', payload: update });
    await handle();
    expect(looks()).toEqual([]);
    expect(await waiting()).toBe(0);
  });

  it('goes at once, in the middle of a burst', async () => {
    await putShop();
    await Promise.all(Array.from({ length: 5 }, () => post({ topic: 'products/update', payload: update })));
    await post({ topic: 'app/uninstalled' });
    const never = { ...PATIENCE, quietMs: 60_000, longestMs: 60_000 };
    const stop = new AbortController();
    const working = handleWebhooks(resources, { signal: stop.signal, patience: never });
    await waitFor('it is gone', async () => (await database.db.shop.findFirstOrThrow()).uninstalledAt);
    // Its own delivery is marked a moment after.
    await waitFor('the others wait on', async () => (await waiting()) === 5);
    stop.abort();
    await expect(working).rejects.toThrow();
  });

  it('keeps everything where it came back before the late webhook', async () => {
    await putShop();
    await tell({ topic: 'app/uninstalled', triggeredAt: new Date(Date.now() - 3_600_000) });
    await tell({ topic: 'shop/redact' });
    expect(await database.db.session.count()).toBe(1);
    expect((await database.db.shop.findFirstOrThrow()).uninstalledAt).toBeNull();
  });
});

describe('scopes', () => {
  it('are noted where the merchant granted others', async () => {
    await putShop();
    await tell({
      topic: 'app/scopes_update',
      payload: { previous: [], current: ['write_products', 'write_files'] },
    });
    expect((await database.db.session.findFirstOrThrow()).scope).toBe('write_products,write_files');
  });
});

describe("Shopify's own examples", () => {
  const files = existsSync(SAMPLES)
    ? readdirSync(SAMPLES).filter((name) => /^[a-z_]+\.json$/.test(name))
    : [];
  if (files.length === 0) process.stdout.write(`Skipped: ${SAMPLES} is not on this machine.\n`);

  it.skipIf(files.length === 0)('are there', () => expect(files.length).toBeGreaterThan(30));

  it.each(files)('%s is accepted and handled', async (name) => {
    await putShop();
    const topic = name.replace('.json', '').replace('__', '/');
    await tell({ topic, body: readFileSync(`${SAMPLES}/${name}`, 'utf8') });
    expect(await waiting()).toBe(0);
    expect(await database.db.webhookDelivery.count({ where: { failure: { not: null } } })).toBe(0);
    expect(await database.db.deadLetter.count()).toBe(0);
  });
});
