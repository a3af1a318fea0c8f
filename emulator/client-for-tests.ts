/** The Admin API of an emulator without its server, for tests. */
import type { Switches } from './switches';
import type { EmulatorContext, HttpAnswer } from './context';
import { createGraphqlEndpoint } from './graphql/endpoint';
import type { NoAnswer } from './graphql/endpoint';
import type { Shop } from './state/shop';
import { TEST_SHOP, shopOf, testContext } from './webhooks/context-for-tests';

export const ALL_SCOPES = [
  'write_products',
  'write_inventory',
  'read_locations',
  'write_files',
  'write_publications',
  'read_orders',
];

/** The parsed body of an answer; tests read whatever shape they asked for. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape follows the document of each test
type Loose = any;

export interface TestApi {
  context: EmulatorContext;
  shop: Shop;
  /** Sends a document; answers the parsed body. */
  ask(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<Loose>;
  /** The `data` of a document; throws where it has errors. */
  data(query: string, variables?: Record<string, unknown>): Promise<Loose>;
  /** The answer as it leaves the emulator. */
  raw(
    query: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<HttpAnswer | NoAnswer>;
  /** A product with one variant per size, stocked at the first location. */
  shirt(handle?: string, sizes?: string[]): Promise<Loose>;
  /** First and second location. */
  locations: [string, string];
}

const SHIRT = `mutation Shirt($handle: String!, $input: ProductSetInput!) {
  productSet(identifier: {handle: $handle}, input: $input) {
    product { id handle title tags options { id name optionValues { id name } } media(first: 10) { nodes { id alt } }
      variants(first: 100) { nodes { id title sku price inventoryItem { id } } } }
    userErrors { field message code }
  }
}`;

/** An emulator with a shop that has the app installed. Never throttled unless the test empties the bucket. */
export function testApi(options: { scopes?: string[]; switches?: Partial<Switches> } = {}): TestApi {
  const context = testContext();
  Object.assign(context.switches, options.switches);
  const shop = shopOf(context);
  const token = 'token-of-the-test';
  const scopes = options.scopes ?? ALL_SCOPES;
  context.state.tokens.set(token, {
    token,
    shop: TEST_SHOP,
    scopes,
    kind: 'offline',
    expiresAt: null,
    refreshToken: null,
    refreshExpiresAt: null,
    issuedAt: 0,
    userId: null,
  });
  const endpoint = createGraphqlEndpoint(context);
  const raw: TestApi['raw'] = (query, variables = {}, headers = {}) =>
    endpoint({
      method: 'POST',
      url: new URL('/admin/api/2026-10/graphql.json', context.origin()),
      headers: { 'x-shopify-access-token': token, ...headers },
      body: Buffer.from(JSON.stringify({ query, variables })),
      shop: TEST_SHOP,
    });
  const ask: TestApi['ask'] = async (query, variables, headers) => {
    const answer = await raw(query, variables, headers);
    if ('noAnswer' in answer) return answer;
    return JSON.parse(String(answer.body));
  };
  const data: TestApi['data'] = async (query, variables) => {
    const body = await ask(query, variables);
    if (body.errors) throw new Error(JSON.stringify(body.errors));
    return body.data;
  };
  const [first, second] = [...shop.locations.keys()];
  if (first === undefined || second === undefined) throw new Error('The test shop has two locations.');
  const shirt: TestApi['shirt'] = async (handle = 'shirt', sizes = ['S', 'M']) => {
    const variants = sizes.map((name) => ({
      optionValues: [{ optionName: 'Size', name }],
      sku: `${handle}-${name}`,
      price: '10',
      inventoryItem: { tracked: true },
      inventoryQuantities: [{ locationId: first, name: 'available', quantity: 5 }],
    }));
    const productOptions = [{ name: 'Size', values: sizes.map((name) => ({ name })) }];
    const files = [{ originalSource: `https://cdn.test/${handle}.png`, alt: 'Front' }];
    const { productSet } = await data(SHIRT, {
      handle,
      input: { title: 'Shirt', handle, tags: ['summer'], productOptions, variants, files },
    });
    if (productSet.userErrors.length > 0) throw new Error(JSON.stringify(productSet.userErrors));
    return productSet.product;
  };
  return { context, shop, ask, data, raw, shirt, locations: [first, second] };
}
