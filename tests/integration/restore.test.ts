/** A product brought back to how it was: written into the catalog, on record, and carried to the store. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { historyKey, tellingFields } from '~/core/history';
import type { PastField } from '~/core/history';
import { lastChangeOf, lastChanges, readPast } from '~/db/pages/product-history.server';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { restoreProduct, seenValue } from '~/sync/restore-product';
import type { WantedField } from '~/sync/restore-product';
import { loadSyncScope } from '~/sync/sync-scope';
import { rawProduct, rawVariant } from '../support/catalog-rows';
import { asMerchant, mutationsDuring, storeProduct } from '../support/merchant';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

let stage: Stage;
let productId = '';
let count = 0;
/** When the product was as it was made. */
let atFirst = new Date();

beforeAll(async () => {
  stage = await openStage({ locations: ['Warehouse', 'Shop Berlin'] });
});
afterAll(async () => {
  await stage?.close();
});
beforeEach(async () => {
  count += 1;
  productId = await rawProduct(stage.resources.db, stage.accountId, {
    handle: `lamp-${count}`,
    product: { title: 'Lamp', vendor: 'Acme', tags: ['Light', 'Indoor'] },
    options: [{ name: 'Color', values: ['Red', 'Blue'] }],
    media: [{ url: `https://cdn.example.com/lamp-${count}.jpg`, alt: 'a' }],
    metafields: [{ namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'wipe' }],
    variants: ['Red', 'Blue'].map((color) => ({
      option1: color,
      sku: `L${count}-${color}`,
      price: '10',
      tracked: true,
      stock: { '': 5, 'Shop Berlin': 2 },
    })),
  });
  await sync();
  atFirst = await moment();
});

const db = () => stage.resources.db;
const held = () => storeProduct(stage, `lamp-${count}`);

async function sync(): Promise<void> {
  const run = await stage.run([productId]);
  expect(run.products).toMatchObject([{ productId, state: 'applied' }]);
}

/** An instant that no change shares. */
async function moment(): Promise<Date> {
  const rest = () => new Promise((resolve) => setTimeout(resolve, 5));
  await rest();
  const now = stage.resources.now();
  await rest();
  return now;
}

async function past(instant: Date): Promise<PastField[]> {
  const scope = await loadSyncScope(stage.resources, stage.shopId);
  return tellingFields((await readPast(db(), scope!, productId, instant)).fields);
}

async function differences(instant: Date): Promise<PastField[]> {
  return (await past(instant)).filter(({ isSame }) => !isSame);
}

const want = (fields: PastField[]): WantedField[] =>
  fields.map(({ path, now }) => ({ path, seen: seenValue(now) }));

const restore = (instant: Date, fields: WantedField[]) =>
  restoreProduct(stage.resources, {
    shopId: stage.shopId,
    productId,
    instant,
    fields,
    causedBy: 'user 7',
  });

/** Waits until what was asked for was looked at and the store holds what the catalog does. */
async function settled(): Promise<void> {
  let difference: unknown = null;
  await waitFor('the line has carried it on', async () => {
    try {
      await expectStoreToEqualCatalog(stage);
    } catch (error) {
      difference = error; // the line may still be on its way
      return false;
    }
    const link = await db().productLink.findFirstOrThrow({ where: { productId } });
    return link.syncState === 'in-sync' && link.claimedBy === null && (await db().syncRequest.count()) === 0;
  }).catch((error: unknown) => {
    throw difference ?? error;
  });
}

const catalog = () =>
  db().catalogProduct.findUniqueOrThrow({
    where: { id: productId },
    include: {
      variants: { orderBy: { position: 'asc' }, include: { inventory: { orderBy: { location: 'asc' } } } },
      metafields: true,
      media: true,
    },
  });

async function changeAll(): Promise<void> {
  const [red] = await db().catalogVariant.findMany({ where: { productId }, orderBy: { position: 'asc' } });
  await db().catalogProduct.update({
    where: { id: productId },
    data: { title: 'Big lamp', vendor: 'Bright', tags: ['Light', 'Sale'], seoTitle: 'Lamps' },
  });
  await db().catalogVariant.update({ where: { id: red!.id }, data: { price: '12.50', barcode: '123' } });
  await db().catalogInventoryLevel.updateMany({
    where: { variantId: red!.id, location: '' },
    data: { available: 9 },
  });
  await db().catalogMetafield.updateMany({ where: { productId }, data: { value: 'dust' } });
  await db().catalogMedia.updateMany({ where: { productId }, data: { alt: 'b' } });
  await sync();
}

describe('a restore', () => {
  it('of everything flows to the store, is on record, and can itself be restored', async () => {
    const before = await catalog();
    await changeAll();
    const changed = await catalog();
    const inBetween = await moment();
    const fields = await differences(atFirst);
    expect(fields.map(({ path }) => path.field).sort()).toEqual([
      'barcode',
      `inventory:${[...stage.emulator.state.shops.values()][0]!.locations.keys().next().value}`,
      `mediaAlt:${before.media[0]!.id}`,
      'metafield:custom.care',
      'price',
      'seoTitle',
      'tags:Indoor',
      'tags:Sale',
      'title',
      'vendor',
    ]);

    const outcome = await restore(atFirst, want(fields));
    expect(outcome).toMatchObject({ kind: 'done' });
    expect(outcome.kind === 'done' && outcome.fields.every(({ result }) => result === 'restored')).toBe(true);
    await settled();
    const shape = ({ title, vendor, tags, seoTitle, variants, metafields, media }: typeof before) => ({
      title,
      vendor,
      tags: tags.map((tag) => tag.toLowerCase()).sort(),
      seoTitle,
      variants: variants.map(({ price, barcode, inventory }) => [
        price.toFixed(2),
        barcode,
        ...inventory.map(({ available }) => available),
      ]),
      metafields: metafields.map(({ value }) => value),
      alts: media.map(({ alt }) => alt),
    });
    expect(shape(await catalog())).toEqual(shape(before));
    expect(held()).toMatchObject({ title: 'Lamp', vendor: 'Acme' });

    const record = await db().change.findMany({ where: { productId, direction: 'restore' } });
    expect(record).toHaveLength(fields.length);
    expect(record.find(({ field }) => field === 'price')).toMatchObject({
      before: '12.50',
      after: expect.stringMatching(/^10(\.00)?$/) as string,
      state: 'applied',
      causedBy: 'user 7',
      sku: `L${count}-Red`,
      remoteProductId: held().id,
    });
    // The line carried it on in the name of whoever asked.
    const pushed = await db().change.findFirstOrThrow({
      where: { productId, field: 'title', direction: 'push' },
      orderBy: { id: 'desc' },
    });
    expect(pushed).toMatchObject({ before: 'Big lamp', after: 'Lamp', causedBy: 'user 7' });

    await moment();
    const back = await differences(inBetween);
    expect(back).toHaveLength(fields.length);
    await restore(inBetween, want(back));
    await settled();
    expect(shape(await catalog())).toEqual(shape(changed));
    expect(await differences(inBetween)).toEqual([]);
    // And what was first can still be looked at.
    expect((await differences(atFirst)).length).toBe(fields.length);
  });

  it('of some fields leaves the others', async () => {
    await changeAll();
    const fields = await differences(atFirst);
    await restore(
      atFirst,
      want(fields.filter(({ path }) => path.field === 'vendor' || path.field === 'tags:Sale')),
    );
    await settled();
    expect(await catalog()).toMatchObject({ title: 'Big lamp', vendor: 'Acme', tags: ['Light'] });
  });

  it('sends the one mutation that says it', async () => {
    await db().catalogVariant.updateMany({ where: { productId }, data: { price: '20' } });
    await sync();
    const sent = await mutationsDuring(stage, async () => {
      await restore(atFirst, want(await differences(atFirst)));
      await settled();
    });
    expect(sent).toEqual(['productVariantsBulkUpdate']);
  });

  it('does not write over what moved since the page was shown, but reports it', async () => {
    await changeAll();
    const shown = await differences(atFirst);
    await db().catalogProduct.update({ where: { id: productId }, data: { title: 'Newest lamp' } });
    const outcome = await restore(atFirst, want(shown));
    const fields = outcome.kind === 'done' ? outcome.fields : [];
    expect(fields.filter(({ result }) => result !== 'restored')).toEqual([
      {
        path: { variant: null, field: 'title' },
        result: 'moved',
        message: expect.stringContaining('changed since') as string,
      },
    ]);
    await settled();
    expect(await catalog()).toMatchObject({ title: 'Newest lamp', vendor: 'Acme' });
    expect(held().title).toBe('Newest lamp');
    expect(
      await db().change.findMany({ where: { productId, direction: 'restore', field: 'title' } }),
    ).toMatchObject([{ state: 'skipped', code: 'moved', before: 'Newest lamp', after: 'Lamp' }]);
  });

  it('asked for twice is done once', async () => {
    await changeAll();
    const wanted = want(await differences(atFirst));
    const both = await Promise.all([restore(atFirst, wanted), restore(atFirst, wanted)]);
    await settled();
    const results = both.flatMap((outcome) => (outcome.kind === 'done' ? outcome.fields : []));
    expect(results.filter(({ result }) => result === 'restored')).toHaveLength(wanted.length);
    const applied = await db().change.findMany({
      where: { productId, direction: 'restore', state: 'applied' },
    });
    expect(applied).toHaveLength(wanted.length);
    expect(await restore(atFirst, wanted)).toMatchObject({
      fields: wanted.map(() => ({ result: 'same' })),
    });
  });

  it('reports what the catalog cannot take, and does the rest', async () => {
    await db().catalogProduct.update({
      where: { id: productId },
      data: { handle: `lamp-moved-${count}`, vendor: 'Bright' },
    });
    await sync();
    const other = await rawProduct(db(), stage.accountId, {
      handle: `lamp-${count}`,
      product: { title: 'Squatter' },
      variants: [{ price: '1' }],
    });
    const outcome = await restore(atFirst, want(await differences(atFirst)));
    expect(outcome).toMatchObject({
      fields: [
        {
          path: { field: 'handle' },
          result: 'refused',
          message: expect.stringContaining(`"lamp-${count}"`) as string,
        },
        { path: { field: 'vendor' }, result: 'restored' },
      ],
    });
    expect(
      await db().change.findMany({ where: { productId, direction: 'restore', field: 'handle' } }),
    ).toMatchObject([{ state: 'skipped', code: 'not-possible' }]);
    await db().catalogProduct.delete({ where: { id: other } });
    await stage.run();
  });

  it('makes and deletes no variant or picture', async () => {
    const added = await rawVariant(
      db(),
      { accountId: stage.accountId, productId, position: 3 },
      { option1: 'Green', sku: `L${count}-Green`, price: '3' },
    );
    await db().catalogOption.updateMany({
      where: { productId },
      data: { values: ['Red', 'Blue', 'Green'] },
    });
    await db().catalogMedia.create({
      data: {
        accountId: stage.accountId,
        productId,
        position: 2,
        url: `https://cdn.example.com/lamp-${count}-2.jpg`,
      },
    });
    await sync();
    const fields = await differences(atFirst);
    const whole = fields.filter(({ obstacle }) => obstacle !== null);
    expect(whole.map(({ path, obstacle }) => [path.variant, path.field.split(':')[0], obstacle])).toEqual(
      expect.arrayContaining([
        [added, 'existence', 'existence'],
        [null, 'media', 'picture'],
      ]),
    );
    expect(await restore(atFirst, want(whole))).toMatchObject({
      fields: whole.map(() => ({ result: 'refused' })),
    });
    expect(await db().catalogVariant.count({ where: { productId } })).toBe(3);
    expect(await db().catalogMedia.count({ where: { productId } })).toBe(2);
  });

  it('writes only what is on record: a field or a value that somebody makes up is none', async () => {
    await changeAll();
    const outcome = await restore(atFirst, [
      { path: { variant: null, field: 'giftCard' }, seen: seenValue(false) },
      { path: { variant: 'not-a-variant', field: 'price' }, seen: seenValue('1') },
      { path: { variant: null, field: 'title' }, seen: 'guessed' },
    ]);
    expect(outcome).toMatchObject({
      fields: [{ result: 'moved' }, { result: 'moved' }, { result: 'moved' }],
    });
    expect((await catalog()).title).toBe('Big lamp');
  });

  it('of a product that is gone says so', async () => {
    await changeAll();
    const wanted = want(await differences(atFirst));
    await db().catalogProduct.delete({ where: { id: productId } });
    expect(await restore(atFirst, wanted)).toEqual({ kind: 'gone' });
    expect((await past(atFirst)).find(({ path }) => path.field === 'title')).toMatchObject({
      then: 'Lamp',
      now: null,
    });
    await stage.run();
  });
});

describe('where a value came from', () => {
  it('names the last change that took effect, by whichever side', async () => {
    await changeAll();
    await asMerchant(
      stage,
      `mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }`,
      { product: { id: held().id, vendor: 'Theirs', tags: ['Light', 'Sale', 'New'] } },
    );
    await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [held().id] });
    await waitFor('the catalog took it over', async () => (await catalog()).vendor === 'Theirs');
    await settled();
    const last = await lastChanges(db(), stage.shopId, productId);
    const of = (field: string) => lastChangeOf(last, { variant: null, field });
    expect(of('title')).toMatchObject({ direction: 'push', causedBy: 'test', after: 'Big lamp' });
    expect(of('vendor')).toMatchObject({ direction: 'pull', after: 'Theirs' });
    expect(of('tags:NEW')).toMatchObject({ direction: 'pull' });
    expect(of('status')).toBeNull();
    // The past is as it was on the catalog's side too, where Shopify changed it.
    const then = await past(atFirst);
    expect(then.find(({ path }) => path.field === 'vendor')).toMatchObject({ then: 'Acme', now: 'Theirs' });
    expect(new Set(then.map(({ path }) => historyKey(path))).size).toBe(then.length);
  });
});
