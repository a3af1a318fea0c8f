/** A merchant connects a database of their own: from the choice to products in the catalog, wide and on a phone. */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createExternalDatabase, createRole, runScript } from '../support/external-database';
import type { ExternalDatabase } from '../support/external-database';
import { mariaDbMerchant } from '../support/merchant-database';
import type { Merchant } from '../support/merchant-database';
import { ownMariaDb } from '../support/own-mariadb';
import type { OwnMariaDb } from '../support/own-mariadb';
import { sourceMapping } from '~/sync/source-mapping-schema';
import { graveFindings } from './accessibility';
import { appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PICTURES = 'tests/e2e/screenshots';
const PATIENT = { timeout: 30_000 };

let stack: Stack;
let external: ExternalDatabase;
let mariaDb: OwnMariaDb;
let merchant: Merchant;
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  [stack, external, mariaDb] = await Promise.all([
    startStack({ worker: true, env: { SOURCE_PRIVATE_NETWORKS: 'true' } }),
    createExternalDatabase({ products: 40, variants: 3 }),
    ownMariaDb(),
  ]);
  await createRole(external);
  merchant = await mariaDbMerchant(mariaDb, { products: 40, variants: 3 });
  const { page } = await stack.openPage({ width: 1280, height: 900 });
  await installApp(stack, page);
  await page.context().close();
});
afterAll(async () => {
  await stack?.stop();
  await external?.close();
  await mariaDb?.remove();
});

/** A picture of the whole page in both sizes, and what axe and the width say. */
async function look(page: Page, name: string): Promise<void> {
  const frame = page.frames().find((one) => one.url().startsWith(stack.app.origin));
  if (frame === undefined) throw new Error('The page does not show the app.');
  for (const [size, width] of [
    ['wide', 1280],
    ['phone', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 3_600 });
    await frame.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    await page.screenshot({ path: `${PICTURES}/${name}-${size}.png` });
    const tooWide = await frame.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(tooWide, `${name} ${size}`).toBeLessThanOrEqual(0);
  }
  expect(await graveFindings(stack, page)).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 900 });
}

it('is mapped by suggestion, checked, started and followed, and says what is to be mended', async () => {
  const { page, errors } = await stack.openPage({ width: 1280, height: 900 });
  const app = appFrame(page);
  const { db } = stack.database;
  await openAppPage(stack, page, '/app/source');
  await app.getByRole('button', { name: 'Connect my database' }).click();

  await app.getByLabel('Host').fill(external.url.hostname);
  await app.getByLabel('Port').fill(external.url.port);
  await app.getByLabel('Database', { exact: true }).fill(external.url.pathname.slice(1));
  await app.getByLabel('Role').fill(external.role);
  await app.getByLabel('Password').fill('wrong');
  await app.getByLabel('Encryption').selectOption('off');
  await app.getByRole('button', { name: 'Connect', exact: true }).click();
  await app
    .getByText(/The password of the role .* is wrong/)
    .first()
    .waitFor(PATIENT);
  await look(page, 'source-refused');
  await app.getByLabel('Password').fill(external.password);
  await app.getByRole('button', { name: 'Connect', exact: true }).click();

  await app.getByLabel('Which one holds your products').selectOption('shop.article', PATIENT);
  await app.getByLabel('Product key', { exact: true }).waitFor(PATIENT);
  expect(await app.getByLabel('Product key', { exact: true }).inputValue()).toBe('style');
  expect(await app.getByLabel('Price', { exact: true }).inputValue()).toBe('price_cents');
  await app.getByLabel('Status: your word = ours').fill('on sale = ACTIVE\nhidden = DRAFT');
  await app.getByLabel('Status', { exact: true }).selectOption('state');
  await look(page, 'source-mapping');
  await app.getByRole('button', { name: 'Check and preview' }).click();
  await app.getByText('Before it can start').waitFor(PATIENT);
  await app.getByText('Tent 1', { exact: true }).first().waitFor();
  await look(page, 'source-checked');

  const { id, mapping } = await (async () => {
    const source = await db.sourceConnection.findFirstOrThrow();
    const script = await app.getByLabel('Script in SQL').textContent();
    expect(script).toContain('CREATE PUBLICATION');
    expect(script).not.toContain(external.password);
    return { id: source.id, mapping: source.mapping };
  })();
  expect(mapping).toBe(null);
  await app.getByRole('button', { name: 'Start', exact: true }).click();
  await app.getByText(/There is no publication/).waitFor(PATIENT);
  const saved = sourceMapping.parse((await db.sourceConnection.findFirstOrThrow()).mapping);
  await external.client.query("UPDATE shop.article SET title = NULL WHERE style = 'ST-7'");
  await look(page, 'source-problem');
  await runScript(external, { sourceId: id, mode: 'stream', mapping: saved });
  await app.getByText('Following changes').waitFor({ timeout: 60_000 });
  expect(await db.catalogProduct.count()).toBe(39);
  await app.getByText(/The title is empty/).waitFor(PATIENT);
  await look(page, 'source-following');
  await external.client.query("UPDATE shop.article SET title = 'Mended' WHERE style = 'ST-7'");
  await expect.poll(() => db.catalogProduct.count({ where: { title: 'Mended' } }), PATIENT).toBe(1);

  await app.getByRole('button', { name: 'Pause' }).click();
  await app.getByText('Paused').first().waitFor(PATIENT);
  await app.getByRole('button', { name: 'Go on' }).click();
  await app.getByText('Following changes').waitFor(PATIENT);
  await app.getByRole('button', { name: 'Disconnect' }).click();
  await app.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await app.getByRole('button', { name: 'Connect my database' }).waitFor(PATIENT);
  expect(await db.catalogProduct.count()).toBe(40);
  const slots = await external.client.query(
    'SELECT 1 FROM pg_replication_slots WHERE database = current_database()',
  );
  expect(slots.rows).toEqual([]);
  expect(errors).toEqual([]);
  await page.context().close();
});

it('is a MariaDB where its address says so, with a script and words of its own', async () => {
  const { page, errors } = await stack.openPage({ width: 1280, height: 900 });
  const app = appFrame(page);
  const { db } = stack.database;
  const { host, port, username, password, database } = merchant.login;
  // Of a try before.
  await db.sourceConnection.deleteMany();
  await openAppPage(stack, page, '/app/source?edit=connection');
  expect(await app.getByLabel('Kind of database').inputValue()).toBe('postgresql');
  const address = `mariadb://${username}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
  await app.getByLabel('Host').fill(address);
  expect(await app.getByLabel('Kind of database').inputValue()).toBe('mysql');
  expect(await app.getByLabel('Host').inputValue()).toBe(host);
  expect(await app.getByLabel('Port').inputValue()).toBe(String(port));
  expect(await app.getByLabel('User').inputValue()).toBe(username);
  await app.getByLabel('Encryption').selectOption('off');
  await look(page, 'source-mysql-connect');
  await app.getByRole('button', { name: 'Connect', exact: true }).click();

  await app.getByLabel('Which one holds your products').selectOption(`${database}.article`, PATIENT);
  await app.getByLabel('Product key', { exact: true }).waitFor(PATIENT);
  expect(await app.getByLabel('Product key', { exact: true }).inputValue()).toBe('style');
  await app.getByText('Binary log (best)').waitFor();
  await app.getByLabel('Status: your word = ours').fill('on sale = ACTIVE\nhidden = DRAFT');
  await app.getByRole('button', { name: 'Check and preview' }).click();
  await app.getByText('Before it can start').waitFor(PATIENT);
  await app.getByText('Tent 1', { exact: true }).first().waitFor();
  expect(await app.getByLabel('Script in SQL').textContent()).toContain('GRANT REPLICATION SLAVE');
  await look(page, 'source-mysql-checked');
  await app.getByRole('button', { name: 'Start', exact: true }).click();
  await app
    .getByText(/may not read the binary log/)
    .first()
    .waitFor(PATIENT);
  await look(page, 'source-mysql-problem');
  const { id, mapping } = await db.sourceConnection.findFirstOrThrow();
  await merchant.runScript({ sourceId: id, mode: 'stream', mapping: sourceMapping.parse(mapping) });
  await app.getByText('Following changes').waitFor({ timeout: 60_000 });
  await look(page, 'source-mysql-following');
  await merchant.run("UPDATE article SET title = 'From MariaDB' WHERE style = 'ST-8'");
  await expect.poll(() => db.catalogProduct.count({ where: { title: 'From MariaDB' } }), PATIENT).toBe(1);
  expect(errors).toEqual([]);
  await page.context().close();
});
