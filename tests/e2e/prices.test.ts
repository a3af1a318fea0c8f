/** Rules of a store and the price matrix as a person uses them: typed, refused, saved, explained, and a price set in place. */
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NO_RULES } from '~/core/store-rules';
import { graveFindings } from './accessibility';
import { seedPages } from './page-data';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PICTURES = 'tests/e2e/screenshots';
const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
const PATIENT = { timeout: 20_000 };

let stack: Stack;
let productId: string;
let shopId: string;
let japanId: string;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  stack = await startStack({ worker: false });
  const { page } = await stack.openPage(SIZES.wide);
  await installApp(stack, page);
  await page.context().close();
  const { db } = stack.database;
  const shop = await db.shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  shopId = shop.id;
  ({ productId } = await seedPages(db, shop));
  const rules = {
    ...{ conversion: { by: 'factor', factor: '150.25' }, rounding: { to: 'step', step: '10' } },
    ...{ markup: { ...NO_RULES.markup, percent: '10' }, compareAt: { by: 'catalog' }, status: 'catalog' },
  };
  await db.account.update({ where: { id: shop.accountId }, data: { currencyCode: 'EUR' } });
  const japan = await db.shop.create({
    data: {
      ...{ domain: 'lockstep-japan.myshopify.com', name: 'Lockstep Japan', currencyCode: 'JPY' },
      ...{ accountId: shop.accountId, storeRules: { rules, rate: '150.25' } },
    },
  });
  japanId = japan.id;
}, 180_000);
afterAll(async () => {
  await stack?.stop();
});

it.each(Object.entries(SIZES))(
  'shows the matrix, and explains and sets a price (%s)',
  async (size, viewport) => {
    const { page, errors } = await stack.openPage(viewport);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/prices?q=trail+backpack+5');
    await app.getByRole('heading', { level: 1, name: 'Prices' }).waitFor();
    // 20.90 x 150.25 x 1.1 = 3454.2475
    const price = () => app.getByRole('button', { name: /SKU-5-S: .* in Lockstep Japan/ });
    await price().waitFor();
    expect(await price().textContent()).toBe(size === 'wide' ? '3450' : '5000');
    await page.screenshot({ path: `${PICTURES}/prices-matrix-${size}.png` });
    expect(await graveFindings(stack, page)).toEqual([]);
    await price().click();
    const dialog = app.getByRole('dialog');
    await dialog.getByText('converted, × 150.25').waitFor();
    await page.screenshot({ path: `${PICTURES}/prices-cell-${size}.png` });
    expect(await graveFindings(stack, page)).toEqual([]);
    const field = dialog.getByLabel('New price in Lockstep Japan');
    await field.fill('12.345');
    await dialog.getByRole('button', { name: 'Set for this store' }).click();
    await dialog.getByText('Prices in JPY have 0 decimals. Write at most 0 decimals.').waitFor(PATIENT);
    await field.fill(size === 'wide' ? '5000' : '5100');
    await dialog.getByRole('button', { name: 'Set for this store' }).click();
    await dialog.waitFor({ state: 'hidden', ...PATIENT });
    await expect
      .poll(
        async () =>
          (await stack.database.db.storeOverride.findMany({ where: { shopId: japanId } })).map(
            ({ value }) => value,
          ),
        PATIENT,
      )
      .toEqual([size === 'wide' ? '5000.00' : '5100.00']);
    await app.getByText('Own price').first().waitFor(PATIENT);
    const frame = page.frames().find((one) => one.url().startsWith(stack.app.origin));
    const tooWide = await frame!.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(tooWide).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
    await page.context().close();
  },
);

it.each(Object.entries(SIZES))(
  'takes rules as they are typed, and shows what they make (%s)',
  async (size, viewport) => {
    const { page, errors } = await stack.openPage(viewport);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/store-rules');
    await app.getByRole('heading', { level: 1, name: 'Store rules' }).waitFor();
    await app.getByText('Those that a search finds').click();
    await app.getByText('An empty search finds every product.').waitFor();
    await app.getByLabel('Search', { exact: true }).fill('price:>5');
    await app.getByText('This does not hold of a product as a whole').waitFor();
    await app.getByLabel('Search', { exact: true }).fill('vendor:Nobody');
    await app.getByText('The store gets 0 products of').waitFor(PATIENT);
    await app.getByText('Not chosen').first().waitFor();
    await page.screenshot({ path: `${PICTURES}/store-rules-choosing-${size}.png`, fullPage: true });
    expect(await graveFindings(stack, page)).toEqual([]);
    await app.getByText('All products of your catalog').click();
    const title = app.getByLabel('Title', { exact: true });
    await title.fill('nonsense');
    await app.getByText('This names no metafield.').waitFor();
    await title.scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${PICTURES}/store-rules-language-${size}.png` });
    expect(await graveFindings(stack, page)).toEqual([]);
    await title.fill('');
    await app.getByText('Rates by day').click();
    await app.getByText('This is not a plain number.').first().waitFor();
    await app.getByText('A fixed rate').click();
    await app.getByLabel('Rate', { exact: true }).fill('0');
    await app.getByText('A rate is above zero.').waitFor();
    await app.getByLabel('Rate', { exact: true }).fill(size === 'wide' ? '1.2' : '1.3');
    await app.getByText('To an ending of .99', { exact: true }).click();
    await app
      .getByText(size === 'wide' ? 'converted, × 1.2' : 'converted, × 1.3')
      .first()
      .waitFor(PATIENT);
    await page.screenshot({ path: `${PICTURES}/store-rules-typed-${size}.png`, fullPage: true });
    expect(await graveFindings(stack, page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    const stored = async () =>
      JSON.stringify((await stack.database.db.shop.findUniqueOrThrow({ where: { id: shopId } })).storeRules);
    await expect.poll(stored, PATIENT).toContain(size === 'wide' ? '"rate":"1.2"' : '"rate":"1.3"');
    await app.getByText('The new rules are on their way').waitFor(PATIENT);
    await openAppPage(stack, page, `/app/products/${productId}`);
    await app.getByText('Why is this price?').waitFor(PATIENT);
    await app.getByText('Why is this price?').scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${PICTURES}/product-why-${size}.png` });
    expect(await graveFindings(stack, page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  },
);

it.each(Object.entries(SIZES))(
  'says of a product that the rules do not choose it, and asks for no answer to its conflict (%s)',
  async (size, viewport) => {
    const { db } = stack.database;
    const place = { shopId_productId: { shopId, productId } };
    const before = await db.productLink.findUniqueOrThrow({ where: place });
    const products = { by: 'search', search: 'vendor:Nobody', outside: 'leave' };
    await db.productLink.update({ where: place, data: { syncState: 'conflict' } });
    const rules = JSON.stringify({ rules: { ...NO_RULES, products }, rate: '1' });
    await db.$executeRaw`UPDATE app.shop SET store_rules = ${rules}::jsonb WHERE id = ${shopId}::uuid`;
    const { page, errors } = await stack.openPage(viewport);
    const app = appFrame(page);
    await openAppPage(stack, page, `/app/products/${productId}`);
    await app.getByText('The rules of this store do not choose this product').waitFor(PATIENT);
    await page.screenshot({ path: `${PICTURES}/product-not-chosen-${size}.png` });
    expect(await app.getByText('Changed on both sides', { exact: true }).count()).toBe(0);
    expect(await graveFindings(stack, page)).toEqual([]);
    await db.$executeRaw`UPDATE app.shop SET store_rules = NULL WHERE id = ${shopId}::uuid`;
    await page.reload();
    await app.getByText('Changed on both sides', { exact: true }).waitFor(PATIENT);
    await db.productLink.update({ where: place, data: { syncState: before.syncState } });
    expect(errors).toEqual([]);
    await page.context().close();
  },
);
