import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../context';
import { legacyId } from '../state/gid';
import { itemOf } from '../catalog/variants';
import { TEST_SHOP, putShirt, shopOf, testContext } from '../webhooks/context-for-tests';
import { verifySessionToken } from '../oauth/session-token';
import { handleAdmin } from './admin';

const STORE = '/store/lockstep-demo';

function open(config = {}) {
  const context = testContext({ name: 'Lockstep', scopes: ['write_products', 'read_locations'], ...config });
  const ask = (
    method: string,
    path: string,
    body = '',
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer> => {
    const url = new URL(path, context.origin());
    return handleAdmin(context, {
      method,
      url,
      headers: { host: url.host, ...headers },
      body: Buffer.from(body),
      shop: null,
    });
  };
  return { context, shop: shopOf(context), ask };
}

describe('the app in the admin', () => {
  it('embeds it with a signed address and a session token', async () => {
    const { context, ask } = open();
    const answer = await ask('GET', `${STORE}/apps/lockstep/app/runs?page=2`);
    expect(answer.status).toBe(200);
    const address = /data-src="([^"]+)"/.exec(String(answer.body))![1]!.replaceAll('&amp;', '&');
    const { pathname, searchParams } = new URL(address);
    expect(pathname).toBe('/app/runs');
    expect(Object.fromEntries(searchParams)).toMatchObject({
      page: '2',
      shop: TEST_SHOP,
      embedded: '1',
      locale: 'en',
    });
    expect(searchParams.get('hmac')).toMatch(/^[0-9a-f]{64}$/);
    expect(await verifySessionToken(context, TEST_SHOP, searchParams.get('id_token')!)).not.toBeNull();
  });

  it('asks for the scopes of the file before it is installed, and grants them', async () => {
    const { shop, ask } = open();
    expect((await ask('POST', `${STORE}/uninstall`)).status).toBe(303);
    expect(shop.installation).toBeNull();
    expect((await ask('GET', `${STORE}/apps/lockstep`)).headers?.['location']).toBe(`${STORE}/install`);
    expect(String((await ask('GET', `${STORE}/install`)).body)).toContain('write_products');
    expect((await ask('POST', `${STORE}/install`)).headers?.['location']).toBe(`${STORE}/apps/lockstep`);
    expect(shop.installation).toMatchObject({ scopes: ['write_products', 'read_locations'] });
  });

  it('knows the app by its client id, as App Bridge does', async () => {
    const { ask } = open();
    const answer = await ask('GET', `${STORE}/apps/key-of-the-app/app/runs`);
    expect(answer.headers?.['location']).toBe(`${STORE}/apps/lockstep/app/runs`);
  });

  it('gives session tokens only for an installed app and only to its own pages', async () => {
    const { ask } = open();
    const path = `${STORE}/_app/session-token`;
    const { token } = JSON.parse(String((await ask('POST', path)).body));
    expect(token.split('.')).toHaveLength(3);
    expect((await ask('POST', path, '', { origin: 'https://elsewhere.example' })).status).toBe(403);
    await ask('POST', `${STORE}/uninstall`);
    expect((await ask('POST', path)).status).toBe(403);
  });
});

describe('addresses', () => {
  it('brings every loopback name to the one origin App Bridge trusts', async () => {
    const { ask } = open();
    const answer = await ask('GET', `${STORE}/products?q=a`, '', { host: 'localhost:2' });
    expect(answer).toMatchObject({
      status: 302,
      headers: { location: `http://127.0.0.1:2${STORE}/products?q=a` },
    });
  });

  it('lists the stores, and says what it has not got', async () => {
    const { ask } = open();
    expect(String((await ask('GET', '/')).body)).toContain(TEST_SHOP);
    expect((await ask('GET', '/store/nobody')).status).toBe(404);
    expect((await ask('GET', `${STORE}/products/1`)).status).toBe(404);
    expect((await ask('GET', `${STORE}/nothing`)).status).toBe(404);
  });

  it('serves its scripts to the app', async () => {
    const { ask } = open();
    for (const path of ['/app-bridge.js', '/_admin/assets/host.js', '/_admin/assets/admin.css']) {
      const answer = await ask('GET', path);
      expect(answer.status).toBe(200);
      expect(String(answer.body).length).toBeGreaterThan(1_000);
    }
  });
});

describe("the merchant's forms", () => {
  function openShirt() {
    const opened = open();
    const product = putShirt(opened.context, opened.shop, 1);
    const variant = opened.shop.variants.get(product.variantIds[0]!)!;
    const id = legacyId(variant.id);
    const path = `${STORE}/products/${legacyId(product.id)}`;
    const [location] = opened.shop.locations.keys();
    const form = (changes: Record<string, string>) =>
      new URLSearchParams({
        title: product.title,
        descriptionHtml: product.descriptionHtml,
        handle: product.handle,
        vendor: product.vendor,
        productType: product.productType,
        tags: product.tags.join(', '),
        status: product.status,
        [`sku-${id}`]: 'SHIRT-Size 1',
        [`price-${id}`]: variant.price,
        [`stock-${legacyId(location!)}-${id}`]: '5',
        ...changes,
      }).toString();
    return { ...opened, product, variant, id, path, form, location: location! };
  }

  it('changes only what was changed, and tells it', async () => {
    const { context, ask, path, form, product, variant, id } = openShirt();
    const told: string[] = [];
    context.state.events.onEvent((event) => told.push(event.topic));
    expect((await ask('POST', path, form({}))).status).toBe(303);
    expect(told).toEqual([]);
    await ask('POST', path, form({ title: 'Linen shirt', [`price-${id}`]: '24.5' }));
    expect([product.title, variant.price]).toEqual(['Linen shirt', '24.50']);
    expect(told).toEqual(['products/update']);
  });

  it('writes nothing of a form with a mistake, and says what it is', async () => {
    const { ask, path, form, product, id } = openShirt();
    const answer = await ask('POST', path, form({ title: 'Other', [`price-${id}`]: 'cheap' }));
    expect(answer.status).toBe(422);
    expect(String(answer.body)).toContain('A price must be a number.');
    expect(product.title).toBe('Shirt');
  });

  it('sells a unit, and deletes a product', async () => {
    const { ask, path, shop, variant, location, product } = openShirt();
    await ask('POST', `${path}/sell/${legacyId(variant.id)}`);
    expect(itemOf(shop, variant).levels.get(location)!.quantities).toMatchObject({
      available: 4,
      committed: 1,
    });
    expect(String((await ask('GET', `${STORE}/orders`)).body)).toContain('#1001');
    await ask('POST', `${path}/delete`);
    expect(shop.products.has(product.id)).toBe(false);
  });

  it('finds products by title and SKU', async () => {
    const { ask } = openShirt();
    expect(String((await ask('GET', `${STORE}/products?q=shirt-size`)).body)).toContain('>Shirt</a>');
    expect(String((await ask('GET', `${STORE}/products?q=trousers`)).body)).not.toContain('>Shirt</a>');
  });
});

describe('the settings page', () => {
  it('takes switches and faults over, all or none', async () => {
    const { context, ask } = open();
    const post = (what: string, value: unknown) =>
      ask(
        'POST',
        `${STORE}/emulator/${what}`,
        new URLSearchParams({ json: JSON.stringify(value) }).toString(),
      );
    expect((await post('switches', { ...context.switches, rewriteHtml: true })).status).toBe(303);
    expect(context.switches.rewriteHtml).toBe(true);
    expect((await post('switches', { ...context.switches, tags: 'nonsense' })).status).toBe(422);
    expect((await post('faults', [{ kind: 'http-503' }])).status).toBe(303);
    expect(context.faults.list()).toHaveLength(1);
    expect((await post('faults', [{ kind: 'http-503' }, { kind: 'earthquake' }])).status).toBe(422);
    expect(context.faults.list()).toHaveLength(1);
    expect(String((await ask('GET', `${STORE}/emulator`)).body)).toContain('http-503');
  });
});
