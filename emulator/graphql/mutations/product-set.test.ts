import { describe, expect, it } from 'vitest';
import { testApi } from '../../client-for-tests';
import type { TestApi } from '../../client-for-tests';
import { productDump } from '../../state/dump';

const SET = `mutation($identifier: ProductSetIdentifiers, $input: ProductSetInput!, $now: Boolean) { productSet(identifier: $identifier, input: $input, synchronous: $now) {
  product { id title tags options { id name optionValues { id name } } variants(first: 100) { nodes { id title price inventoryQuantity media(first: 1) { nodes { id } } } } media(first: 10) { nodes { id alt } } metafields(first: 10) { nodes { key value } } }
  productSetOperation { id status } userErrors { field message code } } }`;

const set = async (api: TestApi, variables: Record<string, unknown>) =>
  (await api.data(SET, variables)).productSet;
const option = (...names: string[]) => [{ name: 'Size', values: names.map((name) => ({ name })) }];
const size = (name: string) => [{ optionName: 'Size', name }];

describe('productSet', () => {
  it('creates by handle once, and finds the same product afterwards', async () => {
    const api = testApi();
    const input = { title: 'Mug', handle: 'mug' };
    const first = await set(api, { identifier: { handle: 'mug' }, input });
    const second = await set(api, { identifier: { handle: 'mug' }, input: { ...input, title: 'Cup' } });
    expect(second.product).toMatchObject({ id: first.product.id, title: 'Cup' });
    expect(api.shop.products.size).toBe(1);
    expect(first.product.variants.nodes).toMatchObject([{ title: 'Default Title' }]);
  });

  it('makes options, variants, stock, files, metafields and tags in one call', async () => {
    const api = testApi();
    const input = {
      title: 'Mug',
      tags: ['a'],
      files: [
        { originalSource: 'https://cdn.test/1.png', alt: 'One' },
        { originalSource: 'https://cdn.test/2.png' },
      ],
      metafields: [{ namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'Hand wash' }],
      productOptions: option('S', 'M'),
      variants: [
        {
          optionValues: size('S'),
          price: '1.5',
          file: { originalSource: 'https://cdn.test/2.png' },
          inventoryQuantities: [{ locationId: api.locations[1], name: 'available', quantity: 7 }],
        },
        { optionValues: size('M'), price: '2' },
      ],
    };
    const { product, userErrors } = await set(api, {
      identifier: { handle: 'mug' },
      input: { ...input, handle: 'mug' },
    });
    expect(userErrors).toEqual([]);
    expect(product.variants.nodes).toMatchObject([
      {
        title: 'S',
        price: '1.50',
        inventoryQuantity: 7,
        media: { nodes: [{ id: product.media.nodes[1].id }] },
      },
      { title: 'M', price: '2.00', media: { nodes: [] } },
    ]);
    expect(product.metafields.nodes).toEqual([{ key: 'care', value: 'Hand wash' }]);
    expect(
      productDump(api.shop, api.shop.products.get(product.id)!).media.map((file) => file.originalSource),
    ).toEqual(['https://cdn.test/1.png', 'https://cdn.test/2.png']);
  });

  it('deletes what a list leaves out, and leaves alone the lists that are not given', async () => {
    const api = testApi();
    const shirt = await api.shirt('shirt', ['S', 'M', 'L']);
    const [small, medium] = shirt.variants.nodes;
    const untouched = await set(api, { identifier: { id: shirt.id }, input: { title: 'Blouse' } });
    expect(untouched.product).toMatchObject({
      tags: ['summer'],
      variants: { nodes: { length: 3 } },
      media: { nodes: { length: 1 } },
    });
    const input = {
      tags: ['winter'],
      files: [],
      metafields: [],
      productOptions: [
        {
          id: shirt.options[0].id,
          name: 'Größe',
          values: [{ id: shirt.options[0].optionValues[1].id, name: 'M' }, { name: 'XL' }],
        },
      ],
      variants: [
        { optionValues: [{ optionName: 'Größe', name: 'XL' }], price: '3' },
        { id: medium.id, optionValues: [{ optionName: 'Größe', name: 'M' }] },
      ],
    };
    const { product, userErrors } = await set(api, { identifier: { id: shirt.id }, input });
    expect(userErrors).toEqual([]);
    expect(product).toMatchObject({
      tags: ['winter'],
      media: { nodes: [] },
      options: [{ id: shirt.options[0].id, name: 'Größe', optionValues: [{ name: 'M' }, { name: 'XL' }] }],
    });
    expect(product.variants.nodes).toMatchObject([
      { title: 'XL', price: '3.00' },
      { id: medium.id, title: 'M', price: '10.00', inventoryQuantity: 5 },
    ]);
    expect(api.shop.variants.has(small.id)).toBe(false);
  });

  it('takes a variant without id for a new one, or finds it by its option values under the switch', async () => {
    for (const mode of ['by-id', 'by-option-values'] as const) {
      const api = testApi({ switches: { productSetVariants: mode } });
      const shirt = await api.shirt('shirt', ['S']);
      const { product } = await set(api, {
        identifier: { id: shirt.id },
        input: { productOptions: option('S'), variants: [{ optionValues: size('S'), price: '4' }] },
      });
      expect(product.variants.nodes[0].id === shirt.variants.nodes[0].id).toBe(mode === 'by-option-values');
      expect(product.variants.nodes[0].price).toBe('4.00');
    }
  });

  it('refuses with the codes of the schema, and writes nothing', async () => {
    const api = testApi();
    const shirt = await api.shirt();
    const before = JSON.stringify(productDump(api.shop, api.shop.products.get(shirt.id)!));
    const variant = (more: object) => ({
      productOptions: option('S'),
      variants: [{ optionValues: size('S'), ...more }],
    });
    const refused: [Record<string, unknown>, string, string[]][] = [
      [
        { identifier: { id: 'gid://shopify/Product/1' }, input: { title: 'A' } },
        'PRODUCT_DOES_NOT_EXIST',
        ['identifier', 'id'],
      ],
      [
        { identifier: { handle: 'a' }, input: { title: 'A', handle: 'b' } },
        'INPUT_MISMATCH',
        ['input', 'handle'],
      ],
      [{ input: { title: 'A', handle: 'shirt' } }, 'HANDLE_NOT_UNIQUE', ['input', 'handle']],
      [
        { identifier: { id: shirt.id }, input: { title: 'B', variants: [{ optionValues: size('S') }] } },
        'PRODUCT_OPTIONS_INPUT_MISSING',
        ['input', 'productOptions'],
      ],
      [
        { identifier: { id: shirt.id }, input: { title: 'B', productOptions: option('S') } },
        'VARIANTS_INPUT_MISSING',
        ['input', 'variants'],
      ],
      [
        {
          identifier: { id: shirt.id },
          input: { title: 'B', ...variant({ id: 'gid://shopify/ProductVariant/1' }) },
        },
        'PRODUCT_VARIANT_DOES_NOT_EXIST',
        ['input', 'variants', '0', 'id'],
      ],
      [
        { identifier: { id: shirt.id }, input: { title: 'B', ...variant({ price: '-1' }) } },
        'INVALID_INPUT',
        ['input', 'variants', '0', 'price'],
      ],
      [
        {
          identifier: { id: shirt.id },
          input: {
            title: 'B',
            ...variant({
              inventoryQuantities: [
                { locationId: 'gid://shopify/Location/1', name: 'available', quantity: 1 },
              ],
            }),
          },
        },
        'INVALID_INPUT',
        ['input', 'variants', '0', 'inventoryQuantities', '0', 'locationId'],
      ],
      [
        {
          identifier: { id: shirt.id },
          input: { title: 'B', ...variant({ file: { originalSource: 'https://cdn.test/x.png' } }) },
        },
        'INVALID_INPUT',
        ['input', 'variants', '0', 'file'],
      ],
      [
        {
          identifier: { id: shirt.id },
          input: {
            title: 'B',
            metafields: [{ namespace: 'custom', key: 'aa', type: 'number_integer', value: 'x' }],
          },
        },
        'INVALID_METAFIELD',
        ['input', 'metafields', '0', 'value'],
      ],
      [
        {
          identifier: { id: shirt.id },
          input: { title: 'B', files: [{ id: 'gid://shopify/MediaImage/1' }] },
        },
        'NOT_FOUND',
        ['input', 'files', '0', 'id'],
      ],
    ];
    for (const [variables, code, field] of refused) {
      expect((await set(api, variables)).userErrors).toMatchObject([{ code, field }]);
    }
    const twice = {
      productOptions: option('S'),
      variants: [{ optionValues: size('S') }, { optionValues: size('S') }],
    };
    expect((await set(api, { identifier: { id: shirt.id }, input: twice })).userErrors).toMatchObject([
      { code: 'INVALID_VARIANT' },
    ]);
    expect(JSON.stringify(productDump(api.shop, api.shop.products.get(shirt.id)!))).toBe(before);
    expect(api.shop.products.size).toBe(1);
  });

  it('may take its time', async () => {
    const api = testApi();
    const { product, productSetOperation } = await set(api, { input: { title: 'Mug' }, now: false });
    expect([product, productSetOperation.status]).toEqual([null, 'CREATED']);
    const { productOperation } = await api.data(
      `{ productOperation(id: "${productSetOperation.id}") { status product { title } ... on ProductSetOperation { userErrors { code } } } }`,
    );
    expect(productOperation).toEqual({ status: 'COMPLETE', product: { title: 'Mug' }, userErrors: [] });
  });
});
