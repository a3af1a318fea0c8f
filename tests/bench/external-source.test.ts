/**
 * Snapshot plus stream of a merchant's own table that is being written meanwhile: the catalog ends as the table does, the
 * worker's memory stays bounded, and the pace is told as a ratio to PostgreSQL's own COPY of the same table.
 * SOURCE_VARIANTS=1000000 is the size of the acceptance.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { connectSource } from '~/sync/connect-source';
import { saveSourceMapping } from '~/sync/save-source-mapping';
import { steerSource } from '~/sync/steer-source';
import type { Child } from '../support/child';
import { articleMapping, createExternalDatabase, createRole, runScript } from '../support/external-database';
import type { ExternalDatabase } from '../support/external-database';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';
import { spawnWorker } from '../support/worker';

const VARIANTS_A_PRODUCT = 10;
const VARIANTS = Number(process.env['SOURCE_VARIANTS'] ?? 50_000);
const PRODUCTS = Math.ceil(VARIANTS / VARIANTS_A_PRODUCT);
const MOST_MEGABYTES = 500;
const PATIENCE_MS = 3 * 3_600_000;

let stage: Stage;
let external: ExternalDatabase;
let worker: Child | null = null;
beforeAll(async () => {
  stage = await openStage({ worker: false, env: { SOURCE_PRIVATE_NETWORKS: 'true' } });
  external = await createExternalDatabase({ products: PRODUCTS, variants: VARIANTS_A_PRODUCT });
  await external.client.query('VACUUM ANALYZE shop.article');
});
afterAll(async () => {
  await worker?.stop();
  await steerSource(stage.resources, { accountId: stage.accountId, order: 'disconnect' });
  await external?.close();
  await stage?.close();
});

const digest = z.tuple([z.object({ rows: z.number(), digest: z.string() })]);

/** Rows and a checksum of each side, in the same words. */
async function sides(): Promise<{ table: unknown; catalog: unknown }> {
  const { rows: table } = await external.client.query(`
    SELECT count(*)::int AS rows, sum(('x' || left(md5(row), 15))::bit(60)::bigint)::text AS digest FROM (
      SELECT concat_ws('|', style, sku, title, "bra""nd", trim_scale(price_cents / 100.0), size, stock, array_to_string(tags, ',')) AS row
      FROM shop.article) AS said`);
  const catalog = await stage.resources.db.$queryRaw<unknown[]>`
    SELECT count(*)::int AS rows, sum(('x' || left(md5(row), 15))::bit(60)::bigint)::text AS digest FROM (
      SELECT concat_ws('|', known.product_key, v.sku, p.title, p.vendor, trim_scale(v.price), v.option2, level.available, array_to_string(p.tags, ',')) AS row
      FROM app.source_product known JOIN catalog.product p ON p.id = known.product_id
      JOIN catalog.variant v ON v.product_id = p.id LEFT JOIN catalog.inventory_level level ON level.variant_id = v.id
      WHERE known.state = 'current') AS said`;
  return { table: digest.parse(table)[0], catalog: digest.parse(catalog)[0] };
}

const peakMegabytes = (pid: number) =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const seconds = async (work: () => Promise<unknown>) => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
};

it(
  'ends with the catalog as the table is, in bounded memory',
  async () => {
    const { accountId, resources } = stage;
    const { client, url, role, password } = external;
    const source = () => resources.db.sourceConnection.findUniqueOrThrow({ where: { accountId } });
    await createRole(external);
    await connectSource(resources, {
      accountId,
      login: {
        kind: 'postgresql',
        ...{ host: url.hostname, port: Number(url.port), database: url.pathname.slice(1) },
        ...{ username: role, password, tls: 'off', authority: null },
      },
    });
    const mapping = await articleMapping(client);
    await runScript(external, { sourceId: (await source()).id, mode: 'stream', mapping });
    const terms = { mode: 'stream', scanColumn: null, missingRows: 'remove', writeBack: false } as const;
    expect(await saveSourceMapping(resources, { accountId, mapping, terms })).toEqual({ kind: 'saved' });

    worker = await spawnWorker({ ...stage.env, LOG_LEVEL: 'info' });
    const pid = worker.process.pid ?? 0;
    let writes = 0;
    const stop = new AbortController();
    const writer = (async () => {
      for (; !stop.signal.aborted; writes += 1) {
        const style = `ST-${3 + ((writes * 7919) % (PRODUCTS - 2))}`;
        if (writes % 10 === 9) await client.query('DELETE FROM shop.article WHERE style = $1', [style]);
        else
          await client.query('UPDATE shop.article SET price_cents = price_cents + 1 WHERE style = $1', [
            style,
          ]);
        await sleep(20);
      }
    })();
    const took = await seconds(async () => {
      await steerSource(resources, { accountId, order: 'start' });
      await waitFor('the snapshot ends', async () => (await source()).snapshotEndedAt !== null, {
        timeoutMs: PATIENCE_MS,
        everyMs: 250,
      });
    });
    const { rowsRead } = await source();
    await sleep(3_000);
    stop.abort();
    await writer;
    // Changes come in order: when this one is there, all are.
    await client.query("UPDATE shop.article SET title = 'The last one' WHERE style = 'ST-2'");
    const caughtUp = await seconds(() =>
      waitFor(
        'the last change is there',
        async () => (await resources.db.catalogProduct.count({ where: { title: 'The last one' } })) === 1,
        { timeoutMs: 1_200_000, everyMs: 250 },
      ),
    );
    const { table, catalog } = await sides();
    expect(catalog).toEqual(table);
    const peak = peakMegabytes(pid);
    const file = join('/tmp', `lockstep-copy-${process.pid}`);
    const copied = await seconds(async () => {
      await client.query(`COPY shop.article TO '${file}'`);
      await client.query('CREATE TABLE shop.copied (LIKE shop.article INCLUDING ALL)');
      await client.query(`COPY shop.copied FROM '${file}'`);
    });
    if (existsSync(file)) rmSync(file, { force: true });
    const pace = Number(rowsRead) / took;
    const copyPace = Number(rowsRead) / copied;
    console.log(
      `external source: ${rowsRead} rows in ${took.toFixed(1)} s (${pace.toFixed(0)} rows/s) while ${writes} transactions wrote; COPY out and in: ${copied.toFixed(1)} s (${copyPace.toFixed(0)} rows/s), ratio 1:${(copyPace / pace).toFixed(1)}; caught up in ${caughtUp.toFixed(1)} s; peak RSS of the worker ${peak.toFixed(0)} MB`,
    );
    expect(peak).toBeLessThan(MOST_MEGABYTES);
  },
  PATIENCE_MS,
);
