/** Promotions end to end: on time, over a base that moves, by priority, and never in the catalog. */
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import { readPromotion, readPromotionCalendar } from '~/db/pages/promotions.server';
import { startWorker } from '~/queue/worker';
import { cancelPromotion } from '~/sync/cancel-promotion';
import { deletePromotion } from '~/sync/delete-promotion';
import { endPromotion } from '~/sync/end-promotion';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { reschedulePromotion } from '~/sync/reschedule-promotion';
import { restoreProduct, seenValue } from '~/sync/restore-product';
import { startReconciliation } from '~/sync/start-reconciliation';
import { turnPromotions } from '~/sync/turn-promotions';
import { undoBulkEdit } from '~/sync/undo-bulk-edit';
import { rawProduct } from '../support/catalog-rows';
import { DEMO_SHOP } from '../support/connected-shop';
import { PERCENT } from '../support/edits';
import { asMerchant, storeProduct } from '../support/merchant';
import { planPromotionEdit, schedule, shownIn, termsIn, variantIn } from '../support/promotions';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { waitFor } from '../support/wait-for';

/** What the app promises, when the queue is free. */
const LIMIT_MS = 5_000;
const PRODUCTS = 120;
const PRICE = `mutation($id: ID!, $v: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $id, variants: $v) { userErrors { message } } }`;

let stage: Stage;
const db = () => stage.resources.db;
const shown = (sku: string) => shownIn(stage, sku, DEMO_SHOP);
const price = (sku: string) => shown(sku).price;
const catalogPrice = async (sku: string) =>
  new Decimal(String((await db().catalogVariant.findFirstOrThrow({ where: { sku } })).price)).toFixed(2);
const setCatalogPrice = (sku: string, to: string) =>
  db().catalogVariant.updateMany({ where: { sku }, data: { price: to } });
const skus = (...list: string[]): ProductSelection => ({ kind: 'skus', skus: list });
const state = async (id: string) => (await readPromotion(db(), stage.shopId, id))?.state;
const isPrice = (sku: string, wanted: string) => () => price(sku) === wanted;

/** A price written in Shopify's admin, and Shopify telling of it. */
async function editInShopify(handle: string, sku: string, to: string): Promise<void> {
  const product = storeProduct(stage, handle);
  const variant = variantIn(stage, sku, DEMO_SHOP);
  await asMerchant(stage, PRICE, { id: product.id, v: [{ id: variant.id, price: to }] });
  await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [product.id] });
}

/** Until nobody is asked for and nothing is on its way. */
const quiet = () =>
  waitFor('nothing is asked for', async () => (await db().syncRequest.count()) === 0, { timeoutMs: 20_000 });

async function openFilled(options: Parameters<typeof openStage>[0], products: number): Promise<Stage> {
  const opened = await openStage(options);
  for (let at = 0; at < products; at += 1)
    await rawProduct(opened.resources.db, opened.accountId, {
      handle: `item-${at}`,
      product: { title: `Item ${at}`, productType: at < 100 ? 'Bedding' : 'Lamps', tags: ['all'] },
      options: [{ name: 'Size', values: ['S', 'L'] }],
      variants: ['S', 'L'].map((size) => ({
        sku: `I${at}-${size}`,
        option1: size,
        price: '20.00',
        cost: '5.00',
      })),
    });
  await opened.resources.db.shop.update({
    where: { id: opened.shopId },
    data: { guardCatalogPercent: null, guardChangePercent: null, guardZeroStock: false },
  });
  return opened;
}

describe('promotions', () => {
  beforeAll(async () => {
    stage = await openFilled({}, PRODUCTS);
    expect((await stage.run()).state).toBe('finished');
    // Beyond this a change waits for a person: what a promotion does was confirmed before.
    await db().shop.update({ where: { id: stage.shopId }, data: { holdAbovePercent: 30 } });
  });
  afterAll(async () => {
    await stage?.close();
  });

  it('begins and ends on time, and leaves no trace in the catalog', async () => {
    const terms = termsIn(2_500, 6_000, { showsBaseAsCompareAt: true });
    const id = await schedule(stage, {
      name: 'Black Friday',
      selection: { kind: 'query', query: 'category:Bedding' },
      changes: [PERCENT('-50')],
      terms,
    });
    expect(await state(id)).toBe('scheduled');
    expect(price('I0-S')).toBe('20.00');
    const all = (wanted: string) => () =>
      Array.from({ length: 100 }, (_, at) => price(`I${at}-L`)).every((each) => each === wanted);
    await waitFor('all prices are those of the promotion', all('10.00'));
    const began = Date.now() - terms.startsAt.getTime();
    expect(shown('I7-S')).toEqual({ price: '10.00', compareAt: '20.00' });
    expect(price('I100-S')).toBe('20.00');
    expect(await state(id)).toBe('active');
    await waitFor('all prices are the old ones', all('20.00'));
    const ended = Date.now() - terms.endsAt!.getTime();
    expect(shown('I7-S')).toEqual({ price: '20.00', compareAt: null });
    console.log(
      `A promotion of 200 variants: begun after ${began} ms (${(began / LIMIT_MS).toFixed(2)} of the limit), ended after ${ended} ms (${(ended / LIMIT_MS).toFixed(2)})`,
    );
    expect(Math.min(began, ended)).toBeGreaterThan(0);
    expect(Math.max(began, ended) / LIMIT_MS).toBeLessThan(1);
    await quiet();
    expect(await state(id)).toBe('ended');
    expect(await catalogPrice('I0-S')).toBe('20.00');
    await expectStoreToEqualCatalog(stage);
    expect(await db().conflict.count()).toBe(0);
    await waitFor('all paths are agreed', async () => (await db().releasedPath.count()) === 0);
    const { id: productId } = await db().catalogProduct.findFirstOrThrow({ where: { handle: 'item-0' } });
    const audit = await db().change.findMany({
      where: { productId, direction: 'promotion' },
      orderBy: { id: 'asc' },
    });
    expect(audit.map(({ message, causedBy }) => [message, causedBy])).toEqual([
      ['Promotion "Black Friday" began.', 'anna'],
      ['Promotion "Black Friday" ended.', 'anna'],
    ]);
    const calendar = await readPromotionCalendar(db(), stage.shopId, {
      from: new Date(Date.now() - 60_000),
      to: new Date(Date.now() + 60_000),
    });
    expect(calendar.map((row) => row.name)).toEqual(['Black Friday']);
  }, 60_000);

  it('moves with the base price, writes over edits in Shopify, and goes back to the newest base', async () => {
    const id = await schedule(stage, {
      name: 'Sale',
      selection: skus('I10-S', 'I10-L', 'I11-S'),
      changes: [PERCENT('-20')],
      terms: termsIn(0, null),
    });
    await waitFor('it began', isPrice('I10-L', '16.00'));
    await quiet();
    // Only the variant that moved is looked at: the other one's promotion must not be lost, nor its own.
    await setCatalogPrice('I10-S', '30.00');
    await stage.run();
    expect([price('I10-S'), price('I10-L')]).toEqual(['24.00', '16.00']);
    await editInShopify('item-10', 'I10-S', '99.00');
    await waitFor('the promotion wins', isPrice('I10-S', '24.00'));
    await quiet();
    expect(await catalogPrice('I10-S')).toBe('30.00');
    expect(await db().conflict.count({ where: { state: 'open' } })).toBe(0);
    // What it does not hold goes its usual way.
    expect(await catalogPrice('I11-L')).toBe('20.00');
    await editInShopify('item-11', 'I11-L', '21.00');
    await waitFor('the catalog has it', async () => (await catalogPrice('I11-L')) === '21.00');
    // A walk over the store finds nothing to do.
    const walk = await startReconciliation(stage.resources, { shopId: stage.shopId, causedBy: 'test' });
    await waitFor('the walk ends', async () => {
      const row = await db().reconciliation.findFirstOrThrow({ orderBy: { startedAt: 'desc' } });
      return row.state === 'finished' && row;
    });
    expect(walk).toBeDefined();
    expect(
      (await db().reconciliation.findFirstOrThrow({ orderBy: { startedAt: 'desc' } })).productsDrifted,
    ).toBe(0);
    const unchanged = await stage.run();
    expect(unchanged.mutations).toBe(0);
    // The price was 20 before, and the promotion's was none of the catalog's.
    const { id: productId } = await db().catalogProduct.findFirstOrThrow({ where: { handle: 'item-10' } });
    const variant = await db().catalogVariant.findFirstOrThrow({ where: { sku: 'I10-L' } });
    const restored = await restoreProduct(stage.resources, {
      shopId: stage.shopId,
      productId,
      instant: new Date(),
      fields: [{ path: { variant: variant.id, field: 'price' }, seen: seenValue('20.00') }],
      causedBy: 'anna',
    });
    expect(restored).toMatchObject({ kind: 'done', fields: [{ result: 'same' }] });
    // An edit that Shopify has not told of when the promotion ends is none of the catalog's either.
    const product = storeProduct(stage, 'item-10');
    const edited = variantIn(stage, 'I10-L', DEMO_SHOP);
    await asMerchant(stage, PRICE, { id: product.id, v: [{ id: edited.id, price: '1.00' }] });
    await db().remoteProductRow.updateMany({
      where: { remoteId: product.id },
      data: { invalidatedAt: new Date() },
    });
    expect(
      await endPromotion(stage.resources, { shopId: stage.shopId, promotionId: id, causedBy: 'ben' }),
    ).toEqual({
      kind: 'ended',
    });
    await waitFor(
      'it ended',
      () => price('I10-S') === '30.00' && price('I10-L') === '20.00' && price('I11-S') === '20.00',
    );
    await quiet();
    expect(await catalogPrice('I10-L')).toBe('20.00');
    expect(await readPromotion(db(), stage.shopId, id)).toMatchObject({ state: 'ended', endedBy: 'ben' });
    await expectStoreToEqualCatalog(stage);
    expect(
      await undoBulkEdit(stage.resources, {
        ...{
          shopId: stage.shopId,
          editId: id,
          productIds: [],
          causedBy: 'anna',
          via: 'app',
          appliesItself: false,
        },
      }),
    ).toEqual({ kind: 'is-promotion' });
    expect(await deletePromotion(stage.resources, { shopId: stage.shopId, promotionId: id })).toEqual({
      kind: 'deleted',
    });
    expect(await state(id)).toBeUndefined();
  }, 60_000);

  it('gives way by priority, and the next or the base comes back', async () => {
    const sale = (name: string, percent: string, priority: number) =>
      schedule(stage, {
        name,
        selection: skus('I20-S', 'I20-L'),
        changes: [PERCENT(percent)],
        terms: termsIn(0, null, { priority }),
      });
    const end = (promotionId: string) =>
      endPromotion(stage.resources, { shopId: stage.shopId, promotionId, causedBy: 'anna' });
    const high = await sale('High', '-50', 5);
    await waitFor('the high one', isPrice('I20-S', '10.00'));
    const low = await sale('Low', '-10', 1);
    const top = await sale('Top', '-75', 9);
    await waitFor('the top one', isPrice('I20-L', '5.00'));
    expect(
      (await readPromotion(db(), stage.shopId, high))?.overlapping.map(({ name, wins }) => [name, wins]),
    ).toEqual([
      ['Top', true],
      ['Low', false],
    ]);
    await end(high);
    await waitFor('it ended', async () => (await state(high)) === 'ended');
    await quiet();
    expect(price('I20-S')).toBe('5.00');
    await end(top);
    await waitFor('the low one', () => price('I20-S') === '18.00' && price('I20-L') === '18.00');
    await end(low);
    await waitFor('the base', () => price('I20-S') === '20.00' && price('I20-L') === '20.00');
    await quiet();
    await expectStoreToEqualCatalog(stage);
  }, 60_000);

  it('ends a conflict that it comes to hold, and can be cancelled and moved before it begins', async () => {
    await db().shop.update({ where: { id: stage.shopId }, data: { conflictPolicy: 'manual' } });
    await setCatalogPrice('I30-S', '21.00');
    await editInShopify('item-30', 'I30-S', '22.00');
    await waitFor('a conflict', () => db().conflict.findFirst({ where: { state: 'open' } }));
    const plan = { selection: skus('I30-S'), changes: [PERCENT('-20')] };
    const id = await schedule(stage, { ...plan, name: 'Moved', terms: termsIn(3_600_000, null) });
    const other = await schedule(stage, { ...plan, name: 'Never', terms: termsIn(3_600_000, null) });
    const at = { shopId: stage.shopId, promotionId: id, causedBy: 'anna' };
    expect(
      await reschedulePromotion(stage.resources, { ...at, endsAt: new Date(Date.now() - 1_000) }),
    ).toMatchObject({ kind: 'refused' });
    expect(await reschedulePromotion(stage.resources, { ...at, startsAt: new Date() })).toEqual({
      kind: 'rescheduled',
    });
    expect(
      await cancelPromotion(stage.resources, { shopId: stage.shopId, promotionId: other, causedBy: 'anna' }),
    ).toEqual({ kind: 'cancelled' });
    await waitFor('it began', isPrice('I30-S', '16.80'));
    await quiet();
    const open = { where: { state: { in: ['open', 'resolving'] } } };
    await waitFor('the conflict is over', async () => (await db().conflict.count(open)) === 0);
    expect(await reschedulePromotion(stage.resources, { ...at, startsAt: new Date() })).toMatchObject({
      kind: 'too-late',
    });
    expect(await reschedulePromotion(stage.resources, { ...at, endsAt: new Date(Date.now() + 800) })).toEqual(
      { kind: 'rescheduled' },
    );
    await waitFor('it ended', isPrice('I30-S', '21.00'));
    await quiet();
    expect(await catalogPrice('I30-S')).toBe('21.00');
    expect(await state(other)).toBe('cancelled');
    await db().shop.update({ where: { id: stage.shopId }, data: { conflictPolicy: 'source-wins' } });
  }, 60_000);

  it('refuses what cannot be', async () => {
    const bad = (changes: BulkChange[], terms: ReturnType<typeof termsIn>) =>
      planPromotionEdit(stage, { name: 'Bad', selection: skus('I1-S'), changes, terms });
    await expect(bad([{ field: 'status', value: 'DRAFT' }], termsIn(0, null))).rejects.toThrow(/prices/);
    await expect(bad([PERCENT('-5')], termsIn(5_000, 1_000))).rejects.toThrow(/before it begins/);
    await expect(bad([PERCENT('-5')], termsIn(0, null, { priority: -1 }))).rejects.toThrow(/priority/);
  });
});

describe('a worker that is down at the instant', () => {
  beforeAll(async () => {
    stage = await openFilled({ worker: false }, 6);
  });
  let worker: Awaited<ReturnType<typeof startWorker>> | null = null;
  afterAll(async () => {
    await worker?.close(1_000);
    await stage?.close();
  });
  const startIt = (now: () => Date = () => new Date()) =>
    startWorker(
      { ...stage.resources, now },
      {
        store: stage.resources.queueStore,
        concurrency: 4,
        lockMs: 2_000,
        syncIntervalMinutes: null,
        refreshTokens: async () => undefined,
      },
    );

  it('begins late what still runs, and never what has ended meanwhile', async () => {
    worker = await startIt();
    await stage.run();
    const day = 86_400_000;
    const sale = (sku: string, percent: string, startsIn: number, endsIn: number | null) =>
      schedule(stage, {
        name: sku,
        selection: skus(sku),
        changes: [PERCENT(percent)],
        terms: termsIn(startsIn, endsIn),
      });
    const missed = await sale('I0-S', '-50', day, 2 * day);
    const running = await sale('I1-S', '-50', day, 10 * day);
    const both = await sale('I2-S', '-10', 0, 3 * day);
    await waitFor('one is on', isPrice('I2-S', '18.00'));
    await quiet();
    await worker.close();
    // A worker comes back five days later, is killed in the middle of a turn, and comes back again.
    const later = () => new Date(Date.now() + 5 * day);
    const turn = turnPromotions(
      { ...stage.resources, now: later },
      { name: 'turn-promotions', shopId: stage.shopId },
      { jobId: 'cut', interrupted: false, signal: AbortSignal.abort(new Error('killed')) },
    );
    await expect(turn).rejects.toThrow('killed');
    expect(await db().promotion.count({ where: { isCarried: false } })).toBe(1);
    worker = await startIt(later);
    await waitFor('the others turned', () => price('I1-S') === '10.00' && price('I2-S') === '20.00');
    await waitFor('it was missed', async () => (await state(missed)) === 'ended');
    expect(price('I0-S')).toBe('20.00');
    expect(await readPromotion(db(), stage.shopId, missed)).toMatchObject({ activatedAt: null });
    expect(await state(running)).toBe('active');
    expect(await state(both)).toBe('ended');
    expect(await db().change.count({ where: { direction: 'promotion' } })).toBe(3);
  }, 60_000);
});
