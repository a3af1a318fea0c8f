/** Edits by the merchant in Shopify, alone and against edits of the catalog. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '~/db/client.server';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { saveSettings } from '~/sync/save-settings';
import { rawProduct } from '../support/catalog-rows';
import { asMerchant, mutationsDuring, shopOf, storeProduct } from '../support/merchant';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

let stage: Stage;
let productId = '';
let count = 0;
beforeAll(async () => {
  stage = await openStage({ locations: ['Warehouse', 'Shop Berlin'] });
});
afterAll(async () => {
  await stage?.close();
});
beforeEach(async () => {
  count += 1;
  await settle('source-wins');
  productId = await rawProduct(stage.resources.db, stage.accountId, {
    handle: `lamp-${count}`,
    product: { title: 'Lamp', vendor: 'Acme', tags: ['Light', 'Indoor'], descriptionHtml: '<p>Lamp</p>' },
    options: [{ name: 'Color', values: ['Red', 'Blue'] }],
    media: [
      { url: `https://cdn.example.com/lamp-${count}-a.jpg`, alt: 'a' },
      { url: `https://cdn.example.com/lamp-${count}-b.jpg`, alt: 'b' },
    ],
    metafields: [{ namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'wipe' }],
    variants: ['Red', 'Blue'].map((color) => ({
      option1: color,
      sku: `L${count}-${color}`,
      price: '10',
      tracked: true,
      stock: { '': 5, 'Shop Berlin': 2 },
    })),
  });
  const run = await stage.run([productId]);
  expect(run.products).toMatchObject([{ state: 'applied' }]);
});

const db = () => stage.resources.db;
const settle = (conflictPolicy: 'source-wins' | 'remote-wins' | 'manual') =>
  saveSettings(stage.resources, { shopId: stage.shopId, conflictPolicy, deletionPolicy: 'archive' });
const held = () => storeProduct(stage, `lamp-${count}`);

/** As a webhook does; waits until the product was looked at. */
async function look(): Promise<void> {
  const before = await db().productLink.findFirstOrThrow({ where: { productId } });
  await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [held().id] });
  await waitFor('the product was looked at', async () => {
    const link = await db().productLink.findFirstOrThrow({ where: { productId } });
    const isLater = (link.lastSyncedAt?.getTime() ?? 0) > (before.lastSyncedAt?.getTime() ?? 0);
    return isLater && link.syncState !== 'pending' && (await db().syncRequest.count()) === 0;
  });
}

const UPDATE = `mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }`;
const edit = (fields: Record<string, unknown>) =>
  asMerchant(stage, UPDATE, { product: { id: held().id, ...fields } });
const PRICE = `mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $id, variants: $variants) { userErrors { message } } }`;
const editVariant = (at: number, fields: Record<string, unknown>) =>
  asMerchant(stage, PRICE, { id: held().id, variants: [{ id: held().variantIds[at], ...fields }] });
const catalog = () =>
  db().catalogProduct.findUniqueOrThrow({
    where: { id: productId },
    include: {
      variants: { orderBy: { position: 'asc' } },
      metafields: true,
      media: { orderBy: { position: 'asc' } },
    },
  });

describe('an edit in Shopify alone', () => {
  it('of product fields and tags is taken over by the catalog', async () => {
    await edit({
      title: 'Big lamp',
      tags: ['Light', 'Bedroom'],
      seo: { title: 'Lamps!' },
      status: 'DRAFT',
      descriptionHtml: '<p>Bigger</p>',
    });
    expect(await mutationsDuring(stage, look)).toEqual([]);
    const { title, tags, seoTitle, status, descriptionHtml } = await catalog();
    expect({ title, seoTitle, status, descriptionHtml, tags: [...tags].sort() }).toEqual({
      title: 'Big lamp',
      seoTitle: 'Lamps!',
      status: 'DRAFT',
      descriptionHtml: '<p>Bigger</p>',
      tags: ['Bedroom', 'Light'],
    });
    await expectStoreToEqualCatalog(stage);
    expect(await mutationsDuring(stage, () => stage.run())).toEqual([]);
  });

  type Writes = (
    tx: Pick<Database, 'catalogProduct' | 'catalogMetafield' | 'catalogInventoryLevel'>,
  ) => Promise<unknown>;
  const ownVendor: Writes = (tx) =>
    tx.catalogProduct.update({ where: { id: productId }, data: { vendor: 'Own' } });
  const ownStock: Writes = (tx) => {
    const where = { variant: { productId }, location: '' };
    return tx.catalogInventoryLevel.updateMany({ where, data: { available: 7 } });
  };
  const ownCare: Writes = (tx) =>
    tx.catalogMetafield.updateMany({ where: { productId }, data: { value: 'dust' } });

  it.each([
    ['the product first', ownVendor, ownStock],
    ['the stock first', ownStock, ownCare],
  ])("gives way to a transaction of the merchant's own system: %s", async (_name, first, second) => {
    await edit({ title: 'Big lamp' });
    const write = db().$transaction(async (tx) => {
      await first(tx);
      await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [held().id] });
      // Longer than deadlock_timeout: who waits for the other from now on is the one that PostgreSQL would end.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await second(tx);
    });
    await expect(write).resolves.toBeUndefined();
    await waitFor('the catalog has the title', async () => (await catalog()).title === 'Big lamp');
    await waitFor('nothing is asked for', async () => (await db().syncRequest.count()) === 0);
    await stage.run();
    await expectStoreToEqualCatalog(stage);
  });

  it('of a price, and of stock at either location', async () => {
    const [variantId] = held().variantIds;
    const { inventoryItemId } = shopOf(stage).variants.get(variantId!)!;
    await editVariant(0, { price: '11.50', compareAtPrice: '20' });
    const [warehouse, berlin] = [...shopOf(stage).locations.keys()];
    await asMerchant(
      stage,
      `mutation($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input) @idempotent(key: "${crypto.randomUUID()}") { userErrors { message } } }`,
      {
        input: {
          name: 'available',
          reason: 'correction',
          quantities: [
            { inventoryItemId, locationId: warehouse, quantity: 40, changeFromQuantity: 5 },
            { inventoryItemId, locationId: berlin, quantity: 41, changeFromQuantity: 2 },
          ],
        },
      },
    );
    expect(await mutationsDuring(stage, look)).toEqual([]);
    const { variants } = await catalog();
    expect(variants[0]!.price.toFixed(2)).toBe('11.50');
    const levels = await db().catalogInventoryLevel.findMany({
      where: { variantId: variants[0]!.id },
      orderBy: { location: 'asc' },
    });
    expect(levels.map(({ location, available }) => [location, available])).toEqual([
      ['', 40],
      ['Shop Berlin', 41],
    ]);
    await expectStoreToEqualCatalog(stage);
  });

  it('of a metafield and a picture’s text', async () => {
    await asMerchant(
      stage,
      `mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { message } } }`,
      {
        m: [
          {
            ownerId: held().id,
            namespace: 'custom',
            key: 'care',
            type: 'single_line_text_field',
            value: 'dust',
          },
        ],
      },
    );
    await asMerchant(
      stage,
      `mutation($f: [FileUpdateInput!]!) { fileUpdate(files: $f) { userErrors { message } } }`,
      { f: [{ id: held().mediaIds[0], alt: 'new alt' }] },
    );
    expect(await mutationsDuring(stage, look)).toEqual([]);
    const { metafields, media } = await catalog();
    expect(metafields[0]!.value).toBe('dust');
    expect(media[0]!.alt).toBe('new alt');
    await expectStoreToEqualCatalog(stage);
  });

  it('is found by a run too, once we know of it', async () => {
    await edit({ vendor: 'Bright' });
    await db().remoteProductRow.updateMany({
      where: { remoteId: held().id },
      data: { invalidatedAt: new Date() },
    });
    const run = await stage.run([productId]);
    expect(run.products).toMatchObject([{ state: 'applied' }]);
    expect((await catalog()).vendor).toBe('Bright');
    expect(await db().change.findMany({ where: { runId: run.id } })).toMatchObject([
      { field: 'vendor', direction: 'pull', state: 'applied', before: 'Acme', after: 'Bright' },
    ]);
  });

  it('a variant the merchant added stays, and is none of ours', async () => {
    await asMerchant(
      stage,
      `mutation($id: ID!, $v: [ProductVariantsBulkInput!]!) { productVariantsBulkCreate(productId: $id, variants: $v) { userErrors { message } } }`,
      {
        id: held().id,
        v: [{ optionValues: [{ optionName: 'Color', name: 'Green' }], price: '3' }],
      },
    );
    expect(await mutationsDuring(stage, look)).toEqual([]);
    expect(held().variantIds).toHaveLength(3);
    expect(await mutationsDuring(stage, () => stage.run([productId]))).toEqual([]);
    await asMerchant(
      stage,
      `mutation($id: ID!, $v: [ID!]!) { productVariantsBulkDelete(productId: $id, variantsIds: $v) { userErrors { message } } }`,
      { id: held().id, v: [held().variantIds[2]] },
    );
    await look();
  });

  it('a product the merchant deleted is not made again until the catalog changes it', async () => {
    const { id } = held();
    await asMerchant(stage, `mutation { productDelete(input: {id: "${id}"}) { userErrors { message } } }`);
    await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [id] });
    const run = await stage.run([productId]);
    expect(run.mutations).toBe(0);
    expect(run.products[0]!.message).toMatch(/Deleted in Shopify/);
    await db().catalogProduct.update({ where: { id: productId }, data: { title: 'Again' } });
    const again = await stage.run([productId]);
    expect(again.products).toMatchObject([{ state: 'applied' }]);
    await expectStoreToEqualCatalog(stage);
  });
});

describe('edits on both sides', () => {
  const both = async () => {
    await edit({ title: 'Theirs', vendor: 'Bright' });
    await db().catalogProduct.update({
      where: { id: productId },
      data: { title: 'Ours', productType: 'Light' },
    });
  };

  it('source wins: pushed; what only Shopify changed is still pulled', async () => {
    await both();
    expect(await mutationsDuring(stage, look)).toEqual(['productUpdate']);
    expect(held()).toMatchObject({ title: 'Ours', vendor: 'Bright', productType: 'Light' });
    expect(await catalog()).toMatchObject({ title: 'Ours', vendor: 'Bright', productType: 'Light' });
  });

  it('source wins although the answer is lost: what was written over is on record', async () => {
    await both();
    stage.emulator.faults.add({ kind: 'reset-after', match: { field: 'productUpdate', times: 1 } });
    expect(await mutationsDuring(stage, look)).toEqual(['productUpdate']);
    stage.emulator.faults.clear();
    expect(held()).toMatchObject({ title: 'Ours', vendor: 'Bright' });
    expect(await db().change.findMany({ where: { productId, field: 'title' } })).toMatchObject([
      { state: 'applied', before: 'Theirs', after: 'Ours' },
    ]);
  });

  it('Shopify wins: pulled; what only the catalog changed is still pushed', async () => {
    await settle('remote-wins');
    await both();
    expect(await mutationsDuring(stage, look)).toEqual(['productUpdate']);
    expect(held()).toMatchObject({ title: 'Theirs', vendor: 'Bright', productType: 'Light' });
    expect(await catalog()).toMatchObject({ title: 'Theirs', vendor: 'Bright', productType: 'Light' });
  });

  it('by hand: one conflict, recorded once, nothing written', async () => {
    await settle('manual');
    await edit({ title: 'Theirs' });
    await db().catalogProduct.update({ where: { id: productId }, data: { title: 'Ours' } });
    const sent = await mutationsDuring(stage, async () => {
      await look();
      const run = await stage.run([productId]);
      expect(run.products).toMatchObject([{ state: 'conflicted' }]);
      await stage.run([productId]);
    });
    expect(sent).toEqual([]);
    expect(await db().change.findMany({ where: { productId, state: 'conflicted' } })).toMatchObject([
      { field: 'title' },
    ]);
    expect(held().title).toBe('Theirs');
    expect((await catalog()).title).toBe('Ours');
    // Another field still goes through, and the conflict is no second row.
    await db().catalogProduct.update({ where: { id: productId }, data: { productType: 'Light' } });
    expect(await mutationsDuring(stage, () => stage.run([productId]))).toEqual(['productUpdate']);
    expect(await db().change.count({ where: { productId, state: 'conflicted' } })).toBe(1);
    // Settled by the merchant taking one side.
    await db().catalogProduct.update({ where: { id: productId }, data: { title: 'Theirs' } });
    const run = await stage.run([productId]);
    expect(run.products[0]!.state).not.toBe('conflicted');
    await expectStoreToEqualCatalog(stage);
  });
});

describe('the echo of our own pushes', () => {
  it('causes no write', async () => {
    await db().catalogProduct.updateMany({ data: { productType: 'Echo', tags: ['x', 'y'] } });
    await stage.run();
    const remoteIds = [...shopOf(stage).products.keys()];
    const sent = await mutationsDuring(stage, async () => {
      await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds });
      await waitFor('all requests are done', async () => (await db().syncRequest.count()) === 0);
      await stage.run();
    });
    expect(sent).toEqual([]);
    await expectStoreToEqualCatalog(stage);
  });
});
