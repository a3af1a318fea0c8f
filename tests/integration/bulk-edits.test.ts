/** Bulk edits end to end: planned, applied to the catalog, carried to Shopify, cancelled, undone. */
import { Decimal } from 'decimal.js';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import { applyBulkEdit } from '~/sync/apply-bulk-edit';
import { cancelBulkEdit } from '~/sync/cancel-bulk-edit';
import { confirmBulkEdit } from '~/sync/confirm-bulk-edit';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import { undoBulkEdit } from '~/sync/undo-bulk-edit';
import { allDone } from '../support/all-done';
import { rawProduct } from '../support/catalog-rows';
import { PERCENT, applyEdit, awaitEdit, edit, fieldsOf, planEdit } from '../support/edits';
import { asMerchant, mutationsDuring, shopOf, storeProduct } from '../support/merchant';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { waitFor } from '../support/wait-for';

const BEDDING: ProductSelection = { kind: 'query', query: 'category:Bedding' };
const PRICE = `mutation($id: ID!, $v: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $id, variants: $v) { userErrors { message } } }`;

/** Products of one variant, `bedding` of them in the category. */
async function fill(
  stage: Stage,
  bedding: number,
  others: number,
  price: (at: number) => string,
): Promise<void> {
  for (let at = 0; at < bedding + others; at += 1)
    await rawProduct(stage.resources.db, stage.accountId, {
      handle: `item-${at}`,
      product: {
        title: `Item ${at}`,
        productType: at < bedding ? 'Bedding' : 'Lamps',
        tags: ['all', `t${at % 3}`],
      },
      options: [],
      media: [],
      metafields: [],
      variants: [{ sku: `I${at}`, price: price(at), tracked: true, stock: { '': at } }],
    });
  expect((await stage.run(undefined, 110_000)).state).toBe('finished');
}

const db = (stage: Stage) => stage.resources.db;
const storePrices = (stage: Stage) =>
  new Map(
    [...shopOf(stage).products.values()].map(({ handle, variantIds }) => [
      handle,
      shopOf(stage).variants.get(variantIds[0]!)!.price,
    ]),
  );
const catalogPrice = async (stage: Stage, sku: string) =>
  new Decimal(String((await db(stage).catalogVariant.findFirstOrThrow({ where: { sku } })).price)).toFixed();
const noGuard = (stage: Stage) =>
  db(stage).shop.update({
    where: { id: stage.shopId },
    data: {
      guardCatalogPercent: null,
      guardChangePercent: null,
      guardZeroStock: false,
      guardSecondPerson: false,
    },
  });

describe.each([
  {
    currencyCode: 'EUR',
    count: 1_000,
    price: (at: number) => `${(at % 90) + 5}.${10 + (at % 90)}`,
    minor: 2,
  },
  { currencyCode: 'JPY', count: 30, price: (at: number) => `${1_000 + at}`, minor: 0 },
  { currencyCode: 'KWD', count: 30, price: (at: number) => `${at + 3}.${125 + at}`, minor: 3 },
])(
  '{"category":"Bedding","price_adjustment":"-10%"} in $currencyCode',
  ({ currencyCode, count, price, minor }) => {
    let stage: Stage;
    let editId: string;
    const before = (at: number) => new Decimal(price(at));
    const after = (at: number) => before(at).mul('0.9').toDecimalPlaces(minor, Decimal.ROUND_HALF_UP);
    const handle = (at: number) => `item-${at}`;

    beforeAll(async () => {
      stage = await openStage({ currencyCode });
      await fill(stage, count, 20, price);
      await noGuard(stage);
    });
    afterAll(async () => {
      await stage?.close();
    });

    it('changes exactly those prices', async () => {
      const started = await startBulkEdit(stage.resources, {
        shopId: stage.shopId,
        name: 'Bedding sale',
        selection: BEDDING,
        changes: [PERCENT('-10')],
        causedBy: 'api key',
        via: 'api',
        appliesItself: true,
      });
      if (started.kind !== 'started') throw new Error(JSON.stringify(started));
      ({ editId } = started);
      const mutations = await mutationsDuring(stage, async () => {
        const done = await awaitEdit(stage, editId, ['finished', 'failed'], 110_000);
        expect(done).toMatchObject({
          state: 'finished',
          fieldsApplied: count,
          fieldsMoved: 0,
          fieldsRefused: 0,
        });
        expect(done.run?.counts).toMatchObject({ applied: count });
      });
      expect(new Set(mutations)).toEqual(new Set(['productVariantsBulkUpdate']));
      const prices = storePrices(stage);
      for (let at = 0; at < count + 20; at += 1)
        expect(new Decimal(prices.get(handle(at))!).toFixed(), handle(at)).toBe(
          (at < count ? after(at) : before(at)).toFixed(),
        );
      await expectStoreToEqualCatalog(stage);
    });

    it('undone, brings every one back but the two that were edited meanwhile, and names them', async () => {
      // One by the merchant's own system, one by hand in the admin.
      await db(stage).catalogVariant.updateMany({ where: { sku: 'I3' }, data: { price: '777' } });
      const { id, variantIds } = storeProduct(stage, handle(5));
      await asMerchant(stage, PRICE, { id, v: [{ id: variantIds[0], price: '888' }] });
      await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [id] });
      await allDone(stage);
      expect(await catalogPrice(stage, 'I5')).toBe('888');
      const started = await undoBulkEdit(stage.resources, {
        shopId: stage.shopId,
        editId,
        productIds: [],
        causedBy: 'anna',
        via: 'app',
        appliesItself: true,
      });
      if (started.kind !== 'started') throw new Error(JSON.stringify(started));
      const undone = await awaitEdit(stage, started.editId, ['finished', 'failed'], 110_000);
      expect(undone).toMatchObject({ state: 'finished', fieldsApplied: count - 2, fieldsSkipped: 2 });
      const kept = await fieldsOf(stage, started.editId, ['skipped']);
      expect(kept.map(({ sku, code }) => ({ sku, code })).sort((a, b) => (a.sku! < b.sku! ? -1 : 1))).toEqual(
        [
          { sku: 'I3', code: 'changed-since' },
          { sku: 'I5', code: 'changed-since' },
        ],
      );
      // What the merchant's own system wrote goes with the next run.
      await stage.run();
      const prices = storePrices(stage);
      const wanted = (at: number) => (at === 3 ? '777' : at === 5 ? '888' : before(at).toFixed());
      for (let at = 0; at < count + 20; at += 1)
        expect(new Decimal(prices.get(handle(at))!).toFixed(), handle(at)).toBe(wanted(at));
      await expectStoreToEqualCatalog(stage);
      expect((await edit(stage, editId)).undoneBy.map(({ id: by }) => by)).toEqual([started.editId]);
    });
  },
);

describe('a bulk edit', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({});
    await fill(stage, 40, 10, (at) => `${at + 10}.00`);
  });
  afterAll(async () => {
    await stage?.close();
  });
  beforeEach(async () => {
    await noGuard(stage);
    for (let at = 0; at < 50; at += 1)
      await db(stage).catalogVariant.updateMany({
        where: { sku: `I${at}` },
        data: { price: `${at + 10}.00` },
      });
    await db(stage).catalogProduct.updateMany({ data: { tags: ['all'] } });
    expect((await stage.run()).state).toBe('finished');
  });

  it('asks again for what moved after the plan was made', async () => {
    const planned = await planEdit(stage, BEDDING, [PERCENT('10')]);
    expect(planned).toMatchObject({ productsSelected: 40, variantsSelected: 40, fieldsToChange: 40 });
    await db(stage).catalogVariant.updateMany({
      where: { sku: { in: ['I1', 'I2'] } },
      data: { price: '500' },
    });
    await db(stage).catalogProduct.deleteMany({ where: { handle: 'item-7' } });
    const done = await applyEdit(stage, planned.id);
    expect(done).toMatchObject({ state: 'finished', fieldsApplied: 37, fieldsMoved: 3 });
    const moved = await fieldsOf(stage, planned.id, ['moved']);
    expect(moved.map(({ sku }) => sku).sort()).toEqual(['I1', 'I2', 'I7']);
    expect(await catalogPrice(stage, 'I1')).toBe('500');
    await stage.run();
    await expectStoreToEqualCatalog(stage);
    await rawProduct(db(stage), stage.accountId, {
      handle: 'item-7',
      product: { title: 'Item 7', productType: 'Bedding', tags: ['all'] },
      options: [],
      media: [],
      metafields: [],
      variants: [{ sku: 'I7', price: '17.00', tracked: true, stock: { '': 7 } }],
    });
  });

  it('is on record in the audit log, with who confirmed it', async () => {
    const planned = await planEdit(stage, { kind: 'skus', skus: ['I11'] }, [PERCENT('10')], 'bert');
    await applyEdit(stage, planned.id);
    const changes = await db(stage).change.findMany({
      where: { sku: 'I11', direction: 'edit' },
      orderBy: { id: 'desc' },
      take: 1,
    });
    expect(changes).toMatchObject([
      {
        field: 'price',
        before: '21.00',
        after: '23.10',
        state: 'applied',
        causedBy: 'anna',
        message: 'Bulk edit "Test edit".',
      },
    ]);
  });

  it('changes tags, stock, pictures and texts in one, and is undone as one', async () => {
    const location = (await db(stage).shopLocation.findFirstOrThrow({ where: { shopId: stage.shopId } })).gid;
    const sale = `${stage.emulator.origin}/_pictures/sale.jpg`;
    const changes: BulkChange[] = [
      { field: 'tags', change: { kind: 'add', tags: ['sale', 'ALL'] } },
      { field: 'tags', change: { kind: 'rename', from: 'all', to: 'every' } },
      { field: 'inventory', locationId: location, change: { kind: 'adjust', by: 5 } },
      {
        field: 'media',
        change: {
          kind: 'add',
          pictures: [{ url: sale, alt: 'Sale', kind: 'IMAGE' }],
        },
      },
      { field: 'vendor', value: 'Acme Sale' },
      { field: 'seoTitle', value: 'On sale' },
      { field: 'metafield', of: 'product', namespace: 'custom', key: 'sale', type: 'boolean', value: 'true' },
    ];
    const before = await db(stage).catalogProduct.findMany({
      include: { media: true, metafields: true },
      orderBy: { id: 'asc' },
    });
    const planned = await planEdit(stage, { kind: 'query', query: 'product_type:Lamps' }, changes);
    const done = await applyEdit(stage, planned.id);
    expect(done).toMatchObject({ state: 'finished', fieldsMoved: 0, fieldsRefused: 0 });
    const lamp = await db(stage).catalogProduct.findFirstOrThrow({
      where: { handle: 'item-45' },
      include: { media: true, metafields: true, variants: { include: { inventory: true } } },
    });
    expect(lamp).toMatchObject({ vendor: 'Acme Sale', seoTitle: 'On sale' });
    expect([...lamp.tags].sort()).toEqual(['every', 'sale']);
    expect(lamp.media.map(({ url }) => url)).toEqual([sale]);
    expect(lamp.variants[0]?.inventory[0]?.available).toBe(50);
    await expectStoreToEqualCatalog(stage);
    const started = await undoBulkEdit(stage.resources, {
      shopId: stage.shopId,
      editId: planned.id,
      productIds: [],
      causedBy: 'anna',
      via: 'app',
      appliesItself: true,
    });
    if (started.kind !== 'started') throw new Error(JSON.stringify(started));
    expect(await awaitEdit(stage, started.editId, ['finished', 'failed'])).toMatchObject({
      fieldsSkipped: 0,
      fieldsMoved: 0,
    });
    const stripped = (rows: typeof before) =>
      rows.map(({ updatedAt: _at, revision: _revision, ...row }) => row);
    expect(
      stripped(
        await db(stage).catalogProduct.findMany({
          include: { media: true, metafields: true },
          orderBy: { id: 'asc' },
        }),
      ),
    ).toEqual(stripped(before));
    await expectStoreToEqualCatalog(stage);
    // And the undo is undone.
    const again = await undoBulkEdit(stage.resources, {
      shopId: stage.shopId,
      editId: started.editId,
      productIds: [],
      causedBy: 'anna',
      via: 'app',
      appliesItself: true,
    });
    if (again.kind !== 'started') throw new Error(JSON.stringify(again));
    await awaitEdit(stage, again.editId, ['finished', 'failed']);
    expect(await db(stage).catalogProduct.findFirstOrThrow({ where: { handle: 'item-45' } })).toMatchObject({
      vendor: 'Acme Sale',
    });
    await expectStoreToEqualCatalog(stage);
  });

  it('beyond a limit waits for the typed number of products, and for a second person where the shop wants one', async () => {
    const { shopId, resources } = stage;
    await db(stage).shop.update({
      where: { id: shopId },
      data: { guardCatalogPercent: 20, guardChangePercent: 30 },
    });
    const planned = await planEdit(stage, BEDDING, [PERCENT('-40')]);
    expect(planned.guard.map(({ limit }) => limit).sort()).toEqual(['catalog-share', 'change']);
    const confirm = (causedBy: string, confirmation: string | null) =>
      confirmBulkEdit(resources, { shopId, editId: planned.id, causedBy, confirmation });
    expect(await confirm('anna', null)).toEqual({ kind: 'needs-confirmation', expected: '40' });
    expect(await confirm('anna', '39')).toEqual({ kind: 'needs-confirmation', expected: '40' });
    await db(stage).shop.update({ where: { id: shopId }, data: { guardSecondPerson: true } });
    expect(await confirm('anna', '40')).toEqual({ kind: 'needs-second-person' });
    expect(await catalogPrice(stage, 'I1')).toBe('11');
    expect(await confirm('bert', '40')).toEqual({ kind: 'started' });
    expect(await confirm('bert', '40')).toMatchObject({ kind: 'not-planned' });
    await awaitEdit(stage, planned.id, ['finished']);
    expect(await catalogPrice(stage, 'I1')).toBe('6.6');
  });

  it('of a key applies itself only within the limits', async () => {
    await db(stage).shop.update({ where: { id: stage.shopId }, data: { guardZeroStock: true } });
    const location = (await db(stage).shopLocation.findFirstOrThrow({ where: { shopId: stage.shopId } })).gid;
    const started = await startBulkEdit(stage.resources, {
      shopId: stage.shopId,
      name: 'Empty the shelf',
      selection: { kind: 'skus', skus: ['I20'] },
      changes: [{ field: 'inventory', locationId: location, change: { kind: 'set', available: 0 } }],
      causedBy: 'key',
      via: 'api',
      appliesItself: true,
    });
    if (started.kind !== 'started') throw new Error(JSON.stringify(started));
    const held = await awaitEdit(stage, started.editId, ['planned', 'finished']);
    expect(held).toMatchObject({ state: 'planned', guard: [{ limit: 'zero-stock', fields: 1 }] });
    expect(await cancelBulkEdit(stage.resources, { shopId: stage.shopId, editId: held.id })).toEqual({
      kind: 'cancelled',
    });
    expect((await edit(stage, held.id)).state).toBe('cancelled');
  });

  it('that makes no sense is refused, and nothing is recorded', async () => {
    const { resources, shopId } = stage;
    const count = await db(stage).bulkEdit.count();
    const refused = (selection: ProductSelection, change: BulkChange) =>
      startBulkEdit(resources, {
        shopId,
        name: 'x',
        selection,
        changes: [change],
        causedBy: 'a',
        via: 'api',
        appliesItself: true,
      });
    expect(await refused({ kind: 'query', query: '(vendor:a' }, PERCENT('5'))).toMatchObject({
      kind: 'refused',
    });
    expect(await refused(BEDDING, PERCENT('-101'))).toMatchObject({ kind: 'refused' });
    expect(
      await refused(BEDDING, {
        field: 'inventory',
        locationId: 'gid://shopify/Location/404',
        change: { kind: 'set', available: 1 },
      }),
    ).toMatchObject({
      kind: 'refused',
      problems: [{ field: 'locationId', value: 'gid://shopify/Location/404' }],
    });
    expect(await db(stage).bulkEdit.count()).toBe(count);
  });

  it('waits for a row that somebody writes, and leaves out a product that stays locked', async () => {
    const planned = await planEdit(stage, { kind: 'skus', skus: ['I30', 'I31', 'I32'] }, [PERCENT('10')]);
    const client = new pg.Client({ connectionString: stage.env['DATABASE_URL'] });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query(`UPDATE catalog.variant SET barcode = 'held' WHERE sku = 'I31'`);
      const done = await applyEdit(stage, planned.id);
      expect(done).toMatchObject({ state: 'finished', fieldsApplied: 2, fieldsRefused: 1 });
      const [left] = await fieldsOf(stage, planned.id, ['refused']);
      expect(left).toMatchObject({ sku: 'I31', message: expect.stringMatching(/writing the product/) });
      await client.query('COMMIT');
    } finally {
      await client.end();
    }
    expect(await catalogPrice(stage, 'I31')).toBe('41');
  });
});

describe('a bulk edit on a slow store', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ plan: 'standard' });
    await fill(stage, 300, 0, () => '10.00');
    await noGuard(stage);
  });
  afterAll(async () => {
    await stage?.close();
  });
  const doneOf = async (editId: string) => (await edit(stage, editId)).run?.productsDone ?? 0;

  it('stops half-way: what was written is in Shopify too, the rest stays as it is on both sides', async () => {
    const planned = await planEdit(stage, BEDDING, [PERCENT('10')]);
    await confirmBulkEdit(stage.resources, {
      shopId: stage.shopId,
      editId: planned.id,
      causedBy: 'anna',
      confirmation: null,
    });
    await waitFor('some are done', async () => (await doneOf(planned.id)) >= 20, { timeoutMs: 60_000 });
    expect(await cancelBulkEdit(stage.resources, { shopId: stage.shopId, editId: planned.id })).toEqual({
      kind: 'cancelled',
    });
    const ended = await awaitEdit(stage, planned.id, ['cancelled'], 60_000);
    expect(ended.fieldsApplied).toBeGreaterThanOrEqual(20);
    expect(ended.fieldsApplied).toBeLessThan(300);
    expect(ended.run?.counts).toMatchObject({
      pending: 0,
      applied: ended.fieldsApplied,
      cancelled: 300 - ended.fieldsApplied,
    });
    const raised = [...storePrices(stage).values()].filter((price) => new Decimal(price).eq('11'));
    expect(raised).toHaveLength(ended.fieldsApplied);
    await expectStoreToEqualCatalog(stage);
    expect(await fieldsOf(stage, planned.id, ['cancelled'])).toHaveLength(300 - ended.fieldsApplied);
  });

  it('goes on where a killed attempt stopped, and writes nothing twice', async () => {
    const prices = storePrices(stage);
    const planned = await planEdit(stage, BEDDING, [
      { ...PERCENT('0'), change: { by: 'amount', amount: '1.00' } } as BulkChange,
    ]);
    // The attempt that is cut off runs here; the worker's own waits until it is asked.
    const { shopId } = stage;
    await db(stage).bulkEdit.update({
      where: { id: planned.id },
      data: { state: 'applying', startedAt: new Date() },
    });
    const job = { name: 'apply-bulk-edit', shopId, editId: planned.id } as const;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const cut = new AbortController();
      const work = applyBulkEdit(stage.resources, job, {
        jobId: 'cut',
        interrupted: attempt > 0,
        signal: cut.signal,
      });
      const written = (await edit(stage, planned.id)).productsWritten;
      await waitFor(
        'more was written',
        async () => (await edit(stage, planned.id)).productsWritten > written,
      );
      cut.abort(new Error('killed'));
      await expect(work).rejects.toThrow(/killed|aborted/);
    }
    await applyBulkEdit(stage.resources, job, {
      jobId: 'last',
      interrupted: true,
      signal: new AbortController().signal,
    });
    const done = await awaitEdit(stage, planned.id, ['finished'], 110_000);
    expect(done).toMatchObject({ fieldsApplied: 300, fieldsMoved: 0 });
    // A product that an attempt had asked for is looked at twice: whichever job comes first ends it in the run.
    const { applied, skipped, ...others } = done.run!.counts;
    expect(applied + skipped).toBe(300);
    expect(others).toEqual({ pending: 0, conflicted: 0, failed: 0, cancelled: 0 });
    for (const [handle, price] of storePrices(stage))
      expect(new Decimal(price).toFixed(), handle).toBe(new Decimal(prices.get(handle)!).plus(1).toFixed());
    await expectStoreToEqualCatalog(stage);
  });
});
