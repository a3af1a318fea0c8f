/** The cache: each look is counted for what it found, and people may say what is read, never what is written. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CacheOutcome } from '~/core/cache-outcome';
import { readCacheFigures } from '~/db/pages/cache.server';
import { readCacheEntry } from '~/db/pages/cache-entry.server';
import { readDrift } from '~/db/pages/drift.server';
import { readWarm } from '~/db/pages/cache-warming.server';
import { controlCache } from '~/sync/control-cache';
import type { CacheOrder } from '~/sync/control-cache';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { startCacheWarm } from '~/sync/start-cache-warm';
import { asMerchant, storeProduct } from '../support/merchant';
import { rawProduct } from '../support/catalog-rows';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { waitFor } from '../support/wait-for';

const DAY_MS = 86_400_000;
const PRODUCTS = 6;

let stage: Stage;
let ids: string[];
beforeEach(async () => {
  stage = await openStage({});
  ids = await fillCatalog(stage, PRODUCTS);
  await stage.run();
});
afterEach(async () => {
  await stage?.close();
});
const db = () => stage.resources.db;

/** The cache as it is a day later. */
async function age(): Promise<void> {
  const fetchedAt = new Date(Date.now() - DAY_MS);
  await db().remoteProductRow.updateMany({ data: { fetchedAt, confirmedAt: null } });
  await db().remoteVariantRow.updateMany({ data: { fetchedAt } });
}
const raisePrices = () => db().$executeRaw`UPDATE catalog.variant SET price = price + 1`;
const renameAll = (suffix: string) => db().$executeRaw`UPDATE catalog.product SET title = title || ${suffix}`;

async function looks(): Promise<Partial<Record<CacheOutcome, number>>> {
  const rows = await db().cacheHour.findMany();
  const sums = new Map<string, number>();
  for (const { outcome, looks: count } of rows) sums.set(outcome, (sums.get(outcome) ?? 0) + count);
  return Object.fromEntries(sums);
}

const control = async (order: CacheOrder, productIds = ids) => {
  const selection = { kind: 'products' as const, productIds };
  const done = await controlCache(stage.resources, {
    shopId: stage.shopId,
    selection,
    order,
    causedBy: 'test',
  });
  expect(done).toMatchObject({ kind: 'done' });
  return done;
};
const pin: CacheOrder = { kind: 'control', change: { isPinned: true } };

/** Root fields of the queries that are sent while `work` runs. */
async function queriesDuring(work: () => Promise<unknown>): Promise<string[]> {
  const before = stage.emulator.log.all().at(-1)?.sequence ?? 0;
  await work();
  return stage.emulator.log
    .all()
    .filter((call) => call.sequence > before && call.kind === 'query')
    .flatMap((call) => call.fields);
}

const entry = async (productId = ids[0]!) => {
  const at = { now: new Date(), confirmAfterMs: stage.resources.settings.confirmAfterMs };
  const found = await readCacheEntry(db(), { shopId: stage.shopId, productId }, at);
  expect(found).not.toBeNull();
  return found!;
};

describe('a look', () => {
  it('of products that are created is none of the cache', async () => {
    expect(await looks()).toEqual({});
  });

  it('is a hit where nothing moved, and where what is written was seen just now', async () => {
    await stage.run();
    expect(await looks()).toEqual({ hit: PRODUCTS });
    await raisePrices();
    expect(await queriesDuring(() => stage.run())).not.toContain('nodes');
    expect(await looks()).toEqual({ hit: 2 * PRODUCTS });
    const { total } = await readCacheFigures(db(), stage.shopId, {
      hours: 24,
      bucketHours: 1,
      now: new Date(),
    });
    expect(total.hitRate).toBe(1);
    // A whole product with two variants costs dozens of points, and kilobytes.
    expect(total.savedPoints).toBeGreaterThan(2 * PRODUCTS * 10);
    expect(total.savedBytes).toBeGreaterThan(2 * PRODUCTS * 1_000);
  });

  it('is cold where nothing is cached', async () => {
    await db().remoteProductRow.deleteMany();
    await db().remoteVariantRow.deleteMany();
    await stage.run();
    expect(await looks()).toEqual({ cold: PRODUCTS });
    const spent = await db().cacheHour.aggregate({ _sum: { points: true } });
    expect(spent._sum.points).toBeGreaterThan(0);
  });

  it('is expired where what is written over was seen long ago, and a hit where nothing is written', async () => {
    await age();
    await stage.run();
    expect(await looks()).toEqual({ hit: PRODUCTS });
    await raisePrices();
    expect(await queriesDuring(() => stage.run())).toContain('nodes');
    expect(await looks()).toEqual({ hit: PRODUCTS, expired: PRODUCTS });
  });

  it('is one that Shopify told of where its webhook marked the product', async () => {
    const product = storeProduct(stage, 'item-1');
    await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [product.id] });
    await waitFor('it is counted', async () => (await looks()).webhook === 1);
  });

  it('is one that somebody asked for where a person or a program marked it', async () => {
    await control({ kind: 'invalidate', by: 'person' }, ids.slice(0, 2));
    await control({ kind: 'invalidate', by: 'api' }, ids.slice(2, 3));
    await stage.run();
    expect(await looks()).toEqual({ hit: PRODUCTS - 3, person: 2, api: 1 });
  });

  it('keeps what was known of a mark when somebody asks for the same product', async () => {
    const product = storeProduct(stage, 'item-1');
    await db().remoteProductRow.updateMany({
      where: { remoteId: product.id },
      data: { invalidatedAt: new Date(), invalidatedBy: 'reconciliation' },
    });
    await control({ kind: 'invalidate', by: 'person' });
    await stage.run();
    expect(await looks()).toEqual({ reconciliation: 1, person: PRODUCTS - 1 });
  });

  it('leaves why nothing was written, also outside of runs', async () => {
    await db().skipHour.deleteMany();
    const product = storeProduct(stage, 'item-1');
    await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [product.id] });
    await waitFor('the reasons are counted', async () => (await db().skipHour.count()) > 0);
    const reasons = await db().skipHour.findMany();
    expect(reasons.find(({ reason }) => reason === 'unchanged')?.fields).toBeGreaterThan(1);
  });
});

describe('what a hit saved', () => {
  it('is about what reading took, for products of few variants and of many', async () => {
    const many = Array.from({ length: 40 }, (_, index) => `Size ${index}`);
    const large = await rawProduct(db(), stage.accountId, {
      handle: 'large',
      product: { title: 'Large', vendor: 'Acme', tags: ['all'] },
      options: [{ name: 'Size', values: many }],
      variants: many.map((option1) => ({
        option1,
        sku: option1,
        price: '10',
        tracked: true,
        stock: { '': 5 },
      })),
    });
    await stage.run();
    for (const productIds of [ids, [large]]) {
      await control({ kind: 'invalidate', by: 'person' }, productIds);
      await db().cacheHour.deleteMany();
      const before = stage.emulator.log.all().at(-1)?.sequence ?? 0;
      await stage.run(productIds);
      const reads = stage.emulator.log
        .all()
        .filter((call) => call.sequence > before && call.fields.includes('nodes'));
      const taken = (of: (call: (typeof reads)[number]) => number) =>
        reads.reduce((sum, call) => sum + of(call), 0);
      await stage.run(productIds);
      const now = new Date();
      const { total } = await readCacheFigures(db(), stage.shopId, { hours: 24, bucketHours: 24, now });
      const { savedPoints, spentPoints, savedBytes } = total;
      expect(spentPoints).toBeCloseTo(taken(({ actualCost }) => actualCost ?? 0));
      if (process.env['CACHE_PRINT'])
        console.log({ savedPoints, spentPoints, savedBytes, bytes: taken((call) => call.answerBytes) });
      expect(savedPoints / spentPoints).toBeGreaterThan(0.7);
      expect(savedPoints / spentPoints).toBeLessThan(1.4);
      expect(savedBytes / taken(({ answerBytes }) => answerBytes)).toBeGreaterThan(0.7);
      expect(savedBytes / taken(({ answerBytes }) => answerBytes)).toBeLessThan(1.4);
    }
  });
});

describe('a pin', () => {
  it('survives expiry: nothing is read before the product is written', async () => {
    await control(pin);
    await age();
    expect(await entry()).toMatchObject({ state: 'pinned', isPinned: true });
    await raisePrices();
    expect(await queriesDuring(() => stage.run())).not.toContain('nodes');
    expect(await looks()).toEqual({ hit: PRODUCTS });
    await expectStoreToEqualCatalog(stage);
  });

  it('gives way to what Shopify tells, and is gone when it is taken away', async () => {
    await control(pin);
    const product = storeProduct(stage, 'item-1');
    await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [product.id] });
    await waitFor('it is read', async () => (await looks()).webhook === 1);
    await control({ kind: 'control', change: { isPinned: false } });
    expect(await db().cacheControl.count()).toBe(0);
    await age();
    expect(await entry()).toMatchObject({ state: 'expired', isPinned: false });
  });
});

describe('a time to live', () => {
  it('of a product goes before that of the store, and that of the store before the usual', async () => {
    await age();
    const week = 7 * 86_400;
    await db().shop.update({ where: { id: stage.shopId }, data: { cacheTtlSeconds: week } });
    await control({ kind: 'control', change: { ttlSeconds: 60 } }, ids.slice(0, 1));
    expect(await entry(ids[0]!)).toMatchObject({ state: 'expired', ttlSeconds: 60 });
    expect(await entry(ids[1]!)).toMatchObject({ state: 'fresh', ttlSeconds: null, usualTtlSeconds: week });
    await raisePrices();
    await stage.run();
    expect(await looks()).toEqual({ expired: 1, hit: PRODUCTS - 1 });
  });

  it('is refused where nobody can mean it', async () => {
    const asked = {
      ...{ shopId: stage.shopId, causedBy: 'test', selection: { kind: 'query' as const, query: '' } },
      order: { kind: 'control' as const, change: { ttlSeconds: 0 } },
    };
    const refused = await controlCache(stage.resources, asked);
    expect(refused).toMatchObject({ kind: 'refused', problems: [{ field: 'ttl_seconds', value: '0' }] });
    expect(await db().cacheControl.count()).toBe(0);
  });
});

describe('an invalidation', () => {
  it('makes the very next look read, and is no drift', async () => {
    const calm = await queriesDuring(() => stage.run());
    expect(calm).not.toContain('nodes');
    await control({ kind: 'invalidate', by: 'person' }, ids.slice(0, 1));
    expect(await entry()).toMatchObject({ state: 'invalidated', invalidatedBy: 'person' });
    const shop = await db().shop.findUniqueOrThrow({ where: { id: stage.shopId } });
    expect((await readDrift(db(), shop)).drift.drifted).toBe(0);
    expect(await queriesDuring(() => stage.run())).toContain('nodes');
    expect(await entry()).toMatchObject({ state: 'fresh', invalidatedBy: null });
  });
});

describe('a refresh', () => {
  it('brings what Shopify holds', async () => {
    const product = storeProduct(stage, 'item-2');
    await asMerchant(
      stage,
      'mutation ($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }',
      { product: { id: product.id, title: 'Renamed in Shopify' } },
    );
    const link = await db().productLink.findFirstOrThrow({ where: { remoteId: product.id } });
    await control({ kind: 'refresh' }, [link.productId]);
    await waitFor(
      'the catalog has the new title',
      async () =>
        (await db().catalogProduct.count({ where: { handle: 'item-2', title: 'Renamed in Shopify' } })) === 1,
    );
  });
});

describe('warming of a selection', () => {
  const warm = async (allowance: number, query = '') => {
    const selection = { kind: 'query' as const, query };
    const started = await startCacheWarm(stage.resources, {
      ...{ shopId: stage.shopId, selection, allowance, causedBy: 'test' },
    });
    if (started.kind !== 'started') throw new Error(started.kind);
    const read = () => readWarm(db(), stage.shopId, started.warmId);
    await waitFor('it is through', async () => (await read())?.finishedAt != null, { timeoutMs: 60_000 });
    return (await read())!;
  };

  it('confirms what is old, so that the next sync reads nothing', async () => {
    await age();
    await control(pin, ids.slice(0, 1));
    const done = await warm(10_000);
    expect(done).toMatchObject({
      ...{ state: 'finished', productsSelected: PRODUCTS, productsFresh: 1, productsLeftOut: 0 },
      ...{ productsTotal: PRODUCTS - 1, productsDone: PRODUCTS - 1, productsRead: PRODUCTS - 1 },
    });
    expect(done.points).toBeGreaterThan(0);
    await raisePrices();
    expect(await queriesDuring(() => stage.run())).not.toContain('nodes');
  });

  it('takes no more points than are allowed, and says what was left out', async () => {
    await age();
    // A product with its two variants: five points.
    const done = await warm(12);
    expect(done).toMatchObject({ productsTotal: 2, productsLeftOut: PRODUCTS - 2, pointsExpected: 10 });
  });

  it('has the line read what is marked or missing', async () => {
    await control({ kind: 'invalidate', by: 'person' }, ids.slice(0, 2));
    const done = await warm(10_000, 'title:*');
    expect(done).toMatchObject({ productsTotal: 2, productsDone: 2, productsRead: 0 });
    await waitFor('both are read', async () => (await looks()).person === 2, { timeoutMs: 60_000 });
    expect(await entry()).toMatchObject({ state: 'fresh' });
  });
});

describe('what a sync comes to', () => {
  it('does not depend on what was chosen for the cache, where nobody changed the store', async () => {
    const written = async (): Promise<string[]> => {
      const rows = await db().change.findMany({ where: { shopId: stage.shopId } });
      await db().change.deleteMany();
      return rows
        .map(({ productId, field, state, direction, after }) =>
          JSON.stringify([productId, field, state, direction, typeof after]),
        )
        .sort();
    };
    await written();
    const orders: (CacheOrder | null)[] = [
      null,
      pin,
      { kind: 'control', change: { isPinned: false, ttlSeconds: 1 } },
      { kind: 'control', change: { ttlSeconds: 86_400 } },
      { kind: 'invalidate', by: 'person' },
    ];
    const outcomes: string[][] = [];
    for (const [index, order] of orders.entries()) {
      await age();
      if (order !== null) await control(order);
      await renameAll(` ${index}`);
      await raisePrices();
      const run = await stage.run();
      expect(run.products.map(({ state }) => state)).toEqual(ids.map(() => 'applied'));
      await expectStoreToEqualCatalog(stage);
      outcomes.push(await written());
    }
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  });
});
