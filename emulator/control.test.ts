import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOptions } from './command-line';
import { startEmulator } from './server';
import type { Emulator } from './server';

let emulator: Emulator;
beforeEach(async () => {
  const settings = {
    name: 'Demo',
    plan: 'standard',
    currencyCode: 'EUR',
    timezone: 'Europe/Berlin',
    locations: ['One'],
  } as const;
  emulator = await startEmulator({
    apiKey: 'key',
    apiSecret: 'secret',
    appUrl: 'http://127.0.0.1:1',
    latency: { baseMs: 0, perMutationMs: 0 },
    shops: [{ domain: 'demo.myshopify.com', ...settings, locations: ['One'] }],
  });
});
afterEach(() => emulator.close());

async function control(method: string, path: string, body?: unknown) {
  const init =
    body === undefined
      ? { method }
      : { method, body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await fetch(`${emulator.origin}/_emulator/${path}`, init);
  return { status: response.status, body: JSON.parse(await response.text()) };
}

async function admin(token: string, query: string) {
  return fetch(`${emulator.origin}/admin/api/2026-10/graphql.json`, {
    method: 'POST',
    body: JSON.stringify({ query }),
    headers: { 'x-shopify-access-token': token, 'x-shopify-shop-domain-emulated': 'demo.myshopify.com' },
  });
}

describe('the control API', () => {
  it('tells how it is and what it can do', async () => {
    expect((await control('GET', 'health')).body).toMatchObject({ ok: true, shops: ['demo.myshopify.com'] });
    const unknown = await control('GET', 'nothing');
    expect([unknown.status, unknown.body.routes]).toEqual([
      404,
      expect.arrayContaining(['POST /_emulator/faults']),
    ]);
  });

  it('opens shops, installs the app, writes as the merchant, sells, and reads the store back', async () => {
    expect(
      (
        await control('POST', 'shops', {
          domain: 'new.myshopify.com',
          plan: 'plus',
          installWithScopes: ['write_products'],
        })
      ).body,
    ).toMatchObject({ plan: 'plus', installedScopes: ['write_products'] });
    expect((await control('POST', 'shops', { domain: 'new.myshopify.com' })).status).toBe(409);
    const bad = await control('POST', 'shops', { domain: 'example.com' });
    expect([bad.status, bad.body.error]).toEqual([400, expect.stringContaining('domain')]);
    const query =
      'mutation { productCreate(product: {title: "Mug"}, media: [{originalSource: "https://cdn.test/mug.png", mediaContentType: IMAGE}]) { product { variants(first: 1) { nodes { id } } } userErrors { message } } }';
    const made = await control('POST', 'shops/new.myshopify.com/graphql', { query });
    const variantId = made.body.data.productCreate.product.variants.nodes[0].id;
    expect((await control('POST', 'shops/new.myshopify.com/orders', { variantId, quantity: 2 })).status).toBe(
      201,
    );
    expect((await control('POST', 'shops/new.myshopify.com/orders', { variantId: 'x' })).status).toBe(400);
    const { products } = (await control('GET', 'shops/new.myshopify.com/products')).body;
    expect(products).toMatchObject([
      {
        title: 'Mug',
        media: [{ originalSource: 'https://cdn.test/mug.png' }],
        variants: [{ id: variantId, price: '0.00', inventory: {} }],
      },
    ]);
    expect((await control('GET', 'shops/none.myshopify.com/products')).status).toBe(404);
    expect((await control('POST', 'shops/new.myshopify.com/uninstall')).body.installedScopes).toBeNull();
    expect(
      (await control('POST', 'shops/new.myshopify.com/install', { scopes: ['read_products'] })).body
        .installedScopes,
    ).toEqual(['read_products']);
  });

  it('changes switches, latency, clock, webhook knobs, and refuses what it does not know', async () => {
    expect((await control('POST', 'switches', { tags: 'exact' })).body.tags).toBe('exact');
    expect(emulator.switches.tags).toBe('exact');
    expect((await control('POST', 'switches', { tags: 'odd' })).status).toBe(400);
    expect((await control('POST', 'switches', { nope: 1 })).status).toBe(400);
    expect((await control('POST', 'switches', '{')).body.error).toContain('not JSON');
    expect((await control('POST', 'latency', { baseMs: 7 })).body).toEqual({ baseMs: 7, perMutationMs: 0 });
    expect((await control('POST', 'clock', { skewMs: 60_000 })).body.skewMs).toBe(60_000);
    expect((await control('POST', 'webhooks', { timeScale: 0.5 })).body.knobs.timeScale).toBe(0.5);
    expect((await control('GET', 'webhooks')).body.deliveries).toEqual([]);
    expect((await control('POST', 'webhooks/settle')).body).toEqual({ settled: true });
  });

  it('arms and clears faults, and lists calls since a sequence', async () => {
    const { id } = (await control('POST', 'faults', { kind: 'http-500', match: { times: 1 } })).body;
    expect((await control('GET', 'faults')).body.faults).toMatchObject([{ id, struck: 0 }]);
    await admin('nope', '{ shop { name } }');
    const { calls } = (await control('GET', 'calls?whole=1')).body;
    expect(calls).toMatchObject([{ sequence: 1, status: 401, fields: [] }]);
    expect((await control('GET', 'calls?since=1')).body.calls).toEqual([]);
    expect((await control('GET', 'calls?since=x')).status).toBe(400);
    expect((await control('DELETE', 'faults?id=99')).status).toBe(404);
    expect((await control('DELETE', 'faults')).body.faults).toEqual([]);
    expect((await control('DELETE', 'calls')).body.calls).toEqual([]);
  });
});

describe('the server', () => {
  it('resets connections, and leaves clients waiting, where a fault says so', async () => {
    emulator.state.tokens.set('t', {
      token: 't',
      shop: 'demo.myshopify.com',
      scopes: ['write_products'],
      kind: 'offline',
      expiresAt: null,
      refreshToken: null,
      refreshExpiresAt: null,
      issuedAt: 0,
      userId: null,
    });
    await control('POST', 'shops/demo.myshopify.com/install', { scopes: ['write_products'] });
    expect((await (await admin('t', '{ shop { name } }')).json()).data.shop.name).toBe('Demo');
    await control('POST', 'faults', { kind: 'reset-after', match: { times: 1 } });
    await expect(admin('t', '{ shop { name } }')).rejects.toThrow();
    await control('POST', 'faults', { kind: 'timeout-before', match: { times: 1 } });
    const waited = await Promise.race([
      admin('t', '{ shop { name } }').catch(() => 'closed'),
      new Promise((resolve) => setTimeout(() => resolve('waiting'), 80)),
    ]);
    expect(waited).toBe('waiting');
  });

  it('delivers webhooks of an Admin API subscription', async () => {
    const query =
      'mutation { webhookSubscriptionCreate(topic: PRODUCTS_CREATE, webhookSubscription: {uri: "http://127.0.0.1:1/hook"}) { webhookSubscription { id topic uri } userErrors { field message } } }';
    const merchant = (text: string) => control('POST', 'shops/demo.myshopify.com/graphql', { query: text });
    await control('POST', 'shops/demo.myshopify.com/install', { scopes: ['write_products'] });
    await control('POST', 'webhooks', { timeScale: 0.000_001 });
    const created = (await merchant(query)).body.data.webhookSubscriptionCreate;
    expect(created).toMatchObject({ webhookSubscription: { topic: 'PRODUCTS_CREATE' }, userErrors: [] });
    expect((await merchant(query)).body.data.webhookSubscriptionCreate.userErrors).toHaveLength(1);
    await merchant('mutation { productCreate(product: {title: "Mug"}) { product { id } } }');
    await control('POST', 'webhooks/settle');
    const { deliveries } = (await control('GET', 'webhooks')).body;
    expect(deliveries).toMatchObject([
      { topic: 'products/create', uri: 'http://127.0.0.1:1/hook', status: 'failed' },
    ]);
  });
});

describe('the command line', () => {
  const env = { SHOPIFY_API_KEY: 'key', SHOPIFY_API_SECRET: 'secret' };

  it('reads shops, plans and latency, and the environment', () => {
    expect(
      readOptions(
        ['--shop', 'a-b.myshopify.com:plus', '--shop', 'c.myshopify.com', '--latency', '10,2', '--port', '0'],
        env,
      ),
    ).toMatchObject({
      port: 0,
      apiKey: 'key',
      apiSecret: 'secret',
      latency: { baseMs: 10, perMutationMs: 2 },
      shops: [
        { domain: 'a-b.myshopify.com', name: 'A B', plan: 'plus' },
        { domain: 'c.myshopify.com', plan: 'standard' },
      ],
    });
    expect(readOptions(['--help'], {})).toBe('help');
  });

  it.each([
    [['--shop', 'example.com'], 'domain'],
    [['--shop', 'a.myshopify.com:gold'], 'plan'],
    [['--port', 'x'], '--port'],
    [['--app-url', 'nowhere'], '--app-url'],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args, env)).toThrow(message);
  });

  it('needs a key and a secret', () => {
    expect(() => readOptions([], {})).toThrow('SHOPIFY_API_KEY');
  });
});
