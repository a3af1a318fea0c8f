/** The conflict inbox, policies and the shadow report as a merchant uses them; nothing carries the answers out here. */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Prisma } from '#generated/prisma/client';
import { graveFindings } from './accessibility';
import { seedShadow } from './conflict-data';
import { seedPages } from './page-data';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PICTURES = 'tests/e2e/screenshots';
const PATIENCE = { timeout: 20_000 };
const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;

let stack: Stack;
let page: Page;
let errors: string[];
let shop: { id: string; accountId: string };
let productIds: string[];

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  stack = await startStack({ worker: false });
  ({ page, errors } = await stack.openPage(SIZES.wide));
  await installApp(stack, page);
  await openAppPage(stack, page, '/app/conflicts');
  await app().getByText('No conflict waits for you').waitFor();
  await picture('conflicts-empty-wide');
  shop = await db().shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  await seedPages(db(), shop, 24);
  const products = await db().catalogProduct.findMany({ orderBy: { title: 'asc' }, select: { id: true } });
  productIds = products.map(({ id }) => id);
});
afterAll(async () => {
  await stack?.stop();
});

const db = () => stack.database.db;
const app = (of = page) => appFrame(of);
const toast = (text: string) => page.locator('[data-toast]').getByText(text);
const picture = async (name: string) => {
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
};
const row = (name: string | RegExp) => app().getByRole('row', { name });
const waiting = () => app().locator('[data-conflict]').count();
const conflict = (data: Partial<Prisma.ConflictCreateInput>) =>
  db().conflict.create({
    data: {
      shopId: shop.id,
      productId: productIds[0]!,
      field: 'vendor',
      fieldGroup: 'organization',
      reason: 'both-changed',
      source: 'Here',
      remote: 'There',
      ...data,
    },
  });

async function expectAccessible(): Promise<void> {
  expect(await graveFindings(stack, page)).toEqual([]);
}

describe('the inbox', () => {
  it('shows both sides with the difference marked, and names the number on Home', async () => {
    await openAppPage(stack, page, '/app');
    await app().getByText('7 conflicts wait for you').waitFor();
    await app().getByRole('link', { name: 'Settle them' }).click();
    await row(/Title/).waitFor();
    expect(await waiting()).toBe(7);
    expect(await row(/Title/).locator('mark').allTextContents()).toEqual(['down', 'winter edition']);
    await expectAccessible();
  });

  it('shows a conflict that is found while it is open, without reloading', async () => {
    await app()
      .locator('body')
      .evaluate((body) => body.setAttribute('data-loaded', 'once'));
    const found = await conflict({ field: 'productType', source: 'Lamp', remote: 'Light' });
    await row(/Product type/).waitFor({ timeout: 10_000 });
    expect(await app().locator('body').getAttribute('data-loaded')).toBe('once');
    await db().conflict.update({ where: { id: found.id }, data: { state: 'gone', endedAt: new Date() } });
    await row(/Product type/).waitFor({ state: 'detached', timeout: 10_000 });
  });

  it('keeps filters in the address', async () => {
    await openAppPage(stack, page, '/app/conflicts?group=price&age=week');
    await row(/Price/).waitFor();
    expect(await waiting()).toBe(1);
    await app().getByText('Above the limit').first().waitFor();
    // Letters that are shortcuts elsewhere are only letters where one types.
    const answered = () => db().conflict.count({ where: { shopId: shop.id, state: 'resolving' } });
    const before = await answered();
    await app().getByPlaceholder('Search by product or SKU').pressSequentially('jcsez?');
    await app().getByText('No conflict matches').waitFor();
    expect(await answered()).toBe(before);
    expect(await app().getByRole('dialog').count()).toBe(0);
    await openAppPage(stack, page, '/app/conflicts?view=snoozed');
    await row(/Vendor/)
      .getByRole('button', { name: /^Bring .* back now/ })
      .waitFor();
  });

  it('is worked through by keyboard alone', async () => {
    await openAppPage(stack, page, '/app/conflicts');
    await row(/Price/).first().waitFor();
    await app().locator('h1').first().click();
    await page.keyboard.press('?');
    await app().getByText('Use these shortcuts').waitFor();
    await expectAccessible();
    await picture('conflicts-shortcuts-wide');
    await page.keyboard.press('Escape');
    const open = () =>
      db().conflict.findMany({ where: { shopId: shop.id, state: 'open', snoozedUntil: null } });
    const before = await open();
    await page.keyboard.press('j');
    await app()
      .getByText(/^Conflict 1 of 7: Price/)
      .waitFor({ state: 'attached' });
    // Two answers in a row: the second must not cut off the first.
    await page.keyboard.press('c');
    await page.keyboard.press('j');
    await page.keyboard.press('s');
    await expect.poll(async () => (await open()).length, PATIENCE).toBe(before.length - 2);
    const answered = await db().conflict.findMany({
      where: { id: { in: before.map(({ id }) => id) }, state: 'resolving' },
      orderBy: { openedAt: 'desc' },
    });
    expect(answered.map(({ field, choice }) => [field, choice])).toEqual([
      ['price', 'source'],
      ['title', 'remote'],
    ]);
    expect(answered[0]!.resolvedBy).toMatch(/^user /);
    await expect.poll(waiting, PATIENCE).toBe(5);
  });

  it('takes a third value, and says what is wrong with one it cannot take', async () => {
    await openAppPage(stack, page, '/app/conflicts?group=price');
    await row(/Price/).getByRole('button', { name: /^Edit/ }).click();
    const field = app().getByRole('dialog').getByLabel('Price');
    await field.fill('cheap');
    await app().getByRole('button', { name: 'Use on both sides' }).click();
    await app()
      .getByText(/“cheap” cannot be used/)
      .first()
      .waitFor();
    await picture('conflicts-edit-wide');
    await expectAccessible();
    await field.fill('45.5');
    await app().getByRole('button', { name: 'Use on both sides' }).click();
    await toast('1 answer on the way').waitFor();
    const held = await db().conflict.findFirstOrThrow({ where: { shopId: shop.id, reason: 'held' } });
    expect(held).toMatchObject({ state: 'resolving', choice: 'value', value: '45.50' });
    await app().getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('snoozes, and answers several at once', async () => {
    await openAppPage(stack, page, '/app/conflicts');
    await row(/Stock/)
      .getByRole('button', { name: /^Snooze/ })
      .click();
    await app().getByRole('dialog').getByText('For a week').click();
    await app().getByRole('dialog').getByRole('button', { name: 'Snooze' }).click();
    await toast('1 conflict snoozed').waitFor();
    await row(/Stock/).waitFor({ state: 'detached' });
    for (const box of await app()
      .getByRole('checkbox', { name: /^Select (Tag|Metafield)/ })
      .all())
      await box.check({ force: true });
    await picture('conflicts-bulk-wide');
    await app().getByRole('button', { name: 'Keep Shopify', exact: true }).first().click();
    await app().getByRole('dialog').getByText('Keep Shopify for 2 conflicts?').waitFor();
    await app().getByRole('dialog').getByRole('button', { name: 'Keep Shopify' }).click();
    await toast('2 answers on the way').waitFor();
    const answered = await db().conflict.findMany({
      where: { shopId: shop.id, state: 'resolving', choice: 'remote' },
      select: { fieldGroup: true },
    });
    expect(answered.map(({ fieldGroup }) => fieldGroup).sort()).toEqual([
      'content',
      'metafields',
      'organization',
    ]);
  });

  it('offers a rule and takes a no', async () => {
    await openAppPage(stack, page, '/app/conflicts');
    await app().getByText('Texts: let Shopify win from now on?').waitFor();
    await app()
      .getByRole('button', { name: /would have answered otherwise/ })
      .click();
    await app()
      .getByText(/You wrote A third name/)
      .waitFor();
    await picture('conflicts-offer-wide');
    await app().getByRole('button', { name: 'No, ask me each time' }).click();
    await toast('It will not be offered again').waitFor();
    await app().getByText('Texts: let Shopify win from now on?').waitFor({ state: 'detached' });
    expect(await db().policyRule.count({ where: { fieldGroup: 'content', productId: null } })).toBe(0);
  });
});

describe('policies', () => {
  it('adds a rule for a product, shows what would change, and saves', async () => {
    await openAppPage(stack, page, '/app/policies');
    await app().getByLabel('Add a rule for a product').fill('SKU-5-M');
    await app().getByRole('button', { name: 'Search' }).click();
    await app().getByRole('button', { name: 'Trail Backpack 5' }).click();
    await app().getByLabel('Who wins for Trail Backpack 5, All fields').selectOption('remote-wins');
    await app().getByLabel('Who wins for stock').selectOption('manual');
    await page.getByRole('button', { name: 'Save' }).click();
    await app().getByRole('dialog').getByText('What this would change now').waitFor();
    await picture('policies-preview-wide');
    await expectAccessible();
    await app().getByRole('button', { name: 'Save policies' }).click();
    await toast('Policies saved').waitFor();
    const rules = await db().policyRule.findMany({ where: { shopId: shop.id } });
    expect(rules.map(({ fieldGroup, conflictPolicy }) => `${fieldGroup} ${conflictPolicy}`).sort()).toEqual([
      'content remote-wins',
      'inventory manual',
      'null remote-wins',
      'price source-wins',
    ]);
  });

  it('refuses a limit that is none, and says which', async () => {
    await openAppPage(stack, page, '/app/policies');
    await app().getByLabel('Limit for prices').fill('much');
    await page.getByRole('button', { name: 'Save' }).click();
    await toast('Limit of Prices: “much” is none').waitFor();
  });
});

describe('the shadow report', () => {
  it.each(Object.entries(SIZES))('shows what would be written, %s', async (size, viewport) => {
    if (size === 'wide') await seedShadow(db(), shop.id, productIds);
    await page.setViewportSize(viewport);
    await openAppPage(stack, page, '/app/shadow');
    await app().getByText('By field').waitFor();
    await picture(`shadow-${size}`);
    await expectAccessible();
    const frame = page.frames().find((one) => one.url().startsWith(stack.app.origin));
    expect(await frame!.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  });

  it('starts a canary and goes live, each after asking', async () => {
    await page.setViewportSize(SIZES.wide);
    await openAppPage(stack, page, '/app/shadow');
    await app().getByRole('button', { name: 'Start canary' }).first().click();
    await app().getByRole('dialog').getByLabel('Share of the products').fill('5');
    await app().getByRole('dialog').getByRole('button', { name: 'Start canary' }).click();
    await toast('Canary of 5 % started').waitFor();
    const stored = () => db().shop.findUniqueOrThrow({ where: { id: shop.id } });
    expect(await stored()).toMatchObject({ syncMode: 'canary', canaryPercent: 5 });
    expect(await db().shadowDecision.count()).toBe(0);
    await app().getByRole('button', { name: 'Go live' }).first().click();
    await app().getByRole('dialog').getByRole('button', { name: 'Go live' }).click();
    await toast('This store is live').waitFor();
    expect((await stored()).syncMode).toBe('live');
    await app().getByText('This store is live', { exact: true }).first().waitFor();
  });
});

it('had no error on any page', () => {
  expect(errors).toEqual([]);
});
