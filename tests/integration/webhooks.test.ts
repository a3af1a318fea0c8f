/** What the app does with webhooks: signatures, duplicates, late ones, and shops it no longer knows. */
import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '~/config.server';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import { receiveWebhook } from '~/webhooks.server';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';

const DOMAIN = 'lockstep-demo.myshopify.com';
const SECRETS = ['secret-of-today', 'secret-of-yesterday'];
const PRODUCT = 'gid://shopify/Product/8000000000011';
const ITEM_ID = 8000000000033;

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
beforeEach(async () => {
  const { db } = database;
  await db.session.deleteMany();
  await db.syncRequest.deleteMany();
  await db.webhookDelivery.deleteMany();
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

function post(about: Post): Promise<Response> {
  const body = about.body ?? JSON.stringify(about.payload ?? {});
  const signature = createHmac('sha256', about.secret ?? 'secret-of-today')
    .update(body)
    .digest('base64');
  const request = new Request('https://app.example/webhooks', {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'X-Shopify-Topic': about.topic,
      'X-Shopify-Hmac-Sha256': signature,
      'X-Shopify-Shop-Domain': about.shop ?? DOMAIN,
      'X-Shopify-Webhook-Id': about.id ?? randomUUID(),
      'X-Shopify-Triggered-At': (about.triggeredAt ?? new Date()).toISOString(),
      ...about.headers,
    },
  });
  return receiveWebhook({ resources, secrets: SECRETS }, request);
}

/** A shop with one linked product in the cache. */
async function putShop() {
  const { db } = database;
  const account = await db.account.create({ data: { name: 'Demo' } });
  const shop = await db.shop.create({
    data: { accountId: account.id, domain: DOMAIN, installedAt: new Date(Date.now() - 60_000) },
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
      remoteId: 'gid://shopify/ProductVariant/8000000000022',
      remoteProductId: PRODUCT,
      inventoryItemId: `gid://shopify/InventoryItem/${ITEM_ID}`,
      state: {},
      fingerprint: 'a',
      fetchedAt: at,
    },
  });
  await db.session.create({
    data: { id: `offline_${DOMAIN}`, shop: DOMAIN, state: '', accessToken: 'x', scope: 'write_products' },
  });
  return { shopId, productId };
}

const invalidatedAt = async () => (await database.db.remoteProductRow.findFirst())?.invalidatedAt ?? null;
const update = { id: 8000000000011, admin_graphql_api_id: PRODUCT, updated_at: '2026-11-24T10:00:00+01:00' };

describe('signatures', () => {
  it('takes what the current or the former secret signed', async () => {
    await putShop();
    expect((await post({ topic: 'products/update', payload: update })).status).toBe(200);
    expect(
      (await post({ topic: 'products/update', payload: update, secret: 'secret-of-yesterday' })).status,
    ).toBe(200);
  });

  it('answers 401 to everything else, and does nothing', async () => {
    await putShop();
    expect((await post({ topic: 'products/update', payload: update, secret: 'guess' })).status).toBe(401);
    const none = { 'X-Shopify-Hmac-Sha256': '' };
    expect((await post({ topic: 'app/uninstalled', headers: none })).status).toBe(401);
    expect(await invalidatedAt()).toBeNull();
    expect(await database.db.webhookDelivery.count()).toBe(0);
  });

  it('answers 400 where a signed delivery cannot be understood', async () => {
    expect((await post({ topic: 'products/update', body: 'no json' })).status).toBe(400);
    expect((await post({ topic: 'products/update', shop: 'elsewhere.example' })).status).toBe(400);
  });
});

describe('changes of products', () => {
  it('makes the product be looked at again', async () => {
    const { shopId, productId } = await putShop();
    await post({ topic: 'products/update', payload: update });
    expect(await invalidatedAt()).not.toBeNull();
    expect(await database.db.syncRequest.findMany()).toMatchObject([{ shopId, productId }]);
  });

  it('finds the product of a stock change', async () => {
    const { productId } = await putShop();
    const payload = { inventory_item_id: ITEM_ID, location_id: 8000000000044, available: 3 };
    await post({ topic: 'inventory_levels/update', payload });
    expect(await invalidatedAt()).not.toBeNull();
    expect(await database.db.syncRequest.findMany()).toMatchObject([{ productId }]);
  });

  it('understands a deletion, which names only the number', async () => {
    await putShop();
    await post({ topic: 'products/delete', payload: { id: 8000000000011 } });
    expect(await invalidatedAt()).not.toBeNull();
  });

  it('takes a delivery once, however often it comes', async () => {
    await putShop();
    const id = randomUUID();
    await post({ topic: 'products/update', payload: update, id });
    await database.db.remoteProductRow.updateMany({ data: { invalidatedAt: null } });
    await database.db.syncRequest.deleteMany();
    expect((await post({ topic: 'products/update', payload: update, id })).status).toBe(200);
    expect(await invalidatedAt()).toBeNull();
    expect(await database.db.webhookDelivery.count()).toBe(1);
  });

  it('takes a delivery again that failed here', async () => {
    await putShop();
    const id = randomUUID();
    const broken = { topic: 'products/update', payload: { title: 'no id' }, id };
    await expect(post(broken)).rejects.toThrow();
    expect(await database.db.webhookDelivery.count()).toBe(0);
    expect((await post({ topic: 'products/update', payload: update, id })).status).toBe(200);
    expect(await invalidatedAt()).not.toBeNull();
  });
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
    'answers 200 to %s without a session (Shopify/shopify-app-js#3360)',
    async (topic) => {
      const payload = { ...update, inventory_item_id: 1, previous: [], current: ['write_products'] };
      expect((await post({ topic, payload })).status).toBe(200);
    },
  );

  it('loses its token when the app is uninstalled, and its data when Shopify asks for it', async () => {
    const { shopId } = await putShop();
    await post({ topic: 'app/uninstalled' });
    const shop = await database.db.shop.findUniqueOrThrow({ where: { id: shopId } });
    expect(shop.uninstalledAt).not.toBeNull();
    expect(await database.db.session.count()).toBe(0);
    await post({ topic: 'shop/redact' });
    expect(await database.db.shop.count()).toBe(0);
    expect(await database.db.productLink.count()).toBe(0);
    expect(await database.db.remoteProductRow.count()).toBe(0);
  });

  it('keeps everything where it came back before the late webhook', async () => {
    await putShop();
    await post({ topic: 'app/uninstalled', triggeredAt: new Date(Date.now() - 3_600_000) });
    await post({ topic: 'shop/redact' });
    expect(await database.db.session.count()).toBe(1);
    expect((await database.db.shop.findFirstOrThrow()).uninstalledAt).toBeNull();
  });
});

describe('scopes', () => {
  it('are noted where the merchant granted others', async () => {
    await putShop();
    await post({
      topic: 'app/scopes_update',
      payload: { previous: [], current: ['write_products', 'write_files'] },
    });
    expect((await database.db.session.findFirstOrThrow()).scope).toBe('write_products,write_files');
  });
});
