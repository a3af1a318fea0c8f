import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '@shopify/shopify-api/adapters/web-api';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import type { AppWebhook } from '../app-config';
import type { EmulatorContext } from '../context';
import { seededRandom } from '../random';
import type { EmulatorEvent } from '../state/events';
import type { WebhookSubscription } from '../state/operations';
import { newGid, uninstall } from '../state/state';
import { TEST_SCOPES, TEST_SHOP, putShirt, shopOf, testContext } from './context-for-tests';
import { DEFAULT_KNOBS, waitBeforeRetry } from './knobs';
import { parseFilter, pickFields } from './payload-filter';
import { productPayload } from './product-payload';
import { ReorderBuffer } from './reorder-buffer';
import { shopTime } from './shop-time';
import { startWebhooks } from './webhooks';
import type { Webhooks } from './webhooks';

const library = shopifyApi({
  apiKey: 'key-of-the-app',
  apiSecretKey: 'secret-of-the-app',
  apiVersion: ApiVersion.October26,
  hostName: 'app.example',
  isEmbeddedApp: true,
  scopes: TEST_SCOPES,
});

/** Fields of Shopify's published example of products/update (2026-07). */
const EXAMPLE_FIELDS =
  'admin_graphql_api_id body_html category created_at handle has_variants_that_requires_components id image images media options product_type published_at published_scope status tags template_suffix title updated_at variant_gids variants vendor'.split(
    ' ',
  );
const EXAMPLE_VARIANT_FIELDS =
  'admin_graphql_api_id barcode compare_at_price created_at id image_id inventory_item_id inventory_policy inventory_quantity old_inventory_quantity option1 option2 option3 position price product_id sku taxable title updated_at'.split(
    ' ',
  );

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let received: Received[] = [];
let answer: (count: number) => number | 'never' = () => 200;
let server: Server;
let appUrl: string;
let context: EmulatorContext;
let webhooks: Webhooks;

const fileSubscription = (topics: string[], more: Partial<AppWebhook> = {}): AppWebhook => ({
  topics,
  uri: '/webhooks',
  includeFields: [],
  filter: null,
  name: null,
  ...more,
});

function start(subscriptions: AppWebhook[]): void {
  context = testContext({ webhooks: subscriptions, webhookApiVersion: '2026-10' }, appUrl);
  webhooks = startWebhooks(context);
  webhooks.configure({ timeScale: 0.000_001 });
}

function updated(eventId = 'act-1'): EmulatorEvent {
  const shop = shopOf(context);
  const product = putShirt(context, shop, 1);
  return {
    topic: 'products/update',
    shop: TEST_SHOP,
    eventId,
    at: '2026-11-23T21:02:03Z',
    productId: product.id,
    fieldsChanged: ['title'],
  };
}

function subscribe(topic: string, uri: string): WebhookSubscription {
  const shop = shopOf(context);
  const subscription: WebhookSubscription = {
    id: newGid(context.state, 'WebhookSubscription'),
    topic,
    uri,
    format: 'JSON',
    filter: null,
    includeFields: [],
    metafieldNamespaces: [],
    metafields: [],
    name: null,
    apiVersion: '2026-10',
    createdAt: '2026-11-23T21:02:03Z',
    updatedAt: '2026-11-23T21:02:03Z',
    consecutiveFailures: 0,
  };
  shop.webhookSubscriptions.set(subscription.id, subscription);
  return subscription;
}

beforeEach(async () => {
  received = [];
  answer = () => 200;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      const status = answer(received.length);
      if (status !== 'never') response.writeHead(status, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The test app has no port.');
  appUrl = `http://127.0.0.1:${address.port}`;
});

afterEach(async () => {
  await webhooks.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a delivery', () => {
  it("is signed and headed so that Shopify's library takes it", async () => {
    start([fileSubscription(['products/update'], { name: 'catalog' })]);
    context.state.events.emit(updated());
    await webhooks.settle();
    expect(received).toHaveLength(1);
    const [{ headers, body, path }] = received as [Received];
    expect(path).toBe('/webhooks');
    const validate = (rawBody: string) =>
      library.webhooks.validate({
        rawBody,
        rawRequest: new Request(`${appUrl}${path}`, {
          method: 'POST',
          headers: headers as Record<string, string>,
        }),
      });
    expect(await validate(body)).toMatchObject({
      valid: true,
      topic: 'PRODUCTS_UPDATE',
      domain: TEST_SHOP,
      apiVersion: '2026-10',
      eventId: 'act-1',
      triggeredAt: '2026-11-23T21:02:03Z',
      name: 'catalog',
    });
    expect(await validate(body.replace('Shirt', 'Shorts'))).toMatchObject({
      valid: false,
      reason: 'invalid_hmac',
    });
  });

  it('shares the event id and has an id of its own for each subscriber', async () => {
    start([fileSubscription(['products/update']), fileSubscription(['products/update'], { uri: '/second' })]);
    subscribe('PRODUCTS_UPDATE', `${appUrl}/third`);
    subscribe('PRODUCTS_DELETE', `${appUrl}/other-topic`);
    context.state.events.emit(updated());
    await webhooks.settle();
    expect(received.map((one) => one.path).sort()).toEqual(['/second', '/third', '/webhooks']);
    expect(new Set(received.map((one) => one.headers['x-shopify-event-id']))).toEqual(new Set(['act-1']));
    expect(new Set(received.map((one) => one.headers['x-shopify-webhook-id'])).size).toBe(3);
  });

  it('is retried 8 times with the payload, address and id it had', async () => {
    start([fileSubscription(['products/update'])]);
    answer = (count) => (count < 9 ? 500 : 200);
    const event = updated();
    context.state.events.emit(event);
    shopOf(context).products.clear();
    await webhooks.settle();
    expect(received).toHaveLength(9);
    expect(new Set(received.map((one) => one.body)).size).toBe(1);
    expect(new Set(received.map((one) => one.headers['x-shopify-webhook-id'])).size).toBe(1);
    expect(webhooks.deliveries[0]).toMatchObject({ status: 'delivered' });
  });

  it('fails after 9 attempts; redirects and silence are failures', async () => {
    start([fileSubscription(['products/update'])]);
    webhooks.configure({ timeoutMs: 50 });
    answer = (count) => (count % 2 === 0 ? 302 : 'never');
    context.state.events.emit(updated());
    await webhooks.settle();
    expect(received).toHaveLength(9);
    expect(received.every((one) => one.path === '/webhooks')).toBe(true);
    expect(webhooks.deliveries[0]?.status).toBe('failed');
    expect(webhooks.deliveries[0]?.attempts.map((one) => one.status)).toEqual([
      null,
      302,
      null,
      302,
      null,
      302,
      null,
      302,
      null,
    ]);
  });

  it('goes to no app that is not installed, save for compliance topics', async () => {
    start([fileSubscription(['products/update', 'app/uninstalled', 'shop/redact'])]);
    const shop = shopOf(context);
    const event = updated();
    uninstall(context.state, shop, context.clock, 'act-2');
    context.state.events.emit(event);
    context.state.events.emit({ topic: 'shop/redact', shop: TEST_SHOP, eventId: 'act-3', at: event.at });
    await webhooks.settle();
    expect(received.map((one) => one.headers['x-shopify-topic'])).toEqual(['app/uninstalled', 'shop/redact']);
    expect(JSON.parse(received[1]!.body).shop_domain).toBe(TEST_SHOP);
  });

  it('respects filter and include_fields', async () => {
    start([
      fileSubscription(['products/update'], {
        filter: 'status:active AND variants.price:>=10',
        includeFields: ['id', 'variants.price'],
      }),
      fileSubscription(['products/update'], { uri: '/none', filter: 'vendor:Nobody' }),
    ]);
    context.state.events.emit(updated());
    await webhooks.settle();
    expect(received).toHaveLength(1);
    expect(JSON.parse(received[0]!.body)).toEqual({ id: expect.any(Number), variants: [{ price: '19.99' }] });
  });
});

describe('subscriptions of the Admin API', () => {
  it('are deleted when a delivery failed all attempts, and only then', async () => {
    start([]);
    const bad = subscribe('PRODUCTS_UPDATE', `${appUrl}/bad`);
    answer = () => 503;
    context.state.events.emit(updated());
    await webhooks.settle();
    expect(shopOf(context).webhookSubscriptions.has(bad.id)).toBe(false);
    webhooks.configure({ deleteAfterFailedDeliveries: 2 });
    const patient = subscribe('PRODUCTS_UPDATE', `${appUrl}/patient`);
    context.state.events.emit(updated());
    await webhooks.settle();
    expect(patient.consecutiveFailures).toBe(1);
    answer = () => 204;
    context.state.events.emit(updated());
    await webhooks.settle();
    expect(patient.consecutiveFailures).toBe(0);
    expect(shopOf(context).webhookSubscriptions.has(patient.id)).toBe(true);
  });
});

describe('a bad day', () => {
  const emitMany = (count: number) => {
    for (let index = 0; index < count; index++) context.state.events.emit(updated(`act-${index}`));
  };

  it('loses and doubles about as often as asked, the same way for the same seed', async () => {
    const outcome = async () => {
      start([fileSubscription(['products/update'], { includeFields: ['id'] })]);
      webhooks.configure({ lossProbability: 0.2, duplicateProbability: 0.3, seed: 42 });
      emitMany(400);
      await webhooks.settle();
      return webhooks.deliveries.map((one) => `${one.eventId} ${one.status} ${one.duplicate}`);
    };
    const first = await outcome();
    const lost = first.filter((line) => line.includes(' lost ')).length;
    const doubled = first.filter((line) => line.endsWith(' true')).length;
    expect(lost).toBeGreaterThan(50);
    expect(lost).toBeLessThan(110);
    expect(doubled).toBeGreaterThan(65);
    expect(doubled).toBeLessThan(130);
    expect(received).toHaveLength(400 - lost + doubled);
    const ids = received.map((one) => one.headers['x-shopify-webhook-id']);
    expect(new Set(ids).size).toBe(400 - lost);
    await webhooks.close();
    expect(await outcome()).toEqual(first);
  });

  it('reorders what it sends, and sends all of it', async () => {
    start([fileSubscription(['products/update'], { includeFields: ['id'] })]);
    webhooks.configure({ reorderWindow: 5, concurrency: 1 });
    emitMany(60);
    await webhooks.settle();
    const order = received.map((one) => Number(String(one.headers['x-shopify-event-id']).slice(4)));
    expect([...order].sort((left, right) => left - right)).toEqual(
      Array.from({ length: 60 }, (_, index) => index),
    );
    expect(order).not.toEqual([...order].sort((left, right) => left - right));
  });

  it('keeps the order without a window and sends later with a delay', async () => {
    start([fileSubscription(['products/update'], { includeFields: ['id'] })]);
    webhooks.configure({ concurrency: 1 });
    emitMany(20);
    await webhooks.settle();
    expect(received.map((one) => one.headers['x-shopify-event-id'])).toEqual(
      Array.from({ length: 20 }, (_, index) => `act-${index}`),
    );
    webhooks.configure({ delayMinMs: 40, delayMaxMs: 60 });
    const before = performance.now();
    emitMany(1);
    await webhooks.settle();
    expect(performance.now() - before).toBeGreaterThanOrEqual(38);
  });

  it('refuses knobs out of range', () => {
    start([]);
    expect(() => webhooks.configure({ lossProbability: 1.5 })).toThrow();
    expect(webhooks.knobs.lossProbability).toBe(0);
  });
});

describe('laws', () => {
  it('the reorder buffer gives back every item, none overtaken by more than the window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer(),
        (count, window, seed) => {
          const random = seededRandom(seed);
          const buffer = new ReorderBuffer<number>(() => random);
          const order: number[] = [];
          for (let index = 0; index < count; index++) order.push(...buffer.push(index, window));
          order.push(...buffer.drain(window));
          expect([...order].sort((left, right) => left - right)).toEqual(
            Array.from({ length: count }, (_, index) => index),
          );
          order.forEach((item, place) => {
            expect(order.slice(0, place).filter((other) => other > item).length).toBeLessThanOrEqual(window);
          });
        },
      ),
    );
  });

  it('the waits between attempts double and take four hours together', () => {
    const waits = Array.from({ length: 8 }, (_, index) => waitBeforeRetry(DEFAULT_KNOBS, index + 1));
    expect(Math.round(waits.reduce((sum, wait) => sum + wait, 0))).toBe(4 * 3_600_000);
    waits.slice(1).forEach((wait, index) => expect(wait).toBeCloseTo(waits[index]! * 2));
  });
});

describe('payloads', () => {
  it('have every field of the published example, 100 full variants and the ids of all', () => {
    start([]);
    const shop = shopOf(context);
    const product = putShirt(context, shop, 130);
    const payload = productPayload(context, shop, product.id)!;
    expect(Object.keys(payload).sort()).toEqual(EXAMPLE_FIELDS);
    expect(Object.keys(payload.variants[0]!).sort()).toEqual(EXAMPLE_VARIANT_FIELDS);
    expect(payload.variants).toHaveLength(100);
    expect(payload.variant_gids).toHaveLength(130);
    expect(payload.variants[0]).toMatchObject({ inventory_quantity: 5, option1: 'Size 1', price: '19.99' });
    expect(`gid://shopify/Product/${payload.id}`).toBe(payload.admin_graphql_api_id);
  });

  it("write instants in the store's own time", () => {
    expect(shopTime('2026-11-23T21:02:03Z', 'Europe/Berlin')).toBe('2026-11-23T22:02:03+01:00');
    expect(shopTime('2026-07-01T23:30:00Z', 'Europe/Berlin')).toBe('2026-07-02T01:30:00+02:00');
    expect(shopTime('2026-11-23T00:00:00Z', 'UTC')).toBe('2026-11-23T00:00:00+00:00');
    expect(shopTime('2026-11-23T21:02:03Z', 'America/St_Johns')).toBe('2026-11-23T17:32:03-03:30');
  });

  it('can be filtered and picked from', () => {
    const payload = {
      status: 'active',
      vendor: 'Acme Ltd',
      tags: 'a, b',
      variants: [{ price: '5.00' }, { price: '15.00' }],
    };
    const passes = (filter: string) => parseFilter(filter)(payload);
    expect(passes('')).toBe(true);
    expect(passes('variants.price:>10')).toBe(true);
    expect(passes('variants.price:>15')).toBe(false);
    expect(passes('vendor:"acme ltd" status:active')).toBe(true);
    expect(passes('status:draft OR (vendor:Acme* AND NOT status:archived)')).toBe(true);
    expect(passes('-status:active')).toBe(false);
    expect(passes('missing:*')).toBe(false);
    expect(() => passes('status:active )')).toThrow(/left over/);
    expect(() => passes('word')).toThrow(/field:value/);
    expect(pickFields(payload, ['vendor', 'variants.price'])).toEqual({
      vendor: 'Acme Ltd',
      variants: [{ price: '5.00' }, { price: '15.00' }],
    });
  });
});
