/** The same price edited on both sides, by hand in the admin and by SQL: settled by keyboard, and on record. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shopOf } from '../support/merchant';
import { rawProduct } from '../support/catalog-rows';
import { waitFor } from '../support/wait-for';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PATIENCE = { timeout: 60_000 };
const SKU = `CLOCK-${randomUUID().slice(0, 4)}`;

let stack: Stack;
/** Where Lockstep is open, and where the merchant edits the product. */
let page: Page;
let admin: Page;
let errors: string[];

beforeAll(async () => {
  stack = await startStack({ worker: true });
  ({ page, errors } = await stack.openPage({ width: 1280, height: 900 }));
  ({ page: admin } = await stack.openPage({ width: 1280, height: 900 }));
  await installApp(stack, page);
  const shop = await db().shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  await db().shop.update({ where: { id: shop.id }, data: { conflictPolicy: 'manual' } });
  await rawProduct(db(), shop.accountId, {
    handle: 'clock',
    product: { title: 'Clock' },
    options: [],
    variants: [{ sku: SKU, price: '100' }],
  });
  await openAppPage(stack, page, '/app');
  await app().getByRole('button', { name: 'Sync now' }).first().click();
  await waitFor('the store has the product', () => shopOf(stack).products.size === 1, {
    timeoutMs: 60_000,
  });
  await waitFor(
    'the run is over',
    async () => (await db().syncRun.count({ where: { state: 'finished' } })) > 0,
    {
      timeoutMs: 60_000,
    },
  );
  await stack.emulator.webhooks.settle();
});
afterAll(async () => {
  await stack?.stop();
});

const db = () => stack.database.db;
const app = () => appFrame(page);
const priceInStore = () => Number([...shopOf(stack).variants.values()][0]!.price);

it('shows the conflict without reloading, takes the answer by keyboard, and keeps both values', async () => {
  await openAppPage(stack, page, '/app/conflicts');
  await app().getByText('No conflict waits for you').waitFor();
  await app()
    .locator('body')
    .evaluate((body) => body.setAttribute('data-loaded', 'once'));

  await db().$executeRaw`UPDATE catalog.variant SET price = 111 WHERE sku = ${SKU}`;
  await admin.goto(`${stack.emulator.origin}/store/lockstep-demo/products`);
  await admin.getByRole('link', { name: 'Clock' }).click();
  await admin.getByLabel('Price of Default Title', { exact: true }).fill('122');
  await admin.getByRole('button', { name: 'Save' }).click();

  const row = app().getByRole('row', { name: /Price/ });
  await row.waitFor(PATIENCE);
  expect(await row.textContent()).toMatch(/111/);
  expect(await row.textContent()).toMatch(/122/);
  expect(await app().locator('body').getAttribute('data-loaded')).toBe('once');
  expect(priceInStore()).toBe(122);

  await app().locator('h1').first().click();
  await page.keyboard.press('j');
  await page.keyboard.press('c');
  await waitFor('Shopify has the price of the catalog', () => priceInStore() === 111, {
    timeoutMs: 60_000,
  });
  await app().getByText('No conflict waits for you').waitFor(PATIENCE);

  await openAppPage(stack, page, `/app/audit?sku=${SKU}&field=price`);
  const entry = app().getByRole('row').filter({ hasText: '111' }).filter({ hasText: '122' }).first();
  await entry.waitFor(PATIENCE);
  expect(errors).toEqual([]);
});
