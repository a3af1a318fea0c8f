/** What changed in Shopify is read back with few queries, and whole. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { allDone } from '../support/all-done';
import { rawProduct } from '../support/catalog-rows';
import { asMerchant, mutationsDuring, shopOf, storeProduct } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';

const SMALL = 24;
let stage: Stage;
beforeAll(async () => {
  stage = await openStage({});
  await fillCatalog(stage, SMALL);
  for (const variants of [101, 260])
    await rawProduct(stage.resources.db, stage.accountId, {
      handle: `wide-${variants}`,
      product: { title: `Wide ${variants}`, vendor: 'Acme' },
      options: [{ name: 'Size', values: Array.from({ length: variants }, (_, at) => `S${at}`) }],
      variants: Array.from({ length: variants }, (_, at) => ({
        option1: `S${at}`,
        sku: `W${variants}-${at}`,
        price: '5',
        tracked: true,
        stock: { '': at },
      })),
    });
  expect((await stage.run()).state).toBe('finished');
});
afterAll(async () => {
  await stage?.close();
});
const db = () => stage.resources.db;

/** As webhooks of all these products do; answers the root fields of the queries that were sent. */
async function look(remoteIds: string[]): Promise<string[]> {
  const before = stage.emulator.log.all().at(-1)?.sequence ?? 0;
  await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds });
  await allDone(stage);
  return stage.emulator.log
    .all()
    .filter((call) => call.sequence > before && call.kind === 'query')
    .flatMap(({ fields }) => fields);
}

const PRICE = `mutation($id: ID!, $v: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $id, variants: $v) { userErrors { message } } }`;
const price = (handle: string, at: number, value: string) => {
  const { id, variantIds } = storeProduct(stage, handle);
  return asMerchant(stage, PRICE, { id, v: [{ id: variantIds[at], price: value }] });
};
const priceOf = async (sku: string) =>
  String((await db().catalogVariant.findFirstOrThrow({ where: { sku } })).price);

describe('products that changed in Shopify', () => {
  it('are read many at a time, without a word about updatedAt', async () => {
    const ids: string[] = [];
    for (let at = 0; at < SMALL; at += 1) {
      await price(`item-${at}`, 0, '44.44');
      const product = storeProduct(stage, `item-${at}`);
      ids.push(product.id);
      // An instant that says nothing changed: nobody looks at it.
      product.updatedAt = product.createdAt;
    }
    const queries = await look(ids);
    // Six fit the 1,000 points of a query.
    expect(queries).toEqual(Array.from({ length: SMALL / 6 }, () => 'nodes'));
    for (let at = 0; at < SMALL; at += 1) expect(await priceOf(`I${at}-S`)).toBe('44.44');
    await expectStoreToEqualCatalog(stage);
  });

  it.each([101, 260])('come whole where they have %i variants, the last ones too', async (variants) => {
    await price(`wide-${variants}`, variants - 1, '99.9');
    await price(`wide-${variants}`, 0, '1.1');
    const { id } = storeProduct(stage, `wide-${variants}`);
    const sent = await mutationsDuring(stage, async () => {
      const queries = await look([id]);
      // One for the product with its first fifty variants, one for each fifty more.
      expect(queries).toEqual([
        'nodes',
        ...Array.from({ length: Math.ceil(variants / 50) - 1 }, () => 'product'),
      ]);
    });
    expect(sent).toEqual([]);
    expect(await priceOf(`W${variants}-${variants - 1}`)).toBe('99.9');
    expect(await priceOf(`W${variants}-0`)).toBe('1.1');
    const cached = await db().remoteVariantRow.count({ where: { remoteProductId: id } });
    expect(cached).toBe(variants);
    expect(shopOf(stage).products.get(id)!.variantIds).toHaveLength(variants);
    await expectStoreToEqualCatalog(stage);
  });
});
