/** A store that already sells is linked to the catalog, never doubled, and its first meeting with the catalog clears nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MatchRefused, resolveMatch } from '~/sync/resolve-match';
import { putProduct } from '../support/catalog-rows';
import { asMerchant, mutationsDuring, shopOf, storeProduct } from '../support/merchant';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { EndedRun, Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

let stage: Stage;
let run: EndedRun;
const ids: Record<string, string> = {};

const CREATE = `mutation($input: ProductSetInput!) { productSet(synchronous: true, input: $input) { product { id } userErrors { message } } }`;
const inStore = (handle: string, sku: string | null, more: Record<string, unknown> = {}) =>
  asMerchant(stage, CREATE, {
    input: {
      title: `Store ${handle}`,
      handle,
      vendor: 'Store vendor',
      tags: ['Theirs'],
      productOptions: [{ name: 'Title', values: [{ name: 'Default Title' }] }],
      variants: [
        {
          optionValues: [{ optionName: 'Title', name: 'Default Title' }],
          price: '5',
          ...(sku !== null && { sku }),
          barcode: `B-${handle}`,
        },
      ],
      ...more,
    },
  });

beforeAll(async () => {
  stage = await openStage({});
  const put = async (handle: string, sku: string) => {
    ids[handle] = await putProduct(stage.resources.db, stage.accountId, {
      handle,
      title: `Catalog ${handle}`,
      tags: ['Ours'],
      variants: [{ sku, price: '9', options: [] }],
    });
  };
  await inStore('old-handle', 'SKU-1', {
    descriptionHtml: '<p>Theirs</p>',
    productType: 'Theirs',
    seo: { title: 'Their SEO' },
    files: [
      { originalSource: 'https://cdn.example.com/theirs.jpg', alt: 'Their picture', contentType: 'IMAGE' },
    ],
  });
  await inStore('by-handle', null);
  await inStore('twin-a', 'TWIN');
  await inStore('twin-b', 'TWIN');
  await inStore('pair-a', 'PAIR');
  await inStore('pair-b', 'PAIR');
  await inStore('stranger', 'STRANGER');
  await put('new-handle', 'sku-1');
  await put('by-handle', 'SKU-2');
  await put('twin', 'TWIN');
  await put('pair', 'PAIR');
  await put('brand-new', 'SKU-9');
  run = await stage.run();
});
afterAll(async () => {
  await stage?.close();
});

const db = () => stage.resources.db;

describe('the first sync of a store that already sells', () => {
  it('links by SKU, then by handle, and creates what is new', async () => {
    expect(
      Object.fromEntries(run.products.map(({ title, state, code }) => [title, `${state} ${code}`])),
    ).toMatchObject({
      'Catalog new-handle': expect.stringMatching(/^applied/),
      'Catalog by-handle': expect.stringMatching(/^applied/),
      'Catalog brand-new': expect.stringMatching(/^applied/),
      'Catalog twin': 'skipped ambiguous-match',
      'Catalog pair': 'skipped ambiguous-match',
    });
    expect(shopOf(stage).products.size).toBe(8);
    expect(run.state).toBe('finished');
  });

  it('clears nothing: what the catalog leaves empty is taken over from the store', async () => {
    const product = storeProduct(stage, 'new-handle');
    expect(product).toMatchObject({
      title: 'Catalog new-handle',
      productType: 'Theirs',
      seo: { title: 'Their SEO' },
    });
    expect([...product.tags].sort()).toEqual(['Ours', 'Theirs']);
    expect(product.mediaIds).toHaveLength(1);
    expect(await db().catalogProduct.findUniqueOrThrow({ where: { id: ids['new-handle']! } })).toMatchObject({
      productType: 'Theirs',
      seoTitle: 'Their SEO',
    });
    const [variant] = await db().catalogVariant.findMany({ where: { productId: ids['new-handle']! } });
    expect(variant).toMatchObject({ barcode: 'B-old-handle' });
    expect(shopOf(stage).variants.get(product.variantIds[0]!)!.barcode).toBe('B-old-handle');
  });

  it('does nothing the second time, and leaves the ambiguous ones waiting', async () => {
    let second: EndedRun | undefined;
    expect(await mutationsDuring(stage, async () => (second = await stage.run()))).toEqual([]);
    expect(second!.products.filter(({ code }) => code === 'ambiguous-match')).toHaveLength(2);
    expect(shopOf(stage).products.size).toBe(8);
  });
});

describe('an ambiguous match', () => {
  const looked = (productId: string) =>
    waitFor(
      'the product is in sync',
      async () => (await db().productLink.findFirstOrThrow({ where: { productId } })).syncState === 'in-sync',
    );

  it('is refused for a product that is no candidate', async () => {
    const remoteId = storeProduct(stage, 'stranger').id;
    await expect(
      resolveMatch(stage.resources, { shopId: stage.shopId, productId: ids['twin']!, remoteId }),
    ).rejects.toThrow(MatchRefused);
  });

  it('is linked to the one the merchant chooses', async () => {
    const remoteId = storeProduct(stage, 'twin-b').id;
    await resolveMatch(stage.resources, { shopId: stage.shopId, productId: ids['twin']!, remoteId });
    await looked(ids['twin']!);
    expect(storeProduct(stage, 'twin')).toMatchObject({ id: remoteId, title: 'Catalog twin' });
    expect(shopOf(stage).products.size).toBe(8);
    await expect(
      resolveMatch(stage.resources, { shopId: stage.shopId, productId: ids['twin']!, remoteId }),
    ).rejects.toThrow(/settled meanwhile/);
  });

  it('or is created where it is none of them', async () => {
    await resolveMatch(stage.resources, { shopId: stage.shopId, productId: ids['pair']!, remoteId: null });
    await looked(ids['pair']!);
    expect(shopOf(stage).products.size).toBe(9);
    expect(storeProduct(stage, 'pair').title).toBe('Catalog pair');
    expect(storeProduct(stage, 'pair-a').title).toBe('Store pair-a');
    expect(await mutationsDuring(stage, () => stage.run())).toEqual([]);
    const unlinked = ['twin-a', 'pair-a', 'pair-b', 'stranger'];
    for (const handle of unlinked) expect(storeProduct(stage, handle).vendor).toBe('Store vendor');
    await db().catalogProduct.deleteMany({ where: { id: ids['new-handle']! } });
    await stage.run();
    await expectStoreToEqualCatalog(stage, { besides: unlinked });
  });
});
