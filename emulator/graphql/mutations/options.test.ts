import { describe, expect, it } from 'vitest';
import { testApi } from '../../client-for-tests';

const product =
  '{ options { id name optionValues { id name hasVariants } } variants(first: 50) { nodes { id title } } }';
const CREATE = `mutation($id: ID!, $options: [OptionCreateInput!]!, $strategy: ProductOptionCreateVariantStrategy) { productOptionsCreate(productId: $id, options: $options, variantStrategy: $strategy) { product ${product} userErrors { code field } } }`;
const UPDATE = `mutation($id: ID!, $option: OptionUpdateInput!, $add: [OptionValueCreateInput!], $update: [OptionValueUpdateInput!], $gone: [ID!], $strategy: ProductOptionUpdateVariantStrategy) {
  productOptionUpdate(productId: $id, option: $option, optionValuesToAdd: $add, optionValuesToUpdate: $update, optionValuesToDelete: $gone, variantStrategy: $strategy) { product ${product} userErrors { code field } } }`;
const DELETE = `mutation($id: ID!, $options: [ID!]!, $strategy: ProductOptionDeleteStrategy) { productOptionsDelete(productId: $id, options: $options, strategy: $strategy) { deletedOptionsIds product ${product} userErrors { code } } }`;
const REORDER = `mutation($id: ID!, $options: [OptionReorderInput!]!) { productOptionsReorder(productId: $id, options: $options) { product ${product} userErrors { code } } }`;
const titles = (payload: { product: { variants: { nodes: { title: string }[] } } }) =>
  payload.product.variants.nodes.map(({ title }) => title);
const color = (...names: string[]) => [{ name: 'Color', values: names.map((name) => ({ name })) }];

describe('productOptionsCreate', () => {
  it('gives existing variants the first value, and makes the others on demand', async () => {
    const api = testApi();
    const left = await api.shirt('left');
    expect(
      titles((await api.data(CREATE, { id: left.id, options: color('Red', 'Blue') })).productOptionsCreate),
    ).toEqual(['S / Red', 'M / Red']);
    const made = await api.shirt('made');
    expect(
      titles(
        (await api.data(CREATE, { id: made.id, options: color('Red', 'Blue'), strategy: 'CREATE' }))
          .productOptionsCreate,
      ),
    ).toEqual(['S / Red', 'S / Blue', 'M / Red', 'M / Blue']);
  });

  it('replaces the default option', async () => {
    const api = testApi();
    const { productCreate } = await api.data(
      'mutation { productCreate(product: {title: "Mug"}) { product { id } } }',
    );
    const payload = (await api.data(CREATE, { id: productCreate.product.id, options: color('Red') }))
      .productOptionsCreate;
    expect([payload.product.options.length, titles(payload)]).toEqual([1, ['Red']]);
  });

  it('refuses an option that is there, a fourth one, and one without values', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const code = async (options: object[]) =>
      (await api.data(CREATE, { id, options })).productOptionsCreate.userErrors[0].code;
    expect(await code([{ name: 'size', values: [{ name: 'S' }] }])).toBe('OPTION_ALREADY_EXISTS');
    expect(await code([{ name: 'Color', values: [] }])).toBe('OPTION_VALUES_MISSING');
    const three = ['A', 'B', 'C'].map((name) => ({ name, values: [{ name: '1' }] }));
    expect(await code(three)).toBe('OPTIONS_OVER_LIMIT');
  });
});

describe('productOptionUpdate', () => {
  it('renames, adds and deletes values, with the variants that go along', async () => {
    const api = testApi();
    const { id, options } = await api.shirt();
    const [option] = options;
    const [small, medium] = option.optionValues;
    const variables = {
      id,
      option: { id: option.id, name: 'Größe' },
      add: [{ name: 'L' }],
      update: [{ id: small.id, name: 'XS' }],
      gone: [medium.id],
    };
    expect(
      (await api.data(UPDATE, { ...variables, strategy: 'LEAVE_AS_IS' })).productOptionUpdate.userErrors[0]
        .code,
    ).toBe('OPTION_VALUE_HAS_VARIANTS');
    const payload = (await api.data(UPDATE, { ...variables, strategy: 'MANAGE' })).productOptionUpdate;
    expect(payload.userErrors).toEqual([]);
    expect(payload.product.options).toMatchObject([
      { name: 'Größe', optionValues: [{ name: 'XS' }, { name: 'L', hasVariants: true }] },
    ]);
    expect(titles(payload)).toEqual(['XS', 'L']);
    const unknown = await api.data(UPDATE, { id, option: { id: 'gid://shopify/ProductOption/1' } });
    expect(unknown.productOptionUpdate.userErrors[0].code).toBe('OPTION_DOES_NOT_EXIST');
  });

  it('moves an option', async () => {
    const api = testApi();
    const { id, options } = await api.shirt();
    await api.data(CREATE, { id, options: color('Red') });
    const payload = (await api.data(UPDATE, { id, option: { id: options[0].id, position: 2 } }))
      .productOptionUpdate;
    expect(titles(payload)).toEqual(['Red / S', 'Red / M']);
  });
});

describe('productOptionsDelete', () => {
  it('deletes by strategy', async () => {
    const api = testApi();
    const { id, options } = await api.shirt();
    await api.data(CREATE, { id, options: color('Red', 'Blue'), strategy: 'CREATE' });
    const code = async (strategy: string) =>
      (await api.data(DELETE, { id, options: [options[0].id], strategy })).productOptionsDelete.userErrors[0]
        ?.code;
    expect(await code('DEFAULT')).toBe('CANNOT_DELETE_OPTION_WITH_MULTIPLE_VALUES');
    expect(await code('NON_DESTRUCTIVE')).toBe('CANNOT_USE_NON_DESTRUCTIVE_STRATEGY');
    const payload = (await api.data(DELETE, { id, options: [options[0].id], strategy: 'POSITION' }))
      .productOptionsDelete;
    expect(titles(payload)).toEqual(['Red', 'Blue']);
  });

  it('leaves the default option when the last one goes', async () => {
    const api = testApi();
    const { id, options } = await api.shirt('one', ['S']);
    expect(titles((await api.data(DELETE, { id, options: [options[0].id] })).productOptionsDelete)).toEqual([
      'Default Title',
    ]);
  });
});

describe('productOptionsReorder', () => {
  it('orders options and values, and the variants by them', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    await api.data(CREATE, { id, options: color('Red', 'Blue'), strategy: 'CREATE' });
    const payload = (
      await api.data(REORDER, {
        id,
        options: [{ name: 'Color', values: [{ name: 'Blue' }, { name: 'Red' }] }, { name: 'Size' }],
      })
    ).productOptionsReorder;
    expect(titles(payload)).toEqual(['Blue / S', 'Blue / M', 'Red / S', 'Red / M']);
    expect(
      (await api.data(REORDER, { id, options: [{ name: 'Size' }] })).productOptionsReorder.userErrors[0].code,
    ).toBe('MISSING_OPTION_NAME');
    expect(
      (await api.data(REORDER, { id, options: [{ name: 'Nope' }] })).productOptionsReorder.userErrors[0].code,
    ).toBe('OPTION_NAME_DOES_NOT_EXIST');
  });
});
