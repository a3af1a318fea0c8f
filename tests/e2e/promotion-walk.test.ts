/** A merchandiser makes a promotion, sees it on the calendar and ends it; then gives one store a value of its own and takes it back. */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localTime } from '~/core/local-time';
import { rawProduct } from '../support/catalog-rows';
import { shopOf } from '../support/merchant';
import { waitFor } from '../support/wait-for';
import { graveFindings } from './accessibility';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PICTURES = 'tests/e2e/screenshots';
const PATIENCE = { timeout: 60_000 };
const TENTS = 6;
const HOUR_MS = 3_600_000;

let stack: Stack;
let page: Page;
let errors: string[];

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  stack = await startStack({ worker: true });
  ({ page, errors } = await stack.openPage({ width: 1280, height: 1200 }));
  await installApp(stack, page);
  const shop = await db().shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  await db().shop.update({ where: { id: shop.id }, data: { guardCatalogPercent: null } });
  for (let at = 0; at < TENTS; at += 1)
    await rawProduct(db(), shop.accountId, {
      handle: `tent-${at}`,
      product: { title: `Tent ${at}`, vendor: 'Nordwind' },
      options: [],
      media: [],
      metafields: [],
      variants: [{ sku: `T${at}`, price: `${100 + at}.00` }],
    });
  await openAppPage(stack, page, '/app');
  await button('Sync now').first().click();
  await waitFor(
    'the store has the products',
    async () => (await db().syncRun.count({ where: { state: 'finished' } })) > 0,
    { timeoutMs: 200_000 },
  );
});
afterAll(async () => {
  await stack?.stop();
});

const db = () => stack.database.db;
const app = () => appFrame(page);
const button = (name: string | RegExp) => app().getByRole('button', { name });
const heading = (name: string | RegExp) => app().getByRole('heading', { name });
const picture = (name: string) => page.screenshot({ path: `${PICTURES}/${name}.png` });
const isAccessible = async () => expect(await graveFindings(stack, page)).toEqual([]);
/** As a field of the editor takes it, by the shop's clock. */
const inHours = (hours: number) =>
  localTime(new Date(Date.now() + hours * HOUR_MS), 'Europe/Berlin').slice(0, 16);

/** Price and compare-at price in the store, by handle. */
function storePrices(): Record<string, [string, string | null]> {
  const { products, variants } = shopOf(stack);
  return Object.fromEntries(
    [...products.values()]
      .map(({ handle, variantIds }): [string, [string, string | null]] => {
        const { price, compareAtPrice } = variants.get(variantIds[0]!)!;
        return [handle, [Number(price).toFixed(2), compareAtPrice && Number(compareAtPrice).toFixed(2)]];
      })
      .toSorted(),
  );
}
const prices = (of: (price: number) => [string, string | null]) =>
  Object.fromEntries(Array.from({ length: TENTS }, (_, at) => [`tent-${at}`, of(100 + at)]));

describe('a promotion', () => {
  it('is made in the editor, which refuses an end that is over where it is typed', async () => {
    await openAppPage(stack, page, '/app/promotions');
    await app().getByRole('link', { name: 'Make a promotion' }).click();
    await heading('New promotion').first().waitFor();
    await app().getByLabel('As soon as I schedule it').check();
    await app().getByLabel('Ends').fill(inHours(-2));
    await app().getByText('This moment is over. Choose a later one').waitFor();
    await app().getByLabel('Ends').fill(inHours(50));
    await app().getByLabel('Show the regular price as compare-at price').check();
    await app().getByLabel('Percent').fill('10');
    await app().getByText('90.00', { exact: true }).first().waitFor(PATIENCE);
    await app().getByLabel('Name of this edit').fill('Tent days');
    await picture('promotion-walk-editor-wide');
    await isAccessible();
    await button('Review all changes').first().click();
    await button(`Schedule for ${TENTS} products`).click(PATIENCE);
    // It begins at once: whether the page still finds it scheduled is chance.
    await app().getByRole('link', { name: 'Show the promotion' }).click(PATIENCE);
  });

  it('begins, and Shopify follows', async () => {
    await heading('Tent days').first().waitFor(PATIENCE);
    await app().getByText('On now', { exact: true }).first().waitFor(PATIENCE);
    await expect
      .poll(storePrices, PATIENCE)
      .toEqual(prices((price) => [(price * 0.9).toFixed(2), price.toFixed(2)]));
    await app().getByText('Shopify has the prices of all its products.').waitFor(PATIENCE);
    await picture('promotion-walk-on-wide');
    await isAccessible();
  });

  it('stands on the calendar, and ends from its page', async () => {
    await openAppPage(stack, page, '/app/promotions');
    await app()
      .getByRole('link', { name: /^Tent days/ })
      .first()
      .click();
    await heading('Tent days').first().waitFor(PATIENCE);
    await button('Change times').click();
    const dialog = app().getByRole('dialog');
    await dialog.getByLabel('Ends').fill(inHours(74));
    await isAccessible();
    await picture('promotion-walk-times-wide');
    await dialog.getByRole('button', { name: 'Change times' }).click();
    await expect.poll(() => dialog.count(), PATIENCE).toBe(0);
    await button('End now').click();
    await app().getByRole('dialog').getByRole('button', { name: 'End now' }).click();
    await app().getByText('Ended', { exact: true }).first().waitFor(PATIENCE);
    await expect.poll(storePrices, PATIENCE).toEqual(prices((price) => [price.toFixed(2), null]));
    await app().getByText('All its products are back to what lies beneath.').waitFor(PATIENCE);
    expect(errors).toEqual([]);
  });
});

describe('one store', () => {
  it('holds a value of its own until it is revoked from the product’s page', async () => {
    const product = await db().catalogProduct.findFirstOrThrow({ where: { handle: 'tent-3' } });
    const vendor = () =>
      [...shopOf(stack).products.values()].find(({ handle }) => handle === 'tent-3')?.vendor;
    await openAppPage(stack, page, `/app/products/${product.id}`);
    await app().getByRole('link', { name: 'Edit in this store only' }).click();
    await app().getByText('1 product, each with all of its variants').waitFor(PATIENCE);
    await app().getByLabel('What to change').selectOption('vendor');
    await app().getByLabel('New vendor').fill('Nordwind Schweiz');
    await app().getByText('In this store only, whatever the catalog says').first().waitFor(PATIENCE);
    await button('Review all changes').first().click();
    await button('Apply to 1 product').click(PATIENCE);
    await expect.poll(vendor, PATIENCE).toBe('Nordwind Schweiz');
    await openAppPage(stack, page, `/app/products/${product.id}`);
    await heading('Only in this store').waitFor(PATIENCE);
    await picture('override-walk-product-wide');
    await button(/^Revoke Tent 3, Vendor/).click();
    await app().getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await expect.poll(vendor, PATIENCE).toBe('Nordwind');
    await expect.poll(() => heading('Only in this store').count(), PATIENCE).toBe(0);
    expect(errors).toEqual([]);
  });
});
