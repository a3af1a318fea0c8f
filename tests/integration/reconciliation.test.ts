/** What lost webhooks missed is found and repaired by a walk over the store, in both lanes, once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDrift } from '~/db/pages/drift.server';
import { cancelReconciliation } from '~/sync/cancel-reconciliation';
import type { Job, JobContext } from '~/sync/jobs';
import { reconcileStore } from '~/sync/reconcile-store';
import type { Resources } from '~/sync/resources';
import { reviveReconciliations } from '~/sync/revive-reconciliations';
import { startDueReconciliations } from '~/sync/start-due-reconciliations';
import { MOST_PAGED_PRODUCTS, startReconciliation } from '~/sync/start-reconciliation';
import { uninstallShop } from '~/sync/uninstall-shop';
import { allDone } from '../support/all-done';
import { rawProduct } from '../support/catalog-rows';
import { DEMO_SHOP } from '../support/connected-shop';
import { asMerchant, mutationsDuring, shopOf, storeProduct } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

type Lane = 'pages' | 'bulk';
const LANES: Lane[] = ['pages', 'bulk'];
const SMALL = 20;

// The emulator's webhooks go to an address where nobody listens: every one of them is lost.
let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ locations: ['Warehouse', 'Shop Berlin'] });
  stage.emulator.switches.bulkRowsPerSecond = 0;
  await fillCatalog(stage, SMALL);
  await rawProduct(db(), stage.accountId, {
    handle: 'wide',
    product: { title: 'Wide', vendor: 'Acme' },
    options: [{ name: 'Size', values: Array.from({ length: 150 }, (_, at) => `S${at}`) }],
    variants: Array.from({ length: 150 }, (_, at) => ({
      option1: `S${at}`,
      sku: `W-${at}`,
      price: '5',
      tracked: true,
      stock: { '': at },
      metafields: [{ namespace: 'custom', key: 'row', type: 'number_integer', value: String(at) }],
    })),
  });
  expect((await stage.run()).state).toBe('finished');
});
afterEach(async () => {
  await stage?.close();
});
const db = () => stage.resources.db;

const reconciliation = (id: string) => db().reconciliation.findUniqueOrThrow({ where: { id } });

async function start(lane: Lane, resources: Resources = stage.resources): Promise<string> {
  const started = await startReconciliation(resources, { shopId: stage.shopId, causedBy: 'test', lane });
  if (started.kind !== 'started') throw new Error(`Not started: ${JSON.stringify(started)}`);
  return started.reconciliationId;
}

async function ended(id: string) {
  await waitFor('the walk ends', async () => (await reconciliation(id)).state !== 'running');
  return reconciliation(id);
}

/** A walk by the worker, and all that it asked for. */
async function walk(lane: Lane) {
  const end = await ended(await start(lane));
  await allDone(stage);
  return end;
}

const idOf = (handle: string) => storeProduct(stage, handle).id;
const variantOf = (handle: string, at: number) => storeProduct(stage, handle).variantIds[at]!;
const itemOf = (handle: string, at: number) =>
  shopOf(stage).variants.get(variantOf(handle, at))!.inventoryItemId;
const mutation = (fields: string) => `mutation M { ${fields} { userErrors { message } } }`;

/** One edit of each kind, by the merchant's hand; answers the handles of the products they are of. */
async function editInShopify(): Promise<string[]> {
  const [location] = shopOf(stage).locations.keys();
  await asMerchant(
    stage,
    `mutation($a: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $a) { userErrors { message } } }`,
    {
      a: [
        {
          ownerId: idOf('item-1'),
          namespace: 'custom',
          key: 'care',
          type: 'single_line_text_field',
          value: 'x',
        },
        {
          ownerId: variantOf('wide', 140),
          namespace: 'custom',
          key: 'row',
          type: 'number_integer',
          value: '7',
        },
      ],
    },
  );
  await asMerchant(
    stage,
    `mutation($q: [InventoryQuantityInput!]!, $key: String!) {
      inventorySetQuantities(input: {name: "available", reason: "correction", quantities: $q}) @idempotent(key: $key) { userErrors { message } }
    }`,
    {
      key: crypto.randomUUID(),
      q: [
        {
          inventoryItemId: itemOf('item-2', 1),
          locationId: location,
          quantity: 4711,
          changeFromQuantity: null,
        },
      ],
    },
  );
  const price = (handle: string, at: number, value: string) =>
    asMerchant(
      stage,
      `mutation($id: ID!, $v: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $id, variants: $v) { userErrors { message } } }`,
      { id: idOf(handle), v: [{ id: variantOf(handle, at), price: value }] },
    );
  await price('item-3', 0, '77.77');
  await asMerchant(stage, mutation(`productUpdate(product: {id: "${idOf('item-4')}", title: "By hand"})`));
  await asMerchant(stage, mutation(`tagsAdd(id: "${idOf('item-5')}", tags: ["by-hand"])`));
  await asMerchant(stage, mutation(`productDelete(input: {id: "${idOf('item-6')}"})`));
  await asMerchant(
    stage,
    `mutation($id: ID!, $m: [CreateMediaInput!]) { productUpdate(product: {id: $id}, media: $m) { userErrors { message } } }`,
    {
      id: idOf('item-7'),
      m: [
        { originalSource: 'https://cdn.example.com/by-hand.jpg', mediaContentType: 'IMAGE', alt: 'By hand' },
      ],
    },
  );
  await asMerchant(
    stage,
    mutation(
      `productVariantsBulkDelete(productId: "${idOf('item-8')}", variantsIds: ["${variantOf('item-8', 1)}"])`,
    ),
  );
  return ['item-1', 'wide', 'item-2', 'item-3', 'item-4', 'item-5', 'item-6', 'item-7', 'item-8'];
}

/** A job of the walk run here and now, its requests noted instead of carried out. */
function byHand(options: { signal?: AbortSignal; jobId?: string } = {}) {
  const asked: string[] = [];
  const later: Job[] = [];
  const resources: Resources = {
    ...stage.resources,
    queue: {
      ...stage.resources.queue,
      add: async (jobs) => {
        for (const job of jobs)
          if (job.name === 'sync-products') {
            asked.push(...job.productIds);
            await db().syncRequest.deleteMany({ where: { productId: { in: job.productIds } } });
          } else later.push(job);
      },
    },
  };
  const context: JobContext = {
    jobId: options.jobId ?? 'by-hand',
    interrupted: false,
    signal: options.signal ?? new AbortController().signal,
  };
  return {
    asked,
    later,
    resources,
    run: (id: string) =>
      reconcileStore(
        resources,
        { name: 'reconcile-store', shopId: stage.shopId, reconciliationId: id },
        context,
      ),
    /** Goes on as the queue would, until the walk has ended. */
    finish: async (id: string) => {
      do {
        later.length = 0;
        await reconcileStore(
          resources,
          { name: 'reconcile-store', shopId: stage.shopId, reconciliationId: id },
          context,
        );
        if (later.length > 0) await sleep(50);
      } while ((await reconciliation(id)).state === 'running');
      return reconciliation(id);
    },
  };
}

const handlesOf = async (productIds: string[]) =>
  (await db().catalogProduct.findMany({ where: { id: { in: productIds } } }))
    .map(({ handle }) => handle)
    .sort();

describe('a store in which nothing was missed', () => {
  it.each(LANES)('has no drift (%s)', async (lane) => {
    const sent = await mutationsDuring(stage, async () => {
      const end = await walk(lane);
      expect(end).toMatchObject({
        state: 'finished',
        lane,
        productsTotal: SMALL + 1,
        productsScanned: SMALL + 1,
        productsDrifted: 0,
        error: null,
      });
      expect(end.points).toBeGreaterThan(0);
    });
    expect(sent.filter((field) => field !== 'bulkOperationRunQuery')).toEqual([]);
    expect(await db().remoteProductRow.count({ where: { invalidatedAt: { not: null } } })).toBe(0);
  });

  it('has no drift where only Shopify moved on by itself, or holds products of its own', async () => {
    for (const file of shopOf(stage).files.values()) file.filename = `moved-${file.filename}`;
    await asMerchant(stage, mutation(`productCreate(product: {title: "None of ours"})`));
    for (const lane of LANES) {
      const here = byHand();
      const end = await here.finish(await start(lane, here.resources));
      expect(end).toMatchObject({ productsScanned: SMALL + 1, productsDrifted: 0 });
      expect(here.asked).toEqual([]);
    }
  });
});

describe('edits whose webhooks were lost', () => {
  it('are the same to both lanes', async () => {
    const edited = await editInShopify();
    for (const lane of LANES) {
      const here = byHand();
      const end = await here.finish(await start(lane, here.resources));
      expect(end).toMatchObject({
        state: 'finished',
        lane,
        productsScanned: SMALL + 1,
        productsDrifted: edited.length,
      });
      expect(await handlesOf(here.asked)).toEqual([...edited].sort());
      await db().remoteProductRow.updateMany({ data: { invalidatedAt: null } });
    }
  });

  it.each(LANES)('are repaired, once (%s)', async (lane) => {
    const edited = await editInShopify();
    const end = await walk(lane);
    expect(end).toMatchObject({ state: 'finished', productsDrifted: edited.length });
    const catalog = (handle: string) =>
      db().catalogProduct.findFirstOrThrow({
        where: { handle },
        include: {
          variants: { orderBy: { position: 'asc' }, include: { inventory: true, metafields: true } },
          metafields: true,
        },
      });
    expect((await catalog('item-1')).metafields).toMatchObject([{ value: 'x' }]);
    expect((await catalog('item-2')).variants[1]!.inventory).toMatchObject([{ available: 4711 }]);
    expect(String((await catalog('item-3')).variants[0]!.price)).toBe('77.77');
    expect((await catalog('item-4')).title).toBe('By hand');
    expect((await catalog('item-5')).tags).toContain('by-hand');
    expect((await catalog('wide')).variants[140]!.metafields).toMatchObject([{ value: '7' }]);
    expect(await db().productLink.findFirst({ where: { title: 'Item 6' } })).toMatchObject({
      syncState: 'held',
    });
    const changes = await db().change.count();
    const sent = await mutationsDuring(stage, async () => {
      expect(await walk(lane)).toMatchObject({ state: 'finished', productsDrifted: 0 });
    });
    expect(sent.filter((field) => field !== 'bulkOperationRunQuery')).toEqual([]);
    expect(await db().change.count()).toBe(changes);
  });

  it('are left to the line where it has looked at the product meanwhile, or is at it', async () => {
    await editInShopify();
    const { productId } = await db().productLink.findFirstOrThrow({ where: { title: 'Item 3' } });
    const claimedUntil = new Date(Date.now() + 60_000);
    await db().productLink.updateMany({ where: { productId }, data: { claimedBy: 'a job', claimedUntil } });
    const fresh = await db().remoteVariantRow.findFirstOrThrow({
      where: { remoteId: variantOf('item-4', 0) },
    });
    const fetchedAt = new Date(Date.now() + 60_000);
    await db().remoteVariantRow.updateMany({ where: { remoteId: fresh.remoteId }, data: { fetchedAt } });
    for (const lane of LANES) {
      const here = byHand();
      await here.finish(await start(lane, here.resources));
      const handles = await handlesOf(here.asked);
      expect(handles).not.toContain('item-3');
      expect(handles).not.toContain('item-4');
      expect(handles).toContain('item-5');
      await db().remoteProductRow.updateMany({ data: { invalidatedAt: null } });
    }
  });
});

describe('changes of the catalog that nobody synced', () => {
  it.each(LANES)('are found without reading anything of them, and synced (%s)', async (lane) => {
    await db().catalogVariant.updateMany({ where: { sku: 'I3-S' }, data: { price: '88' } });
    await db().catalogProduct.updateMany({ where: { handle: 'item-9' }, data: { title: 'New name' } });
    expect(await walk(lane)).toMatchObject({ state: 'finished', productsDrifted: 2 });
    expect(storeProduct(stage, 'item-9').title).toBe('New name');
    await expectStoreToEqualCatalog(stage);
  });

  it('are no reason to archive what is gone from the catalog', async () => {
    await db().catalogProduct.deleteMany();
    const sent = await mutationsDuring(stage, async () => {
      expect(await walk('pages')).toMatchObject({ state: 'finished', productsTotal: 0 });
    });
    expect(sent).toEqual([]);
  });

  it('are asked for where they were marked and nobody came', async () => {
    await db().remoteProductRow.updateMany({
      where: { remoteId: idOf('item-3') },
      data: { invalidatedAt: new Date() },
    });
    await walk('pages');
    expect(await db().remoteProductRow.count({ where: { invalidatedAt: { not: null } } })).toBe(0);
  });
});

describe('a walk that is cut short', () => {
  it.each(LANES)('goes on where it stopped, and counts and repairs nothing twice (%s)', async (lane) => {
    const edited = await editInShopify();
    const stop = new AbortController();
    const first = byHand({ signal: stop.signal });
    const id = await start(lane, first.resources);
    const { store } = stage.resources.shopify;
    let reads = 0;
    // The process dies while the fourth page, or the second part, is on its way.
    const shopify = {
      store: (shop: Parameters<typeof store>[0]) => {
        const real = store(shop);
        const dying: typeof real = {
          ...real,
          readProducts: (ids, limits) => {
            reads += 1;
            if (reads === 4) stop.abort(new Error('killed'));
            return real.readProducts(ids, limits);
          },
          bulkVariants: async function* (url, options) {
            stop.abort(new Error('killed'));
            yield* real.bulkVariants(url, options);
          },
        };
        return dying;
      },
    };
    first.resources.shopify = shopify;
    await expect(first.finish(id)).rejects.toThrow('killed');
    const half = await reconciliation(id);
    expect(half.state).toBe('running');
    expect(half.productsScanned).toBeGreaterThan(0);
    const second = byHand({ jobId: 'after the crash' });
    const before = stage.emulator.log.all().at(-1)?.sequence ?? 0;
    const end = await second.finish(id);
    expect(end).toMatchObject({
      state: 'finished',
      lane,
      productsScanned: SMALL + 1,
      productsDrifted: edited.length,
    });
    const reading = stage.emulator.log
      .all()
      .filter((call) => call.sequence > before && call.fields.includes('nodes'));
    expect(reading).toHaveLength(lane === 'pages' ? Math.ceil((SMALL + 1 - half.productsScanned) / 6) : 0);
    expect(await handlesOf([...first.asked, ...second.asked])).toEqual([...edited].sort());
  });

  it('is taken up by another job where its own was lost', async () => {
    const lost = byHand();
    const id = await start('pages', lost.resources);
    await reviveReconciliations(stage.resources);
    expect((await reconciliation(id)).productsScanned).toBe(0);
    await reviveReconciliations({ ...stage.resources, now: () => new Date(Date.now() + 120_000) });
    expect(await ended(id)).toMatchObject({ state: 'finished', productsScanned: SMALL + 1 });
  });

  it('is walked by one job at a time', async () => {
    const [one, other] = [byHand({ jobId: 'one' }), byHand({ jobId: 'other' })];
    const id = await start('pages', one.resources);
    await Promise.all([one.run(id), other.run(id)]);
    expect(await reconciliation(id)).toMatchObject({ state: 'finished', productsScanned: SMALL + 1 });
  });
});

describe('a walk that is ended', () => {
  const slowly = (baseMs: number) => (stage.emulator.latency.baseMs = baseMs);

  it('by a person stops between two pages', async () => {
    slowly(100);
    const id = await start('pages');
    await waitFor('it began', async () => (await reconciliation(id)).productsScanned > 0);
    expect(await cancelReconciliation(stage.resources, { shopId: stage.shopId, reconciliationId: id })).toBe(
      true,
    );
    const { productsScanned } = await reconciliation(id);
    await sleep(600);
    const end = await reconciliation(id);
    expect(end).toMatchObject({ state: 'cancelled', productsScanned });
    expect(productsScanned).toBeLessThan(SMALL + 1);
    expect(await cancelReconciliation(stage.resources, { shopId: stage.shopId, reconciliationId: id })).toBe(
      false,
    );
  });

  it('by a person stops what Shopify still does for it', async () => {
    stage.emulator.switches.bulkRowsPerSecond = 20;
    const id = await start('bulk');
    await waitFor('both operations run', () => shopOf(stage).bulkOperations.size === 2);
    await cancelReconciliation(stage.resources, { shopId: stage.shopId, reconciliationId: id });
    await waitFor('both are stopped', () =>
      [...shopOf(stage).bulkOperations.values()].every(({ status }) => status === 'CANCELED'),
    );
    expect(await reconciliation(id)).toMatchObject({ state: 'cancelled' });
  });

  it.each(LANES)('by an uninstallation asks for nothing more (%s)', async (lane) => {
    await editInShopify();
    slowly(100);
    stage.emulator.switches.bulkRowsPerSecond = 100;
    const id = await start(lane);
    await waitFor('it began', async () => (await reconciliation(id)).points > 0);
    await uninstallShop(stage.resources, { domain: DEMO_SHOP });
    expect(await ended(id)).toMatchObject({ state: 'cancelled', error: 'The app was uninstalled.' });
    await sleep(300);
    expect(await db().syncRequest.count()).toBe(0);
    await expect(
      startReconciliation(stage.resources, { shopId: stage.shopId, causedBy: 'test' }),
    ).resolves.toMatchObject({ kind: 'refused' });
  });
});

/** Where the last object begins that has no parent. */
function lastRootAt(text: string): number {
  const root = text.split('\n').findLast((line) => line !== '' && !line.includes('__parentId'));
  return text.lastIndexOf(root ?? '');
}

describe('bulk operations that fail', () => {
  const page = (expected: RegExp, edits: number) => async (id: string) => {
    const end = await ended(id);
    await allDone(stage);
    expect(end).toMatchObject({
      state: 'finished',
      lane: 'pages',
      productsDrifted: edits,
    });
    expect(end.error).toMatch(expected);
    await expectCatalogToHold();
  };
  const expectCatalogToHold = async () =>
    expect(await db().catalogProduct.count({ where: { title: 'By hand' } })).toBe(1);

  it('leave the walk to the pages, with the reason', async () => {
    const edited = await editInShopify();
    stage.emulator.switches.bulkRowsPerSecond = 20;
    const id = await start('bulk');
    await waitFor('both operations run', () => shopOf(stage).bulkOperations.size === 2);
    for (const operationId of shopOf(stage).bulkOperations.keys())
      await asMerchant(stage, mutation(`bulkOperationCancel(id: "${operationId}")`));
    await page(/CANCELED.*page by page/s, edited.length)(id);
  });

  it('and results that have expired do too', async () => {
    const edited = await editInShopify();
    stage.emulator.switches.bulkRowsPerSecond = 20;
    const here = byHand();
    const id = await start('bulk', here.resources);
    await here.run(id);
    stage.emulator.switches.bulkRowsPerSecond = 0;
    await waitFor('both operations end', () =>
      [...shopOf(stage).bulkOperations.values()].every(({ status }) => status === 'COMPLETED'),
    );
    shopOf(stage).bulkResults.clear();
    await reviveReconciliations({ ...stage.resources, now: () => new Date(Date.now() + 300_000) });
    await page(/HTTP 404.*page by page/s, edited.length)(id);
  });

  it.each([
    {
      how: 'within a line',
      cut: (text: string) => text.slice(0, text.length / 2),
      says: /no JSON.*page by page/s,
    },
    {
      how: 'between two objects',
      cut: (text: string) => text.slice(0, text.lastIndexOf('\n', lastRootAt(text)) + 1),
      says: /holds \d+ of \d+ objects.*page by page/s,
    },
  ])('and files that are cut off $how do too', async ({ cut, says }) => {
    const edited = await editInShopify();
    stage.emulator.switches.bulkRowsPerSecond = 20;
    const here = byHand();
    const id = await start('bulk', here.resources);
    await here.run(id);
    stage.emulator.switches.bulkRowsPerSecond = 0;
    await waitFor('both operations end', () =>
      [...shopOf(stage).bulkOperations.values()].every(({ status }) => status === 'COMPLETED'),
    );
    for (const [operationId, text] of shopOf(stage).bulkResults)
      shopOf(stage).bulkResults.set(operationId, cut(text));
    await reviveReconciliations({ ...stage.resources, now: () => new Date(Date.now() + 300_000) });
    await page(says, edited.length)(id);
  });
});

describe('the drift score', () => {
  const score = async () =>
    (await readDrift(db(), await db().shop.findUniqueOrThrow({ where: { id: stage.shopId } }))).drift;

  it('counts what is known to differ, and since when', async () => {
    expect(await score()).toEqual({ linked: SMALL + 1, drifted: 0, since: null });
    const before = Date.now() - 1_000;
    // A price in the catalog, a delivery from Shopify, a conflict; a lost webhook is known to nobody.
    await db().catalogVariant.updateMany({ where: { sku: 'I3-S' }, data: { price: '88' } });
    const marked = { remoteId: idOf('item-4') };
    await db().remoteProductRow.updateMany({ where: marked, data: { invalidatedAt: new Date() } });
    await db().productLink.updateMany({ where: { title: 'Item 5' }, data: { syncState: 'conflict' } });
    await asMerchant(stage, mutation(`tagsAdd(id: "${idOf('item-6')}", tags: ["by-hand"])`));
    const drift = await score();
    expect(drift).toMatchObject({ linked: SMALL + 1, drifted: 3 });
    expect(Date.parse(drift.since ?? '')).toBeGreaterThan(before);
    await db().remoteProductRow.updateMany({ where: marked, data: { invalidatedAt: new Date(before) } });
    expect(Date.parse((await score()).since ?? '')).toBe(before);
    await db().productLink.updateMany({ where: { title: 'Item 5' }, data: { syncState: 'in-sync' } });
    await walk('pages');
    expect(await score()).toEqual({ linked: SMALL + 1, drifted: 0, since: null });
  });
});

describe('the schedule', () => {
  it('starts one walk in each store that is due, whoever asks', async () => {
    const day = 24 * 3_600_000;
    const { signal } = new AbortController();
    const turn = () => startDueReconciliations(stage.resources, day, signal);
    await turn();
    expect(await db().reconciliation.count()).toBe(0);
    await db().shop.updateMany({ data: { adoptedAt: new Date(Date.now() - 2 * day) } });
    await Promise.all([turn(), turn(), turn()]);
    const [only, ...others] = await db().reconciliation.findMany();
    expect(others).toEqual([]);
    expect(await ended(only!.id)).toMatchObject({ state: 'finished', causedBy: 'schedule', lane: 'pages' });
    await turn();
    expect(await db().reconciliation.count()).toBe(1);
    await db().reconciliation.updateMany({ data: { startedAt: new Date(Date.now() - day - 1_000) } });
    await turn();
    expect(await db().reconciliation.count()).toBe(2);
  });

  it('takes the bulk lane for large stores', async () => {
    const links = Array.from({ length: MOST_PAGED_PRODUCTS }, (_, at) => ({
      id: crypto.randomUUID(),
      accountId: stage.accountId,
      handle: `more-${at}`,
      title: `More ${at}`,
    }));
    await db().catalogProduct.createMany({ data: links });
    await db().productLink.createMany({
      data: links.map(({ id }, at) => ({
        shopId: stage.shopId,
        productId: id,
        remoteId: `gid://shopify/Product/${900_000 + at}`,
        state: 'linked',
      })),
    });
    const here = byHand();
    const started = await startReconciliation(here.resources, { shopId: stage.shopId, causedBy: 'test' });
    expect(started.kind).toBe('started');
    expect(await db().reconciliation.findFirst()).toMatchObject({ lane: 'bulk', state: 'running' });
  });
});
