/** The cache page and a product's card in a real browser: a picture of each, nothing that axe calls serious, and what they do. */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from './accessibility';
import { seedCache } from './cache-data';
import { seedPages } from './page-data';
import type { PageData } from './page-data';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PICTURES = 'tests/e2e/screenshots';
const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
const PATIENT = { timeout: 30_000 };

let stack: Stack;
let data: PageData;
let shopId: string;
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  stack = await startStack({ worker: false });
  const { page } = await stack.openPage(SIZES.wide);
  await installApp(stack, page);
  await openAppPage(stack, page, '/app/cache');
  await appFrame(page).getByText('Nothing had to be read in this time.').waitFor();
  await picture(page, 'cache-empty-wide');
  await page.context().close();
  const shop = await stack.database.db.shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  shopId = shop.id;
  data = await seedPages(stack.database.db, shop);
  await seedCache(stack.database.db, shopId, data.productId);
});
afterAll(async () => {
  await stack?.stop();
});
const db = () => stack.database.db;

/** All of the page, not only what the window shows. */
async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

async function expectSound(page: Page, errors: string[]): Promise<void> {
  const frame = page.frames().find((one) => one.url().startsWith(stack.app.origin));
  const tooWide = await frame!.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(tooWide).toBeLessThanOrEqual(0);
  expect(await graveFindings(stack, page)).toEqual([]);
  expect(errors).toEqual([]);
}

describe.each(Object.entries(SIZES))('%s', (size, viewport) => {
  it.each(['24h', '7d', '30d'])('shows the cache of %s', async (range) => {
    const { page, errors } = await stack.openPage(viewport);
    const app = appFrame(page);
    await openAppPage(stack, page, `/app/cache?range=${range}`);
    await app.getByRole('heading', { level: 1, name: 'Cache' }).first().waitFor();
    await app.locator('.recharts-surface').first().waitFor(PATIENT);
    await picture(page, `cache-${range}-${size}`);
    await expectSound(page, errors);
    for (const [index, heading] of [
      'Control',
      'Warming: forecast and outcome',
      'Hottest products',
    ].entries()) {
      await app.getByRole('heading', { name: heading }).scrollIntoViewIfNeeded();
      await picture(page, `cache-${range}-${index + 1}-${size}`);
    }
    await page.context().close();
  });

  it('shows what is cached of a product', async () => {
    const { page, errors } = await stack.openPage(viewport);
    const app = appFrame(page);
    await openAppPage(stack, page, `/app/products/${data.productId}`);
    await app.getByRole('heading', { name: 'Cache' }).scrollIntoViewIfNeeded();
    await picture(page, `cache-product-${size}`);
    await expectSound(page, errors);
    await page.context().close();
  });
});

it('tells its charts as tables, too, by keyboard', async () => {
  const { page, errors } = await stack.openPage(SIZES.wide);
  const app = appFrame(page);
  await openAppPage(stack, page, '/app/cache');
  await app.getByRole('button', { name: 'Show as table: Why products were read' }).focus();
  await page.keyboard.press('Enter');
  const table = app.getByRole('table', { name: 'Why products were read' });
  await table.getByText('Shopify told of a change').waitFor();
  expect(await table.locator('tbody tr').count()).toBe(24);
  await picture(page, 'cache-table-wide');
  await expectSound(page, errors);
  await page.context().close();
});

it('pins, invalidates and sets a time to live, of one product and of a selection', async () => {
  const { page, errors } = await stack.openPage(SIZES.wide);
  const app = appFrame(page);
  const control = () =>
    db().cacheControl.findUnique({ where: { shopId_productId: { shopId, productId: data.productId } } });
  await openAppPage(stack, page, `/app/products/${data.productId}`);
  await app.getByRole('button', { name: 'Pin', exact: true }).click();
  await app.getByRole('button', { name: 'Unpin', exact: true }).waitFor(PATIENT);
  expect(await control()).toMatchObject({ isPinned: true, ttlSeconds: null });
  await app.getByLabel('Trusted for').selectOption('3600');
  await expect.poll(async () => (await control())?.ttlSeconds, PATIENT).toBe(3_600);

  await openAppPage(stack, page, '/app/cache');
  await app.getByRole('textbox', { name: 'Products' }).fill('title:"Trail Backpack 5"');
  await app.getByRole('button', { name: 'Have the next sync read them' }).click();
  const cached = () => db().remoteProductRow.findFirst({ where: { shopId, invalidatedBy: 'person' } });
  await expect.poll(async () => (await cached())?.invalidatedBy, PATIENT).toBe('person');
  await app.getByRole('button', { name: 'Unpin', exact: true }).click();
  await expect.poll(async () => (await control())?.isPinned, PATIENT).toBe(false);
  await app.getByLabel('What was last seen in this store is trusted for').selectOption('86400');
  const shop = () => db().shop.findUniqueOrThrow({ where: { id: shopId } });
  await expect.poll(async () => (await shop()).cacheTtlSeconds, PATIENT).toBe(86_400);
  expect(errors).toEqual([]);
  await page.context().close();
});
