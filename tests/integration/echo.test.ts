/**
 * Our own writes come back as webhooks, more than once and out of order. They find base = remote and cause nothing: 1,000
 * pushes with all their webhooks lead to the mutations of the pushes and to no other.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allDone } from '../support/all-done';
import { shopOf } from '../support/merchant';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { openStage } from '../support/stage';
import type { EndedRun, Stage } from '../support/stage';
import { startWebhookReceiver } from '../support/webhook-receiver';
import type { WebhookReceiver } from '../support/webhook-receiver';

const PRODUCTS = 200;
const PATIENCE_MS = 600_000;

let stage: Stage;
let receiver: WebhookReceiver;
beforeAll(async () => {
  // Each delivery comes once more under an id of its own, so that nothing but its content can tell.
  receiver = await startWebhookReceiver((request) => {
    const headers = new Headers(request.headers);
    headers.set('x-shopify-webhook-id', randomUUID());
    return [new Request(request, { headers })];
  });
  stage = await openStage({ emulator: { appUrl: receiver.origin } });
  receiver.open(stage.resources);
  stage.emulator.webhooks.configure({ duplicateProbability: 1, timeScale: 0.00001, logSize: 100 });
});
afterAll(async () => {
  await stage?.close();
  await receiver?.close();
});
const db = () => stage.resources.db;

async function fill(): Promise<void> {
  const { accountId } = stage;
  const ids = Array.from({ length: PRODUCTS }, () => randomUUID());
  const variants = ids.flatMap((productId, at) =>
    ['S', 'M'].map((option1, index) => ({
      accountId,
      id: randomUUID(),
      productId,
      position: index + 1,
      option1,
      sku: `E${at}-${option1}`,
      price: '10',
      tracked: true,
    })),
  );
  await db().catalogProduct.createMany({
    data: ids.map((id, at) => ({
      accountId,
      id,
      handle: `echo-${at}`,
      title: `Echo ${at}`,
      tags: ['B', 'a '],
      descriptionHtml: '<p>One<br>two</p>',
    })),
  });
  await db().catalogOption.createMany({
    data: ids.map((productId) => ({ accountId, productId, position: 1, name: 'Size', values: ['S', 'M'] })),
  });
  await db().catalogVariant.createMany({ data: variants });
  await db().catalogInventoryLevel.createMany({
    data: variants.map(({ id }, at) => ({ accountId, variantId: id, location: '', available: at })),
  });
  await db().catalogMetafield.createMany({
    data: ids.map((productId) => ({
      accountId,
      productId,
      namespace: 'custom',
      key: 'care',
      type: 'single_line_text_field',
      value: 'wash',
    })),
  });
}

/** Each of them pushes every product once more. */
const TURNS: (() => Promise<unknown>)[] = [
  () => db().catalogVariant.updateMany({ data: { price: '12.5', compareAtPrice: '20.00' } }),
  () => db().catalogInventoryLevel.updateMany({ data: { available: 77 } }),
  () =>
    db().catalogProduct.updateMany({
      data: { tags: ['X', ' y'], vendor: 'Acme ', productType: 'Echo' },
    }),
  () => db().catalogMetafield.updateMany({ data: { value: 'dry' } }),
];

/** Until every webhook has arrived and all that it led to is done. */
async function quiet(): Promise<void> {
  await stage.emulator.webhooks.settle();
  await allDone(stage, PATIENCE_MS);
}

const mutationsSent = () =>
  stage.emulator.log
    .all()
    .filter((call) => call.kind === 'mutation')
    .reduce((sum, call) => sum + call.fields.length, 0);

it(
  '1,000 pushes, all their webhooks delivered twice and more and out of order, cause no further mutation',
  async () => {
    // Held back until they are asked for, then sent in any order: those of two runs at a time.
    stage.emulator.webhooks.configure({ reorderWindow: 1_000_000, reorderHoldMs: 3_600_000 });
    await fill();
    const runs: EndedRun[] = [];
    for (const [at, change] of [() => Promise.resolve(), ...TURNS].entries()) {
      await change();
      runs.push(await stage.run(undefined, PATIENCE_MS));
      if (at % 2 === 1 || at === TURNS.length) await quiet();
    }
    const ends = runs.flatMap(({ products }) => products.map(({ state }) => state));
    const pushes = await db().change.groupBy({
      by: ['productId', 'runId'],
      where: { direction: 'push', state: 'applied' },
    });
    expect(new Set(ends)).toEqual(new Set(['applied']));
    expect(pushes).toHaveLength(PRODUCTS * (1 + TURNS.length));
    expect(pushes.length).toBeGreaterThanOrEqual(1_000);
    // Not one mutation more than the runs asked for, and nothing written but by them.
    const mutations = runs.reduce((sum, run) => sum + run.mutations, 0);
    expect(mutationsSent()).toBe(mutations);
    expect(await db().change.count({ where: { runId: null } })).toBe(0);
    expect(await db().change.count({ where: { direction: 'pull' } })).toBe(0);
    // The deliveries did come, each at least four times, and Shopify was asked because of them.
    const deliveries = [...receiver.answers.values()].reduce((sum, count) => sum + count, 0);
    expect([...receiver.answers.keys()]).toEqual([200]);
    expect(deliveries).toBeGreaterThanOrEqual(4 * pushes.length);
    const reads = stage.emulator.log.all().filter((call) => call.fields.includes('nodes')).length;
    expect(reads).toBeGreaterThan(0);
    expect(await db().remoteProductRow.count({ where: { invalidatedAt: { not: null } } })).toBe(0);
    await stage.run(undefined, PATIENCE_MS);
    expect(mutationsSent()).toBe(mutations);
    expect(shopOf(stage).products.size).toBe(PRODUCTS);
    await expectStoreToEqualCatalog(stage);
    process.stdout.write(
      `${pushes.length} pushes by ${mutations} mutations; ${deliveries} deliveries led to ${reads} reads and 0 further mutations\n`,
    );
  },
  PATIENCE_MS,
);

it(
  'webhooks that arrive in the middle of the pushes they come from make none of them happen twice',
  async () => {
    stage.emulator.webhooks.configure({ reorderWindow: 20, reorderHoldMs: 50, delayMaxMs: 300 });
    const since = new Date();
    for (const price of ['31', '32']) {
      await db().catalogVariant.updateMany({ data: { price } });
      await stage.run(undefined, PATIENCE_MS);
    }
    await quiet();
    const changes = await db().change.findMany({ where: { at: { gte: since }, state: 'applied' } });
    expect(new Set(changes.map(({ field, direction }) => `${direction} ${field}`))).toEqual(
      new Set(['push price']),
    );
    // A look that a webhook caused may have pushed before the run came to it; nobody pushed after.
    const values = changes.map(({ variantId, after }) => `${variantId ?? ''} ${JSON.stringify(after)}`);
    expect(values).toHaveLength(2 * 2 * PRODUCTS);
    expect(new Set(values).size).toBe(values.length);
    const before = mutationsSent();
    await stage.run(undefined, PATIENCE_MS);
    await quiet();
    expect(mutationsSent()).toBe(before);
    await expectStoreToEqualCatalog(stage);
  },
  PATIENCE_MS,
);
