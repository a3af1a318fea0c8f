/** Every page, wide and on a phone: a picture to look at, nothing that axe calls serious, nothing wider than the screen. */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from './accessibility';
import { seedPages } from './page-data';
import type { PageData } from './page-data';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PICTURES = 'tests/e2e/screenshots';
const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;

let stack: Stack;
let data: PageData;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  stack = await startStack({ worker: false });
  const { page } = await stack.openPage(SIZES.wide);
  await installApp(stack, page);
  // Before there is anything: what a merchant sees first.
  await picture(page, 'home-empty-wide');
  await openAppPage(stack, page, '/app/products');
  await appFrame(page).getByText('Your catalog is empty').waitFor();
  await picture(page, 'products-empty-wide');
  await page.context().close();
  const shop = await stack.database.db.shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  data = await seedPages(stack.database.db, shop);
});
afterAll(async () => {
  await stack?.stop();
});

/** What the window shows, the admin around the app included. */
async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

const PAGES: { name: string; path: () => string; heading: string | RegExp }[] = [
  { name: 'home', path: () => '/app', heading: 'Home' },
  { name: 'products', path: () => '/app/products', heading: 'Products' },
  { name: 'products-search', path: () => '/app/products?q=SKU-5-M', heading: 'Products' },
  { name: 'product', path: () => `/app/products/${data.productId}`, heading: /Trail Backpack 5/ },
  { name: 'runs', path: () => '/app/runs', heading: 'Sync runs' },
  { name: 'run', path: () => `/app/runs/${data.runId}`, heading: /^Sync of/ },
  { name: 'import', path: () => `/app/import?id=${data.importId}`, heading: 'Import and export' },
  { name: 'matches', path: () => '/app/matches', heading: 'Products to match' },
  { name: 'conflicts', path: () => '/app/conflicts', heading: 'Conflicts' },
  { name: 'conflicts-none', path: () => '/app/conflicts?q=nothing-like-it', heading: 'Conflicts' },
  { name: 'policies', path: () => '/app/policies', heading: 'Policies' },
  { name: 'shadow-live', path: () => '/app/shadow', heading: 'Shadow report' },
  { name: 'settings', path: () => '/app/settings', heading: 'Settings' },
  { name: 'not-found', path: () => '/app/runs/3b241101-e2bb-4255-8caf-4136c566a962', heading: 'Not found' },
];

describe.each(Object.entries(SIZES))('%s', (size, viewport) => {
  let page: Page;
  let errors: string[];
  beforeAll(async () => {
    ({ page, errors } = await stack.openPage(viewport));
  });
  afterAll(async () => {
    await page?.context().close();
  });

  it.each(PAGES)('shows $name', async ({ name, path, heading }) => {
    await openAppPage(stack, page, path());
    await appFrame(page).getByRole('heading', { level: 1, name: heading }).first().waitFor();
    await picture(page, `${name}-${size}`);

    const frame = page.frames().find((one) => one.url().startsWith(stack.app.origin));
    const tooWide = await frame!.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(tooWide).toBeLessThanOrEqual(0);

    expect(await graveFindings(stack, page)).toEqual([]);
    expect(errors).toEqual([]);
  });
});

describe('the list of products', () => {
  it('turns its pages forth and back, and finds a product by its SKU', async () => {
    const { page } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/products');
    const titles = () => app.locator('tbody a[data-primary-link]').allTextContents();
    await app.getByText('120 products').waitFor();
    const first = await titles();
    await app.getByRole('button', { name: 'Next' }).click();
    await expect.poll(titles).not.toEqual(first);
    const second = await titles();
    expect(second.filter((title) => first.includes(title))).toEqual([]);
    await app.getByRole('button', { name: 'Previous' }).click();
    await expect.poll(titles).toEqual(first);
    await openAppPage(stack, page, '/app/products?q=sku-5-m');
    await app.getByText('1 product', { exact: true }).waitFor();
    expect(await titles()).toEqual(['Trail Backpack 5']);
    await page.context().close();
  });
});
