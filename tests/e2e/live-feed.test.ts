/** The live card of Home in a real browser: a committed row appears by itself, with the stream and without it. */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCapture } from '~/db/change-capture.server';
import { rawProduct } from '../support/catalog-rows';
import { startCuttingProxy } from '../support/cutting-proxy';
import type { CuttingProxy } from '../support/cutting-proxy';
import { shopOf } from '../support/merchant';
import { waitFor } from '../support/wait-for';
import { graveFindings } from './accessibility';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PICTURES = 'tests/e2e/screenshots';
const PATIENT = { timeout: 90_000 };
const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;

let stack: Stack;
let proxy: CuttingProxy;
let page: Page;
let errors: string[];
let price = 100;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  stack = await startStack({
    worker: true,
    env: { CHANGE_CAPTURE: 'true' },
    inFront: async (port) => (proxy = await startCuttingProxy(port)),
  });
  ({ page, errors } = await stack.openPage(SIZES.wide));
  await installApp(stack, page);
  await card().getByText('Nothing has changed yet').waitFor(PATIENT);
  await page.screenshot({ path: `${PICTURES}/live-empty-wide.png` });
  const { accountId } = await db().shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  for (const title of ['Clock', 'Tent for four in all weathers', 'Mug'])
    await rawProduct(db(), accountId, {
      handle: title.toLowerCase().replaceAll(' ', '-'),
      product: { title },
      options: [],
      variants: [{ sku: `${title.slice(0, 4).trim().toUpperCase()}-1`, price: '100' }],
    });
  await db().shop.updateMany({ data: { setupDismissedAt: new Date() } });
  await openAppPage(stack, page, '/app');
  await appFrame(page).getByRole('button', { name: 'Sync now' }).first().click();
  await waitFor(
    'the run is over',
    async () => (await db().syncRun.count({ where: { state: 'finished' } })) > 0,
    {
      timeoutMs: 90_000,
    },
  );
  await waitFor('the catalog is followed', async () => (await readCapture(db())).state === 'streaming', {
    timeoutMs: 90_000,
  });
});
afterAll(async () => {
  await stack?.stop();
});

const db = () => stack.database.db;
const card = () => appFrame(page).getByRole('region', { name: 'Live changes' });
const streaming = (state: 'open' | 'closed') =>
  appFrame(page).locator(`[data-stream="${state}"]`).waitFor(PATIENT);
const rowOf = (shown: number) =>
  card()
    .getByRole('listitem')
    .filter({ hasText: `${shown}.00` })
    .first();

/** As another program does; answers the price to look for. */
async function commitPrice(sku = 'CLOC-1'): Promise<number> {
  price += 1;
  await db().$executeRaw`UPDATE catalog.variant SET price = ${price} WHERE sku = ${sku}`;
  return price;
}

async function openHome(): Promise<void> {
  await openAppPage(stack, page, '/app');
  await appFrame(page)
    .locator('body')
    .evaluate((body) => body.setAttribute('data-loaded', 'once'));
}
const wasReloaded = async () =>
  (await appFrame(page).locator('body').getAttribute('data-loaded', PATIENT)) !== 'once';

it('shows a committed row on its way and confirmed, step by step, without reloading', async () => {
  await openHome();
  await streaming('open');
  const shown = await commitPrice();
  await rowOf(shown).waitFor(PATIENT);
  expect(await rowOf(shown).textContent()).toMatch(
    /Clock.*Applied.*Price.*100\.00.*101\.00.*Catalog to Shopify · committed · decided\s\+[\d.]+\sm?s · sent\s\+[\d.]+\sm?s · confirmed\s\+[\d.]+\sm?s/,
  );
  expect(
    Number([...shopOf(stack).variants.values()].find((variant) => Number(variant.price) === shown)?.price),
  ).toBe(shown);
  await card()
    .getByText(/median .* 99% within/)
    .waitFor(PATIENT);
  await card().getByText('As it happens').waitFor();
  expect(await wasReloaded()).toBe(false);
  expect(errors).toEqual([]);
});

it('goes on without the stream, and comes back to it', async () => {
  await openHome();
  await streaming('open');
  proxy.treatStreams('cut');
  await streaming('closed');
  await card().getByText('Every few seconds').waitFor(PATIENT);
  const cut = await commitPrice();
  await rowOf(cut).waitFor(PATIENT);
  proxy.treatStreams('hold');
  const held = await commitPrice();
  await rowOf(held).waitFor(PATIENT);
  expect(await appFrame(page).locator('[data-stream="closed"]').count()).toBe(1);
  proxy.treatStreams('pass');
  await streaming('open');
  const again = await commitPrice();
  await rowOf(again).waitFor(PATIENT);
  // Quietly: nobody is told of a fault.
  expect(await appFrame(page).getByRole('alert').count()).toBe(0);
  expect(await wasReloaded()).toBe(false);
  expect(errors).toEqual([]);
});

it('stands still while it is paused, by keyboard, and says how much is newer', async () => {
  await openHome();
  await streaming('open');
  const button = card().getByRole('button', { name: 'Pause the live changes' });
  await button.focus();
  await page.keyboard.press('Space');
  await card().getByText('Paused').waitFor(PATIENT);
  const shown = await commitPrice('TENT-1');
  await card().getByText('1 newer change since you paused.').waitFor(PATIENT);
  expect(await rowOf(shown).count()).toBe(0);
  await page.keyboard.press('Enter');
  await rowOf(shown).waitFor(PATIENT);
  await card()
    .getByRole('status')
    .filter({ hasText: 'Tent for four' })
    .waitFor({ ...PATIENT, state: 'attached' });
  expect(errors).toEqual([]);
});

it.each(Object.entries(SIZES))('is clear to everybody, %s', async (size, viewport) => {
  await db().$executeRaw`UPDATE catalog.product SET vendor = ${'x'.repeat(300)} WHERE title = 'Mug'`;
  const look = await stack.openPage(viewport);
  const own = look.page;
  await openAppPage(stack, own, '/app');
  const live = appFrame(own).getByRole('region', { name: 'Live changes' });
  await live
    .getByRole('listitem')
    .filter({ hasText: 'Mug' })
    .filter({ hasText: 'Failed' })
    .first()
    .waitFor(PATIENT);
  await live.evaluate((element) => element.scrollIntoView());
  await own.screenshot({ path: `${PICTURES}/live-${size}.png` });
  expect(await graveFindings(stack, own)).toEqual([]);
  const frame = appFrame(own).locator('html');
  const overflow = await frame.evaluate((html) => html.scrollWidth - html.clientWidth);
  expect(overflow, 'wider than the screen').toBeLessThanOrEqual(0);
  expect(look.errors).toEqual([]);
  await own.context().close();
});
