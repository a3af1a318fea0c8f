/** The merchant's own MariaDB as the source: snapshot and binary log without a gap, what breaks says so and mends by itself. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSourceFeeds } from '~/queue/source-feeds';
import type { SourceFeeds } from '~/queue/source-feeds';
import { connectSource } from '~/sync/connect-source';
import { saveSourceMapping } from '~/sync/save-source-mapping';
import type { SourceTerms } from '~/sync/save-source-mapping';
import { steerSource } from '~/sync/steer-source';
import { mariaDbMerchant } from '../support/merchant-database';
import type { Merchant } from '../support/merchant-database';
import type { Child } from '../support/child';
import { ownMariaDb } from '../support/own-mariadb';
import type { OwnMariaDb } from '../support/own-mariadb';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';
import { spawnWorker } from '../support/worker';

const PRODUCTS = 400;
const VARIANTS = 5;
const LEASE = { leaseMs: 2_000 };
/** A machine with other work to do. */
const PATIENT = { timeoutMs: 150_000 };

vi.setConfig({ testTimeout: 600_000 });

let stage: Stage;
let server: OwnMariaDb;
let merchant: Merchant;
let feeds: SourceFeeds | null = null;
let worker: Child | null = null;
beforeAll(async () => {
  // Durable as the defaults of MySQL 8 are, so that kill -9 loses nothing that was committed.
  server = await ownMariaDb(['--sync-binlog=1']);
  stage = await openStage({ worker: false, env: { SOURCE_PRIVATE_NETWORKS: 'true', LOG_LEVEL: 'warn' } });
  await stage.resources.db.shop.update({ where: { id: stage.shopId }, data: { adoptedAt: new Date() } });
});
afterAll(async () => {
  await stage?.close();
  await server?.remove();
});
beforeEach(async () => {
  merchant = await mariaDbMerchant(server, { products: PRODUCTS, variants: VARIANTS });
});
afterEach(async () => {
  await worker?.kill();
  worker = null;
  await feeds?.close();
  feeds = null;
  await steerSource(stage.resources, { accountId: stage.accountId, order: 'disconnect' });
  await db().$executeRaw`DELETE FROM catalog.product`;
  await db().$executeRaw`DELETE FROM app.sync_request`;
  await merchant.close();
});

const db = () => stage.resources.db;
const source = () => db().sourceConnection.findUniqueOrThrow({ where: { accountId: stage.accountId } });
const steer = (order: Parameters<typeof steerSource>[1]['order']) =>
  steerSource(stage.resources, { accountId: stage.accountId, order });

async function connect(terms: Partial<SourceTerms> = {}, options: { feeds?: boolean } = {}): Promise<void> {
  const { accountId, resources } = stage;
  const connected = await connectSource(resources, { accountId, login: merchant.login });
  expect(connected).toEqual({ kind: 'connected', isMapped: false });
  const mapping = await merchant.mapping();
  const mode = terms.mode ?? 'stream';
  await merchant.runScript({
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
  if (options.feeds !== false) feeds ??= startSourceFeeds(stage.resources, LEASE);
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

const TABLE = `SELECT CONCAT_WS('|', style, sku, title, \`bra"nd\`, price_cents, size, stock,
    REPLACE(REPLACE(REPLACE(REPLACE(tags, '[', ''), ']', ''), '"', ''), ', ', ','), IF(state = 'hidden', 'DRAFT', 'ACTIVE')) AS row FROM article`;
const CATALOG = `SELECT concat_ws('|', known.product_key, v.sku, p.title, p.vendor, (v.price * 100)::bigint, v.option2,
    level.available, array_to_string(p.tags, ','), p.status) AS row
  FROM app.source_product known JOIN catalog.product p ON p.id = known.product_id
  JOIN catalog.variant v ON v.product_id = p.id LEFT JOIN catalog.inventory_level level ON level.variant_id = v.id
  WHERE known.state <> 'removed'`;

/** Row by row, in the same words. */
async function expectCatalogToEqualTable(): Promise<void> {
  const told = (rows: Record<string, unknown>[]) => rows.map(({ row }) => String(row)).sort();
  const table = async () => told(await merchant.rows(TABLE.replace(' AS row', ' AS `row`')));
  const catalog = async () => told(await db().$queryRawUnsafe<{ row: string }[]>(CATALOG));
  await waitFor(
    'the catalog equals the table',
    async () => {
      const [one, other] = await Promise.all([table(), catalog()]);
      return JSON.stringify(one) === JSON.stringify(other);
    },
    { ...PATIENT, everyMs: 200 },
  ).catch(async () => {
    // What the follower itself says of it: kept in the report of a run that nobody watched.
    process.stderr.write(
      `The source, whose catalog differs: ${JSON.stringify(await source(), bigintAsText)}\n`,
    );
    expect(await catalog()).toEqual(await table());
  });
}

const bigintAsText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

async function problem(words: RegExp): Promise<void> {
  await waitFor(
    `a problem like ${words}`,
    async () => {
      const stored = (await source()).problem;
      return stored !== null && words.test(JSON.stringify(stored));
    },
    PATIENT,
  );
}
const mended = () => waitFor('it is mended', async () => (await source()).problem === null, PATIENT);

/** Writes the table in every way until it is stopped. */
function writeMeanwhile(): { stop: () => Promise<number> } {
  const stopping = new AbortController();
  let writes = 0;
  const writing = (async () => {
    while (!stopping.signal.aborted) {
      const style = `ST-${1 + ((writes * 37) % PRODUCTS)}`;
      const statements = [
        `UPDATE article SET price_cents = price_cents + 7 WHERE style = '${style}'`,
        `DELETE FROM article WHERE style = '${style}' AND sku LIKE '%-2'`,
        `INSERT INTO article (style, sku, title, \`bra"nd\`, price_cents, size, color, stock, tags, state) VALUES ('New ${writes}', 'New ${writes}', 'New', 'Ö', 5, 'S', 'Red', 1, '["new"]', 'on sale')`,
        `DELETE FROM article WHERE style = 'ST-${1 + ((writes * 11) % 40)}'`,
        `UPDATE article SET style = 'Moved', title = 'Moved', size = sku, state = 'on sale', tags = '["moved"]' WHERE sku = '${style}-3'`,
      ];
      await merchant.run(statements[writes % statements.length] ?? '');
      writes += 1;
      await sleep(3);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await writing;
      return writes;
    },
  };
}

describe('a table that is written meanwhile', () => {
  it('is in the catalog whole: snapshot and log leave no gap, and what is unmapped costs nothing', async () => {
    await connect();
    const writer = writeMeanwhile();
    await following();
    await sleep(500);
    expect(await writer.stop()).toBeGreaterThan(20);
    await expectCatalogToEqualTable();

    const revisions = await db().$queryRaw<
      { last: bigint }[]
    >`SELECT max(revision) AS last FROM catalog.variant`;
    await db().$executeRaw`DELETE FROM app.sync_request`;
    await merchant.run("UPDATE article SET internal_note = 'seen'");
    await merchant.run("UPDATE article SET price_cents = 4242 WHERE style = 'ST-300'");
    await expectCatalogToEqualTable();
    const [moved] = await db().$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM catalog.variant WHERE revision > ${revisions[0]?.last}`;
    expect(moved?.count).toBeLessThanOrEqual(VARIANTS);
    await waitFor('the store is asked', async () => (await db().syncRequest.count()) > 0);
    expect((await source()).generation).toBe(1);
  });
});

describe('what is killed', () => {
  it('loses nothing: kill -9 of the worker in snapshot and log, and of the server in between', async () => {
    await merchant.fill({ products: 1_200, variants: VARIANTS, from: 20_000 });
    const start = () => spawnWorker({ ...stage.env, JOB_LOCK_SECONDS: '1', LOG_LEVEL: 'info' });
    await connect({}, { feeds: false });
    worker = await start();
    await waitFor('the snapshot is under way', async () => (await source()).rowsRead > 0n, {
      ...PATIENT,
      everyMs: 2,
    });
    await worker.kill();
    expect((await source()).phase).toBe('snapshot');
    await merchant.run("UPDATE article SET price_cents = 5 WHERE style IN ('ST-1', 'ST-399')");
    worker = await start();
    await following();
    await expectCatalogToEqualTable();
    const { generation } = await source();

    const { updatedAt: before } = await db().catalogVariant.findFirstOrThrow({
      orderBy: { updatedAt: 'desc' },
    });
    await merchant.run("UPDATE article SET price_cents = price_cents + 1 WHERE style LIKE 'ST-2%'");
    await waitFor(
      'the changes come',
      async () => (await db().catalogVariant.count({ where: { updatedAt: { gt: before } } })) > 0,
      { ...PATIENT, everyMs: 2 },
    );
    await worker.kill();
    await merchant.run("DELETE FROM article WHERE style IN ('ST-1', 'ST-2')");
    await merchant.fill({ products: 3, variants: 2, from: 5_000 });
    feeds = startSourceFeeds(stage.resources, LEASE);
    await expectCatalogToEqualTable();

    const writer = merchant.run("UPDATE article SET price_cents = price_cents + 3 WHERE style LIKE 'ST-3%'");
    await writer;
    await server.kill();
    await problem(/ended the connection|refuses connections/);
    await server.start();
    await merchant.run("UPDATE article SET price_cents = price_cents + 3 WHERE style LIKE 'ST-4%'");
    await expectCatalogToEqualTable();
    await mended();
    expect((await source()).generation).toBe(generation);
  });
});

describe('what breaks', () => {
  it('says what to do, and goes on by itself when it is mended: a renamed column, a revoked right, a lost user', async () => {
    await connect();
    await following();
    const { username, password } = merchant.login;
    const user = `\`${username}\`@'%'`;

    await merchant.run('ALTER TABLE article RENAME COLUMN price_cents TO price_in_cents');
    await merchant.run("UPDATE article SET price_in_cents = 111 WHERE style = 'ST-11'");
    await problem(/price_cents.*Bring the column back/);
    await merchant.run('ALTER TABLE article RENAME COLUMN price_in_cents TO price_cents');
    await expectCatalogToEqualTable();
    await mended();

    await merchant.run(`REVOKE ALL PRIVILEGES ON article FROM ${user}`);
    await merchant.run("UPDATE article SET price_cents = 222 WHERE style = 'ST-12'");
    await problem(/GRANT/);
    await merchant.run(`GRANT SELECT ON article TO ${user}`);
    await expectCatalogToEqualTable();
    await mended();

    await merchant.run(`ALTER USER ${user} IDENTIFIED BY 'another one'`);
    for (const { id } of await merchant.rows(
      `SELECT id FROM information_schema.PROCESSLIST WHERE user = '${username}'`,
    ))
      await merchant.run(`KILL ${String(id)}`).catch((error: unknown) => {
        // The app closes the others itself as soon as one is gone.
        if (!String(error).includes('Unknown thread id')) throw error;
      });
    await problem(/password is wrong/);
    await merchant.run("UPDATE article SET price_cents = 333 WHERE style = 'ST-13'");
    await merchant.run(`ALTER USER ${user} IDENTIFIED BY '${password}'`);
    await expectCatalogToEqualTable();
    await mended();

    await merchant.run('SET GLOBAL binlog_row_image = MINIMAL; TRUNCATE article');
    await problem(/binlog_row_image/);
    await merchant.run('SET GLOBAL binlog_row_image = FULL');
    await merchant.fill({ products: PRODUCTS, variants: VARIANTS });
    await expectCatalogToEqualTable();
    await mended();
  });

  it('reads the table again when the log was purged, and when the table was emptied', async () => {
    await connect();
    await following();
    await steer('pause');
    await waitFor('nobody reads the log', async () => {
      const { username } = merchant.login;
      return (
        (await merchant.rows(`SELECT 1 FROM information_schema.PROCESSLIST WHERE user = '${username}'`))
          .length === 0
      );
    });
    await merchant.run(
      "UPDATE article SET price_cents = 99 WHERE style = 'ST-30'; DELETE FROM article WHERE style = 'ST-31'",
    );
    await merchant.run('FLUSH BINARY LOGS; FLUSH BINARY LOGS');
    // A file goes when InnoDB has told that it needs it no longer.
    await waitFor(
      'the log is purged',
      async () => {
        const last = (await merchant.rows('SHOW BINARY LOGS')).at(-1)?.['Log_name'];
        await merchant.run(`PURGE BINARY LOGS TO '${String(last)}'`);
        return (await merchant.rows('SHOW BINARY LOGS')).length === 1;
      },
      PATIENT,
    );
    await steer('start');
    await expectCatalogToEqualTable();
    expect((await source()).generation).toBe(2);

    await merchant.run('TRUNCATE article');
    await waitFor(
      'it is read again',
      async () => (await source()).generation === 3 && (await source()).phase === 'following',
      PATIENT,
    );
    // So many at once wait for a person, or for the table to be filled.
    expect(await db().catalogProduct.count()).toBe(PRODUCTS - 1);
    await merchant.fill({ products: PRODUCTS, variants: VARIANTS });
    await expectCatalogToEqualTable();
  });
});

describe('a transaction of 200,000 rows', () => {
  it('is followed in bounded memory, also where the log is compressed', async () => {
    const rows = 200_000;
    await merchant.run('SET GLOBAL log_bin_compress = ON');
    await merchant.run(`CREATE TABLE wide (id int PRIMARY KEY, style varchar(64) NOT NULL, filling varchar(1000));
      INSERT INTO wide WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT i, CONCAT('ST-', 1 + i % 40), REPEAT('x', 900) FROM n`);
    const mapping = { ...(await merchant.mapping()) };
    const watching = {
      ...mapping,
      watched: ['article', 'wide'].map((name) => ({
        relation: { schema: merchant.schema, name },
        keyColumns: ['style'],
      })),
    };
    const { accountId, resources } = stage;
    await connectSource(resources, { accountId, login: merchant.login });
    await merchant.runScript({ sourceId: (await source()).id, mode: 'stream', mapping: watching });
    await saveSourceMapping(resources, {
      accountId,
      mapping: watching,
      terms: { mode: 'stream', scanColumn: null, missingRows: 'remove', writeBack: false },
    });
    await steer('start');
    const child = await spawnWorker({ ...stage.env, LOG_LEVEL: 'info' });
    worker = child;
    const megabytes = () =>
      Number(
        /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.process.pid ?? 0}/status`, 'utf8'))?.[1] ?? 0,
      ) / 1024;
    try {
      await following();
      await merchant.run("UPDATE article SET price_cents = 1 WHERE style = 'ST-1'");
      await expectCatalogToEqualTable();
      const before = megabytes();
      const started = performance.now();
      await merchant.run(`UPDATE wide SET filling = REPEAT('y', 900)`);
      const written = performance.now();
      await merchant.run("UPDATE article SET price_cents = 2 WHERE style = 'ST-2'");
      await expectCatalogToEqualTable();
      const seconds = (performance.now() - written) / 1_000;
      const more = megabytes() - before;
      console.log(
        `${rows} rows of 900 characters in one transaction: written in ${((written - started) / 1_000).toFixed(1)} s, followed ${seconds.toFixed(1)} s later, ${more.toFixed(0)} MB more at the peak (${before.toFixed(0)} MB before)`,
      );
      // Two images of each row are 360 MB.
      expect(more).toBeLessThan(150);
    } finally {
      await merchant.run('SET GLOBAL log_bin_compress = OFF');
    }
  });
});
