import { describe, expect, it } from 'vitest';
import { testApi } from '../../client-for-tests';

const SET =
  'mutation($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) { metafields { id key value type compareDigest owner { ... on Product { title } } } userErrors { code field elementIndex message } } }';
const DELETE =
  'mutation($metafields: [MetafieldIdentifierInput!]!) { metafieldsDelete(metafields: $metafields) { deletedMetafields { key namespace ownerId } userErrors { field } } }';

describe('metafieldsSet', () => {
  const care = (ownerId: string, more: object = {}) => ({
    ownerId,
    namespace: 'custom',
    key: 'care',
    type: 'single_line_text_field',
    value: 'Cold',
    ...more,
  });

  it('writes all or nothing, 25 at most', async () => {
    const api = testApi();
    const { id, variants } = await api.shirt();
    const bad = await api.data(SET, {
      metafields: [care(id), care(id, { key: 'size', type: 'number_integer', value: 'x' })],
    });
    expect(bad.metafieldsSet).toMatchObject({
      metafields: null,
      userErrors: [{ code: 'INVALID_VALUE', field: ['metafields', '1', 'value'], elementIndex: 1 }],
    });
    expect(api.shop.products.get(id)?.metafields.size).toBe(0);
    const good = await api.data(SET, { metafields: [care(id), care(variants.nodes[0].id)] });
    expect(good.metafieldsSet).toMatchObject({
      userErrors: [],
      metafields: [{ key: 'care', value: 'Cold', owner: { title: 'Shirt' } }, {}],
    });
    const many = Array.from({ length: 26 }, (_, index) => care(id, { key: `key_${index}` }));
    expect((await api.data(SET, { metafields: many })).metafieldsSet.userErrors).toMatchObject([
      { code: 'LESS_THAN_OR_EQUAL_TO' },
    ]);
  });

  it('compares digests: null must not exist yet, another must be the current one', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    const set = async (more: object) => (await api.data(SET, { metafields: [care(id, more)] })).metafieldsSet;
    const first = await set({ compareDigest: null });
    expect(first.userErrors).toEqual([]);
    expect(await set({ value: 'Hot', compareDigest: null })).toMatchObject({
      metafields: null,
      userErrors: [{ code: 'STALE_OBJECT' }],
    });
    const { compareDigest } = first.metafields[0];
    expect(await set({ value: 'Hot', compareDigest })).toMatchObject({ metafields: [{ value: 'Hot' }] });
    expect(await set({ value: 'Warm', compareDigest })).toMatchObject({
      userErrors: [{ code: 'STALE_OBJECT', field: ['metafields', '0', 'compareDigest'] }],
    });
  });

  it('deletes, and says null for what was not there', async () => {
    const api = testApi();
    const { id } = await api.shirt();
    await api.data(SET, { metafields: [care(id)] });
    const identifier = { ownerId: id, namespace: 'custom', key: 'care' };
    const { metafieldsDelete } = await api.data(DELETE, {
      metafields: [identifier, { ...identifier, key: 'none' }],
    });
    expect(metafieldsDelete).toEqual({ deletedMetafields: [identifier, null], userErrors: [] });
    const unknown = await api.data(DELETE, {
      metafields: [{ ...identifier, ownerId: 'gid://shopify/Product/1' }],
    });
    expect(unknown.metafieldsDelete.userErrors[0].field).toEqual(['metafields', '0', 'ownerId']);
  });
});

describe('files and media', () => {
  const UPDATE =
    'mutation($files: [FileUpdateInput!]!) { fileUpdate(files: $files) { files { id alt } userErrors { code field } } }';

  it('creates, renames texts, and takes pictures on and off products', async () => {
    const api = testApi();
    const shirt = await api.shirt();
    const { fileCreate } = await api.data(
      'mutation { fileCreate(files: [{originalSource: "https://cdn.test/b.png", alt: "Back"}]) { files { id alt fileStatus } userErrors { code } } }',
    );
    expect(fileCreate.files).toMatchObject([{ alt: 'Back', fileStatus: 'READY' }]);
    const id = fileCreate.files[0].id;
    await api.data(UPDATE, { files: [{ id, alt: 'Rear', referencesToAdd: [shirt.id] }] });
    expect(api.shop.products.get(shirt.id)?.mediaIds).toEqual([shirt.media.nodes[0].id, id]);
    await api.data(UPDATE, { files: [{ id: shirt.media.nodes[0].id, referencesToRemove: [shirt.id] }] });
    expect(api.shop.products.get(shirt.id)?.mediaIds).toEqual([id]);
    expect(api.shop.files.size).toBe(2);
    expect(
      (await api.data(UPDATE, { files: [{ id: 'gid://shopify/MediaImage/1' }] })).fileUpdate.userErrors,
    ).toMatchObject([{ code: 'FILE_DOES_NOT_EXIST', field: ['files', '0', 'id'] }]);
    expect(
      (await api.data(UPDATE, { files: [{ id, referencesToAdd: ['gid://shopify/Product/1'] }] })).fileUpdate
        .userErrors,
    ).toMatchObject([{ code: 'REFERENCE_TARGET_DOES_NOT_EXIST' }]);
    const { fileDelete } = await api.data(
      'mutation($ids: [ID!]!) { fileDelete(fileIds: $ids) { deletedFileIds userErrors { code } } }',
      { ids: [id] },
    );
    expect([fileDelete.deletedFileIds, api.shop.products.get(shirt.id)?.mediaIds]).toEqual([[id], []]);
  });

  it('takes its time to process where the switch says so', async () => {
    const api = testApi({ switches: { mediaReadyAfterMs: 10_000 } });
    const shirt = await api.shirt();
    const status = async () =>
      (
        await api.data(
          `{ product(id: "${shirt.id}") { media(first: 1) { nodes { status ... on MediaImage { image { url } } } } } }`,
        )
      ).product.media.nodes[0];
    expect(await status()).toEqual({ status: 'UPLOADED', image: null });
    expect(
      (await api.data(UPDATE, { files: [{ id: shirt.media.nodes[0].id, alt: 'x' }] })).fileUpdate
        .userErrors[0].code,
    ).toBe('NON_READY_STATE');
    api.context.clock.skewMs = 6_000;
    expect((await status()).status).toBe('PROCESSING');
    api.context.clock.skewMs = 11_000;
    expect(await status()).toEqual({ status: 'READY', image: { url: expect.stringContaining('/_files/') } });
  });

  it('orders media, and hangs pictures on variants', async () => {
    const api = testApi();
    const shirt = await api.shirt();
    const add =
      'mutation($id: ID!, $media: [CreateMediaInput!]) { productUpdate(product: {id: $id}, media: $media) { product { media(first: 5) { nodes { id } } } userErrors { message } } }';
    const { productUpdate } = await api.data(add, {
      id: shirt.id,
      media: [{ originalSource: 'https://cdn.test/2.png', mediaContentType: 'IMAGE' }],
    });
    const [first, second] = productUpdate.product.media.nodes.map((node: { id: string }) => node.id);
    const move =
      'mutation($id: ID!, $moves: [MoveInput!]!) { productReorderMedia(id: $id, moves: $moves) { job { id done } mediaUserErrors { code } } }';
    const moved = await api.data(move, { id: shirt.id, moves: [{ id: second, newPosition: '0' }] });
    expect([moved.productReorderMedia.job.done, api.shop.products.get(shirt.id)?.mediaIds]).toEqual([
      false,
      [second, first],
    ]);
    expect((await api.data(`{ job(id: "${moved.productReorderMedia.job.id}") { done } }`)).job.done).toBe(
      true,
    );
    expect(
      (
        await api.data(move, {
          id: shirt.id,
          moves: [{ id: 'gid://shopify/MediaImage/1', newPosition: '0' }],
        })
      ).productReorderMedia.mediaUserErrors[0].code,
    ).toBe('MEDIA_DOES_NOT_EXIST');

    const variantId = shirt.variants.nodes[0].id;
    const change = (name: string) =>
      `mutation($id: ID!, $pairs: [${name === 'productVariantAppendMedia' ? 'ProductVariantAppendMediaInput' : 'ProductVariantDetachMediaInput'}!]!) { ${name}(productId: $id, variantMedia: $pairs) { productVariants { media(first: 2) { nodes { id } } } userErrors { code } } }`;
    const pairs = [{ variantId, mediaIds: [second] }];
    const appended = await api.data(change('productVariantAppendMedia'), { id: shirt.id, pairs });
    expect(appended.productVariantAppendMedia.productVariants[0].media.nodes).toEqual([{ id: second }]);
    expect(
      (await api.data(change('productVariantAppendMedia'), { id: shirt.id, pairs })).productVariantAppendMedia
        .userErrors[0].code,
    ).toBe('PRODUCT_VARIANT_ALREADY_HAS_MEDIA');
    const detached = await api.data(change('productVariantDetachMedia'), { id: shirt.id, pairs });
    expect(detached.productVariantDetachMedia.productVariants[0].media.nodes).toEqual([]);
    expect(
      (await api.data(change('productVariantDetachMedia'), { id: shirt.id, pairs })).productVariantDetachMedia
        .userErrors[0].code,
    ).toBe('MEDIA_IS_NOT_ATTACHED_TO_VARIANT');
  });
});
