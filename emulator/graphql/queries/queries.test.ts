import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testApi } from '../../client-for-tests';
import type { TestApi } from '../../client-for-tests';

async function catalog(count: number) {
  const api = testApi();
  for (let index = 0; index < count; index++) {
    await api.shirt(`shirt-${index}`, ['S']);
    const product = [...api.shop.products.values()].at(-1)!;
    Object.assign(product, { title: `Shirt ${(count - index) % 7}`, vendor: index % 2 ? 'Acme' : 'Other' });
  }
  return api;
}

const PAGE =
  'query($first: Int, $last: Int, $after: String, $before: String, $query: String, $sortKey: ProductSortKeys, $reverse: Boolean) { products(first: $first, last: $last, after: $after, before: $before, query: $query, sortKey: $sortKey, reverse: $reverse) { nodes { id title handle } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }';

async function walk(api: TestApi, first: number, more: object): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const { products } = await api.data(PAGE, { first, after, ...more });
    ids.push(...products.nodes.map((node: { id: string }) => node.id));
    after = products.pageInfo.hasNextPage ? products.pageInfo.endCursor : null;
  } while (after !== null);
  return ids;
}

describe('pages', () => {
  it('meet every product once, in order, whatever the size and sort', async () => {
    const api = await catalog(20);
    const all = [...api.shop.products.keys()];
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 25 }),
        fc.constantFrom('ID', 'TITLE', 'VENDOR', 'UPDATED_AT'),
        fc.boolean(),
        async (first, sortKey, reverse) => {
          const ids = await walk(api, first, { sortKey, reverse });
          expect([...ids].sort()).toEqual([...all].sort());
          if (sortKey === 'ID') expect(ids).toEqual(reverse ? all.toReversed() : all);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('go on where they were when products go away in between', async () => {
    const api = await catalog(6);
    const all = [...api.shop.products.keys()];
    const { products } = await api.data(PAGE, { first: 3 });
    api.shop.products.delete(all[1]!);
    const rest = await api.data(PAGE, { first: 3, after: products.pageInfo.endCursor });
    expect(rest.products.nodes.map((node: { id: string }) => node.id)).toEqual(all.slice(3));
  });

  it('refuse impossible sizes and cursors', async () => {
    const api = await catalog(1);
    const message = async (variables: object) => (await api.ask(PAGE, { ...variables })).errors[0].message;
    expect(await message({})).toBe('you must provide one of first or last');
    expect(await message({ first: 1, last: 1 })).toBe('providing both first and last is not supported');
    expect(await message({ first: 251 })).toContain('at most 250');
    expect(await message({ first: 1, after: 'x' })).toContain('invalid cursor');
    const many = await api.data(
      `{ product(id: "${[...api.shop.products.keys()][0]}") { variants(first: 2048) { nodes { id } } } }`,
    );
    expect(many.product.variants.nodes).toHaveLength(1);
  });
});

describe('searches', () => {
  it.each([
    ['vendor:Acme', 3],
    ['handle:shirt-2 OR handle:shirt-3', 2],
    ['-vendor:Acme', 3],
    ['sku:shirt-1-S', 1],
    ['sku:shirt*', 6],
    ['vendor:Acme AND tag:summer', 3],
    ['(vendor:Acme OR vendor:Other) -handle:shirt-0', 5],
    ['updated_at:>2020-01-01', 6],
    ['updated_at:<2020-01-01', 0],
    ['status:draft', 0],
  ])('%s finds %i', async (query, count) => {
    const api = await catalog(6);
    expect(
      (
        await api.data('query($query: String) { productsCount(query: $query) { count precision } }', {
          query,
        })
      ).productsCount,
    ).toEqual({ count, precision: 'EXACT' });
  });

  it('see a write late under the switch', async () => {
    const api = await catalog(1);
    api.context.switches.searchLagMs = 60_000;
    const count = async () =>
      (await api.data('{ productsCount(query: "updated_at:>2020-01-01") { count } }')).productsCount.count;
    expect(await count()).toBe(0);
    api.context.clock.skewMs = 61_000;
    expect(await count()).toBe(1);
  });
});

describe('single resources', () => {
  it('are found by id, handle and custom id; what is not there is null', async () => {
    const api = testApi();
    const { id, variants } = await api.shirt();
    await api.data(
      'mutation($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) { userErrors { message } } }',
      {
        metafields: [{ ownerId: id, namespace: 'custom', key: 'erp', type: 'id', value: 'P-1' }],
      },
    );
    const found = await api.data(
      '{ a: productByIdentifier(identifier: {handle: "shirt"}) { id } b: productByIdentifier(identifier: {customId: {namespace: "custom", key: "erp", value: "P-1"}}) { id } c: productByIdentifier(identifier: {handle: "none"}) { id } }',
    );
    expect(found).toEqual({ a: { id }, b: { id }, c: null });
    const itemId = variants.nodes[0].inventoryItem.id;
    const { nodes } = await api.data(
      'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Product { title } ... on InventoryItem { sku variant { product { id } } inventoryLevels(first: 5) { nodes { id } } } } }',
      {
        ids: [id, variants.nodes[0].id, itemId, 'gid://shopify/Product/1'],
      },
    );
    expect(nodes).toMatchObject([
      { __typename: 'Product', title: 'Shirt' },
      { __typename: 'ProductVariant' },
      { __typename: 'InventoryItem', sku: 'shirt-S', variant: { product: { id } } },
      null,
    ]);
    const level = nodes[2].inventoryLevels.nodes[0].id;
    const more = await api.data(
      'query($level: ID!, $variant: ID!, $item: ID!) { inventoryLevel(id: $level) { item { id } location { name } } productVariant(id: $variant) { sku } inventoryItem(id: $item) { tracked } productVariants(first: 5, query: "sku:shirt-M") { nodes { sku } } inventoryItems(first: 5) { nodes { sku } } }',
      { level, variant: variants.nodes[0].id, item: itemId },
    );
    expect(more).toMatchObject({
      inventoryLevel: { item: { id: itemId }, location: { name: 'Warehouse' } },
      productVariant: { sku: 'shirt-S' },
      productVariants: { nodes: [{ sku: 'shirt-M' }] },
      inventoryItems: { nodes: { length: 2 } },
    });
    expect((await api.ask('{ node(id: "nonsense") { id } }')).errors[0].message).toContain(
      'Invalid global id',
    );
  });

  it('tell of the shop, its app, locations, files and taxonomy', async () => {
    const api = testApi();
    await api.shirt();
    const body = await api.data(`{
      shop { name myshopifyDomain currencyCode ianaTimezone plan { shopifyPlus } }
      currentAppInstallation { accessScopes { handle } }
      locations(first: 5) { nodes { name isActive } } location { name }
      files(first: 5, query: "media_type:IMAGE") { nodes { alt } }
      orders(first: 1) { nodes { id } } collections(first: 1) { nodes { id } } bulkOperations(first: 1) { nodes { id } }
      taxonomy { categories(first: 1, search: "T-Shirts") { nodes { id fullName isLeaf } } }
    }`);
    expect(body).toMatchObject({
      shop: {
        name: 'Demo',
        currencyCode: 'EUR',
        ianaTimezone: 'Europe/Berlin',
        plan: { shopifyPlus: false },
      },
      locations: { nodes: [{ name: 'Shop', isActive: true }, { name: 'Warehouse' }] },
      location: { name: 'Warehouse' },
      files: { nodes: [{ alt: 'Front' }] },
      orders: { nodes: [] },
      taxonomy: {
        categories: {
          nodes: [{ fullName: 'Apparel & Accessories > Clothing > Clothing Tops > T-Shirts', isLeaf: true }],
        },
      },
    });
  });
});
