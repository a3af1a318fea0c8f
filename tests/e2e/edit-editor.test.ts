/** The editor of bulk edits: what is chosen and typed shows at once what it would do. */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from './accessibility';
import { seedPages } from './page-data';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PICTURES = 'tests/e2e/screenshots';
const SIZES = { wide: { width: 1280, height: 1500 }, phone: { width: 390, height: 844 } } as const;
/** For what the server must answer first. */
const PATIENT = { timeout: 20_000 };

let stack: Stack;
let productId: string;
let editId: string;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  stack = await startStack({ worker: false });
  const { page } = await stack.openPage(SIZES.wide);
  await installApp(stack, page);
  await page.context().close();
  const shop = await stack.database.db.shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
  const data = await seedPages(stack.database.db, shop);
  productId = data.productId;
  editId = data.edits.finished;
});
afterAll(async () => {
  await stack?.stop();
});

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

/** Nothing that axe calls serious, nothing wider than the screen. */
async function look(page: Page, name: string): Promise<void> {
  await picture(page, name);
  const frame = page.frames().find((one) => one.url().startsWith(stack.app.origin));
  const tooWide = await frame!.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(tooWide).toBeLessThanOrEqual(0);
  expect(await graveFindings(stack, page)).toEqual([]);
}

describe.each(Object.entries(SIZES))('%s', (size, viewport) => {
  it('shows what a change would do while it is typed', async () => {
    const { page, errors } = await stack.openPage(viewport);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/edits/new?selection=vendor:Nordwind');
    await app.getByText('40 products, 120 variants selected').waitFor(PATIENT);
    await app.getByRole('combobox', { name: 'Vendors' }).fill('f');
    await app.getByRole('option', { name: 'Fjell & Co' }).waitFor();
    await look(page, `edit-choices-${size}`);
    await app.getByRole('combobox', { name: 'Vendors' }).fill('fj');
    await app.getByRole('option', { name: 'Fjell & Co' }).click();
    await app.getByText('80 products, 240 variants selected').waitFor(PATIENT);
    await app.getByText('vendor:Nordwind OR vendor:"Fjell & Co"').waitFor();
    await app.getByRole('button', { name: 'Remove Fjell & Co' }).click();
    await app.getByText('40 products, 120 variants selected').waitFor(PATIENT);
    await app.getByLabel('Percent').fill('60');
    await app.getByLabel('Rounding').selectOption('0.99');
    await app.getByText('Large change').first().waitFor(PATIENT);
    await app.getByText('7.99', { exact: true }).first().waitFor(PATIENT);
    await look(page, `edit-filled-${size}`);
    await app.getByRole('heading', { name: 'What will happen' }).scrollIntoViewIfNeeded();
    await picture(page, `edit-filled-preview-${size}`);

    await app.getByRole('button', { name: 'Add another change' }).click();
    await app.getByRole('heading', { name: 'Change 2' }).waitFor();
    const added = app.getByLabel('What to change').last();
    await expect.poll(() => added.evaluate((field) => field === document.activeElement)).toBe(true);
    await app.getByLabel('What to change').last().selectOption('media');
    await app.getByLabel('Address of the picture').fill('not an address');
    await app.getByText('Write the whole public address').waitFor();
    await app.getByRole('button', { name: 'Search', exact: true }).click();
    await app.getByLabel('Search').fill('vendorr:x');
    await app.getByText('At character 1').waitFor();
    await look(page, `edit-problems-${size}`);
    await app.getByRole('button', { name: 'Remove change 2' }).scrollIntoViewIfNeeded();
    await picture(page, `edit-problems-below-${size}`);

    await app.getByRole('button', { name: 'SKUs', exact: true }).click();
    await app.getByLabel('SKUs', { exact: true }).fill('SKU-1-S, no-such-sku');
    await app.getByText('1 product, 1 variant selected').waitFor(PATIENT);
    await app.getByText('1 SKU is not in your catalog').waitFor();
    await look(page, `edit-skus-${size}`);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

describe('the editor', () => {
  it('begins with the products that were chosen elsewhere', async () => {
    const { page } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    await openAppPage(stack, page, `/app/edits/new?ids=${productId}`);
    await app.getByText('1 product, each with all of its variants').waitFor();
    await app.getByText('1 product, 3 variants selected').waitFor(PATIENT);
    await app.getByText('Trail Backpack 5', { exact: true }).first().waitFor();
    await page.context().close();
  });

  it('begins with an edit that is made once more', async () => {
    const { page } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    const former = await stack.database.db.bulkEdit.findUniqueOrThrow({ where: { id: editId } });
    await openAppPage(stack, page, `/app/edits/new?from=${editId}`);
    await expect.poll(() => app.getByLabel('Name of this edit').inputValue(), PATIENT).toBe(former.name);
    await app
      .getByText(/products?, \d+ variants? selected/)
      .first()
      .waitFor(PATIENT);
    await page.context().close();
  });

  it('never shows the answer to what was typed before', async () => {
    const { page } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/edits/new?selection=sku:SKU-1-S');
    await app.getByText('1 product, 1 variant selected').waitFor(PATIENT);
    // The answer to the first question is kept back until after the second came.
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let questions = 0;
    await page.route('**/app/edits/new**', async (route) => {
      const asksPrice = route.request().postData()?.includes('"percent":"-10"') === true;
      if (!asksPrice) return route.continue();
      questions += 1;
      const answer = await route.fetch();
      await held;
      return route.fulfill({ response: answer }).catch(() => undefined);
    });
    await app.getByLabel('Percent').fill('10');
    await expect.poll(() => questions, PATIENT).toBe(1);
    await app.getByLabel('Percent').fill('20');
    await app.getByText('16.72', { exact: true }).waitFor(PATIENT);
    release();
    await page.waitForTimeout(500);
    expect(await app.getByText('18.81', { exact: true }).count()).toBe(0);
    expect(await app.getByText('16.72', { exact: true }).count()).toBe(1);
    await page.context().close();
  });

  it('takes the focus to the first problem, by keyboard alone', async () => {
    const { page } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/edits/new');
    expect(await app.getByText('Write a number').count()).toBe(0);
    await app.getByRole('button', { name: 'Review all changes' }).focus();
    await page.keyboard.press('Enter');
    await app.getByText('Write a number, for example 10.').waitFor();
    const isFocused = () => app.getByLabel('Percent').evaluate((field) => field === document.activeElement);
    await expect.poll(isFocused).toBe(true);
    await page.context().close();
  });

  it('says beside its field what is too much for the server, and stays', async () => {
    const { page, errors } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/edits/new');
    await app.getByLabel('What to change').selectOption('metafield');
    await app.getByLabel('Key').fill('care');
    await app.getByLabel('Value').fill('x'.repeat(70_000));
    await app.getByText('Shorten it.').waitFor(PATIENT);
    await app.getByLabel('Value').fill('30 degrees');
    await app.getByText('Set the product metafield custom.care to “30 degrees”').first().waitFor(PATIENT);
    await expect.poll(() => app.getByText('Shorten it.').count(), PATIENT).toBe(0);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('reads a file of SKUs, keeps the edit under a name, takes it up again, and starts it', async () => {
    const { page, errors } = await stack.openPage(SIZES.wide);
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/edits/new');
    await app.getByRole('button', { name: 'SKUs', exact: true }).click();
    await app.locator('input[type=file]').setInputFiles({
      name: 'spring.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('Title,SKU\nA tent,SKU-1-S\nA lamp,SKU-2-M\n'),
    });
    await app.getByText('spring.csv').waitFor(PATIENT);
    await app.getByText('2 products, 2 variants selected').waitFor(PATIENT);
    await app.getByLabel('What to change').selectOption('tags');
    await app.getByLabel('Tags to add').fill('spring, new');
    await app.getByText('Add the tags “spring” and “new” on 2 listed SKUs').first().waitFor(PATIENT);

    await app.getByRole('button', { name: 'Save for later' }).click();
    const dialog = app.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Spring tags');
    await picture(page, 'edit-save-wide');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => stack.database.db.savedEdit.count(), PATIENT).toBe(1);
    await dialog.waitFor({ state: 'detached' });

    await openAppPage(stack, page, '/app/edits/new');
    await app.getByRole('button', { name: 'Saved edits' }).click();
    await dialog.getByText('Add the tags “spring” and “new” on 2 listed SKUs').waitFor();
    await picture(page, 'edit-saved-wide');
    await dialog.getByRole('button', { name: 'Load Spring tags' }).click();
    await app.getByText('2 products, 2 variants selected').waitFor(PATIENT);
    expect(await app.getByLabel('Tags to add').inputValue()).toBe('spring, new');

    await app.getByRole('button', { name: 'Review all changes' }).click();
    const edits = () => stack.database.db.bulkEdit.findMany({ where: { name: 'Spring tags' } });
    await expect.poll(async () => (await edits()).length, PATIENT).toBe(1);
    const [edit] = await edits();
    expect(edit).toMatchObject({
      name: 'Spring tags',
      state: 'planning',
      via: 'app',
      appliesItself: false,
      selection: { kind: 'skus', skus: ['SKU-1-S', 'SKU-2-M'] },
      changes: [{ field: 'tags', change: { kind: 'add', tags: ['spring', 'new'] } }],
    });
    const address = () => page.frames().some((frame) => frame.url().includes(`/app/edits/${edit!.id}`));
    await expect.poll(address, PATIENT).toBe(true);

    await openAppPage(stack, page, '/app/edits/new');
    await app.getByRole('button', { name: 'Saved edits' }).click();
    await dialog.getByRole('button', { name: 'Delete Spring tags' }).click();
    await dialog.getByText('Nothing is saved yet').waitFor(PATIENT);
    expect(await stack.database.db.savedEdit.count()).toBe(0);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

/** A whole PNG. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

describe('pictures from files', () => {
  beforeAll(() => stack.startWorker());
  const files = [1, 2].map((at) => ({
    name: `Size chart ${at}.png`,
    mimeType: 'image/png',
    buffer: Buffer.concat([Buffer.from(PIXEL, 'base64'), Buffer.from([at])]),
  }));
  const page = { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('<!doctype html>') };

  it.each(Object.entries(SIZES))(
    'are uploaded, shown, and known the second time (%s)',
    async (size, viewport) => {
      stack.emulator.context.switches.mediaReadyAfterMs = 1_500;
      const { page: tab, errors } = await stack.openPage(viewport);
      const app = appFrame(tab);
      await openAppPage(stack, tab, '/app/edits/new?selection=vendor:Nordwind');
      await app.getByLabel('What to change').selectOption('media');
      // One of them is cut off on its way to the app.
      let isCut = size === 'wide';
      await tab.route('**/app/pictures?filename=*', (route) => {
        const isStruck = isCut;
        isCut = false;
        return isStruck ? route.abort() : route.continue();
      });
      await app.locator('input[type=file]').setInputFiles([...files, page]);
      await app.getByText('It is a web page. Use a JPEG, PNG, GIF, WebP or HEIC picture.').waitFor(PATIENT);
      if (size === 'wide') {
        await app.getByText('The file did not arrive. Check the connection and try again.').waitFor(PATIENT);
        await app.getByRole('button', { name: /^Try Size chart \d.png again$/ }).press('Enter');
        await app.getByText('Shopify is processing it').first().waitFor(PATIENT);
        await app.getByRole('button', { name: 'Review all changes' }).click();
        await app.getByText('Pictures are still on their way').first().waitFor();
        await look(tab, `edit-uploading-${size}`);
      }
      const badge = size === 'wide' ? 'Uploaded' : 'Already in your store';
      await expect.poll(() => app.getByText(badge, { exact: true }).count(), PATIENT).toBe(2);
      await app.getByText('2 of 3 pictures ready, 1 not uploaded.').waitFor({ state: 'attached' });
      await app.getByLabel('Alternative text of picture 1').fill('Size chart');
      await app.getByText('Add 2 pictures').first().waitFor(PATIENT);
      await expect.poll(() => app.getByText('Updating…').count(), PATIENT).toBe(0);
      await app
        .getByText(/^Size chart/)
        .first()
        .scrollIntoViewIfNeeded();
      await look(tab, `edit-uploaded-${size}`);
      await app.getByRole('button', { name: 'Remove notes.png' }).press('Enter');
      await expect.poll(() => app.getByText('It is a web page.').count()).toBe(0);
      expect(await stack.database.db.pictureFile.count()).toBe(2);
      expect(errors).toEqual([]);
      await tab.context().close();
    },
  );
});
