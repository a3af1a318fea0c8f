/** The price matrix: what each store of an account holds and shall hold, page by page, and a price set in it. */
import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PrismaClient } from '#generated/prisma/client';
import { NO_RULES } from '~/core/store-rules';
import { readPriceMatrix } from '~/db/pages/price-matrix.server';
import type { MatrixQuery, PriceMatrix } from '~/db/pages/price-matrix.server';
import { saveStoreRules } from '~/sync/save-store-rules';
import { setCatalogPrice, setStorePrice } from '~/sync/set-price';
import { startRun } from '~/sync/start-run';
import { rawProduct } from '../support/catalog-rows';
import { DEMO_SHOP, connectShop } from '../support/connected-shop';
import { shownIn } from '../support/promotions';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

const YEN_SHOP = 'lockstep-japan.myshopify.com';
const PATIENT = { timeoutMs: 60_000 };
const shop = (domain: string, currencyCode: string) => ({
  ...{ domain, name: domain, plan: 'plus' as const, currencyCode },
  ...{ timezone: 'Europe/Berlin', locations: ['Warehouse'] },
});

let stage: Stage;
let yenShopId: string;
const db = () => stage.resources.db;
const matrix = async (query: Partial<MatrixQuery> = {}): Promise<PriceMatrix> =>
  readPriceMatrix(db(), await db().shop.findUniqueOrThrow({ where: { id: stage.shopId } }), {
    ...{ search: '', onlyDifferences: false, after: null },
    ...query,
  });
const shown = ({ rows }: PriceMatrix) =>
  rows.map(({ sku, catalogs, cells }) => [sku, catalogs, ...cells.map(({ held, shall }) => [held, shall])]);
const placeOf = async (sku: string) => {
  const { id: variantId, productId } = await db().catalogVariant.findFirstOrThrow({ where: { sku } });
  return { variantId, productId, accountId: stage.accountId, actor: 'anna' };
};

async function runOf(shopId: string): Promise<void> {
  const { runId } = await startRun(stage.resources, { shopId, trigger: 'manual', causedBy: 'test' });
  await stage.awaitRun(runId);
}

beforeAll(async () => {
  stage = await openStage({ emulator: { shops: [shop(DEMO_SHOP, 'EUR'), shop(YEN_SHOP, 'JPY')] } });
  const second = await connectShop(stage.resources, stage.env, YEN_SHOP);
  yenShopId = second.shopId;
  await db().shop.update({ where: { id: yenShopId }, data: { accountId: stage.accountId } });
  const many = Array.from({ length: 60 }, (_, at) => ({
    option1: `Size ${at}`,
    sku: `M${at}`,
    price: '10.00',
  }));
  await rawProduct(db(), stage.accountId, {
    ...{
      handle: 'many',
      product: { title: 'Middle' },
      options: [{ name: 'Size', values: many.map(({ option1 }) => option1) }],
    },
    variants: many,
  });
  for (const name of ['Zebra', 'Ant'])
    await rawProduct(db(), stage.accountId, {
      ...{ handle: name.toLowerCase(), product: { title: name } },
      variants: [{ sku: name, price: '20.00' }],
    });
  const rules = { ...NO_RULES, conversion: { by: 'factor', factor: '150' } } as const;
  const asked = { shopId: yenShopId, rules, catalogCurrencyCode: 'EUR', actor: 'anna' };
  expect(await saveStoreRules(stage.resources, asked)).toEqual({ kind: 'saved' });
  await runOf(stage.shopId);
  await runOf(yenShopId);
}, 120_000);
afterAll(async () => {
  await stage?.close();
});

it('goes through all variants page by page, in order and each once', async () => {
  const first = await matrix();
  expect(first).toMatchObject({
    catalogCurrencyCode: 'EUR',
    stores: [{ currencyCode: 'EUR' }, { currencyCode: 'JPY' }],
  });
  expect(shown(first)[0]).toEqual(['Ant', '20.00', ['20.00', '20.00'], ['3000.00', '3000.00']]);
  const second = await matrix({ after: first.next });
  expect(second.next).toBeNull();
  expect([...first.rows, ...second.rows].map(({ sku }) => sku)).toEqual([
    'Ant',
    ...Array.from({ length: 60 }, (_, at) => `M${at}`),
    'Zebra',
  ]);
  expect(shown(await matrix({ search: 'zeb' })).map(([sku]) => sku)).toEqual(['Zebra']);
  expect((await matrix({ after: 'nonsense' })).rows).toEqual(first.rows);
});

it('asks as many questions for three stores as for two', async () => {
  const counting = new PrismaClient({
    adapter: new PrismaPg({ connectionString: stage.env.DATABASE_URL }),
    log: [{ emit: 'event', level: 'query' }],
  });
  let asked = 0;
  counting.$on('query', () => (asked += 1));
  const count = async () => {
    const mine = await counting.shop.findUniqueOrThrow({ where: { id: stage.shopId } });
    asked = 0;
    await readPriceMatrix(counting, mine, { search: '', onlyDifferences: false, after: null });
    return asked;
  };
  const two = await count();
  const { id } = await db().shop.create({
    data: { domain: 'third.myshopify.com', accountId: stage.accountId },
  });
  expect(two).toBeGreaterThan(3);
  expect(await count()).toBe(two);
  expect((await matrix()).stores).toHaveLength(3);
  await db().shop.delete({ where: { id } });
  await counting.$disconnect();
});

it('shows only what differs, and nothing where all is well', async () => {
  expect((await matrix({ onlyDifferences: true })).rows).toEqual([]);
  // Nobody follows the database in this test: the store's price is behind until somebody asks.
  await db().catalogVariant.updateMany({ where: { sku: 'M7' }, data: { price: '11.00' } });
  expect(shown(await matrix({ onlyDifferences: true }))).toEqual([
    ['M7', '11.00', ['10.00', '11.00'], ['1500.00', '1650.00']],
  ]);
  // A page looks through one product here, and goes on where the last one stopped.
  const found: string[] = [];
  let pages = 0;
  for (let after: string | null = null; ; pages += 1) {
    const page: PriceMatrix = await matrix({ onlyDifferences: true, mostPairs: 2, after });
    found.push(...page.rows.map(({ sku }) => sku ?? ''));
    after = page.next;
    if (after === null) break;
  }
  // The product with the difference has more variants than a page.
  expect([found, pages]).toEqual([['M7'], 3]);
  await runOf(stage.shopId);
  await runOf(yenShopId);
  expect((await matrix({ onlyDifferences: true })).rows).toEqual([]);
}, 90_000);

it('sets the price of one store, or of the catalog for all, and neither over what changed meanwhile', async () => {
  const zebra = await placeOf('Zebra');
  const ofStore = { ...zebra, shopId: yenShopId, price: '5000', seen: '3000.00' };
  expect(await setStorePrice(stage.resources, ofStore)).toEqual({ kind: 'set' });
  await waitFor('the store has it', () => shownIn(stage, 'Zebra', YEN_SHOP).price === '5000.00', PATIENT);
  expect(shownIn(stage, 'Zebra', DEMO_SHOP).price).toBe('20.00');
  expect(await setStorePrice(stage.resources, { ...ofStore, price: '6000' })).toMatchObject({
    problem: { field: 'price', value: '6000', reason: 'It changed meanwhile: it is 5000.00 now.' },
  });
  expect(await setStorePrice(stage.resources, { ...ofStore, price: '49.5', seen: '5000' })).toMatchObject({
    problem: { reason: 'Prices in JPY have 0 decimals.' },
  });
  const stranger = { ...ofStore, accountId: '3b241101-e2bb-4255-8caf-4136c566a962' };
  expect(await setStorePrice(stage.resources, stranger)).toMatchObject({ kind: 'refused' });
  const ofCatalog = { ...(await placeOf('Ant')), shopId: yenShopId, price: '21.5', seen: '20.00' };
  // Of the catalog's currency, also where it is set in a store of another one.
  expect(await setCatalogPrice(stage.resources, ofCatalog)).toEqual({ kind: 'set' });
  await waitFor(
    'both stores follow',
    () =>
      shownIn(stage, 'Ant', DEMO_SHOP).price === '21.50' &&
      shownIn(stage, 'Ant', YEN_SHOP).price === '3225.00',
    PATIENT,
  );
  const [row] = (await matrix({ search: 'zebra' })).rows;
  expect(row?.cells[1]).toMatchObject({ held: '5000.00', shall: '5000.00', overrideId: expect.any(String) });
  expect(row?.cells[1]?.steps.map(({ by }) => by)).toEqual(['conversion', 'override']);
}, 120_000);
