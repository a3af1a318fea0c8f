import { describe, expect, it } from 'vitest';
import { testApi } from '../../client-for-tests';

const payload =
  '{ productVariants { id title price compareAtPrice barcode inventoryQuantity inventoryItem { sku tracked } media(first: 1) { nodes { id } } } userErrors { field message code } }';
const CREATE = `mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!, $media: [CreateMediaInput!], $strategy: ProductVariantsBulkCreateStrategy) { productVariantsBulkCreate(productId: $id, variants: $variants, media: $media, strategy: $strategy) ${payload} }`;
const UPDATE = `mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!, $partial: Boolean) { productVariantsBulkUpdate(productId: $id, variants: $variants, allowPartialUpdates: $partial) ${payload} }`;
const size = (name: string) => [{ optionName: 'Size', name }];
const titles = (nodes: { title: string }[]) => nodes.map(({ title }) => title);

describe('productVariantsBulkCreate', () => {
  it('adds variants with stock, picture and fields', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const media = [{ originalSource: 'https://cdn.test/xl.png', mediaContentType: 'IMAGE' }];
    const variants = [
      {
        optionValues: size('XL'),
        price: '12',
        inventoryItem: { sku: 'XL' },
        mediaSrc: ['https://cdn.test/xl.png'],
        inventoryQuantities: [{ locationId: api.locations[0], availableQuantity: 3 }],
      },
    ];
    const { productVariantsBulkCreate } = await api.data(CREATE, { id, variants, media });
    expect(productVariantsBulkCreate).toMatchObject({
      productVariants: [
        {
          title: 'XL',
          price: '12.00',
          inventoryQuantity: 3,
          inventoryItem: { sku: 'XL' },
          media: { nodes: { length: 1 } },
        },
      ],
      userErrors: [],
    });
    expect(api.shop.products.get(id)?.variantIds).toHaveLength(3);
  });

  it('replaces the lone default variant, or keeps it as the strategy says', async () => {
    const api = testApi();
    for (const [strategy, expected] of [
      ['DEFAULT', ['S']],
      ['PRESERVE_STANDALONE_VARIANT', ['Default Title', 'S']],
    ] as const) {
      const { productCreate } = await api.data(
        'mutation { productCreate(product: {title: "Mug"}) { product { id } } }',
      );
      const id = productCreate.product.id;
      await api.data(CREATE, {
        id,
        strategy,
        variants: [{ optionValues: [{ optionName: 'Title', name: 'S' }] }],
      });
      const { product } = await api.data(
        `{ product(id: "${id}") { variants(first: 5) { nodes { title } } } }`,
      );
      expect(titles(product.variants.nodes)).toEqual(expected);
    }
  });

  it('refuses all where one is wrong', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const refused: [object, string][] = [
      [{ optionValues: size('S') }, 'INVALID'],
      [{ optionValues: [] }, 'NEED_TO_ADD_OPTION_VALUES'],
      [{ optionValues: size('X'), price: '-1' }, 'NEGATIVE_PRICE_VALUE'],
      [{ optionValues: size('X'), mediaId: 'gid://shopify/MediaImage/1' }, 'MUST_BE_FOR_THIS_PRODUCT'],
      [{ id, optionValues: size('X') }, 'NO_KEY_ON_CREATE'],
    ];
    for (const [variant, code] of refused) {
      const { userErrors } = (
        await api.data(CREATE, { id, variants: [{ optionValues: size('L') }, variant] })
      ).productVariantsBulkCreate;
      expect(userErrors[0].field.slice(0, 2)).toEqual(['variants', '1']);
      if (code === 'INVALID') expect(userErrors[0].code).toBe('VARIANT_ALREADY_EXISTS');
      else expect(userErrors[0].code).toBe(code);
    }
    expect(api.shop.products.get(id)?.variantIds).toHaveLength(2);
  });
});

describe('productVariantsBulkUpdate', () => {
  it('changes what is named; null clears', async () => {
    const api = testApi();
    const { id, variants } = await api.shirt();
    const first = await api.data(UPDATE, {
      id,
      variants: [
        {
          id: variants.nodes[0].id,
          price: '11',
          compareAtPrice: '20',
          barcode: '123',
          inventoryItem: { sku: 'NEW', cost: '4.5' },
        },
      ],
    });
    expect(first.productVariantsBulkUpdate.productVariants).toMatchObject([
      {
        price: '11.00',
        compareAtPrice: '20.00',
        barcode: '123',
        inventoryItem: { sku: 'NEW', tracked: true },
      },
    ]);
    const second = await api.data(UPDATE, {
      id,
      variants: [{ id: variants.nodes[0].id, compareAtPrice: null, barcode: null }],
    });
    expect(second.productVariantsBulkUpdate.productVariants).toMatchObject([
      { price: '11.00', compareAtPrice: null, barcode: null },
    ]);
  });

  it('writes nothing where one is wrong, and the valid ones where partial updates are allowed', async () => {
    const api = testApi();
    const { id, variants } = await api.shirt();
    const [small, medium] = variants.nodes;
    const inputs = [
      { id: small.id, price: '99' },
      { id: medium.id, price: '-1' },
    ];
    const whole = (await api.data(UPDATE, { id, variants: inputs })).productVariantsBulkUpdate;
    expect(whole).toMatchObject({
      productVariants: null,
      userErrors: [{ code: 'NEGATIVE_PRICE_VALUE', field: ['variants', '1', 'price'] }],
    });
    expect(api.shop.variants.get(small.id)?.price).toBe('10.00');
    const partial = (await api.data(UPDATE, { id, variants: inputs, partial: true }))
      .productVariantsBulkUpdate;
    expect(partial).toMatchObject({
      productVariants: [{ id: small.id, price: '99.00' }],
      userErrors: [{ field: ['variants', '1', 'price'] }],
    });
  });

  it('moves option values, swapped ones too, but never onto another variant', async () => {
    const api = testApi();
    const { id, variants } = await api.shirt();
    const [small, medium] = variants.nodes;
    const swapped = await api.data(UPDATE, {
      id,
      variants: [
        { id: small.id, optionValues: size('M') },
        { id: medium.id, optionValues: size('S') },
      ],
    });
    expect(titles(swapped.productVariantsBulkUpdate.productVariants)).toEqual(['M', 'S']);
    const taken = await api.data(UPDATE, { id, variants: [{ id: small.id, optionValues: size('S') }] });
    expect(taken.productVariantsBulkUpdate.userErrors).toMatchObject([{ code: 'VARIANT_ALREADY_EXISTS' }]);
  });

  it('refuses unknown products and variants, missing ids, and stock that belongs elsewhere', async () => {
    const api = testApi();
    const { id, variants } = await api.shirt();
    const code = async (product: string, variant: object) =>
      (await api.data(UPDATE, { id: product, variants: [variant] })).productVariantsBulkUpdate.userErrors[0]
        .code;
    expect(await code('gid://shopify/Product/1', {})).toBe('PRODUCT_DOES_NOT_EXIST');
    expect(await code(id, {})).toBe('PRODUCT_VARIANT_ID_MISSING');
    expect(await code(id, { id: 'gid://shopify/ProductVariant/1' })).toBe('PRODUCT_VARIANT_DOES_NOT_EXIST');
    const inventoryQuantities = [{ locationId: api.locations[0], availableQuantity: 1 }];
    expect(await code(id, { id: variants.nodes[0].id, inventoryQuantities })).toBe(
      'NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE',
    );
  });

  it('adjusts quantities by deltas, compared first', async () => {
    const api = testApi();
    const { id, variants } = await api.shirt();
    const adjust = (changeFromQuantity: number) => [
      {
        id: variants.nodes[0].id,
        quantityAdjustments: [{ locationId: api.locations[0], adjustment: 2, changeFromQuantity }],
      },
    ];
    expect(
      (await api.data(UPDATE, { id, variants: adjust(4) })).productVariantsBulkUpdate.userErrors,
    ).toHaveLength(1);
    expect(
      (await api.data(UPDATE, { id, variants: adjust(5) })).productVariantsBulkUpdate.productVariants[0]
        .inventoryQuantity,
    ).toBe(7);
  });
});

describe('deleting and ordering', () => {
  const DELETE =
    'mutation($id: ID!, $ids: [ID!]!) { productVariantsBulkDelete(productId: $id, variantsIds: $ids) { product { variants(first: 5) { nodes { title } } } userErrors { code field } } }';
  const REORDER =
    'mutation($id: ID!, $positions: [ProductVariantPositionInput!]!) { productVariantsBulkReorder(productId: $id, positions: $positions) { product { variants(first: 5) { nodes { title } } } userErrors { code field } } }';

  it('deletes variants, but never foreign ones or the last', async () => {
    const api = testApi();
    const { id, variants } = await api.shirt();
    const ids = variants.nodes.map((variant: { id: string }) => variant.id);
    expect((await api.data(DELETE, { id, ids })).productVariantsBulkDelete.userErrors[0].code).toBe(
      'CANNOT_DELETE_LAST_VARIANT',
    );
    expect(
      (await api.data(DELETE, { id, ids: ['gid://shopify/ProductVariant/1'] })).productVariantsBulkDelete
        .userErrors[0].code,
    ).toBe('AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT');
    const { product } = (await api.data(DELETE, { id, ids: [ids[0]] })).productVariantsBulkDelete;
    expect(titles(product.variants.nodes)).toEqual(['M']);
  });

  it('moves variants to positions', async () => {
    const api = testApi();
    const { id, variants } = await api.shirt('shirt', ['S', 'M', 'L']);
    const reorder = async (...positions: [number, number][]) =>
      (
        await api.data(REORDER, {
          id,
          positions: positions.map(([at, position]) => ({ id: variants.nodes[at].id, position })),
        })
      ).productVariantsBulkReorder;
    expect(titles((await reorder([2, 1])).product.variants.nodes)).toEqual(['L', 'S', 'M']);
    expect((await reorder([0, 0])).userErrors[0].code).toBe('INVALID_POSITION');
    expect((await reorder([0, 1], [0, 2])).userErrors[0].code).toBe('DUPLICATED_VARIANT_ID');
  });
});
