/** The merchant's own PostgreSQL as the source: snapshot and stream without a gap, what breaks says so and mends by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeRelation } from '~/catalog/postgres/postgres-tables';
import { suggestMapping } from '~/core/suggest-mapping';
import type { SourceMapping } from '~/core/source-mapping';
import { unaskedProducts } from '~/db/source-products.server';
import { connectSource } from '~/sync/connect-source';
import { saveSourceMapping } from '~/sync/save-source-mapping';
import type { SourceTerms } from '~/sync/save-source-mapping';
import { steerSource } from '~/sync/steer-source';
import { uninstallShop } from '~/sync/uninstall-shop';
import { startSourceFeeds } from '~/queue/source-feeds';
import type { SourceFeeds } from '~/queue/source-feeds';
import {
  articleMapping,
  createExternalDatabase,
  createRole,
  fillArticles,
  runScript,
} from '../support/external-database';
import type { ExternalDatabase } from '../support/external-database';
import { DEMO_SHOP } from '../support/connected-shop';
import type { Child } from '../support/child';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';
import { spawnWorker } from '../support/worker';

const PRODUCTS = 400;
const VARIANTS = 5;
const LEASE = { leaseMs: 2_000 };
/** A machine with other work to do. */
const PATIENT = { timeoutMs: 90_000 };

vi.setConfig({ testTimeout: 400_000 });

let stage: Stage;
let external: ExternalDatabase;
let feeds: SourceFeeds | null = null;
let worker: Child | null = null;
beforeAll(async () => {
  stage = await openStage({ worker: false, env: { SOURCE_PRIVATE_NETWORKS: 'true' } });
  await stage.resources.db.shop.update({ where: { id: stage.shopId }, data: { adoptedAt: new Date() } });
});
afterAll(async () => {
  await stage?.close();
});
beforeEach(async () => {
  external = await createExternalDatabase({ products: PRODUCTS, variants: VARIANTS });
});
afterEach(async () => {
  await worker?.kill();
  worker = null;
  await feeds?.close();
  feeds = null;
  await steerSource(stage.resources, { accountId: stage.accountId, order: 'disconnect' });
  await db().$executeRaw`DELETE FROM catalog.product`;
  await db().$executeRaw`DELETE FROM app.sync_request`;
  await external.close();
});

const db = () => stage.resources.db;
const source = () => db().sourceConnection.findUniqueOrThrow({ where: { accountId: stage.accountId } });
const steer = (order: Parameters<typeof steerSource>[1]['order']) =>
  steerSource(stage.resources, { accountId: stage.accountId, order });

async function connect(
  terms: Partial<SourceTerms> = {},
  options: { feeds?: boolean; mapping?: SourceMapping } = {},
): Promise<void> {
  const { accountId, resources } = stage;
  await createRole(external);
  const { url, role, password } = external;
  const login = { host: url.hostname, port: Number(url.port), database: url.pathname.slice(1) };
  const connected = await connectSource(resources, {
    accountId,
    login: { kind: 'postgresql', ...login, username: role, password, tls: 'off', authority: null },
  });
  expect(connected).toEqual({ kind: 'connected', isMapped: false });
  const mapping = options.mapping ?? (await articleMapping(external.client));
  const mode = terms.mode ?? 'stream';
  await runScript(external, {
    sourceId: (await source()).id,
    mode,
    mapping,
    scanColumn: terms.scanColumn ?? null,
  });
  const saved = await saveSourceMapping(resources, {
    accountId,
    mapping,
    terms: { mode, scanColumn: null, missingRows: 'remove', writeBack: false, ...terms },
  });
  expect(saved).toEqual({ kind: 'saved' });
  await steer('start');
  if (options.feeds !== false) feeds ??= startSourceFeeds(resources, LEASE);
}

const following = () =>
  waitFor(
    'the source is followed',
    async () => {
      const { phase, followedAt, snapshotEndedAt, problem } = await source();
      if (problem !== null) throw new Error(JSON.stringify(problem));
      return (
        phase === 'following' &&
        followedAt !== null &&
        snapshotEndedAt !== null &&
        followedAt >= snapshotEndedAt
      );
    },
    PATIENT,
  );

const TABLE = `SELECT style || '|' || sku || '|' || title || '|' || "bra""nd" || '|' || trim_scale(price_cents / 100.0)::text || '|' || size
    || '|' || stock || '|' || array_to_string(tags, ',') || '|' || CASE state WHEN 'hidden' THEN 'DRAFT' ELSE 'ACTIVE' END AS row
  FROM shop.article`;
const CATALOG = `SELECT known.product_key || '|' || v.sku || '|' || p.title || '|' || p.vendor || '|' || trim_scale(v.price)::text || '|' || v.option2
    || '|' || level.available || '|' || array_to_string(p.tags, ',') || '|' || p.status AS row
  FROM app.source_product known JOIN catalog.product p ON p.id = known.product_id
  JOIN catalog.variant v ON v.product_id = p.id LEFT JOIN catalog.inventory_level level ON level.variant_id = v.id
  WHERE known.state <> 'removed'`;
const digested = (rows: string) =>
  `SELECT md5(string_agg(row, '/' ORDER BY row COLLATE "C")) AS digest FROM (${rows}) AS said`;

/** Row by row, in the same words. */
async function expectCatalogToEqualTable(): Promise<void> {
  const table = async (sql: string): Promise<unknown[]> => (await external.client.query(sql)).rows;
  const catalog = (sql: string) => db().$queryRawUnsafe<unknown[]>(sql);
  await waitFor(
    'the catalog equals the table',
    async () => {
      const [one, other] = await Promise.all([table(digested(TABLE)), catalog(digested(CATALOG))]);
      return JSON.stringify(one) === JSON.stringify(other);
    },
    PATIENT,
  ).catch(async () => {
    const sorted = (sql: string) => `${sql} ORDER BY 1`;
    expect(await catalog(sorted(CATALOG))).toEqual(await table(sorted(TABLE)));
  });
}

const revisions = async () =>
  JSON.stringify(await db().$queryRaw`SELECT max(revision)::text, count(*)::text FROM catalog.variant`);

describe('a table that is written meanwhile', () => {
  it('is in the catalog whole: snapshot and stream leave no gap, and what is unmapped costs nothing', async () => {
    await connect();
    let writes = 0;
    const stop = new AbortController();
    const writer = (async () => {
      while (!stop.signal.aborted) {
        const style = `ST-${1 + ((writes * 37) % PRODUCTS)}`;
        switch (writes % 5) {
          case 0:
            await external.client.query(
              'UPDATE shop.article SET price_cents = price_cents + 7 WHERE style = $1',
              [style],
            );
            break;
          case 1:
            await external.client.query('DELETE FROM shop.article WHERE style = $1 AND sku LIKE $2', [
              style,
              '%-2',
            ]);
            break;
          case 2:
            await fillArticles(external.client, { products: 1, variants: 3, from: 10_000 + writes });
            break;
          case 3:
            await external.client.query('DELETE FROM shop.article WHERE style = $1', [
              `ST-${1 + ((writes * 11) % 40)}`,
            ]);
            break;
          default:
            // A row moves from one product to another: both are looked at.
            await external.client.query("UPDATE shop.article SET style = 'ST-moved' WHERE sku = $1", [
              `${style}-3`,
            ]);
            await external.client.query(
              "UPDATE shop.article SET title = 'Moved', size = 'Moved ' || sku, tags = '{moved}', state = 'on sale' WHERE style = 'ST-moved'",
            );
        }
        writes += 1;
        await sleep(3);
      }
    })();
    await following();
    await sleep(500);
    stop.abort();
    await writer;
    expect(writes).toBeGreaterThan(20);
    await expectCatalogToEqualTable();
    // The stores are asked once the catalog has it: what was asked for late is not what moves below.
    const { id } = await source();
    await waitFor(
      'all that was written is asked for',
      async () => (await unaskedProducts(db(), id, 1)).length === 0,
      PATIENT,
    );

    const before = await revisions();
    await db().$executeRaw`DELETE FROM app.sync_request`;
    await external.client.query("UPDATE shop.article SET internal_note = 'seen'");
    await external.client.query("UPDATE shop.article SET price_cents = 4242 WHERE style = 'ST-300'");
    await expectCatalogToEqualTable();
    const [moved] = await db().$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM catalog.variant WHERE revision > ${BigInt(JSON.parse(before)[0].max)}`;
    expect(moved?.count).toBeLessThanOrEqual(VARIANTS);
    await waitFor('the store is asked', async () => (await db().syncRequest.count()) > 0);
    expect(await db().syncRequest.count()).toBe(1);
  });

  it('keeps what was changed in the catalog where the row did not move', async () => {
    await connect();
    await following();
    await db().$executeRaw`UPDATE catalog.variant SET price = 1.11 WHERE sku = 'ST-5-1'`;
    await external.client.query("UPDATE shop.article SET title = 'Another title' WHERE style = 'ST-5'");
    await waitFor(
      'the title came',
      async () => (await db().catalogProduct.count({ where: { title: 'Another title' } })) === 1,
    );
    const { price } = await db().catalogVariant.findFirstOrThrow({ where: { sku: 'ST-5-1' } });
    expect(price.toString()).toBe('1.11');
  });

  it('adopts what the catalog has already, by SKU', async () => {
    const { id } = await db().catalogProduct.create({
      data: {
        accountId: stage.accountId,
        handle: 'an-old-handle',
        title: 'Old',
        variants: { create: [{ accountId: stage.accountId, sku: 'ST-7-2', price: 1 }] },
      },
    });
    await connect();
    await following();
    await expectCatalogToEqualTable();
    const product = await db().catalogProduct.findUniqueOrThrow({
      where: { id },
      include: { variants: true },
    });
    expect(product).toMatchObject({ handle: 'an-old-handle', title: 'Tent 7' });
    expect(product.variants).toHaveLength(VARIANTS);
  });
});

describe('a worker that is cut off', () => {
  it('takes a snapshot up anew, and a stream where it was: kill -9 in the middle of both', async () => {
    await fillArticles(external.client, { products: 1_200, variants: VARIANTS, from: 20_000 });
    const start = () => spawnWorker({ ...stage.env, JOB_LOCK_SECONDS: '1', LOG_LEVEL: 'info' });
    await connect({}, { feeds: false });
    const rows = BigInt((PRODUCTS + 1_200) * VARIANTS);
    worker = await start();
    await waitFor('the snapshot is under way', async () => (await source()).rowsRead > 0n, { everyMs: 2 });
    await worker.kill();
    const { phase, rowsRead } = await source();
    expect(phase, `${rowsRead} of ${rows} rows`).toBe('snapshot');
    await external.client.query("UPDATE shop.article SET price_cents = 5 WHERE style IN ('ST-1', 'ST-399')");
    worker = await start();
    await following();
    await expectCatalogToEqualTable();
    const { generation } = await source();

    await external.client.query(
      "UPDATE shop.article SET price_cents = price_cents + 1 WHERE style LIKE 'ST-2%'",
    );
    await waitFor(
      'the changes come',
      async () =>
        (await source()).productsWritten > 0 &&
        (await db().catalogVariant.count({
          where: { updatedAt: { gt: (await source()).snapshotEndedAt ?? new Date() } },
        })) > 0,
      { everyMs: 2 },
    );
    await worker.kill();
    await external.client.query("DELETE FROM shop.article WHERE style IN ('ST-1', 'ST-2')");
    await fillArticles(external.client, { products: 3, variants: 2, from: 5_000 });
    feeds = startSourceFeeds(stage.resources, LEASE);
    await expectCatalogToEqualTable();
    expect((await source()).generation).toBe(generation);
  });

  it('gives way to another: who has lost the lease writes nothing more', async () => {
    await connect();
    await following();
    const other = crypto.randomUUID();
    await db().sourceConnection.updateMany({
      data: { leasedBy: other, leasedUntil: new Date(Date.now() + 60_000) },
    });
    await external.client.query("UPDATE shop.article SET price_cents = 66 WHERE style = 'ST-4'");
    await sleep(1_000);
    expect(
      (await db().catalogVariant.findFirstOrThrow({ where: { sku: 'ST-4-1' } })).price.toString(),
    ).not.toBe('0.66');
    await db().sourceConnection.updateMany({ data: { leasedBy: null, leasedUntil: null } });
    await expectCatalogToEqualTable();
  });

  it('takes each order up, also where it looks for work before it knows that it lost the lease', async () => {
    await connect();
    await following();
    for (let turn = 0; turn < 3; turn += 1) {
      const { generation } = await source();
      await steer('reread');
      await waitFor('all rows are read again', async () => (await source()).generation > generation, PATIENT);
      await following();
    }
    await expectCatalogToEqualTable();
  });
});

async function problem(words: RegExp): Promise<void> {
  await waitFor(`a problem like ${words}`, async () => {
    const stored = (await source()).problem;
    return stored !== null && words.test(JSON.stringify(stored));
  });
}
const mended = () => waitFor('it is mended', async () => (await source()).problem === null);

describe('what breaks', () => {
  it('says what to do, and goes on by itself when it is mended: a dropped column, a revoked right, a lost role', async () => {
    await connect();
    await following();
    const run = (sql: string) => external.client.query(sql);

    await run('ALTER TABLE shop.article RENAME COLUMN price_cents TO price_in_cents');
    await run("UPDATE shop.article SET price_in_cents = 111 WHERE style = 'ST-11'");
    await problem(/price_cents.*Bring the column back/);
    await run('ALTER TABLE shop.article RENAME COLUMN price_in_cents TO price_cents');
    await expectCatalogToEqualTable();
    await mended();

    await run(
      `REVOKE SELECT ON shop.article FROM "${external.role}"; REVOKE SELECT (title) ON shop.article FROM "${external.role}"`,
    );
    await run("UPDATE shop.article SET price_cents = 222 WHERE style = 'ST-12'");
    await problem(/title|not the right.*GRANT/);
    await run(`GRANT SELECT ON shop.article TO "${external.role}"`);
    await expectCatalogToEqualTable();
    await mended();

    await run(`ALTER ROLE "${external.role}" NOLOGIN`);
    await run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${external.role}'`);
    await problem(/may not log in/);
    await run("UPDATE shop.article SET price_cents = 333 WHERE style = 'ST-13'");
    await run(`ALTER ROLE "${external.role}" LOGIN`);
    await expectCatalogToEqualTable();
    await mended();
    expect((await source()).generation).toBe(1);
  });

  it('leaves out products whose rows cannot be read, and takes them when they are mended', async () => {
    await external.client.query("UPDATE shop.article SET title = NULL WHERE style = 'ST-20'");
    await external.client.query("UPDATE shop.article SET state = 'gone fishing' WHERE style = 'ST-21'");
    await external.client.query("UPDATE shop.article SET size = 'Size 1' WHERE style = 'ST-22'");
    await connect();
    await following();
    const told = JSON.stringify(
      await db()
        .$queryRaw`SELECT product_key, problems FROM app.source_product WHERE problems IS NOT NULL ORDER BY product_key`,
    );
    expect(told).toMatch(/ST-20.*title is empty.*ST-21.*gone fishing.*ST-22.*same options/s);
    expect(await db().catalogProduct.count()).toBe(PRODUCTS - 3);
    await external.client.query("UPDATE shop.article SET title = 'A title' WHERE style = 'ST-20'");
    await external.client.query("UPDATE shop.article SET state = 'hidden' WHERE style = 'ST-21'");
    await external.client.query("UPDATE shop.article SET size = sku WHERE style = 'ST-22'");
    await expectCatalogToEqualTable();
    expect(await db().catalogProduct.count()).toBe(PRODUCTS);
  });

  it('reads the table again when its slot is gone, and holds back when most rows are', async () => {
    await connect();
    await following();
    const { id } = await source();
    await steer('pause');
    await sleep(100);
    await waitFor('the slot is dropped', async () => {
      const slot = `lockstep_${id.replaceAll('-', '').slice(0, 12)}`;
      await external.client.query(
        'SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active',
        [slot],
      );
      const dropped = await external.client.query(
        'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active',
        [slot],
      );
      return dropped.rows.length === 1;
    });
    await external.client.query("UPDATE shop.article SET price_cents = 99 WHERE style = 'ST-30'");
    await external.client.query("DELETE FROM shop.article WHERE style = 'ST-31'");
    await steer('start');
    await expectCatalogToEqualTable();
    expect((await source()).generation).toBe(2);

    await external.client.query('TRUNCATE shop.article');
    await waitFor(
      'it is read again',
      async () => (await source()).generation === 3 && (await source()).phase === 'following',
    );
    await sleep(500);
    expect(await db().catalogProduct.count()).toBe(PRODUCTS - 1);
    expect(await db().sourceProduct.count({ where: { state: 'missing' } })).toBe(PRODUCTS - 1);
    await fillArticles(external.client, { products: PRODUCTS - 20, variants: VARIANTS });
    await waitFor('the rest is gone', async () => (await db().catalogProduct.count()) === PRODUCTS - 20);
    await expectCatalogToEqualTable();

    await external.client.query("DELETE FROM shop.article WHERE style NOT LIKE 'ST-1%'");
    await waitFor(
      'they are held back',
      async () => (await db().sourceProduct.count({ where: { state: 'missing' } })) > PRODUCTS / 2,
    );
    await sleep(500);
    expect(await db().catalogProduct.count()).toBe(PRODUCTS - 20);
    await steer('accept-missing');
    await expectCatalogToEqualTable();
    expect(await db().catalogProduct.count()).toBeLessThan(PRODUCTS / 2);
  });
});

describe('a slot', () => {
  it('is dropped when no store is left, and the table is read again when one comes back', async () => {
    await connect();
    await following();
    const slots = async () =>
      (await external.client.query('SELECT 1 FROM pg_replication_slots WHERE database = current_database()'))
        .rows.length;
    expect(await slots()).toBe(1);
    await uninstallShop(stage.resources, { domain: DEMO_SHOP });
    expect(await slots()).toBe(0);
    expect(await source()).toMatchObject({ wanted: 'paused', phase: 'snapshot' });
    await external.client.query("UPDATE shop.article SET price_cents = 31 WHERE style = 'ST-70'");
    await db().shop.updateMany({ data: { uninstalledAt: null } });
    await steer('start');
    await expectCatalogToEqualTable();
  });
});

describe('a view', () => {
  it('is followed by the tables behind it, also where a deleted row alone would not tell of its product', async () => {
    await external.client.query(`
      CREATE TABLE shop.shelf (sku text PRIMARY KEY, style text NOT NULL, pieces integer NOT NULL);
      INSERT INTO shop.shelf SELECT sku, style, 7 FROM shop.article;
      CREATE VIEW shop.offer AS SELECT article.style, article.sku, title, price_cents, size, pieces AS stock
        FROM shop.article LEFT JOIN shop.shelf USING (sku);`);
    const described = await describeRelation(external.client, { schema: 'shop', name: 'offer' });
    if (described === null) throw new Error('There is no view.');
    const mapping = {
      ...suggestMapping(described),
      watched: ['article', 'shelf'].map((name) => ({
        relation: { schema: 'shop', name },
        keyColumns: ['style'],
      })),
    };
    await connect({}, { mapping });
    await following();
    const pieces = async (sku: string) =>
      (await db().catalogInventoryLevel.findFirst({ where: { variant: { sku } } }))?.available ?? null;
    expect(await pieces('ST-60-1')).toBe(7);
    await external.client.query("UPDATE shop.shelf SET pieces = 3 WHERE sku = 'ST-60-1'");
    await external.client.query("DELETE FROM shop.shelf WHERE sku = 'ST-61-1'");
    await external.client.query("UPDATE shop.article SET title = 'Seen through' WHERE style = 'ST-62'");
    await waitFor(
      'the view is in the catalog',
      async () =>
        (await pieces('ST-60-1')) === 3 &&
        (await pieces('ST-61-1')) === null &&
        (await db().catalogProduct.count({ where: { title: 'Seen through' } })) === 1,
    );
  });
});

describe('where replication is not allowed', () => {
  it('follows an outbox that triggers fill, deletes included', async () => {
    await connect({ mode: 'outbox' });
    await following();
    await expectCatalogToEqualTable();
    await external.client.query("UPDATE shop.article SET price_cents = 12 WHERE style = 'ST-40'");
    await external.client.query("DELETE FROM shop.article WHERE style = 'ST-41'");
    await external.client.query("UPDATE shop.article SET style = 'ST-42b' WHERE style = 'ST-42'");
    await fillArticles(external.client, { products: 2, variants: 2, from: 7_000 });
    await expectCatalogToEqualTable();
    const { id } = await source();
    await waitFor('the outbox is empty', async () => {
      const outbox = `"lockstep_${id.replaceAll('-', '').slice(0, 12)}".outbox`;
      return (await external.client.query(`SELECT 1 FROM ${outbox} LIMIT 1`)).rows.length === 0;
    });
  });

  it('scans for a date of change, and finds deletes when all is read again', async () => {
    await external.client.query("UPDATE shop.article SET updated_at = now() - interval '1 hour'");
    await connect({ mode: 'scan', scanColumn: 'updated_at' });
    await following();
    await external.client.query("DELETE FROM shop.article WHERE style = 'ST-51'");
    await external.client.query(
      "UPDATE shop.article SET price_cents = 12, updated_at = now() WHERE style = 'ST-50'",
    );
    await waitFor(
      'the price came',
      async () => (await db().catalogVariant.count({ where: { price: '0.12' } })) === VARIANTS,
    );
    expect(await db().catalogVariant.count({ where: { sku: 'ST-51-1' } })).toBe(1);
    await db().sourceConnection.updateMany({
      data: { snapshotStartedAt: new Date(Date.now() - 25 * 3_600_000), leasedBy: null, leasedUntil: null },
    });
    await expectCatalogToEqualTable();
  });
});
