/** A merchandiser lowers the prices of a category: filters, previews, applies, watches, cancels half-way, and takes it back. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawProduct } from '../support/catalog-rows';
import { shopOf } from '../support/merchant';
import { waitFor } from '../support/wait-for';
import { graveFindings } from './accessibility';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PICTURES = 'tests/e2e/screenshots';
const PATIENCE = { timeout: 60_000 };
/** Enough that an edit of them is not through before it is cancelled, on a slow machine either. */
const BEDDING = 240;
const OTHERS = 10;

let stack: Stack;
let page: Page;
let errors: string[];
let shopId: string;
let editUrl: string;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  stack = await startStack({ worker: true, plan: 'plus' });
  ({ page, errors } = await stack.openPage({ width: 1280, height: 900 }));
  await installApp(stack, page);
  const shop = await db().shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  shopId = shop.id;
  for (let at = 0; at < BEDDING + OTHERS; at += 1)
    await rawProduct(db(), shop.accountId, {
      handle: `item-${at}`,
      product: {
        title: titleOf(at),
        vendor: at % 2 === 0 ? 'Nordwind' : 'Fjell & Co',
        productType: at < BEDDING ? 'Bedding' : 'Lamps',
      },
      options: [],
      media: [],
      metafields: [],
      variants: [{ sku: `I${at}`, price: priceOf(at).toFixed(2) }],
    });
  await openAppPage(stack, page, '/app');
  await app().getByRole('button', { name: 'Sync now' }).first().click();
  await waitFor(
    'the store has the products',
    async () => (await db().syncRun.count({ where: { state: 'finished' } })) > 0,
    { timeoutMs: 200_000 },
  );
  expect(shopOf(stack).products.size).toBe(BEDDING + OTHERS);
});
afterAll(async () => {
  await stack?.stop();
});

const db = () => stack.database.db;
const app = () => appFrame(page);
const priceOf = (at: number) => 20 + at;
const titleOf = (at: number) => `${at < BEDDING ? 'Blanket' : 'Lamp'} ${String(at).padStart(3, '0')}`;
const rowOf = (at: number) =>
  app()
    .getByRole('row', { name: new RegExp(titleOf(at)) })
    .first();
const lowered = (at: number) => Number((priceOf(at) * 0.9).toFixed(2));
const button = (name: string | RegExp) => app().getByRole('button', { name });
const heading = (name: string | RegExp) => app().getByRole('heading', { name });
const state = (words: string) => app().locator('main').getByText(words, { exact: true }).first();
const picture = (name: string) => page.screenshot({ path: `${PICTURES}/${name}.png` });
const newest = () => db().bulkEdit.findFirstOrThrow({ where: { shopId }, orderBy: { createdAt: 'desc' } });
const isAccessible = async () => expect(await graveFindings(stack, page)).toEqual([]);

/** Prices in the store by the number of the product. */
function storePrices(): Map<number, number> {
  const { products, variants } = shopOf(stack);
  return new Map(
    [...products.values()].map(({ handle, variantIds }) => [
      Number(handle.replace('item-', '')),
      Number(variants.get(variantIds[0]!)!.price),
    ]),
  );
}

/** The products, by number, whose price an edit wrote. */
async function writtenBy(editId: string): Promise<number[]> {
  const fields = await db().bulkEditField.findMany({ where: { editId, state: 'applied' } });
  return fields.map(({ sku }) => Number(sku!.slice(1))).toSorted((a, b) => a - b);
}

/** The newest edit, when it is in one of the states. */
async function ended(states: string[]) {
  const isThere = async () => states.includes((await newest()).state);
  await waitFor(`the edit is ${states.join(' or ')}`, isThere, { timeoutMs: 60_000 });
  return newest();
}

/** Shopify has followed the newest edit. */
async function followed(): Promise<void> {
  await waitFor(
    'Shopify has followed the edit',
    async () => {
      const { state: of, runId } = await newest();
      if (!['finished', 'cancelled', 'failed'].includes(of) || runId === null) return false;
      const run = await db().syncRun.findUniqueOrThrow({ where: { id: runId } });
      return run.state === 'finished';
    },
    { timeoutMs: 120_000 },
  );
}

describe('an edit beyond the limits', () => {
  it('is made in the editor, and shows every price before and after', async () => {
    await openAppPage(stack, page, '/app/edits');
    await app().getByRole('link', { name: 'Make a bulk edit' }).click();
    await heading('New bulk edit').first().waitFor();
    await app().getByLabel('Category').fill('Bedding');
    await app().getByLabel('Percent').fill('10');
    await app().getByText(`${BEDDING} products`).first().waitFor(PATIENCE);
    await app().getByLabel('Name of this edit').fill('Warm nights');
    await button('Review all changes').first().click();
    await heading('Warm nights').first().waitFor(PATIENCE);
    await picture('edit-from-editor-wide');
    expect(await ended(['planned', 'failed'])).toMatchObject({ state: 'planned', error: null });
    await button(`Apply to ${BEDDING} products`).waitFor(PATIENCE);
    editUrl = `/app/edits/${(await newest()).id}`;
    expect(await rowOf(0).textContent()).toMatch(/20\.00.*18\.00/);
    await app().getByText('This goes beyond your limits: look twice').waitFor();
    await app()
      .getByText(`It changes ${BEDDING} products of ${BEDDING + OTHERS}`)
      .waitFor();
    await isAccessible();
  });

  it('turns the pages of the plan forth and back', async () => {
    const shown = () => app().locator('tbody tr').first().textContent();
    const [start, pager] = [await shown(), app().getByRole('navigation', { name: 'Pages of fields' })];
    await pager.getByRole('button', { name: 'Next' }).click();
    await expect.poll(shown, PATIENCE).toContain('Blanket 050');
    await pager.getByRole('button', { name: 'Next' }).click();
    await expect.poll(shown, PATIENCE).toContain('Blanket 100');
    await pager.getByRole('button', { name: 'Previous' }).click();
    await expect.poll(shown, PATIENCE).toContain('Blanket 050');
    await pager.getByRole('button', { name: 'Previous' }).click();
    await expect.poll(shown, PATIENCE).toBe(start);
  });

  it('waits for a second person where the shop asks for one', async () => {
    await db().shop.update({ where: { id: shopId }, data: { guardSecondPerson: true } });
    await openAppPage(stack, page, editUrl);
    await app().getByText('This goes beyond your limits: a second person must confirm it').waitFor();
    expect(await button(`Apply to ${BEDDING} products`).isDisabled()).toBe(true);
    await picture('edit-second-person-wide');
    await db().bulkEdit.updateMany({ where: { shopId }, data: { causedBy: 'user of another room' } });
    await openAppPage(stack, page, editUrl);
    expect(await button(`Apply to ${BEDDING} products`).isEnabled()).toBe(true);
  });

  it('is applied when the number of products is typed, and stops half-way when it is cancelled', async () => {
    await button(`Apply to ${BEDDING} products`).click();
    const dialog = app().getByRole('dialog');
    const number = dialog.getByLabel(`Type ${BEDDING}, the number of products, to confirm`);
    await number.fill('18');
    await dialog.getByRole('button', { name: `Apply to ${BEDDING} products` }).click();
    await dialog.getByText(`“18” is not ${BEDDING}.`).waitFor();
    await isAccessible();
    await picture('edit-confirm-wide');
    expect((await newest()).state).toBe('planned');
    await number.fill(String(BEDDING));
    // Slow enough to be watched.
    Object.assign(stack.emulator.latency, { baseMs: 2_000 });
    await dialog.getByRole('button', { name: `Apply to ${BEDDING} products` }).click();

    await state('Applying').waitFor(PATIENCE);
    await app()
      .getByText(new RegExp(`^Shopify: \\d+ of ${BEDDING} products done`))
      .waitFor(PATIENCE);
    await waitFor('Shopify has taken some', async () =>
      [...storePrices()].some(([at, price]) => price !== priceOf(at)),
    );
    await picture('edit-watched-wide');
    await button('Cancel edit').click();
    Object.assign(stack.emulator.latency, { baseMs: 150 });
    await state('Cancelled').waitFor(PATIENCE);
    await followed();
    await heading('Result').waitFor(PATIENCE);
    await picture('edit-half-way-wide');

    const { id } = await newest();
    const written = await writtenBy(id);
    expect(written.length).toBeGreaterThan(0);
    expect(written.length).toBeLessThan(BEDDING);
    for (const [at, price] of storePrices())
      expect([at, price]).toEqual([at, written.includes(at) ? lowered(at) : priceOf(at)]);
  });

  it('gives its results as a file', async () => {
    const download = page.waitForEvent('download');
    await button('Results as CSV').click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^bulk-edit-.*\.csv$/);
    const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(1 + BEDDING);
    expect(lines.filter((line) => line.includes(',applied,'))).toHaveLength(
      (await writtenBy((await newest()).id)).length,
    );
  });
});

describe('taking it back', () => {
  // How much was written before the cancellation is chance: these pages are looked at without limits.
  beforeAll(async () => {
    const limits = { guardCatalogPercent: null, guardSecondPerson: false };
    await db().shop.update({ where: { id: shopId }, data: limits });
  });

  it('undoes chosen products alone', async () => {
    const { id } = await newest();
    const [one] = await writtenBy(id);
    await rowOf(one!).getByRole('checkbox').check();
    await button('Undo for 1 product').click();
    await heading('Undo: Warm nights').first().waitFor(PATIENCE);
    await button('Apply to 1 product').click(PATIENCE);
    await followed();
    await state('Applied').waitFor(PATIENCE);
    expect(storePrices().get(one!)).toBe(priceOf(one!));
    expect(await writtenBy((await newest()).id)).toEqual([one]);
    await app().getByRole('link', { name: 'Warm nights', exact: true }).first().click();
    await app().getByText('Taken back by').waitFor(PATIENCE);
  });

  it('undoes the rest from the history, keeps what somebody changed since, and lists it', async () => {
    const { id } = await db().bulkEdit.findFirstOrThrow({ where: { shopId, undoOf: null } });
    const written = await writtenBy(id);
    const [one, other] = written;
    await db().$executeRaw`UPDATE catalog.variant SET price = 7.77 WHERE sku = ${`I${other}`}`;
    await openAppPage(stack, page, '/app/edits');
    await button('Undo Warm nights').click();
    await heading('Undo: Warm nights').first().waitFor(PATIENCE);
    await button(`Apply to ${written.length - 2} products`).waitFor(PATIENCE);
    const kept = rowOf(other!);
    expect(await kept.textContent()).toContain('Changed since');
    await picture('edit-undo-kept-wide');
    await isAccessible();
    await button(`Apply to ${written.length - 2} products`).click();
    await followed();
    await state('Applied').waitFor(PATIENCE);
    const prices = storePrices();
    for (const at of written) if (at !== other) expect([at, prices.get(at)]).toEqual([at, priceOf(at)]);
    const held = await db().catalogVariant.findFirstOrThrow({ where: { sku: `I${other}` } });
    expect(Number(held.price)).toBe(7.77);
    expect(one).not.toBe(other);
  });
});

describe('from the list of products', () => {
  it('opens the editor with what was chosen, or with what is filtered', async () => {
    await openAppPage(stack, page, '/app/products?vendor=Nordwind');
    await rowOf(0).getByRole('checkbox').check();
    await rowOf(2).getByRole('checkbox').check();
    await button('Edit in bulk').first().click();
    await heading('New bulk edit').first().waitFor(PATIENCE);
    await app().getByText('2 products').first().waitFor(PATIENCE);

    await openAppPage(stack, page, '/app/products?vendor=Nordwind&status=ACTIVE');
    await app()
      .getByRole('checkbox', { name: /Select all/ })
      .first()
      .check();
    await button(/^Select all \d+\+ products/).click();
    await button('Edit in bulk').first().click();
    await heading('New bulk edit').first().waitFor(PATIENCE);
    await app()
      .getByText(`${(BEDDING + OTHERS) / 2} products`)
      .first()
      .waitFor(PATIENCE);
    // It fits the filters, so these are shown; below them is what they say as a search.
    await app()
      .getByText(/vendor:Nordwind.*status:ACTIVE/)
      .first()
      .waitFor(PATIENCE);
  });
});

describe('the limits', () => {
  it('are set in Settings, and nonsense is refused where it is typed', async () => {
    await db().shop.update({ where: { id: shopId }, data: { guardCatalogPercent: 25 } });
    await openAppPage(stack, page, '/app/settings');
    const share = app().getByLabel('Share of the catalog');
    await share.fill('half');
    await app().getByText('“half” cannot be the limit “Share of the catalog”.').waitFor();
    await share.fill('');
    await app().getByLabel('Change of a price or a cost').fill('12.5');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[data-toast]').getByText('Settings saved').waitFor(PATIENCE);
    const shop = await db().shop.findUniqueOrThrow({ where: { id: shopId } });
    expect([shop.guardCatalogPercent, Number(shop.guardChangePercent)]).toEqual([null, 12.5]);
    expect([shop.guardZeroStock, shop.guardSecondPerson]).toEqual([true, false]);
    expect(errors).toEqual([]);
  });
});
