/** A flood of webhooks: every one is answered, each product is looked at once, and both sides agree afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebhookIntake } from '~/sync/webhook-intake';
import { receiveWebhook } from '~/webhooks.server';
import { allDone } from '../support/all-done';
import { asMerchant, mutationsDuring, shopOf } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { waitFor } from '../support/wait-for';
import { API_SECRET } from '../support/environment';
import { floodOf } from '../support/webhook-flood';
import type { SignedDelivery, ToldProduct } from '../support/webhook-flood';

const PRODUCTS = 200;
const EACH = 10;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({});
  await fillCatalog(stage, PRODUCTS);
  expect((await stage.run(undefined, 110_000)).state).toBe('finished');
});
afterAll(async () => {
  await stage?.close();
});

/** The store's products, as deliveries name them. */
function told(): ToldProduct[] {
  const shop = shopOf(stage);
  return [...shop.products.values()].map((product) => ({
    id: product.id,
    inventoryItemId: shop.variants.get(product.variantIds[0]!)!.inventoryItemId,
  }));
}

async function raisePrices(cents: string): Promise<void> {
  for (const product of shopOf(stage).products.values())
    await asMerchant(
      stage,
      `mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
        productVariantsBulkUpdate(productId: $id, variants: $variants) { userErrors { message } } }`,
      { id: product.id, variants: [{ id: product.variantIds[0], price: `90.${cents}` }] },
    );
}

/** Two web processes take turns. */
function receivers(): ((delivery: SignedDelivery) => Promise<number>)[] {
  return [1, 2].map(() => {
    const intake = createWebhookIntake(stage.resources);
    return async ({ headers, body }) => {
      const request = new Request('https://app.example/webhooks', { method: 'POST', headers, body });
      const context = { resources: stage.resources, intake, secrets: () => [API_SECRET] };
      return (await receiveWebhook(context, request)).status;
    };
  });
}

const lastCall = () => stage.emulator.log.all().at(-1)?.sequence ?? 0;
/** How often each product was read from Shopify since a call. */
function readsSince(sequence: number): Map<string, number> {
  const reads = new Map<string, number>();
  for (const call of stage.emulator.log.all()) {
    const ids = call.sequence > sequence && call.fields.includes('nodes') ? call.variables?.['a'] : null;
    if (Array.isArray(ids)) for (const id of ids) reads.set(String(id), (reads.get(String(id)) ?? 0) + 1);
  }
  return reads;
}

describe(`${PRODUCTS * EACH} deliveries for ${PRODUCTS} products`, () => {
  it('are answered 200; each product is read once, and the catalog follows', async () => {
    await raisePrices('01');
    const deliveries = floodOf(told(), EACH);
    const before = lastCall();
    const receive = receivers();
    const mutations = await mutationsDuring(stage, async () => {
      const statuses = await Promise.all(
        deliveries.map((delivery, index) => receive[index % receive.length]!(delivery)),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
      await allDone(stage);
      await waitFor(
        'the catalog follows',
        async () => {
          const rows = await stage.resources.db.catalogVariant.count({ where: { price: '90.01' } });
          return rows === PRODUCTS;
        },
        { timeoutMs: 90_000 },
      );
    });
    expect(mutations).toEqual([]);
    const reads = readsSince(before);
    expect(reads.size).toBe(PRODUCTS);
    expect([...reads.values()].filter((count) => count !== 1)).toEqual([]);
    await expectStoreToEqualCatalog(stage);
  });

  it('are ignored when all of them come again', async () => {
    const deliveries = floodOf(told(), 3, 2);
    const [receive] = receivers();
    await Promise.all(deliveries.map((delivery) => receive!(delivery)));
    await allDone(stage);
    const before = lastCall();
    const statuses = await Promise.all(deliveries.map((delivery) => receive!(delivery)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    await allDone(stage);
    expect(readsSince(before).size).toBe(0);
    expect(await stage.resources.db.webhookDelivery.count()).toBe(PRODUCTS * (EACH + 3));
  });
});
