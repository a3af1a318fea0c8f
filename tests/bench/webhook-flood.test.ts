/**
 * 20,000 deliveries for 2,000 products, from several connections at once, against the web process as it is deployed, with
 * a worker beside it. Accepted deliveries a second are given as a ratio to a bare Node handler, in a process of its own,
 * that checks the signature and puts the delivery into BullMQ on the same backend; it is measured before and after.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { generateCatalog } from '~/catalog/large-catalog';
import { readConfig } from '~/config.server';
import { loadGenerated } from '~/db/catalog-load.server';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import { startRun } from '~/sync/start-run';
import { freePort, spawnApp } from '../support/app';
import type { RunningApp } from '../support/app';
import { runEntry } from '../support/child';
import type { Child } from '../support/child';
import { DEMO_SHOP, connectShop } from '../support/connected-shop';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { spawnEmulator } from '../support/emulator';
import type { SpawnedEmulator } from '../support/emulator';
import { testEnvironment } from '../support/environment';
import type { TestEnvironment } from '../support/environment';
import { createTestRedis } from '../support/redis';
import { waitFor } from '../support/wait-for';
import { floodOf, pour, quantile } from '../support/webhook-flood';
import type { Answered, SignedDelivery, ToldProduct } from '../support/webhook-flood';
import { spawnWorker } from '../support/worker';

const PRODUCTS = 2_000;
const EACH = 10;
const CONNECTIONS = 16;
/** Every so many-th product was edited in the store before the flood. */
const EDITED = 4;
const NEW_PRICE = '4321.09';

const lines: string[][] = [
  ['backend', 'handler', 'deliveries/s', 'ratio to the bare one', 'median', '99 %', 'slowest'],
  ['---', '---', '---', '---', '---', '---', '---'],
];
afterAll(() => {
  const widths = lines[0]?.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0))) ?? [];
  const row = (line: string[]) => `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  process.stdout.write(`\n${lines.map(row).join('\n')}\n`);
});

const ms = (value: number) => `${value.toFixed(1)} ms`;
const rate = (poured: { answers: Answered[]; ms: number }) => (poured.answers.length / poured.ms) * 1_000;
function note(backend: string, handler: string, poured: { answers: Answered[]; ms: number }, ratio: number) {
  const times = poured.answers.map((answer) => answer.ms);
  lines.push([
    backend,
    handler,
    rate(poured).toFixed(0),
    ratio.toFixed(2),
    ms(quantile(times, 0.5)),
    ms(quantile(times, 0.99)),
    ms(Math.max(...times)),
  ]);
}

const callsAnswer = z.object({
  calls: z.array(
    z.object({
      kind: z.string().nullable(),
      operation: z.string().nullable(),
      fields: z.array(z.string()),
      variables: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
});
const dumpAnswer = z.object({
  products: z.array(z.object({ id: z.string(), variants: z.array(z.object({ price: z.string() })) })),
});

describe.each(['PostgreSQL', 'Redis'] as const)('a flood of webhooks with the queue on %s', (backend) => {
  let database: TestDatabase;
  let emulator: SpawnedEmulator;
  let resources: AppResources;
  let app: RunningApp;
  let worker: Child;
  let env: TestEnvironment;
  let shopId = '';
  let told: (ToldProduct & { variantId: string })[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    emulator = await spawnEmulator({ shops: [`${DEMO_SHOP}:enterprise`] });
    const test = testEnvironment({
      databaseUrl: database.url,
      emulatorOrigin: emulator.origin,
      ...(backend === 'Redis' && { redisUrl: (await createTestRedis()).url }),
    });
    env = { ...test, LOG_LEVEL: 'info' };
    resources = await createResources(readConfig({ ...env, LOG_LEVEL: 'warn' }));
    const connected = await connectShop(resources, test);
    shopId = connected.shopId;
    const catalog = generateCatalog({ seed: 11, products: PRODUCTS, minVariants: 1, maxVariants: 2 });
    await loadGenerated(resources.db, connected.accountId, catalog);
    worker = await spawnWorker(env);
    app = await spawnApp({ ...env, LOG_LEVEL: 'warn' }, await freePort());
    const { runId } = await startRun(resources, { shopId, trigger: 'manual', causedBy: 'bench' });
    await waitFor(
      'the first sync ends',
      async () => (await resources.db.syncRun.findUniqueOrThrow({ where: { id: runId } })).finishedAt,
      { timeoutMs: 600_000, everyMs: 500 },
    );
    told = await resources.db.$queryRaw<typeof told>`
      SELECT DISTINCT ON (variant.remote_product_id) variant.remote_product_id AS id,
        variant.inventory_item_id AS "inventoryItemId", product.variant_order[1] AS "variantId"
      FROM app.remote_variant variant
      JOIN app.remote_product product ON product.shop_id = variant.shop_id AND product.remote_id = variant.remote_product_id
      WHERE variant.shop_id = ${shopId}::uuid ORDER BY variant.remote_product_id`;
    expect(told).toHaveLength(PRODUCTS);
  });
  afterAll(async () => {
    await app?.stop();
    await worker?.stop();
    await resources?.close();
    await emulator?.stop();
    await database?.drop();
  });

  async function bare(deliveries: SignedDelivery[]) {
    const port = await freePort();
    const handler = runEntry('tests/bench/bare-webhook-handler.ts', [], { ...env, PORT: String(port) });
    await handler.waitForOutput('Bare handler ready');
    await pour(`http://127.0.0.1:${port}/`, deliveries.slice(0, 500), CONNECTIONS);
    const poured = await pour(`http://127.0.0.1:${port}/`, deliveries, CONNECTIONS);
    await handler.stop();
    const queue = resources.queueStore.queue('bare-webhooks');
    await queue.obliterate({ force: true });
    await queue.close();
    expect(new Set(poured.answers.map(({ status }) => status))).toEqual(new Set([200]));
    return poured;
  }

  async function editStore(): Promise<string[]> {
    const edited = told.filter((_, index) => index % EDITED === 0);
    for (const { id, variantId } of edited)
      await emulator.control('POST', `shops/${DEMO_SHOP}/graphql`, {
        query: `mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
          productVariantsBulkUpdate(productId: $id, variants: $variants) { userErrors { message } } }`,
        variables: { id, variants: [{ id: variantId, price: NEW_PRICE }] },
      });
    return edited.map(({ id }) => id);
  }

  /** How often each product was read from the store. */
  async function reads(): Promise<Map<string, number>> {
    const { calls } = callsAnswer.parse(await emulator.control('GET', 'calls?whole=1'));
    expect(calls.filter((call) => call.kind === 'mutation')).toEqual([]);
    const counts = new Map<string, number>();
    for (const call of calls.filter(({ operation }) => operation === 'ReadProducts'))
      for (const id of Object.values(call.variables ?? {}).flatMap((value) =>
        Array.isArray(value) ? value : [],
      ))
        counts.set(String(id), (counts.get(String(id)) ?? 0) + 1);
    return counts;
  }

  it('answers all of them in time, looks at each product once, and the catalog follows', async () => {
    const edited = await editStore();
    const address = `${app.origin}/webhooks`;
    const before = await bare(floodOf(told, EACH, 1));
    // What a process compiles at its first requests is not what is measured.
    await pour(address, floodOf(told.slice(0, 1), 500, 2), CONNECTIONS);
    const { db } = resources;
    const isQuiet = async () =>
      (await db.webhookDelivery.count({ where: { handledAt: null } })) === 0 &&
      (await db.syncRequest.count()) === 0;
    await waitFor('the warm-up is handled', isQuiet);
    await waitFor('its product was looked at', async () => {
      const row = await db.remoteProductRow.findFirst({ where: { shopId, invalidatedAt: { not: null } } });
      return row === null;
    });
    await emulator.control('DELETE', 'calls');
    const flood = await pour(address, floodOf(told, EACH, 3), CONNECTIONS);
    const started = performance.now();
    await waitFor(
      'every delivery is handled',
      async () => (await db.webhookDelivery.count({ where: { handledAt: null } })) === 0,
      { timeoutMs: 120_000 },
    );
    const handledAfter = performance.now() - started;
    await waitFor(
      'every product was looked at',
      async () => {
        const row = await db.remoteProductRow.findFirst({ where: { shopId, invalidatedAt: { not: null } } });
        const pending = await db.productLink.count({ where: { shopId, syncState: { not: 'in-sync' } } });
        return row === null && pending === 0 && (await db.syncRequest.count()) === 0;
      },
      { timeoutMs: 600_000, everyMs: 500 },
    );
    const agreedAfter = performance.now() - started;
    const after = await bare(floodOf(told, EACH, 4));
    const bareRate = (rate(before) + rate(after)) / 2;
    note(backend, 'bare, before', before, rate(before) / bareRate);
    note(backend, 'Lockstep', flood, rate(flood) / bareRate);
    note(backend, 'bare, after', after, rate(after) / bareRate);
    process.stdout.write(
      `${backend}: posted in ${(flood.ms / 1_000).toFixed(1)} s, all handled ${(handledAfter / 1_000).toFixed(1)} s after the last answer, both sides agree ${(agreedAfter / 1_000).toFixed(1)} s after it.\n`,
    );

    expect(new Set(flood.answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(flood.answers).toHaveLength(PRODUCTS * EACH);
    const times = flood.answers.map((answer) => answer.ms);
    expect(Math.max(...times)).toBeLessThan(1_000);
    expect(quantile(times, 0.5)).toBeLessThan(50);
    const counts = await reads();
    expect(counts.size).toBe(PRODUCTS);
    expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
    const { products } = dumpAnswer.parse(await emulator.control('GET', `shops/${DEMO_SHOP}/products`));
    const catalog = await db.$queryRaw<{ id: string; prices: string[] }[]>`
      SELECT link.remote_id AS id, array_agg(variant.price::numeric(20,2)::text ORDER BY variant.position) AS prices
      FROM app.product_link link JOIN catalog.variant variant ON variant.product_id = link.product_id
      WHERE link.shop_id = ${shopId}::uuid GROUP BY link.remote_id`;
    const inStore = new Map(products.map(({ id, variants }) => [id, variants.map(({ price }) => price)]));
    expect(new Map(catalog.map(({ id, prices }) => [id, prices]))).toEqual(inStore);
    expect(edited.filter((id) => inStore.get(id)?.[0] !== NEW_PRICE)).toEqual([]);
  });
});
