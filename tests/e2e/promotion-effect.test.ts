/** A merchant asks what a promotion did: orders are read from the store, compared, and taken home as a file. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { priceChangesSchema } from '~/db/price-change-schema';
import { rawProduct } from '../support/catalog-rows';
import { shopOf, storeProduct } from '../support/merchant';
import { sell } from '../support/orders';
import { waitFor } from '../support/wait-for';
import { graveFindings } from './accessibility';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PICTURES = 'tests/e2e/screenshots';
const PATIENCE = { timeout: 60_000 };
const DAY_MS = 86_400_000;
const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1280, height: 1400 };

let stack: Stack;
let page: Page;
let errors: string[];
let promotionId: string;

const db = () => stack.database.db;
const app = () => appFrame(page);
/** Noon in Berlin, so many days ago. */
const noon = (daysAgo: number) =>
  new Date(Math.floor(Date.now() / DAY_MS - daysAgo) * DAY_MS + 11 * 3_600_000);

/** A promotion of the tent from 12 to 6 days ago, as it is kept when it is over. */
async function seedPromotion(): Promise<string> {
  const shop = await db().shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  const tent = await db().catalogProduct.findFirstOrThrow({
    where: { handle: 'tent' },
    include: { variants: true },
  });
  const id = randomUUID();
  const [startsAt, endsAt] = [noon(12), noon(6)];
  await db().promotion.create({
    data: {
      ...{ id, shopId: shop.id, name: 'Tent week', state: 'ended', products: 1, variants: 1 },
      changes: priceChangesSchema.parse([
        {
          ...{ field: 'price', change: { by: 'percent', percent: '-20' } },
          ...{ rounding: { to: 'ending', ending: '0.99' }, floor: { atCost: true, minimum: null } },
        },
      ]),
      ...{ startsAt, endsAt, activatedAt: startsAt, endedAt: endsAt },
      ...{ createdBy: 'user 1', createdAt: noon(13) },
    },
  });
  await db().promotionVariant.createMany({
    data: tent.variants.map((variant) => ({
      ...{ promotionId: id, shopId: shop.id, productId: tent.id, variantId: variant.id },
    })),
  });
  return id;
}

/** Steady sales of mugs, and of tents that rise by half in the promotion and fall a little after it. */
async function sellTents(): Promise<void> {
  const [tent] = storeProduct(stack, 'tent').variantIds;
  const [mug] = storeProduct(stack, 'mug').variantIds;
  const days = Array.from({ length: 40 }, (_, at) => at + 1);
  await sell(
    stack,
    days.flatMap((ago) => {
      const tents = ago <= 12 && ago >= 6 ? 30 : ago < 6 ? 17 : 20;
      const wobble = (ago * 7) % 3;
      return [
        {
          at: noon(ago).toISOString(),
          lines: [{ variantId: tent!, quantity: tents + wobble, price: '80.00' }],
        },
        {
          at: noon(ago).toISOString(),
          lines: [{ variantId: mug!, quantity: 60 + 2 * wobble, price: '9.50' }],
        },
      ];
    }),
  );
}

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  stack = await startStack({ worker: true });
  ({ page, errors } = await stack.openPage(WIDE));
  await installApp(stack, page);
  const shop = await db().shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  for (const [handle, price] of [
    ['tent', '100.00'],
    ['mug', '9.50'],
  ] as const)
    await rawProduct(db(), shop.accountId, {
      ...{ handle, product: { title: handle, vendor: 'Nordwind' }, options: [], media: [], metafields: [] },
      variants: [{ sku: handle.toUpperCase(), price }],
    });
  await openAppPage(stack, page, '/app');
  await app().getByRole('button', { name: 'Sync now' }).first().click();
  await waitFor('both are in the store', () => shopOf(stack).products.size === 2, { timeoutMs: 60_000 });
  await waitFor('both are on record', async () => (await db().baseVariantRow.count()) === 2, {
    timeoutMs: 60_000,
  });
  promotionId = await seedPromotion();
  await sellTents();
});
afterAll(async () => {
  await stack?.stop();
});

/** A picture of the card, wide and on a phone, and what axe says of it. */
async function look(name: string): Promise<void> {
  const heading = app().getByRole('heading', { name: 'What it did' });
  for (const [size, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    await page.setViewportSize(viewport);
    await heading.waitFor();
    await heading.evaluate((element) => element.scrollIntoView({ block: 'start' }));
    await page.screenshot({ path: `${PICTURES}/promotion-effect-${name}-${size}.png` });
    const frame = page.frames().find((one) => one.url().startsWith(stack.app.origin));
    const tooWide = await frame!.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(tooWide).toBeLessThanOrEqual(0);
    expect(await graveFindings(stack, page)).toEqual([]);
  }
  await page.setViewportSize(WIDE);
}

describe('what a promotion did', () => {
  it('is shown when orders may be read and are, by keyboard, and exported', async () => {
    await openAppPage(stack, page, `/app/promotions/${promotionId}`);
    await app().getByText('Names, addresses, e-mails and notes are never asked for').waitFor(PATIENCE);
    await look('off');
    expect(await db().shopOrder.count()).toBe(0);
    await app().getByRole('button', { name: 'Read orders' }).focus();
    await page.keyboard.press('Enter');
    await app()
      .getByRole('table', { name: /Sales before, during and after/ })
      .waitFor(PATIENCE);
    await app()
      .getByText(/It sold about \d+% more units/)
      .waitFor(PATIENCE);
    // Seven days of 30 tents and what they wobble by.
    const units = app().getByRole('row', { name: /^Units \d/ });
    await expect.poll(() => units.innerText()).toMatch(/\b14\d\s+21\d\b/);
    await look('known');
    const download = page.waitForEvent('download');
    await app().getByRole('button', { name: 'Export CSV' }).click();
    const file = readFileSync(await (await download).path(), 'utf8');
    expect(file).toMatch(/^Period,From,To,Days,Units,Revenue/);
    expect(file).toMatch(/During,Units,0\.\d+,/);
    expect(errors).toEqual([]);
  });

  it('says what stands in the way, and how far it is', async () => {
    await db().orderImport.updateMany({ data: { problem: 'scope-missing', problemText: 'No scope.' } });
    await openAppPage(stack, page, `/app/promotions/${promotionId}`);
    await app().getByText('The app may not read orders', { exact: true }).waitFor(PATIENCE);
    await look('scope-missing');
    await db().orderImport.updateMany({
      data: {
        ...{ problem: null, problemText: null, readUntil: null, walk: 'first', windowFrom: noon(60) },
        ...{ ordersRead: 3_250, ordersExpected: 12_000, movedAt: new Date() },
      },
    });
    await app().getByText('Reading orders: 3,250 of 12,000').waitFor(PATIENCE);
    await look('reading');
    await app().getByRole('button', { name: 'Cancel', exact: true }).click();
    await expect.poll(async () => (await db().orderImport.findFirstOrThrow()).wanted, PATIENCE).toBe(false);
    expect(errors).toEqual([]);
  });
});
