/** Policies, limits, answers, shadow mode and canary, through the whole line. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isLive } from '~/core/canary';
import { requestSync } from '~/sync/request-sync';
import { rawProduct } from '../support/catalog-rows';
import { asMerchant, mutationsDuring, storeProduct } from '../support/merchant';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

let stage: Stage;
let productId = '';
let count = 0;
const db = () => stage.resources.db;
const held = () => storeProduct(stage, `desk-${count}`);

beforeAll(async () => {
  stage = await openStage({});
});
afterAll(async () => {
  await stage?.close();
});
beforeEach(async () => {
  count += 1;
  await db().policyRule.deleteMany();
  await shopIs({ conflictPolicy: 'manual', holdAbovePercent: null, syncMode: 'live' });
  productId = await rawProduct(db(), stage.accountId, {
    handle: `desk-${count}`,
    product: { title: 'Desk', vendor: 'Acme' },
    options: [],
    variants: [{ sku: `DESK-${count}`, price: '100' }],
  });
  expect((await stage.run([productId])).products).toMatchObject([{ state: 'applied' }]);
});

const shopIs = (data: Parameters<ReturnType<typeof db>['shop']['update']>[0]['data']) =>
  db().shop.update({ where: { id: stage.shopId }, data });
const forget = () =>
  db().remoteProductRow.updateMany({ where: { remoteId: held().id }, data: { invalidatedAt: new Date() } });
const editShopify = async (title: string) => {
  await asMerchant(
    stage,
    `mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }`,
    { product: { id: held().id, title } },
  );
  await forget();
};
const priceInShopify = async (price: string) => {
  await asMerchant(
    stage,
    `mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $id, variants: $variants) { userErrors { message } } }`,
    { id: held().id, variants: [{ id: held().variantIds[0], price }] },
  );
  await forget();
};
const editCatalog = (title: string) =>
  db().catalogProduct.update({ where: { id: productId }, data: { title } });
const priceInCatalog = (price: string) =>
  db().catalogVariant.updateMany({ where: { productId }, data: { price } });
const titles = async () => [
  (await db().catalogProduct.findUniqueOrThrow({ where: { id: productId } })).title,
  held().title,
];
const openConflicts = () =>
  db().conflict.findMany({ where: { productId, state: { in: ['open', 'resolving'] } } });

/** As app/sync/resolve-conflicts.ts does. */
async function answer(choice: 'source' | 'remote' | 'value', value?: string): Promise<void> {
  await db().conflict.updateMany({
    where: { productId, state: 'open' },
    data: {
      state: 'resolving',
      choice,
      ...(value !== undefined && { value }),
      resolvedBy: 'user 7',
      resolvedAt: new Date(),
    },
  });
  await requestSync(stage.resources, {
    shopId: stage.shopId,
    productIds: [productId],
    cause: 'resolve',
    causedBy: 'user 7',
    runId: null,
  });
  await waitFor('the answer is carried out', async () => (await openConflicts()).length === 0);
}

describe('a conflict', () => {
  beforeEach(async () => {
    await editCatalog('Ours');
    await editShopify('Theirs');
    expect((await stage.run([productId])).products).toMatchObject([{ state: 'conflicted' }]);
  });

  it('is listed once, with the three values', async () => {
    await stage.run([productId]);
    expect(await openConflicts()).toMatchObject([
      {
        field: 'title',
        fieldGroup: 'content',
        reason: 'both-changed',
        base: 'Desk',
        source: 'Ours',
        remote: 'Theirs',
        state: 'open',
      },
    ]);
  });

  it.each([
    ['source', undefined, ['Ours', 'Ours']],
    ['remote', undefined, ['Theirs', 'Theirs']],
    ['value', 'A third', ['A third', 'A third']],
  ] as const)('answered by %s %s', async (choice, value, expected) => {
    await answer(choice, value);
    expect(await titles()).toEqual(expected);
    expect(await db().conflict.findMany({ where: { productId } })).toMatchObject([{ state: 'resolved' }]);
    const changes = await db().change.findMany({ where: { productId, field: 'title', state: 'applied' } });
    expect(new Set(changes.map(({ causedBy }) => causedBy))).toEqual(new Set(['user 7']));
    const told = JSON.stringify(
      await db()
        .change.findMany({ where: { productId, field: 'title' } })
        .then((rows) => rows.map(({ before, after }) => [before, after])),
    );
    expect(told).toContain('Ours');
    expect(told).toContain('Theirs');
    expect(await mutationsDuring(stage, () => stage.run([productId]))).toEqual([]);
  });

  it('is asked again where a value moved after it was answered', async () => {
    await db().conflict.updateMany({
      where: { productId },
      data: { state: 'resolving', choice: 'source', resolvedBy: 'user 7', resolvedAt: new Date() },
    });
    await editShopify('Theirs, newer');
    await stage.run([productId]);
    expect(await titles()).toEqual(['Ours', 'Theirs, newer']);
    expect(await openConflicts()).toMatchObject([
      { state: 'open', remote: 'Theirs, newer', choice: null, resolvedBy: null },
    ]);
  });

  it('goes away where the sides meet by themselves', async () => {
    await editCatalog('Theirs');
    await stage.run([productId]);
    expect(await openConflicts()).toEqual([]);
    expect(await db().conflict.findMany({ where: { productId } })).toMatchObject([{ state: 'gone' }]);
  });

  it('holds back no other field, and is left alone by looks at single variants', async () => {
    await priceInCatalog('110');
    await stage.run([productId]);
    await priceInCatalog('120');
    expect(await mutationsDuring(stage, () => stage.run([productId]))).toEqual(['productVariantsBulkUpdate']);
    expect(await openConflicts()).toMatchObject([{ field: 'title', state: 'open' }]);
  });
});

describe('deleted on one side and changed on the other', () => {
  it('is a conflict, and an answer for Shopify holds on', async () => {
    await editShopify('Kept');
    await db().catalogProduct.delete({ where: { id: productId } });
    await stage.run([productId]);
    expect(await openConflicts()).toMatchObject([{ field: 'existence', source: null, remote: 'Kept' }]);
    expect(held().status).toBe('ACTIVE');
    await answer('remote');
    await stage.run([productId]);
    expect(held().status).toBe('ACTIVE');
    expect(await openConflicts()).toEqual([]);
  });

  it('is archived where the answer is the catalog', async () => {
    await editShopify('Gone');
    await db().catalogProduct.delete({ where: { id: productId } });
    await stage.run([productId]);
    await answer('source');
    expect(held().status).toBe('ARCHIVED');
  });
});

describe('policies', () => {
  it('of a field group and of a product come before the store’s', async () => {
    const rule = { shopId: stage.shopId, createdBy: 'test' };
    await db().policyRule.createMany({
      data: [
        { ...rule, fieldGroup: 'price', conflictPolicy: 'remote-wins' },
        { ...rule, productId, fieldGroup: 'content', conflictPolicy: 'source-wins' },
      ],
    });
    await editCatalog('Ours');
    await priceInCatalog('110');
    await editShopify('Theirs');
    await priceInShopify('90');
    await stage.run([productId]);
    expect(await titles()).toEqual(['Ours', 'Ours']);
    const { price } = await db().catalogVariant.findFirstOrThrow({ where: { productId } });
    expect(price.toFixed(2)).toBe('90.00');
    expect(await openConflicts()).toEqual([]);
  });

  it('"newest wins" takes the later edit of either side', async () => {
    await shopIs({ conflictPolicy: 'newest-wins' });
    await editShopify('Theirs, first');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await editCatalog('Ours, later');
    await stage.run([productId]);
    expect(await titles()).toEqual(['Ours, later', 'Ours, later']);
    await editCatalog('Ours, first');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await editShopify('Theirs, later');
    await stage.run([productId]);
    expect(await titles()).toEqual(['Theirs, later', 'Theirs, later']);
  });

  it('a limit holds a price that moves too far, until a person lets it through', async () => {
    await shopIs({ conflictPolicy: 'source-wins', holdAbovePercent: 30 });
    await priceInCatalog('120');
    expect(await mutationsDuring(stage, () => stage.run([productId]))).toEqual(['productVariantsBulkUpdate']);
    await priceInCatalog('12.00');
    expect(await mutationsDuring(stage, () => stage.run([productId]))).toEqual([]);
    expect(await openConflicts()).toMatchObject([
      { field: 'price', reason: 'held', source: '12.00', remote: '120' },
    ]);
    await answer('source');
    expect(await mutationsDuring(stage, () => stage.run([productId]))).toEqual([]);
    expect(
      await db().change.findMany({ where: { productId, field: 'price', state: 'applied' } }),
    ).toHaveLength(2);
  });
});

describe('shadow mode', () => {
  it('compares and reports, and writes on neither side; live mode then does it', async () => {
    await shopIs({ conflictPolicy: 'source-wins', syncMode: 'shadow' });
    await editCatalog('Ours');
    await priceInShopify('90');
    const sent = await mutationsDuring(stage, async () => {
      const run = await stage.run([productId]);
      expect(run.products).toMatchObject([{ state: 'skipped', code: 'shadow' }]);
      await stage.run([productId]);
    });
    expect(sent).toEqual([]);
    expect(await titles()).toEqual(['Ours', 'Desk']);
    expect((await db().catalogVariant.findFirstOrThrow({ where: { productId } })).price.toFixed(0)).toBe(
      '100',
    );
    const shadow = await db().shadowDecision.findMany({ where: { productId }, orderBy: { field: 'asc' } });
    expect(shadow).toMatchObject([
      { field: 'price', kind: 'pull', before: '100.00', after: '90' },
      { field: 'title', kind: 'push', before: 'Desk', after: 'Ours' },
    ]);
    expect(await openConflicts()).toEqual([]);
    await shopIs({ syncMode: 'live' });
    await stage.run([productId]);
    expect(await titles()).toEqual(['Ours', 'Ours']);
    expect((await db().catalogVariant.findFirstOrThrow({ where: { productId } })).price.toFixed(0)).toBe(
      '90',
    );
  });

  it('creates nothing either', async () => {
    await shopIs({ syncMode: 'shadow' });
    const id = await rawProduct(db(), stage.accountId, {
      handle: `shelf-${count}`,
      product: { title: 'Shelf' },
      options: [],
      variants: [{ sku: `SHELF-${count}`, price: '5' }],
    });
    expect(await mutationsDuring(stage, () => stage.run([id]))).toEqual([]);
    expect(await db().shadowDecision.findMany({ where: { productId: id } })).toMatchObject([
      { field: 'existence', kind: 'push', after: 'Shelf' },
    ]);
  });

  it('a canary writes its share of the products and no other', async () => {
    const ids = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        rawProduct(db(), stage.accountId, {
          handle: `stool-${count}-${index}`,
          product: { title: `Stool ${index}` },
          options: [],
          variants: [{ sku: `STOOL-${count}-${index}`, price: '5' }],
        }),
      ),
    );
    await shopIs({ syncMode: 'canary', canaryPercent: 40 });
    const run = await stage.run(ids);
    const written = run.products.filter(({ state }) => state === 'applied').map((row) => row.productId);
    expect(written.sort()).toEqual(ids.filter((id) => isLive('canary', 40, id)).sort());
    expect(run.products.filter(({ code }) => code === 'shadow')).toHaveLength(ids.length - written.length);
  });
});
