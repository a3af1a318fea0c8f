import { describe, expect, it } from 'vitest';
import { testApi } from '../client-for-tests';
import { faultRuleSchema } from '../faults';
import { TEST_SHOP } from '../webhooks/context-for-tests';
import { createGraphqlEndpoint } from './endpoint';

const TITLE =
  'mutation Rename($id: ID!, $title: String!) { productUpdate(product: {id: $id, title: $title}) { product { title } userErrors { field message } } }';
const fault = (rule: object) => faultRuleSchema.parse(rule);

describe('access', () => {
  it('answers 401 with the known words to a token that is unknown, expired or of another shop', async () => {
    const api = testApi();
    const unknown = await api.raw('{ shop { name } }', {}, { 'x-shopify-access-token': 'nope' });
    expect(unknown).toMatchObject({ status: 401 });
    expect(JSON.parse(String('body' in unknown && unknown.body))).toEqual({
      errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
    });
    const token = api.context.state.tokens.get('token-of-the-test')!;
    token.expiresAt = api.context.clock.now() - 1;
    expect(await api.raw('{ shop { name } }')).toMatchObject({ status: 401 });
    Object.assign(token, { expiresAt: null, shop: 'other.myshopify.com' });
    expect(await api.raw('{ shop { name } }')).toMatchObject({ status: 401 });
  });

  it('denies single fields for want of a scope and answers the rest', async () => {
    const api = testApi({ scopes: ['read_products'] });
    const body = await api.ask('{ productsCount { count } files(first: 1) { nodes { id } } }');
    expect(body.errors[0]).toMatchObject({ path: ['files'], extensions: { code: 'ACCESS_DENIED' } });
    const [write] = (
      await api.ask(
        'mutation { tagsAdd(id: "gid://shopify/Product/1", tags: ["a"]) { userErrors { message } } }',
      )
    ).errors;
    expect(write.extensions).toMatchObject({
      code: 'ACCESS_DENIED',
      requiredAccess: '`write_products` access scope.',
    });
  });

  it('grants read with write', async () => {
    const api = testApi({ scopes: ['write_products'] });
    expect((await api.data('{ productsCount { count } }')).productsCount.count).toBe(0);
  });
});

describe('documents', () => {
  it('refuses what the schema does not know, with HTTP 200', async () => {
    const api = testApi();
    const answer = await api.raw('{ shop { nope } }');
    expect(answer).toMatchObject({ status: 200 });
    expect((await api.ask('{ shop { nope } }')).errors[0]).toMatchObject({
      message: "Field 'nope' doesn't exist on type 'Shop'",
      extensions: { code: 'undefinedField' },
    });
    expect((await api.ask('{ shop {')).errors[0].message).toMatch(/Syntax Error/);
    expect((await api.ask(TITLE, { id: 1 })).errors[0].extensions.code).toBe('INVALID_VARIABLE');
  });

  it('says so where a field is real but not emulated', async () => {
    const api = testApi();
    const body = await api.ask('{ giftCardsCount { count } shop { name } }');
    expect(body.errors.map((error: { message: string }) => error.message).join()).toMatch(
      /giftCardsCount|access/i,
    );
    const product = await api.shirt();
    const { errors } = await api.ask(`{ product(id: "${product.id}") { sellingPlanGroupsCount { count } } }`);
    expect(errors[0]).toMatchObject({ extensions: { code: 'NOT_EMULATED' } });
    expect(errors[0].message).toContain('Product.sellingPlanGroupsCount');
  });

  it('refuses lists of more than 250 entries, save those of variants', async () => {
    const api = testApi();
    const ids = Array.from({ length: 251 }, (_, index) => `gid://shopify/Product/${index}`);
    const body = await api.ask('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(body.errors[0].extensions.code).toBe('MAX_INPUT_SIZE_EXCEEDED');
    const variantsIds = Array.from({ length: 300 }, (_, index) => `gid://shopify/ProductVariant/${index}`);
    const text =
      'mutation($ids: [ID!]!) { productVariantsBulkDelete(productId: "gid://shopify/Product/1", variantsIds: $ids) { userErrors { code } } }';
    expect((await api.data(text, { ids: variantsIds })).productVariantsBulkDelete.userErrors[0].code).toBe(
      'PRODUCT_DOES_NOT_EXIST',
    );
    api.context.switches.longVariantLists = false;
    expect((await api.ask(text, { ids: variantsIds })).errors[0].extensions.code).toBe(
      'MAX_INPUT_SIZE_EXCEEDED',
    );
  });

  it('runs the mutations of a document in order', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const { a, b } = await api.data(
      `mutation($id: ID!) { a: productUpdate(product: {id: $id, title: "A"}) { product { title } } b: productUpdate(product: {id: $id, title: "B"}) { product { title } } }`,
      { id },
    );
    expect([a.product.title, b.product.title]).toEqual(['A', 'B']);
    expect(api.shop.products.get(id)?.title).toBe('B');
  });
});

describe('points', () => {
  it('charges what a call may cost and refunds what it did not', async () => {
    const api = testApi();
    await api.shirt();
    const now = api.context.clock.now();
    Object.assign(api.context.clock, { now: () => now });
    api.shop.bucket = { available: 2_000, at: now };
    const { extensions } = await api.ask(
      '{ products(first: 250) { nodes { id variants(first: 10) { nodes { id } } } } }',
    );
    const { requestedQueryCost, actualQueryCost, throttleStatus } = extensions.cost;
    expect(actualQueryCost).toBeLessThan(requestedQueryCost);
    expect(throttleStatus.maximumAvailable).toBe(2_000);
    expect(api.shop.bucket.available).toBe(2_000 - actualQueryCost);
  });

  it('throttles a call the bucket does not hold, and does nothing', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    api.shop.bucket = { available: 5, at: api.context.clock.now() };
    const body = await api.ask(TITLE, { id, title: 'No' });
    expect(body.errors).toEqual([
      { message: 'Throttled', extensions: { code: 'THROTTLED', documentation: expect.any(String) } },
    ]);
    expect(body.extensions.cost).toMatchObject({ requestedQueryCost: 10, actualQueryCost: null });
    expect(api.shop.products.get(id)?.title).toBe('Shirt');
    expect(api.context.log.all().at(-1)).toMatchObject({ throttled: true, status: 200, actualCost: null });
  });

  it('refuses a call of more than 1,000 points whatever the bucket holds', async () => {
    const api = testApi();
    api.shop.plan = 'plus';
    const body = await api.ask(
      '{ products(first: 250) { nodes { variants(first: 250) { nodes { metafields(first: 50) { nodes { id } } } } } } }',
    );
    expect(body.errors[0].extensions).toMatchObject({ code: 'MAX_COST_EXCEEDED', maxCost: 1_000 });
  });

  it('tells the cost of each root field on demand', async () => {
    const body = await testApi().ask(
      '{ shop { plan { displayName } } }',
      {},
      { 'shopify-graphql-cost-debug': '1' },
    );
    expect(body.extensions.cost.fields).toEqual([
      { path: ['shop'], definedCost: 1, requestedTotalCost: 2, requestedChildrenCost: 1 },
    ]);
  });
});

describe('faults', () => {
  it.each(['http-429', 'http-500', 'http-502', 'http-503', 'throttled', 'timeout-before', 'reset-before'])(
    '%s does nothing',
    async (kind) => {
      const api = testApi();
      const { id } = await api.shirt();
      api.context.faults.add(fault({ kind, match: { field: 'productUpdate', times: 1 } }));
      const answer = await api.raw(TITLE, { id, title: 'New' });
      if (kind.startsWith('http-')) expect(answer).toMatchObject({ status: Number(kind.slice(5)) });
      else if (kind !== 'throttled') expect(answer).toEqual({ noAnswer: kind.split('-')[0] });
      expect(api.shop.products.get(id)?.title).toBe('Shirt');
      expect(api.context.log.all().at(-1)?.fault).toBe(kind);
      expect((await api.data(TITLE, { id, title: 'New' })).productUpdate.product.title).toBe('New');
    },
  );

  it.each(['timeout-after', 'reset-after', 'malformed-json', 'slow'])('%s does everything', async (kind) => {
    const api = testApi();
    const { id } = await api.shirt();
    api.context.faults.add(fault({ kind, ms: 1, match: { operation: 'Rename' } }));
    const answer = await api.raw(TITLE, { id, title: 'New' });
    expect(api.shop.products.get(id)?.title).toBe('New');
    if (kind === 'malformed-json')
      expect(() => JSON.parse(String('body' in answer && answer.body))).toThrow();
    else if (kind !== 'slow') expect(answer).toEqual({ noAnswer: kind.split('-')[0] });
  });

  it('user-errors strikes single root fields; the others run', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const userErrors = [{ field: ['tags'], message: 'No tags today', code: null }];
    api.context.faults.add(fault({ kind: 'user-errors', match: { field: 'tagsAdd' }, userErrors }));
    const body = await api.data(
      `mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { node { id } userErrors { field message } } productUpdate(product: {id: $id, title: "New"}) { product { title tags } } }`,
      { id },
    );
    expect(body.tagsAdd).toEqual({ node: null, userErrors: [{ field: ['tags'], message: 'No tags today' }] });
    expect(body.productUpdate.product).toEqual({ title: 'New', tags: ['summer'] });
    expect(api.context.log.all().at(-1)?.fault).toBe('user-errors');
  });
});

describe('latency and the call log', () => {
  it('takes the base time, and more for each further mutation', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    Object.assign(api.context.latency, { baseMs: 40, perMutationMs: 30 });
    const text = `mutation($id: ID!) { a: tagsAdd(id: $id, tags: ["a"]) { userErrors { message } } b: tagsAdd(id: $id, tags: ["b"]) { userErrors { message } } }`;
    await api.data(text, { id });
    const call = api.context.log.all().at(-1)!;
    expect(call.durationMs).toBeGreaterThanOrEqual(68);
    expect(call).toMatchObject({
      kind: 'mutation',
      fields: ['tagsAdd', 'tagsAdd'],
      requestedCost: 20,
      actualCost: 20,
      status: 200,
      variables: { id },
    });
    expect(call.requestBytes).toBe(Buffer.byteLength(JSON.stringify({ query: text, variables: { id } })));
  });

  it('speaks one version of the API, by POST, in JSON', async () => {
    const { context } = testApi();
    const endpoint = createGraphqlEndpoint(context);
    const status = async (method: string, version: string, body: string) => {
      const url = new URL(`/admin/api/${version}/graphql.json`, context.origin());
      const headers = { 'x-shopify-access-token': 'token-of-the-test' };
      const answer = await endpoint({ method, url, headers, body: Buffer.from(body), shop: TEST_SHOP });
      return 'status' in answer ? answer.status : null;
    };
    expect(await status('POST', '2026-10', '{"query":"{ shop { name } }"}')).toBe(200);
    expect(await status('POST', '2025-01', '{"query":"{ shop { name } }"}')).toBe(404);
    expect(await status('GET', '2026-10', '')).toBe(405);
    expect(await status('POST', '2026-10', 'query')).toBe(400);
  });
});
