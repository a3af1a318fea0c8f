/**
 * 500 products with one changed price each, 350 ms a call and 20 ms for each further mutation of its document. The bound
 * is the larger of what the points allow, (needed - full bucket) / restore rate, and what the calls take at the chosen
 * concurrency. Every figure is a ratio to a bound or a baseline measured in the same run.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCatalog } from '~/catalog/large-catalog';
import { loadGenerated } from '~/db/catalog-load.server';
import { readSourceProducts } from '~/db/catalog-products.server';
import { DEMO_SHOP } from '../support/connected-shop';
import { openBenchStage } from './bench-stage';
import type { BenchCall, BenchStage } from './bench-stage';
import { sendOneByOne, wholeProductBytes } from './plain-client';
import type { PriceChange } from './plain-client';

const PRODUCTS = 500;
const BASE_MS = 350;
const FURTHER_MS = 20;
/** SHOP_CONCURRENCY's default. */
const CONCURRENCY = 10;
const PLANS = { standard: { bucket: 2_000, rate: 100 }, plus: { bucket: 20_000, rate: 1_000 } };

let stage: BenchStage;
const lines: string[][] = [];

beforeAll(async () => {
  stage = await openBenchStage();
  const catalog = generateCatalog({ seed: 7, products: PRODUCTS, minVariants: 1, maxVariants: 100 });
  await loadGenerated(stage.resources.db, stage.accountId, catalog);
  const { ms, calls } = await stage.run();
  const variants = await stage.resources.db.catalogVariant.count();
  process.stdout.write(
    `First sync: ${PRODUCTS} products, ${variants} variants, ${calls.length} calls, ${(ms / 1_000).toFixed(1)} s without latency.\n`,
  );
});
afterAll(async () => {
  await stage?.close();
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  process.stdout.write(
    `\n${lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`).join('\n')}\n`,
  );
});

/** Raises the first variant's price of the first `count` products, as a merchant's own system would by SQL. */
async function changePrices(count: number, cents: number): Promise<void> {
  const amount = (cents / 100).toFixed(2);
  await stage.resources.db.$executeRaw`
    UPDATE catalog.variant SET price = price + ${amount}::numeric
    WHERE position = 1 AND product_id IN (SELECT id FROM catalog.product ORDER BY id LIMIT ${count}::int)`;
}

function bound(calls: BenchCall[], { bucket, rate }: { bucket: number; rate: number }): number {
  const points = calls.reduce((sum, call) => sum + (call.actualCost ?? 0), 0);
  const byPoints = (Math.max(0, points - bucket) / rate) * 1_000;
  const took = calls.map((call) => BASE_MS + FURTHER_MS * Math.max(0, call.fields.length - 1));
  const byCalls = Math.max(Math.max(...took), took.reduce((sum, ms) => sum + ms, 0) / CONCURRENCY);
  return Math.max(byPoints, byCalls);
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const bytesOf = (calls: BenchCall[]) => calls.reduce((sum, call) => sum + call.requestBytes, 0);

async function remoteChanges(): Promise<PriceChange[]> {
  const rows = await stage.resources.db.$queryRaw<{ productId: string; variantId: string }[]>`
    SELECT link.remote_id AS "productId", base.remote_id AS "variantId" FROM app.product_link link
    JOIN catalog.variant variant ON variant.product_id = link.product_id AND variant.position = 1
    JOIN app.base_variant base ON base.shop_id = link.shop_id AND base.variant_id = variant.id
    WHERE link.shop_id = ${stage.shopId}::uuid ORDER BY link.product_id`;
  return rows.map((row, index) => ({ ...row, price: (10 + index / 100).toFixed(2) }));
}

/** A token of its own for the plain client, by the emulator's client credentials grant. */
async function plainToken(): Promise<string> {
  const { resources } = stage;
  return resources.tokens.offlineToken(DEMO_SHOP);
}

async function wholeClientBytes(): Promise<number> {
  const { db } = stage.resources;
  const ids = (await db.catalogProduct.findMany({ select: { id: true } })).map((product) => product.id);
  const location = (await db.shopLocation.findFirstOrThrow()).gid;
  const scope = {
    accountId: stage.accountId,
    locations: new Map([['', location]]),
    categories: new Map<string, string>(),
  };
  const products = await readSourceProducts(db, scope, ids);
  return [...products.values()].reduce(
    (sum, { product }) => sum + wholeProductBytes(product, 'gid://shopify/Product/1234567890', location),
    0,
  );
}

describe('a changed price in each of 500 products', () => {
  it('keeps the promises of the README', async () => {
    lines.push(
      ['what', 'time', 'bound', 'ratio', 'calls', 'sent', 'THROTTLED'],
      ['---', '---', '---', '---', '---', '---', '---'],
    );
    await stage.setLatency(BASE_MS, FURTHER_MS);
    const measured = new Map<string, { ms: number; calls: BenchCall[]; bound: number }>();
    for (const [name, plan, count] of [
      ['Lockstep, Standard, 500 products', 'standard', PRODUCTS],
      ['Lockstep, Standard, 100 products', 'standard', 100],
      ['Lockstep, Plus, 500 products', 'plus', PRODUCTS],
    ] as const) {
      await changePrices(count, 11);
      await stage.setPlan(plan);
      const { ms, calls } = await stage.run();
      const limit = bound(calls, PLANS[plan]);
      measured.set(name, { ms, calls, bound: limit });
      lines.push([
        name,
        seconds(ms),
        seconds(limit),
        (ms / limit).toFixed(2),
        String(calls.length),
        `${(bytesOf(calls) / 1_024).toFixed(0)} KB`,
        String(calls.filter((call) => call.throttled).length),
      ]);
    }
    const standard = measured.get('Lockstep, Standard, 500 products')!;
    const hundred = measured.get('Lockstep, Standard, 100 products')!;
    const plus = measured.get('Lockstep, Plus, 500 products')!;
    await stage.setPlan('standard');
    const plain = await sendOneByOne(
      { origin: stage.emulator.origin, domain: DEMO_SHOP, token: await plainToken() },
      await remoteChanges(),
    );
    const whole = await wholeClientBytes();
    lines.push(
      [
        'Plain client: one product a call, in turn',
        seconds(plain.ms),
        '',
        `${(plain.ms / standard.ms).toFixed(1)} x Standard, ${(plain.ms / plus.ms).toFixed(1)} x Plus`,
        String(plain.calls),
        `${(plain.bytes / 1_024).toFixed(0)} KB`,
        '',
      ],
      [
        'Client that sends whole products',
        '',
        '',
        '',
        '',
        `${(whole / 1_024).toFixed(0)} KB (ours: ${((bytesOf(standard.calls) / whole) * 100).toFixed(2)} %)`,
        '',
      ],
      ['Public claims of such tools: 500 products', '120 s', '', '', '', '', ''],
      ['Public claims of such tools: 100 products', '30 s', '', '', '', '', ''],
    );
    expect(standard.calls.every((call) => call.kind === 'mutation')).toBe(true);
    expect(standard.calls.reduce((sum, call) => sum + call.fields.length, 0)).toBe(PRODUCTS);
    expect(standard.ms / standard.bound).toBeLessThanOrEqual(1.1);
    expect(standard.calls.filter((call) => call.throttled)).toEqual([]);
    expect(plain.ms / standard.ms).toBeGreaterThanOrEqual(5);
    expect(plus.ms / plus.bound).toBeLessThanOrEqual(1.25);
    expect(plus.calls.filter((call) => call.throttled)).toEqual([]);
    expect(plain.ms / plus.ms).toBeGreaterThanOrEqual(30);
    // The tool's own claim for 100 products is 30 s; the issue asks for a sixth of it.
    expect(hundred.ms).toBeLessThan(5_000);
    expect(standard.calls.length).toBeLessThanOrEqual(plain.calls / 10);
    expect(bytesOf(standard.calls) / whole).toBeLessThanOrEqual(0.02);
  });
});
