/** What shopify.app.toml declares is what the app is told: webhooks and Next Gen Events of the same acts. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '@shopify/shopify-api/adapters/web-api';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import { createTestOrder } from '../admin/merchant';
import { readAppConfig } from '../app-config';
import type { AppEventSubscription } from '../app-config';
import { adminApi } from '../graphql/admin-api';
import type { EmulatorContext } from '../context';
import { runAsMerchant } from '../graphql/run';
import type { Product } from '../state/product';
import { TEST_SHOP, putShirt, shopOf, testContext } from './context-for-tests';
import { startWebhooks } from './webhooks';
import type { Webhooks } from './webhooks';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

const library = shopifyApi({
  apiKey: 'key-of-the-app',
  apiSecretKey: 'secret-of-the-app',
  apiVersion: ApiVersion.October26,
  hostName: 'app.example',
  isEmbeddedApp: true,
  scopes: [],
});

let received: Received[] = [];
let server: Server;
let appUrl = '';
let context: EmulatorContext;
let webhooks: Webhooks;
let product: Product;

beforeEach(async () => {
  received = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The test app has no port.');
  appUrl = `http://127.0.0.1:${address.port}`;
});
afterEach(async () => {
  await webhooks.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function start(config: Parameters<typeof testContext>[0]): void {
  context = testContext(config, appUrl);
  webhooks = startWebhooks(context);
  product = putShirt(context, shopOf(context), 2);
}

const subscription = (more: Partial<AppEventSubscription> = {}): AppEventSubscription => ({
  handle: 'mine',
  topic: 'Product',
  actions: ['create', 'update', 'delete'],
  triggers: [],
  uri: '/events',
  query: null,
  queryFilter: null,
  ...more,
});

const update = (input: object) =>
  runAsMerchant(
    context,
    shopOf(context),
    'mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }',
    { product: { id: product.id, ...input } },
  );
const priceOf = (price: string) =>
  runAsMerchant(
    context,
    shopOf(context),
    `mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
      productVariantsBulkUpdate(productId: $id, variants: $variants) { userErrors { message } } }`,
    { id: product.id, variants: [{ id: product.variantIds[0], price }] },
  );
const events = () => webhooks.deliveries.filter((delivery) => delivery.family === 'event');

describe('an event', () => {
  it("is signed and headed so that Shopify's library takes it", async () => {
    start({
      events: [subscription({ query: 'query($productId: ID!) { product(id: $productId) { id title } }' })],
    });
    update({ title: 'Shorts' });
    await webhooks.settle();
    const [{ headers, body }] = received as [Received];
    const answer = await library.webhooks.validate({
      rawBody: body,
      rawRequest: new Request(`${appUrl}/events`, {
        method: 'POST',
        headers: headers as Record<string, string>,
      }),
    });
    expect(answer).toMatchObject({ valid: true, domain: TEST_SHOP, handle: 'mine', action: 'update' });
    expect(Object.keys(headers).filter((name) => name.startsWith('x-shopify'))).toEqual([]);
    expect(JSON.parse(body)).toEqual({
      topic: 'Product',
      action: 'update',
      handle: 'mine',
      data: { product: { id: product.id, title: 'Shorts' } },
      query_variables: { productId: product.id },
      fields_changed: { added: [], updated: [`product[id: '${product.id}'].title`], removed: [] },
    });
  });

  it('fires for its triggers only, a parent by a wildcard', () => {
    start({
      events: [
        subscription({ handle: 'price', triggers: ['product.variants.price'] }),
        subscription({ handle: 'variants', triggers: ['product.variants.*'] }),
        subscription({ handle: 'bare-parent', triggers: ['product.variants'] }),
        subscription({ handle: 'title', triggers: ['product.title'] }),
      ],
    });
    const fired = (act: () => unknown) => {
      const before = events().length;
      act();
      return events()
        .slice(before)
        .map(({ headers }) => headers['shopify-handle']);
    };
    expect(fired(() => priceOf('7.00'))).toEqual(['price', 'variants']);
    expect(fired(() => update({ title: 'Shorts' }))).toEqual(['title']);
    expect(fired(() => update({ title: 'Shorts' }))).toEqual([]);
    expect(fired(() => createTestOrder(context, shopOf(context), product.variantIds[0]!, 1))).toEqual([]);
  });

  it('respects actions and the filter on its data, and names a product that is gone', () => {
    start({
      events: [
        subscription({
          handle: 'drafts',
          actions: ['update'],
          query: 'query($productId: ID!) { product(id: $productId) { status } }',
          queryFilter: "product.status:'DRAFT'",
        }),
        subscription({ handle: 'deletions', actions: ['delete'] }),
      ],
    });
    update({ title: 'Shorts' });
    expect(events()).toEqual([]);
    update({ status: 'DRAFT' });
    expect(events().map(({ headers }) => headers['shopify-handle'])).toEqual(['drafts']);
    runAsMerchant(
      context,
      shopOf(context),
      'mutation($id: ID!) { productDelete(input: { id: $id }) { userErrors { message } } }',
      { id: product.id },
    );
    const [, deletion] = events();
    expect(JSON.parse(deletion!.body).fields_changed.removed).toEqual([`product[id: '${product.id}']`]);
  });

  it('goes to no app that is not installed', () => {
    start({ events: [subscription()] });
    shopOf(context).installation = null;
    update({ title: 'Shorts' });
    expect(events()).toEqual([]);
  });
});

describe('shopify.app.toml', () => {
  const config = () => readAppConfig('shopify.app.toml');
  const told = (act: () => unknown): string[] => {
    const before = webhooks.deliveries.length;
    act();
    return webhooks.deliveries.slice(before).map(({ topic }) => topic);
  };

  it('tells of an edited price in both ways, and of a sale without saying who bought', () => {
    start(config());
    expect(told(() => priceOf('7.00')).sort()).toEqual(['Product/update', 'products/update']);
    const topics = told(() => createTestOrder(context, shopOf(context), product.variantIds[0]!, 1));
    expect(topics.sort()).toEqual(['inventory_levels/update', 'orders/create', 'products/update']);
    const order = webhooks.deliveries.find(({ topic }) => topic === 'orders/create');
    const id = (gid: string) => Number(gid.split('/').at(-1));
    expect(JSON.parse(order!.body)).toEqual({
      id: expect.any(Number),
      admin_graphql_api_id: expect.stringContaining('gid://shopify/Order/'),
      line_items: [{ product_id: id(product.id), variant_id: id(product.variantIds[0]!) }],
    });
  });

  it('tells of items, and of stock that begins and ends', () => {
    start(config());
    const shop = shopOf(context);
    const [item] = shop.inventoryItems.values();
    const [, second] = shop.locations.keys();
    const run = (document: string, variables: object) =>
      runAsMerchant(context, shop, document, { ...variables });
    const cost =
      'mutation($id: ID!) { inventoryItemUpdate(id: $id, input: { cost: 3 }) { userErrors { message } } }';
    expect(told(() => run(cost, { id: item!.id }))).toContain('inventory_items/update');
    const activate =
      'mutation($item: ID!, $at: ID!) { inventoryActivate(inventoryItemId: $item, locationId: $at) @idempotent(key: "k") { userErrors { message } } }';
    expect(told(() => run(activate, { item: item!.id, at: second }))).toContain('inventory_levels/connect');
    const level = item!.levels.get(second!);
    const deactivate =
      'mutation($id: ID!) { inventoryDeactivate(inventoryLevelId: $id) { userErrors { message } } }';
    expect(told(() => run(deactivate, { id: level!.id }))).toContain('inventory_levels/disconnect');
  });

  it('names only fields of a product as triggers, parents with a wildcard', () => {
    const schema = adminApi().schema;
    const [declared] = config().events;
    expect(declared).toMatchObject({ topic: 'Product', actions: ['create', 'update', 'delete'] });
    for (const trigger of declared!.triggers) {
      const [root, name = '', wildcard] = trigger.split('.');
      const type = schema.getType('Product');
      const field = type && 'getFields' in type ? type.getFields()[name] : undefined;
      expect([trigger, root, field?.name]).toEqual([trigger, 'product', name]);
      expect(wildcard === undefined || wildcard === '*').toBe(true);
    }
  });
});
