/**
 * What metrics, traces, the audit log and its roll-ups add to a sync: the same price changes, with all of them and with none, in
 * turn. Calls take no time here, so that nothing hides what the app itself takes.
 */
import { loadavg } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateCatalog } from '~/catalog/large-catalog';
import { loadGenerated } from '~/db/catalog-load.server';
import { createMetrics } from '~/observe/metrics.server';
import { startHttpReceiver } from '../support/http-receiver';
import type { HttpReceiver } from '../support/http-receiver';
import { openBenchStage } from './bench-stage';
import type { BenchStage } from './bench-stage';

const PRODUCTS = 500;
const ROUNDS = Number(process.env['OVERHEAD_ROUNDS'] ?? 15);
const LIMIT = 1.05;

let collector: HttpReceiver;
let watched: BenchStage;
let bare: BenchStage;

beforeAll(async () => {
  collector = await startHttpReceiver();
  watched = await openBenchStage({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin } });
  bare = await openBenchStage();
  const catalog = () => generateCatalog({ seed: 7, products: PRODUCTS, minVariants: 1, maxVariants: 20 });
  for (const stage of [watched, bare]) {
    await loadGenerated(stage.resources.db, stage.accountId, catalog());
    await stage.run();
  }
  const { db } = bare.resources;
  // Neither the audit log, nor what is noted with it.
  for (const table of ['change', 'run_product', 'remote_product', 'remote_variant'])
    await db.$executeRawUnsafe(`ALTER TABLE app.${table} DISABLE TRIGGER USER`);
  await db.$executeRawUnsafe(
    `CREATE FUNCTION app.forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
  );
  await db.$executeRawUnsafe(
    'CREATE TRIGGER forget BEFORE INSERT ON app.change FOR EACH ROW EXECUTE FUNCTION app.forget()',
  );
});
afterAll(async () => {
  await watched?.close();
  await bare?.close();
  await collector?.close();
});

/** Milliseconds that a run takes after every first variant's price was raised. */
async function sync({ resources, setPlan, run }: BenchStage): Promise<number> {
  await setPlan('enterprise');
  await resources.db.$executeRaw`UPDATE catalog.variant SET price = price + 0.01 WHERE position = 1`;
  return (await run()).ms;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

it(`costs less than ${Math.round((LIMIT - 1) * 100)} % of a sync of ${PRODUCTS} products`, async () => {
  const [withAll, without]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Whichever goes first meets a colder machine.
    const order = round % 2 === 0 ? [withAll, without] : [without, withAll];
    for (const taken of order) taken.push(await sync(taken === withAll ? watched : bare));
  }
  // Counting cannot be switched off; what it takes is measured by itself: each product is a few of these.
  const metrics = createMetrics();
  const began = performance.now();
  for (let n = 0; n < PRODUCTS; n += 1)
    metrics.changeRecorded({ direction: 'push', state: 'applied', seconds: n / 100 });
  const counting = performance.now() - began;
  const ratio = (median(withAll) + counting) / median(without);
  process.stdout.write(
    `With metrics, traces, audit log and roll-ups ${median(withAll)} ms, without ${median(without)} ms (medians of ${ROUNDS}; counting alone ${counting.toFixed(1)} ms): ratio ${ratio.toFixed(3)}, limit ${LIMIT}. Spans came in ${collector.requests.length} messages. Load ${loadavg()[0]?.toFixed(1)}.\n`,
  );
  expect(collector.requests.length).toBeGreaterThan(ROUNDS / 2);
  expect(await watched.resources.db.change.count({ where: { state: 'applied' } })).toBeGreaterThan(
    PRODUCTS * ROUNDS,
  );
  expect(ratio).toBeLessThan(LIMIT);
});
