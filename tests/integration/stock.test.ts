/** Stock that moves on both sides: every movement counts once, whatever is lost on the way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorker } from '~/queue/worker';
import { saveSettings } from '~/sync/save-settings';
import { rawProduct } from '../support/catalog-rows';
import { DEMO_SHOP } from '../support/connected-shop';
import { mutationsDuring, shopOf, storeProduct } from '../support/merchant';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';

let stage: Stage;
const db = () => stage.resources.db;

async function open(options: Parameters<typeof openStage>[0] = {}): Promise<void> {
  stage = await openStage(options);
  await rawProduct(db(), stage.accountId, {
    handle: 'lamp',
    product: { title: 'Lamp' },
    options: [{ name: 'Color', values: ['Red', 'Blue'] }],
    variants: ['Red', 'Blue'].map((color) => ({
      option1: color,
      sku: `LAMP-${color}`,
      price: '10',
      tracked: true,
      stock: { '': 10 },
    })),
  });
}
afterEach(async () => {
  await stage?.close();
});

/** What Shopify and the catalog hold of the first variant. */
async function levels(): Promise<{ shopify: number; catalog: number }> {
  const shop = shopOf(stage);
  const { inventoryItemId } = shop.variants.get(storeProduct(stage, 'lamp').variantIds[0]!)!;
  const variant = await db().catalogVariant.findFirstOrThrow({ where: { sku: 'LAMP-Red' } });
  const { available } = await db().catalogInventoryLevel.findFirstOrThrow({
    where: { variantId: variant.id },
  });
  const response = await fetch(`${stage.emulator.origin}/_emulator/shops/${DEMO_SHOP}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `query($id: ID!) { inventoryItem(id: $id) { inventoryLevels(first: 1) { nodes { quantities(names: ["available"]) { quantity } } } } }`,
      variables: { id: inventoryItemId },
    }),
  });
  const quantity = /"quantity":(-?\d+)/.exec(await response.text())?.[1];
  return { shopify: Number(quantity), catalog: available };
}

async function sell(quantity: number): Promise<void> {
  const response = await fetch(`${stage.emulator.origin}/_emulator/shops/${DEMO_SHOP}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ variantId: storeProduct(stage, 'lamp').variantIds[0], quantity }),
  });
  if (!response.ok) throw new Error(await response.text());
  await forget();
}
const move = (by: number) =>
  db().$executeRaw`
    UPDATE catalog.inventory_level SET available = available + ${by}
    WHERE variant_id = (SELECT id FROM catalog.variant WHERE sku = 'LAMP-Red')`;
/** As a webhook does. */
const forget = () => db().remoteProductRow.updateMany({ data: { invalidatedAt: new Date() } });

describe('stock that moved on both sides', () => {
  beforeEach(async () => {
    await open();
    await stage.run();
  });

  it.each(['source-wins', 'remote-wins', 'manual'] as const)('adds up, also where %s', async (policy) => {
    await saveSettings(stage.resources, { shopId: stage.shopId, conflictPolicy: policy });
    await move(5);
    await sell(2);
    const run = await stage.run();
    expect(run.products).toMatchObject([{ state: 'applied' }]);
    expect(await levels()).toEqual({ shopify: 13, catalog: 13 });
    const changes = await db().change.findMany({ where: { runId: run.id }, orderBy: { id: 'asc' } });
    expect(changes.map(({ direction, before, after }) => ({ direction, before, after }))).toEqual([
      { direction: 'pull', before: 15, after: 13 },
      { direction: 'push', before: 8, after: 13 },
    ]);
    expect(await mutationsDuring(stage, () => stage.run())).toEqual([]);
  });

  it('is settled by the rule where one names the stock', async () => {
    await db().policyRule.create({
      data: {
        shopId: stage.shopId,
        fieldGroup: 'inventory',
        conflictPolicy: 'remote-wins',
        createdBy: 'test',
      },
    });
    await move(5);
    await sell(2);
    await stage.run();
    expect(await levels()).toEqual({ shopify: 8, catalog: 8 });
  });
});

describe('a stock write whose answer was lost', () => {
  it.each(['reset-after', 'reset-before', 'malformed-json'] as const)(
    'by %s counts once, whatever moved on either side meanwhile',
    async (kind) => {
      await open({ env: { JOB_ATTEMPTS: '1', SHOPIFY_TIMEOUT_SECONDS: '2' } });
      await stage.run();
      await move(-3);
      // Nothing but lost answers: the job gives up, and its writes stay open.
      stage.emulator.faults.add({ kind, match: { field: 'inventorySetQuantities' } });
      await stage.run(undefined, 90_000);
      stage.emulator.faults.clear();
      expect(await db().inventoryIntent.count()).toBe(1);
      await sell(2);
      await move(-1);
      const run = await stage.run();
      expect(run.products).toMatchObject([{ state: 'applied' }]);
      expect(await levels()).toEqual({ shopify: 4, catalog: 4 });
      expect(await db().inventoryIntent.count()).toBe(0);
      await expectStoreToEqualCatalog(stage);
      expect(await mutationsDuring(stage, () => stage.run())).toEqual([]);
      // -3 and -1 of the catalog's, -2 of Shopify's.
      const changes = await db().change.findMany({
        where: { state: 'applied', field: { startsWith: 'inventory' } },
      });
      const sum = (direction: string) =>
        changes
          .filter((change) => change.direction === direction)
          .reduce((total, { before, after }) => total + Number(after) - Number(before), 0);
      expect([sum('push'), sum('pull')]).toEqual([-4, -2]);
    },
  );

  it('is told by what stands where Shopify no longer remembers the key', async () => {
    await open({ env: { JOB_ATTEMPTS: '1', SHOPIFY_TIMEOUT_SECONDS: '2' } });
    await stage.run();
    await move(-3);
    stage.emulator.faults.add({ kind: 'reset-after', match: { field: 'inventorySetQuantities' } });
    await stage.run(undefined, 90_000);
    stage.emulator.faults.clear();
    await db().inventoryIntent.updateMany({ data: { sentAt: new Date(Date.now() - 25 * 3_600_000) } });
    await move(-1);
    await stage.run();
    expect(await levels()).toEqual({ shopify: 6, catalog: 6 });
  });

  it('waits while another job holds its product', async () => {
    await open({ worker: false });
    const settings = {
      store: stage.resources.queueStore,
      concurrency: 2,
      lockMs: 10_000,
      syncIntervalMinutes: null,
      refreshTokens: () => stage.resources.tokens.refreshDue(),
    };
    const worker = await startWorker(stage.resources, settings);
    try {
      await stage.run();
      await move(-3);
      await db().productLink.updateMany({
        data: { claimedBy: 'somebody else', claimedUntil: new Date(Date.now() + 2_500) },
      });
      await sell(1);
      const run = await stage.run();
      expect(run.state).toBe('finished');
      expect(await levels()).toEqual({ shopify: 6, catalog: 6 });
    } finally {
      await worker.close();
    }
  });
});
