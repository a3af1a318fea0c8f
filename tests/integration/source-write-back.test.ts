/** The whole way both ways: a merchant's own table, the catalog, Shopify; and what Shopify's side wins, back in the table. */
import { afterAll, afterEach, expect, it } from 'vitest';
import { writableColumns } from '~/core/source-mapping';
import { connectSource } from '~/sync/connect-source';
import { lookAtRemoteProducts } from '~/sync/look-at-remote-products';
import { saveSettings } from '~/sync/save-settings';
import { saveSourceMapping } from '~/sync/save-source-mapping';
import { steerSource } from '~/sync/steer-source';
import { mariaDbMerchant, postgresMerchant } from '../support/merchant-database';
import type { Merchant } from '../support/merchant-database';
import { asMerchant, shopOf } from '../support/merchant';
import { ownMariaDb } from '../support/own-mariadb';
import type { OwnMariaDb } from '../support/own-mariadb';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

const SIZE = { products: 6, variants: 2 };
const PATIENT = { timeoutMs: 90_000 };
let stage: Stage;
let merchant: Merchant;
let mariaDb: OwnMariaDb | null = null;
afterEach(async () => {
  await steerSource(stage.resources, { accountId: stage.accountId, order: 'disconnect' });
  await stage?.close();
  await merchant?.close();
});
afterAll(() => mariaDb?.remove());

const kinds = {
  postgresql: () => postgresMerchant(SIZE),
  mysql: async () => mariaDbMerchant((mariaDb ??= await ownMariaDb()), SIZE),
};

async function connect(open: () => Promise<Merchant>): Promise<void> {
  stage = await openStage({ env: { SOURCE_PRIVATE_NETWORKS: 'true' }, lockMs: 2_000 });
  merchant = await open();
  const { accountId, resources } = stage;
  // Adopts what the store has: nothing.
  await stage.run();
  await connectSource(resources, { accountId, login: merchant.login });
  const mapping = await merchant.mapping();
  const { id: sourceId } = await resources.db.sourceConnection.findFirstOrThrow();
  await merchant.runScript({ sourceId, mode: 'stream', mapping, writes: writableColumns(mapping) });
  const terms = { mode: 'stream', scanColumn: null, missingRows: 'remove', writeBack: true } as const;
  expect(await saveSourceMapping(resources, { accountId, mapping, terms })).toEqual({ kind: 'saved' });
  await steerSource(resources, { accountId, order: 'start' });
  await waitFor('Shopify has all products', () => shopOf(stage).products.size === SIZE.products, PATIENT);
}

const db = () => stage.resources.db;
const inStore = (title: string) => {
  const found = [...shopOf(stage).products.values()].find((product) => product.title === title);
  if (found === undefined) throw new Error(`The store has no ${title}.`);
  return found;
};
const row = async (sku: string): Promise<Record<string, unknown>> =>
  (await merchant.rows(`SELECT * FROM ${merchant.schema}.article WHERE sku = '${sku}'`))[0] ?? {};
/** An array of PostgreSQL, or JSON. */
const listOf = (tags: unknown): unknown => (typeof tags === 'string' ? JSON.parse(tags) : tags);
const quiet = () =>
  waitFor('nothing is asked for any more', async () => {
    const [asked, waiting] = await Promise.all([
      db().syncRequest.count(),
      db().sourceWriteBack.count({ where: { state: 'waiting' } }),
    ]);
    const running = await db().syncRun.count({ where: { state: { in: ['queued', 'adopting', 'running'] } } });
    return asked === 0 && waiting === 0 && running === 0;
  });

const PRODUCT = `mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }`;
const VARIANTS = `mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $id, variants: $variants) { userErrors { message } } }`;

it.each(Object.entries(kinds))(
  '%s: carries a change of the table to Shopify, and an edit of Shopify into the table, over nothing that moved',
  async (_kind, open) => {
    await connect(open);
    const table = `${merchant.schema}.article`;
    await quiet();
    await saveSettings(stage.resources, {
      shopId: stage.shopId,
      conflictPolicy: 'remote-wins',
      deletionPolicy: 'archive',
    });
    await merchant.run(`UPDATE ${table} SET title = 'From the table' WHERE style = 'ST-1'`);
    await waitFor('the title is in Shopify', () =>
      [...shopOf(stage).products.values()].some(({ title }) => title === 'From the table'),
    );
    await quiet();

    const edited = inStore('Tent 2');
    await asMerchant(stage, PRODUCT, {
      product: {
        id: edited.id,
        title: 'From Shopify',
        tags: ['outdoor', 'new', 'p2'],
      },
    });
    await asMerchant(stage, VARIANTS, {
      id: edited.id,
      variants: [{ id: edited.variantIds[0], price: '77.70' }],
    });
    await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [edited.id] });
    await waitFor('the table has the price', async () => (await row('ST-2-1'))['price_cents'] === '7770');
    await waitFor('the table has the title', async () => (await row('ST-2-2'))['title'] === 'From Shopify');
    await quiet();
    const written = await row('ST-2-1');
    expect(written['title']).toBe('From Shopify');
    expect(listOf(written['tags'])).toEqual(expect.arrayContaining(['new', 'outdoor']));
    expect(await row('ST-2-2')).toMatchObject({ price_cents: '1004' });
    expect(inStore('From Shopify').tags).toEqual(expect.arrayContaining(['new', 'outdoor', 'p2']));

    // The row moves before it is written back: it keeps what it holds, and that goes to Shopify by the policies.
    const { id: sourceId } = await db().sourceConnection.findFirstOrThrow();
    await steerSource(stage.resources, { accountId: stage.accountId, order: 'pause' });
    await waitFor('nobody feeds', async () => {
      const { username, kind } = merchant.login;
      const connections =
        kind === 'mysql'
          ? `SELECT 1 FROM information_schema.PROCESSLIST WHERE user = '${username}'`
          : `SELECT 1 FROM pg_stat_activity WHERE usename = '${username}' AND application_name = 'lockstep'`;
      return (await merchant.rows(connections)).length === 0;
    });
    const other = inStore('Tent 3');
    await asMerchant(stage, VARIANTS, {
      id: other.id,
      variants: [{ id: other.variantIds[0], price: '55.50' }],
    });
    await lookAtRemoteProducts(stage.resources, { shopId: stage.shopId, remoteIds: [other.id] });
    await waitFor(
      'it is to be written back',
      async () =>
        (await db().sourceWriteBack.count({ where: { sourceId, state: 'waiting', field: 'price' } })) === 1,
    );
    await merchant.run(`UPDATE ${table} SET price_cents = 4444 WHERE sku = 'ST-3-1'`);
    await db().sourceConnection.updateMany({ data: { wanted: 'running' } });
    await waitFor(
      'it has its end',
      async () => (await db().sourceWriteBack.count({ where: { state: 'waiting' } })) === 0,
    );
    expect((await row('ST-3-1'))['price_cents']).toBe('4444');
    await waitFor(
      'the catalog has the row’s price',
      async () =>
        (await db().catalogVariant.findFirstOrThrow({ where: { sku: 'ST-3-1' } })).price.toString() ===
        '44.44',
    );
  },
);
