import { describe, expect, it } from 'vitest';
import { testApi } from '../../client-for-tests';
import type { EmulatorEvent } from '../../state/events';
import { runAsMerchant } from '../run';

const CREATE = `mutation($product: ProductCreateInput!, $media: [CreateMediaInput!]) { productCreate(product: $product, media: $media) {
  product { id handle status vendor tags options { name values } variants(first: 5) { nodes { title price inventoryItem { tracked } } } media(first: 5) { nodes { alt status } } }
  userErrors { field message } } }`;
const UPDATE = `mutation($identifier: ProductUpdateIdentifiers, $product: ProductUpdateInput) { productUpdate(identifier: $identifier, product: $product) {
  product { id title handle descriptionHtml tags seo { title description } category { fullName } metafield(namespace: "custom", key: "care") { value } updatedAt } userErrors { field message } } }`;

function eventsOf(api: ReturnType<typeof testApi>): EmulatorEvent[] {
  const events: EmulatorEvent[] = [];
  api.context.state.events.onEvent((event) => events.push(event));
  return events;
}

describe('productCreate', () => {
  it('makes a product with its first variant and its media', async () => {
    const api = testApi();
    const product = {
      title: 'Été 2026',
      tags: [' b', 'B', 'a'],
      productOptions: [{ name: 'Size', values: [{ name: 'S' }, { name: 'M' }] }],
    };
    const media = [{ originalSource: 'https://cdn.test/a.png', alt: 'Front', mediaContentType: 'IMAGE' }];
    const { productCreate } = await api.data(CREATE, { product, media });
    expect(productCreate).toEqual({
      product: {
        id: expect.stringMatching(/^gid:\/\/shopify\/Product\/\d+$/),
        handle: 'ete-2026',
        status: 'ACTIVE',
        vendor: 'Demo',
        tags: ['b', 'a'],
        options: [{ name: 'Size', values: ['S'] }],
        variants: { nodes: [{ title: 'S', price: '0.00', inventoryItem: { tracked: false } }] },
        media: { nodes: [{ alt: 'Front', status: 'READY' }] },
      },
      userErrors: [],
    });
  });

  it('refuses a blank title, a taken handle and an address that is none, and makes nothing', async () => {
    const api = testApi();
    await api.shirt();
    const bad = [
      [{ title: ' ' }, ['product', 'title']],
      [{ title: 'A', handle: 'shirt' }, ['product', 'handle']],
    ] as const;
    for (const [product, field] of bad) {
      expect((await api.data(CREATE, { product })).productCreate).toMatchObject({
        product: null,
        userErrors: [{ field }],
      });
    }
    const media = [{ originalSource: 'file.png', mediaContentType: 'IMAGE' }];
    expect(
      (await api.data(CREATE, { product: { title: 'A' }, media })).productCreate.userErrors[0].field,
    ).toEqual(['media', '0', 'originalSource']);
    expect(api.shop.products.size).toBe(1);
    api.context.switches.takenHandle = 'suffix';
    expect(
      (await api.data(CREATE, { product: { title: 'A', handle: 'shirt' } })).productCreate.product.handle,
    ).toBe('shirt-1');
  });
});

describe('productUpdate', () => {
  it('changes what is named and nothing else, by id or by handle', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const metafields = [
      { namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'Wash cold' },
    ];
    const product = {
      descriptionHtml: '<p>Linen</p>',
      seo: { title: 'S' },
      category: 'gid://shopify/TaxonomyCategory/aa-1-13-8',
      metafields,
    };
    const first = await api.data(UPDATE, { identifier: { handle: 'shirt' }, product });
    expect(first.productUpdate).toMatchObject({
      product: {
        id,
        title: 'Shirt',
        tags: ['summer'],
        descriptionHtml: '<p>Linen</p>',
        seo: { title: 'S', description: null },
        category: { fullName: 'Apparel & Accessories > Clothing > Clothing Tops > T-Shirts' },
        metafield: { value: 'Wash cold' },
      },
      userErrors: [],
    });
    const second = await api.data(UPDATE, {
      product: { id, tags: ['x'], handle: 'blouse', redirectNewHandle: true },
    });
    expect(second.productUpdate.product).toMatchObject({
      tags: ['x'],
      handle: 'blouse',
      descriptionHtml: '<p>Linen</p>',
    });
    expect([...api.shop.redirects.values()]).toMatchObject([
      { path: '/products/shirt', target: '/products/blouse' },
    ]);
  });

  it('tells products/update once a mutation, with what changed, and nothing where nothing did', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const events = eventsOf(api);
    await api.data(UPDATE, { product: { id, title: 'Blouse', vendor: 'Acme' } });
    await api.data(UPDATE, { product: { id, title: 'Blouse' } });
    expect(events).toMatchObject([
      { topic: 'products/update', productId: id, fieldsChanged: ['product.title', 'product.vendor'] },
    ]);
  });

  it('refuses an unknown product and values that are too long', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const gone = await api.data(UPDATE, { product: { id: 'gid://shopify/Product/1', title: 'A' } });
    expect(gone.productUpdate).toEqual({
      product: null,
      userErrors: [{ field: ['product', 'id'], message: 'Product does not exist' }],
    });
    const long = await api.data(UPDATE, { product: { id, title: 'x'.repeat(256) } });
    expect(long.productUpdate.userErrors[0].field).toEqual(['product', 'title']);
    expect(api.shop.products.get(id)?.title).toBe('Shirt');
  });

  it('writes HTML anew under the switch', async () => {
    const api = testApi({ switches: { rewriteHtml: true } });
    const { id } = await api.shirt();
    const body = await api.data(UPDATE, { product: { id, descriptionHtml: "<P class='a'>Hi<BR/></P> " } });
    expect(body.productUpdate.product.descriptionHtml).toBe('<p class="a">Hi<br></p>');
  });
});

describe('productDelete', () => {
  const DELETE =
    'mutation($id: ID!, $now: Boolean) { productDelete(input: {id: $id}, synchronous: $now) { deletedProductId productDeleteOperation { id status } userErrors { field message } } }';

  it('removes the product with its variants and items', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    expect((await api.data(DELETE, { id })).productDelete).toMatchObject({
      deletedProductId: id,
      userErrors: [],
    });
    expect([
      api.shop.products.size,
      api.shop.variants.size,
      api.shop.inventoryItems.size,
      api.shop.productsByHandle.size,
    ]).toEqual([0, 0, 0, 0]);
    expect((await api.data(DELETE, { id })).productDelete).toMatchObject({
      deletedProductId: null,
      userErrors: [{ field: ['id'] }],
    });
  });

  it('answers an operation to ask about where it may take its time', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const { productDelete } = await api.data(DELETE, { id, now: false });
    expect(productDelete).toMatchObject({
      deletedProductId: null,
      productDeleteOperation: { status: 'CREATED' },
    });
    const asked = await api.data(
      `{ productOperation(id: "${productDelete.productDeleteOperation.id}") { status ... on ProductDeleteOperation { deletedProductId } } }`,
    );
    expect(asked.productOperation).toEqual({ status: 'COMPLETE', deletedProductId: id });
  });
});

describe('tags and publishing', () => {
  it('adds and removes tags without regard to case, separated by commas or not', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    await api.data(
      'mutation($id: ID!) { tagsAdd(id: $id, tags: ["SUMMER", "new, hot"]) { userErrors { message } } }',
      { id },
    );
    expect(api.shop.products.get(id)?.tags).toEqual(['summer', 'new', 'hot']);
    const { tagsRemove } = await api.data(
      'mutation($id: ID!) { tagsRemove(id: $id, tags: ["New"]) { node { ... on Product { tags } } } }',
      { id },
    );
    expect(tagsRemove.node.tags).toEqual(['summer', 'hot']);
    const { tagsAdd } = await api.data(
      'mutation { tagsAdd(id: "gid://shopify/Product/1", tags: ["a"]) { node { id } userErrors { field } } }',
    );
    expect(tagsAdd).toEqual({ node: null, userErrors: [{ field: ['id'] }] });
    const long = await api.data(
      'mutation($id: ID!, $tags: [String!]!) { tagsAdd(id: $id, tags: $tags) { userErrors { field } } }',
      { id, tags: ['x'.repeat(256)] },
    );
    expect(long.tagsAdd.userErrors).toHaveLength(1);
  });

  it('publishes and unpublishes', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const { publications } = await api.data('{ publications(first: 5) { nodes { id name } } }');
    const input = [{ publicationId: publications.nodes[0].id }];
    const publish =
      'mutation($id: ID!, $input: [PublicationInput!]!) { publishablePublish(id: $id, input: $input) { publishable { ... on Product { publishedAt resourcePublicationsV2(first: 5) { nodes { isPublished publication { name } } } } } userErrors { field } } }';
    const { publishablePublish } = await api.data(publish, { id, input });
    expect(publishablePublish.publishable).toMatchObject({
      publishedAt: expect.any(String),
      resourcePublicationsV2: { nodes: [{ isPublished: true, publication: { name: 'Online Store' } }] },
    });
    await api.data(
      'mutation($id: ID!, $input: [PublicationInput!]!) { publishableUnpublish(id: $id, input: $input) { userErrors { field } } }',
      { id, input },
    );
    expect(api.shop.products.get(id)?.publishedOn.size).toBe(0);
    const refused = await api.data(publish, {
      id,
      input: [{ publicationId: 'gid://shopify/Publication/1' }],
    });
    expect(refused.publishablePublish.userErrors[0].field).toEqual(['input', '0', 'publicationId']);
  });
});

describe("the merchant's own hand", () => {
  it('needs no token and no points, and is told like any change', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const events = eventsOf(api);
    api.shop.bucket.available = 0;
    const result = runAsMerchant(
      api.context,
      api.shop,
      'mutation($id: ID!) { productUpdate(product: {id: $id, title: "Mine"}) { userErrors { message } } }',
      { id },
    );
    expect(result.errors).toBeUndefined();
    expect(events).toMatchObject([{ topic: 'products/update' }]);
  });
});
