/** One click installs the app: the admin, the app's frame, the menu, and uninstalling, in a real browser. */
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Emulator } from '../../emulator/server';
import { freePort, spawnApp } from '../support/app';
import type { RunningApp } from '../support/app';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { startTestEmulator } from '../support/emulator';
import { testEnvironment } from '../support/environment';
import { waitFor } from '../support/wait-for';
import { spawnWorker } from '../support/worker';
import type { Child } from '../support/child';

const DOMAIN = 'lockstep-demo.myshopify.com';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Shopify's library answers 410 to robots, and takes a headless browser for one. */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

let database: TestDatabase;
let emulator: Emulator;
let app: RunningApp;
let worker: Child;
let browser: Browser;
let page: Page;
/** Scripts that failed in the browser, a hydration that did not fit included. */
const failures: Error[] = [];

beforeAll(async () => {
  const port = await freePort();
  const appUrl = `http://127.0.0.1:${port}`;
  database = await createTestDatabase();
  emulator = await startTestEmulator({
    appUrl,
    shops: [
      {
        domain: DOMAIN,
        name: 'Lockstep Demo',
        plan: 'standard',
        currencyCode: 'EUR',
        timezone: 'Europe/Berlin',
        locations: ['Warehouse'],
      },
    ],
  });
  const env = testEnvironment({ databaseUrl: database.url, emulatorOrigin: emulator.origin, appUrl });
  app = await spawnApp(env, port);
  worker = await spawnWorker(env);
  browser = await chromium.launch({ executablePath: inject('chromiumPath'), args: FLAGS });
  page = await browser.newPage({ userAgent: USER_AGENT });
  page.on('pageerror', (error) => failures.push(error));
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
  await worker?.stop();
  await emulator?.close();
  await database?.drop();
});

const appPage = () => page.frameLocator('#app-frame');
const title = () => page.locator('#app-title h1');
const shopRow = () => database.db.shop.findUnique({ where: { domain: DOMAIN } });

async function install() {
  await page.goto(`${emulator.origin}/store/lockstep-demo/apps/lockstep`);
  await page.getByRole('button', { name: 'Install' }).click();
  await title().getByText('Home').waitFor();
}

describe('installing', () => {
  it('takes one click, and opens the app in the admin', async () => {
    await install();
    expect(await appPage().getByRole('heading', { level: 1 }).first().textContent()).toContain('Home');
    await page.waitForURL(/\/store\/lockstep-demo\/apps\/lockstep\/app$/);
    expect(await page.locator('#app-nav a').allTextContents()).toEqual([
      'Products',
      'Bulk edits',
      'Promotions',
      'Prices',
      'Conflicts',
      'Sync runs',
      'Dashboard',
      'Analytics',
      'Audit log',
      'Shared stock',
      'Cache',
      'Alerts',
      'Import & export',
      'Stores',
      'People',
      'Settings',
    ]);
  });

  it('stores an encrypted token that expires, and the shop', async () => {
    const session = await database.db.session.findUniqueOrThrow({ where: { id: `offline_${DOMAIN}` } });
    expect(session.accessToken).toMatch(/^v1\.test\./);
    expect(session.refreshToken).toMatch(/^v1\.test\./);
    expect(session.expires!.getTime() - Date.now()).toBeLessThanOrEqual(3_600_000);
    const shop = await shopRow();
    expect(shop).toMatchObject({
      domain: DOMAIN,
      uninstalledAt: null,
      name: 'Lockstep Demo',
      currencyCode: 'EUR',
    });
  });

  it("follows the menu without a new document, and keeps the admin's address", async () => {
    await page.locator('#app-nav').getByText('Products').click();
    await title().getByText('Products').waitFor();
    await page.waitForURL(/\/apps\/lockstep\/app\/products$/);
    await page.reload();
    await title().getByText('Products').waitFor();
    expect(await appPage().getByRole('heading', { level: 1 }).first().textContent()).toContain('Products');
  });

  it('finds its way back where the frame alone is loaded again', async () => {
    const frame = page.frames().find((one) => one.url().startsWith(app.origin));
    const bounced = page.waitForResponse(/\/auth\/session-token\?/);
    await frame!.evaluate(() => location.assign('/app/products'));
    await bounced;
    await title().getByText('Products').waitFor();
    expect(await appPage().getByRole('heading', { level: 1 }).first().textContent()).toContain('Products');
    await page.waitForURL(/\/apps\/lockstep\/app\/products$/);
  });

  it('may be framed by the admin only', async () => {
    const answer = await fetch(`${app.origin}/auth/login`);
    expect(answer.headers.get('content-security-policy')).toBe(`frame-ancestors ${emulator.origin};`);
  });
});

describe('uninstalling', () => {
  it('is noticed, forgets the token, and lets the app be installed again', async () => {
    await page.goto(`${emulator.origin}/store/lockstep-demo`);
    await page.getByRole('button', { name: 'Uninstall' }).click();
    await waitFor('the app notices', async () => (await shopRow())?.uninstalledAt);
    await emulator.webhooks.settle();
    expect(await database.db.session.count({ where: { shop: DOMAIN } })).toBe(0);
    expect(
      emulator.webhooks.deliveries.find((one) => one.topic === 'app/uninstalled')?.attempts,
    ).toHaveLength(1);
    await install();
    expect((await shopRow())?.uninstalledAt).toBeNull();
  });
});

it('ran every script without a failure', () => {
  expect(failures).toEqual([]);
});
