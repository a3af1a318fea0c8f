/** Every page, wide and on a phone: a picture to look at, nothing that axe calls serious, nothing wider than the screen. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from './accessibility';
import { seedPages } from './page-data';
import type { PageData } from './page-data';
import { seedStores } from './store-data';
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
  await openAppPage(stack, page, '/app/audit');
  await appFrame(page).getByText('Nothing has changed yet').waitFor();
  await picture(page, 'audit-empty-wide');
  await openAppPage(stack, page, '/app/held');
  await appFrame(page).getByText('Nothing is held').waitFor();
  await picture(page, 'held-none-wide');
  await openAppPage(stack, page, '/app/edits');
  await appFrame(page).getByText('Change thousands of products at once').waitFor();
  await picture(page, 'edits-empty-wide');
  await openAppPage(stack, page, '/app/promotions');
  await appFrame(page).getByText('Prices for a time').waitFor();
  await picture(page, 'promotions-empty-wide');
  await openAppPage(stack, page, '/app/overrides');
  await appFrame(page).getByText('This store follows your catalog in everything').waitFor();
  await picture(page, 'overrides-empty-wide');
  await page.context().close();
  const shop = await stack.database.db.shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  data = await seedPages(stack.database.db, shop);
  await seedStores(stack.database.db, shop);
});
afterAll(async () => {
  await stack?.stop();
});

/** What the window shows, the admin around the app included. */
async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

/** For what the server must answer first. */
const PATIENT = { timeout: 20_000 };
const yesterday = () => new Date(Date.now() - 86_400_000).toISOString();

const PAGES: { name: string; path: () => string; heading: string | RegExp }[] = [
  { name: 'home', path: () => '/app', heading: 'Home' },
  { name: 'products', path: () => '/app/products', heading: 'Products' },
  { name: 'products-search', path: () => '/app/products?q=SKU-5-M', heading: 'Products' },
  { name: 'product', path: () => `/app/products/${data.productId}`, heading: /Trail Backpack 5/ },
  { name: 'runs', path: () => '/app/runs', heading: 'Sync runs' },
  { name: 'run', path: () => `/app/runs/${data.runId}`, heading: /^Sync of/ },
  { name: 'import', path: () => `/app/import?id=${data.importId}`, heading: 'Import and export' },
  { name: 'audit', path: () => '/app/audit', heading: 'Audit log' },
  {
    name: 'audit-search',
    path: () => '/app/audit?q=backpack&field=tags&actor=user+1&from=2020-01-01',
    heading: 'Audit log',
  },
  { name: 'alerts', path: () => '/app/alerts', heading: 'Alerts' },
  { name: 'audit-nothing', path: () => '/app/audit?sku=no-such-sku', heading: 'Audit log' },
  { name: 'history', path: () => `/app/products/${data.productId}/history`, heading: /^History of/ },
  {
    name: 'history-past',
    path: () => `/app/products/${data.productId}/history?at=${yesterday()}`,
    heading: /^History of/,
  },
  {
    name: 'history-past-all',
    path: () => `/app/products/${data.productId}/history?show=all&at=${yesterday()}`,
    heading: /^History of/,
  },
  { name: 'edit-new', path: () => '/app/edits/new', heading: 'New bulk edit' },
  { name: 'matches', path: () => '/app/matches', heading: 'Products to match' },
  { name: 'conflicts', path: () => '/app/conflicts', heading: 'Conflicts' },
  { name: 'conflicts-none', path: () => '/app/conflicts?q=nothing-like-it', heading: 'Conflicts' },
  { name: 'policies', path: () => '/app/policies', heading: 'Policies' },
  { name: 'source', path: () => '/app/source', heading: 'Source' },
  { name: 'source-connect', path: () => '/app/source?edit=connection', heading: 'Source' },
  { name: 'held', path: () => '/app/held', heading: 'Held changes' },
  { name: 'shadow-live', path: () => '/app/shadow', heading: 'Shadow report' },
  { name: 'edits', path: () => '/app/edits', heading: 'Bulk edits' },
  { name: 'edit-planning', path: () => `/app/edits/${data.edits.planning}`, heading: 'Winter prices' },
  { name: 'edit-planned', path: () => `/app/edits/${data.edits.planned}`, heading: 'Summer clearance' },
  {
    name: 'edit-warning',
    path: () => `/app/edits/${data.edits.planned}?show=warning-below-cost`,
    heading: 'Summer clearance',
  },
  { name: 'edit-guarded', path: () => `/app/edits/${data.edits.guarded}`, heading: 'Everything must go' },
  { name: 'edit-nothing', path: () => `/app/edits/${data.edits.nothing}`, heading: 'Tags of last year' },
  { name: 'edit-applying', path: () => `/app/edits/${data.edits.applying}`, heading: 'Weekend prices' },
  { name: 'edit-finished', path: () => `/app/edits/${data.edits.finished}`, heading: 'Autumn sale' },
  { name: 'edit-cancelled', path: () => `/app/edits/${data.edits.cancelled}`, heading: 'Prices of tents' },
  { name: 'edit-failed', path: () => `/app/edits/${data.edits.failed}`, heading: 'Stock of the attic' },
  { name: 'edit-undo', path: () => `/app/edits/${data.edits.undo}`, heading: 'Undo: Autumn sale' },
  {
    name: 'edit-promotion',
    path: () => `/app/edits/${data.promotions.planned}`,
    heading: 'Advent',
  },
  { name: 'edit-scheduled', path: () => `/app/edits/${data.promotions.active}`, heading: 'Black week' },
  { name: 'edit-new-promotion', path: () => '/app/edits/new?target=promotion', heading: 'New promotion' },
  { name: 'promotions', path: () => '/app/promotions', heading: 'Promotions' },
  { name: 'promotions-list', path: () => '/app/promotions?view=list', heading: 'Promotions' },
  {
    name: 'promotions-ended',
    path: () => '/app/promotions?view=list&state=ended',
    heading: 'Promotions',
  },
  {
    name: 'promotion-active',
    path: () => `/app/promotions/${data.promotions.active}`,
    heading: 'Black week',
  },
  {
    name: 'promotion-scheduled',
    path: () => `/app/promotions/${data.promotions.rival}`,
    heading: 'Members’ weekend',
  },
  {
    name: 'promotion-missed',
    path: () => `/app/promotions/${data.promotions.missed}`,
    heading: 'Night sale',
  },
  { name: 'stock', path: () => '/app/stock', heading: 'Shared stock' },
  { name: 'stock-search', path: () => '/app/stock?q=nothing-like-it', heading: 'Shared stock' },
  { name: 'overrides', path: () => '/app/overrides', heading: 'Overrides of this store' },
  { name: 'prices', path: () => '/app/prices', heading: 'Prices' },
  { name: 'prices-differences', path: () => '/app/prices?only=differences&q=tent', heading: 'Prices' },
  { name: 'store-rules', path: () => '/app/store-rules', heading: 'Store rules' },
  { name: 'settings', path: () => '/app/settings', heading: 'Settings' },
  { name: 'api-keys', path: () => '/app/api-keys', heading: 'API keys' },
  { name: 'stores', path: () => '/app/stores', heading: 'Stores' },
  { name: 'members', path: () => '/app/members', heading: 'People' },
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
    await expect.poll(titles, PATIENT).not.toEqual(first);
    const second = await titles();
    expect(second.filter((title) => first.includes(title))).toEqual([]);
    await app.getByRole('button', { name: 'Previous' }).click();
    await expect.poll(titles, PATIENT).toEqual(first);
    await openAppPage(stack, page, '/app/products?q=sku-5-m');
    await app.getByText('1 product', { exact: true }).waitFor();
    expect(await titles()).toEqual(['Trail Backpack 5']);
    await page.context().close();
  });
});

describe('the audit log', () => {
  it('filters by what is chosen and typed, keeps it in the address, and exports what matches', async () => {
    const { page } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/audit');
    await app.getByRole('button', { name: 'Search and filter' }).click();
    await app.getByPlaceholder('Search by title, handle or whole SKU').fill('trail backpack 5');
    // Any row's. Before the typing rests: neither may take the other's place.
    await app.getByRole('button', { name: 'Only changes by Shopify' }).first().click();
    await app.getByRole('button', { name: /Caused by: Shopify/ }).waitFor();
    const rows = app.locator('tbody tr');
    await expect.poll(() => rows.count(), PATIENT).toBe(1);
    const download = page.waitForEvent('download');
    await app.getByRole('button', { name: /^Export as CSV/ }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^audit-log-.*\.csv$/);
    const lines = readFileSync(await file.path(), 'utf8');
    expect(lines).toMatch(/^Time \(UTC\),Product/);
    expect(lines.match(/,descriptionHtml,/g)).toHaveLength(1);
    expect(lines).not.toContain(',price,');
    await page.context().close();
  });
});

describe('a product’s history', () => {
  it('restores what is chosen by keyboard, and shows it on the timeline', async () => {
    const { page, errors } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    const product = () =>
      stack.database.db.catalogProduct.findUniqueOrThrow({ where: { id: data.productId } });
    const before = await product();
    await openAppPage(stack, page, `/app/products/${data.productId}`);
    await app.getByRole('link', { name: 'History' }).click();
    await app.getByRole('heading', { level: 1, name: /^History of/ }).waitFor();
    // The oldest change that took effect: the product before it.
    await app
      .getByRole('link', { name: /^Before .*: the product/ })
      .last()
      .click();
    await app.getByRole('heading', { name: /^As it was on/ }).waitFor();
    await app.getByRole('button', { name: 'Choose none' }).click();
    await app.getByLabel('Restore Vendor, Product').focus();
    await page.keyboard.press('Space');
    await app.getByRole('button', { name: 'Restore 1 field' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await product()).vendor, PATIENT).toBe('Fjell');
    await app.getByText('Fjell', { exact: true }).first().waitFor();
    await expect.poll(() => app.getByLabel('Restore Vendor, Product').count(), PATIENT).toBe(0);
    expect(await product()).toMatchObject({ tags: before.tags, title: before.title });
    const newest = app
      .getByRole('listitem')
      .filter({ has: app.getByRole('link', { name: /^After .*: the product/ }) });
    await expect.poll(() => newest.first().textContent(), PATIENT).toContain('Restored into the catalog');
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

describe('how long the audit log is kept', () => {
  it('is set in Settings, and nonsense is refused where it is typed', async () => {
    const { page } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/settings');
    const days = app.getByLabel('Keep changes for');
    await days.fill('0');
    await app.getByText('Write a whole number of days from 1 to 3650.').waitFor();
    await days.fill('90');
    await page.getByRole('button', { name: 'Save' }).click();
    const kept = async () =>
      (await stack.database.db.shop.findUniqueOrThrow({ where: { domain: DOMAIN } })).auditRetentionDays;
    await expect.poll(kept, PATIENT).toBe(90);
    await page.context().close();
  });
});

describe('shared stock', () => {
  it('has rules that are typed, refused where they say nothing, and saved', async () => {
    const { page, errors } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/stock');
    await app.getByText('Held back from all stores').waitFor(PATIENT);
    await app.getByText('SKU-41-M').scrollIntoViewIfNeeded();
    await picture(page, 'stock-articles-wide');
    await page.setViewportSize(SIZES.phone);
    await app.getByText('SKU-41-M').scrollIntoViewIfNeeded();
    await picture(page, 'stock-articles-phone');
    await page.setViewportSize(SIZES.wide);
    const percent = app.getByLabel('Percent of the stock');
    await percent.fill('120');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('whole percent from 1 to 100').waitFor(PATIENT);
    await percent.fill('25');
    await page.getByRole('button', { name: 'Save' }).click();
    const kept = async () =>
      (await stack.database.db.stockRule.findMany({ orderBy: { ownUnits: 'asc' } })).map(
        ({ keepUnits, keepPercent, ownUnits }) => [keepUnits, keepPercent, ownUnits],
      );
    await expect.poll(kept, PATIENT).toEqual([
      [2, null, 0],
      [null, 25, 5],
    ]);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

describe('a product CSV at an address', () => {
  it('is set, refused where it cannot be asked, and left alone', async () => {
    const { page, errors } = await stack.openPage(SIZES.phone);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/import');
    const address = app.getByLabel('Address of the file');
    await address.fill('http://10.0.0.7/products.csv');
    await app.getByRole('button', { name: 'Watch this file' }).click();
    await app.getByText('10.0.0.7 is not on the public web.').waitFor(PATIENT);
    await address.fill('https://files.example/products.csv?token=secret');
    await app.getByLabel('How often').selectOption({ label: 'Every 15 minutes' });
    await app.getByRole('button', { name: 'Watch this file' }).click();
    await app.getByText('https://files.example/products.csv?…').waitFor(PATIENT);
    await app.getByText('Every 15 minutes').first().waitFor(PATIENT);
    expect(await graveFindings(stack, page)).toEqual([]);
    await app.getByRole('button', { name: 'Look now' }).scrollIntoViewIfNeeded();
    await picture(page, 'import-watched-phone');
    await app.getByRole('button', { name: 'Stop watching' }).click();
    await address.waitFor(PATIENT);
    expect(await stack.database.db.csvWatch.count()).toBe(0);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

describe('the REST API', () => {
  it('takes a key that was made and shown once, until it is revoked', async () => {
    const { page, errors } = await stack.openPage(SIZES.phone);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/api-keys');
    await app.getByRole('button', { name: 'Create key' }).click();
    const dialog = app.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Warehouse robot');
    await picture(page, 'api-key-create-phone');
    await dialog.getByLabel('Read the catalog').check();
    await dialog.getByRole('button', { name: 'Create key' }).click();
    const key = await dialog.getByLabel('API key').inputValue(PATIENT);
    expect(key).toMatch(/^lsk_/);
    await picture(page, 'api-key-made-phone');
    expect(await graveFindings(stack, page)).toEqual([]);
    const ask = (path: string) =>
      fetch(`${stack.app.origin}/api/shopify${path}`, { headers: { authorization: `Bearer ${key}` } });
    const found = await ask('/catalog/products?limit=2');
    expect(found.status).toBe(200);
    expect(await found.json()).toMatchObject({ data: [{ handle: expect.any(String) }, {}] });
    expect((await ask('/audit')).status).toBe(403);
    expect((await fetch(`${stack.app.origin}/api/shopify/runs`, { method: 'OPTIONS' })).status).toBe(401);

    await dialog.getByRole('button', { name: 'I have kept it' }).click();
    await app.getByRole('button', { name: 'Revoke Warehouse robot' }).click();
    expect(await app.locator('body').innerText()).not.toContain(key);
    await app.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click();
    await expect.poll(async () => (await ask('/catalog/products')).status, PATIENT).toBe(401);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('lets a system push, signed with a secret that is shown once, until it is revoked', async () => {
    const { page, errors } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/api-keys');
    await app.getByRole('button', { name: 'Add a system that pushes' }).click();
    const dialog = app.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Dynamics');
    await dialog.getByRole('button', { name: 'Add system' }).click();
    const secret = await dialog.getByLabel('Secret').inputValue(PATIENT);
    const address = await dialog.getByLabel('Address').inputValue();
    await picture(page, 'push-source-made-wide');
    expect(await graveFindings(stack, page)).toEqual([]);
    const push = (price: string) => {
      const body = JSON.stringify({
        changes: [
          {
            type: 'upsert',
            product: {
              handle: 'pushed',
              title: 'Pushed',
              variants: [{ option_values: [], sku: 'PUSHED', price }],
            },
          },
        ],
      });
      const [id, at] = [randomUUID(), new Date()];
      return fetch(address, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': new Webhook(secret).sign(id, at, body),
        },
      });
    };
    const pushed = await push('5.00');
    expect(await pushed.json()).toMatchObject({ results: [{ handle: 'pushed', outcome: 'created' }] });
    await dialog.getByRole('button', { name: 'I have kept it' }).click();
    await app.getByRole('button', { name: 'Revoke Dynamics' }).click();
    await picture(page, 'api-keys-with-system-wide');
    await app.getByRole('dialog').getByRole('button', { name: 'Revoke system' }).click();
    await expect.poll(async () => (await push('6.00')).status, PATIENT).toBe(401);
    await stack.database.db.catalogProduct.deleteMany({ where: { handle: 'pushed' } });
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it.each(Object.entries(SIZES))('has a reference for people (%s)', async (size, viewport) => {
    const { page, errors } = await stack.openPage(viewport);
    await page.goto(`${stack.app.origin}/api/docs`);
    await page.getByRole('heading', { level: 1, name: 'Lockstep REST API' }).waitFor();
    await picture(page, `api-docs-${size}`);
    await page.getByRole('link', { name: 'Write up to 250 products' }).first().click();
    await picture(page, `api-docs-products-${size}`);
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(tooWide).toBeLessThanOrEqual(0);
    expect(await graveFindings(stack, page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

describe('changes of the database that cannot be followed', () => {
  it.each(Object.entries(SIZES))(
    'are said on Home and in Settings, with what to do (%s)',
    async (size, viewport) => {
      const { page, errors } = await stack.openPage(viewport);
      const app = appFrame(page);
      const { changeCapture } = stack.database.db;
      const note = (data: Parameters<typeof changeCapture.update>[0]['data']) =>
        changeCapture.update({ where: { id: 'catalog' }, data: { measuredAt: new Date(), ...data } });
      const remedy = 'ALTER ROLE "lockstep" REPLICATION; on Amazon RDS: GRANT rds_replication TO "lockstep";';
      await note({
        state: 'refused',
        problemCode: 'role',
        problem: 'The role "lockstep" may not read the changes of the database.',
        remedy,
      });
      for (const path of ['/app', '/app/settings']) {
        await openAppPage(stack, page, path);
        await app.getByText(remedy).first().waitFor();
        await picture(page, `capture-refused${path.replaceAll('/', '-')}-${size}`);
        expect(await graveFindings(stack, page)).toEqual([]);
      }
      await note({
        ...{
          state: 'streaming',
          problemCode: null,
          problem: null,
          remedy: null,
          slot: 'lockstep_catalog_16384',
        },
        ...{
          isAlarming: true,
          retainedBytes: 912_000_000n,
          safeWalBytes: 40_000_000n,
          walStatus: 'extended',
        },
        ...{ lastChangeAt: new Date(), comparedAt: new Date(), needsComparison: false },
        comparisonReason: 'The replication slot was lost: the database could not keep its log any longer.',
      });
      await openAppPage(stack, page, '/app');
      await app.getByText('Your database keeps changes that nobody reads').waitFor();
      await picture(page, `capture-alarm-${size}`);
      await app.getByRole('link', { name: 'See the figures' }).click();
      await app.getByText('912 MB').waitFor();
      await picture(page, `capture-card-${size}`);
      expect(await graveFindings(stack, page)).toEqual([]);
      expect(errors).toEqual([]);
      await note({ state: 'off', isAlarming: false, retainedBytes: null });
      await page.context().close();
    },
  );
});
