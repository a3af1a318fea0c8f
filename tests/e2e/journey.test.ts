/** What a merchant does on the first day: install, import a file, watch the sync finish, look at what became of it. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const CSV = [
  'Handle,Title,Body (HTML),Vendor,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Status',
  'trail-tent,Trail tent,<p>Light and dry.</p>,Nordwind,"outdoor, tent",TRUE,Size,Two persons,TENT-2,249.00,active',
  'trail-tent,,,,,,,Three persons,TENT-3,299.00,',
  'camp-mug,Camp mug,<p>Enamel.</p>,Nordwind,outdoor,TRUE,Title,Default Title,MUG,12.50,active',
  'bad-lamp,Bad lamp,,Nordwind,,TRUE,Title,Default Title,LAMP,twelve,active',
].join('\n');

let stack: Stack;
let page: Page;
let errors: string[];

beforeAll(async () => {
  stack = await startStack({ worker: true });
  ({ page, errors } = await stack.openPage({ width: 1280, height: 900 }));
});
afterAll(async () => {
  await stack?.stop();
});

const app = () => appFrame(page);
const toast = (text: string) => page.locator('[data-toast]').getByText(text);

describe('the first day', () => {
  it('installs the app and follows the setup guide', async () => {
    await installApp(stack, page);
    await app().getByText('0 of 3 steps done').waitFor();
    await app().getByRole('button', { name: '2. Choose what wins' }).click();
    await app().getByRole('button', { name: 'Save choice' }).click();
    await toast('Saved').waitFor();
    await app().getByText('1 of 3 steps done').waitFor();
  });

  it('imports a CSV file and says what of it could not be read', async () => {
    await app().getByRole('button', { name: '1. Connect your catalog' }).click();
    await app().getByRole('link', { name: 'Import a CSV file' }).click();
    await app().getByRole('heading', { name: 'Import and export' }).waitFor();
    await app()
      .locator('input[type=file]')
      .setInputFiles({ name: 'first-day.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
    await app().getByRole('button', { name: 'Import', exact: true }).click();
    await toast('Import started').waitFor();
    await app().getByRole('heading', { name: '1 problem' }).waitFor({ timeout: 60_000 });
    const problem = app().getByRole('table').getByRole('row').nth(1);
    expect(await problem.textContent()).toContain('twelve');
    expect(await problem.textContent()).toContain('Variant Price');
  });

  it('watches the sync finish', async () => {
    await app().getByRole('link', { name: 'show the sync run' }).click();
    await app()
      .getByRole('heading', { level: 1, name: /^Sync of/ })
      .waitFor();
    await app().locator('main').getByText('Finished', { exact: true }).first().waitFor({ timeout: 120_000 });
    await expect
      .poll(() =>
        app()
          .getByRole('row', { name: /Trail tent/ })
          .textContent(),
      )
      .toContain('Applied');

    const store = stack.emulator.state.shops.get(DOMAIN)!;
    const titles = [...store.products.values()].map((product) => product.title);
    expect(titles).toEqual(expect.arrayContaining(['Trail tent', 'Camp mug']));
    const prices = [...store.variants.values()].map((variant) => variant.price);
    expect(prices).toEqual(expect.arrayContaining(['249.00', '299.00', '12.50']));
  });

  it('syncs again by hand, with nothing to do', async () => {
    await openAppPage(stack, page, '/app');
    await app().getByText('3 of 3 steps done').waitFor();
    await app().getByRole('button', { name: 'Sync now' }).first().click();
    await toast('Sync started').waitFor();
    const { db } = stack.database;
    await expect
      .poll(
        () =>
          db.syncRun.findFirst({ orderBy: { createdAt: 'desc' }, select: { trigger: true, state: true } }),
        {
          timeout: 60_000,
        },
      )
      .toEqual({ trigger: 'manual', state: 'finished' });
    const run = await db.syncRun.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
    expect({ mutations: run.mutations, productReads: run.productReads }).toEqual({
      mutations: 0,
      productReads: 0,
    });
    // The page noticed without being asked.
    await expect
      .poll(() => app().getByRole('button', { name: 'Sync now' }).first().isEnabled(), { timeout: 20_000 })
      .toBe(true);
    await app().locator('main').getByText('Sync under way').waitFor({ state: 'detached' });
  });

  it('sees a product with its three states', async () => {
    await openAppPage(stack, page, '/app/products');
    await app().getByRole('link', { name: 'Trail tent' }).click();
    await app()
      .getByRole('heading', { level: 1, name: /Trail tent/ })
      .waitFor();
    const price = app()
      .getByRole('table', { name: 'Variant Two persons' })
      .getByRole('row', { name: /^Price/ });
    expect(await price.textContent()).toMatch(/249\.00.*249\.00.*249\.00.*Same/);
  });

  it('saves a policy with the save bar, after it saw what would change', async () => {
    await openAppPage(stack, page, '/app/policies');
    await app().getByText('Nobody: show it to me', { exact: true }).first().click();
    await page.getByRole('button', { name: 'Save' }).click();
    await app().getByText('Nothing that differs now would be decided otherwise.').waitFor();
    await app().getByRole('button', { name: 'Save policies' }).click();
    await toast('Policies saved').waitFor();
    const shop = await stack.database.db.shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
    expect(shop.conflictPolicy).toBe('manual');
  });

  it('exports the catalog', async () => {
    await openAppPage(stack, page, '/app/import');
    const download = page.waitForEvent('download');
    await app().getByRole('button', { name: 'Export catalog' }).click();
    const file = await (await download).path();
    const text = await readFile(file, 'utf8');
    expect(text).toContain('trail-tent');
    expect(text).toContain('249');
  });

  it('had no error on any page', () => {
    expect(errors).toEqual([]);
  });
});
