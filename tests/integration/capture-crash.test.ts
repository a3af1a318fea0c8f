/**
 * Workers, PostgreSQL, Redis and the app killed -9 in turn, at random moments of a stream of changes: nothing is lost, what the
 * store sees of a variant goes in one direction only, and the slot is never beyond what is stored. Then what only a server
 * of our own lets us try: a slot that the server gave up, and a server that cannot stream.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isAfter } from '~/catalog/lsn';
import { SeededRandom } from '~/catalog/seeded-random';
import { readCapture } from '~/db/change-capture.server';
import { startRun } from '~/sync/start-run';
import { measureCapture } from '~/sync/measure-capture';
import { freePort, spawnApp } from '../support/app';
import { followCatalog } from '../support/capture';
import type { Child } from '../support/child';
import { ownPostgres } from '../support/own-postgres';
import type { OwnPostgres } from '../support/own-postgres';
import { ownRedis } from '../support/own-redis';
import type { OwnRedis } from '../support/own-redis';
import { fillCatalog } from '../support/small-catalog';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { waitFor } from '../support/wait-for';
import { spawnWorker } from '../support/worker';

const CHANGES = Number(process.env['CRASH_CHANGES'] ?? 240);
const CHANGES_A_SECOND = 40;
const PRODUCTS = 30;
const SEED = Number(process.env['SEED'] ?? 20261125);
const PATIENCE = { timeoutMs: 240_000, everyMs: 1_000 };

const random = new SeededRandom(SEED);
let postgres: OwnPostgres;
let redis: OwnRedis;
let stage: Stage;
const processes = new Map<string, Child>();
let ids: string[];

const worker = () => spawnWorker({ ...stage.env, LOG_LEVEL: 'info', CHANGE_CAPTURE: 'true' });
beforeAll(async () => {
  [postgres, redis] = await Promise.all([ownPostgres(), ownRedis()]);
  stage = await openStage({
    worker: false,
    database: { url: postgres.url, drop: () => postgres.remove() },
    redisUrl: redis.url,
    env: { JOB_LOCK_SECONDS: '1', JOB_ATTEMPTS: '50' },
  });
  processes.set('worker 1', await worker());
  ids = await fillCatalog(stage, PRODUCTS);
  const { runId } = await startRun(stage.resources, {
    shopId: stage.shopId,
    trigger: 'manual',
    causedBy: 'test',
  });
  await stage.awaitRun(runId);
});
afterAll(async () => {
  for (const child of processes.values()) await child.kill();
  await writer?.end();
  await stage?.close();
  await redis?.remove();
});

let writer: pg.Client | null = null;
/** Writes for as long as it takes: as a program does whose database comes back. */
async function insist(statement: string, values: unknown[]): Promise<void> {
  for (;;)
    try {
      if (!writer) {
        const client = new pg.Client({ connectionString: postgres.url });
        client.on('error', () => undefined); // the statement under way fails, and is tried again
        await client.connect();
        writer = client;
      }
      await writer.query(statement, values);
      return;
    } catch {
      await writer?.end().catch(() => undefined); // it is gone
      writer = null;
      await sleep(100);
    }
}

/** Where the slot stands against what is stored; read in this order, since storing comes first. */
async function slotIsBehind(): Promise<boolean | null> {
  const client = new pg.Client({ connectionString: postgres.url });
  client.on('error', () => undefined); // looked at again
  try {
    await client.connect();
    const slot = await client.query<{ confirmed: string }>(
      'SELECT confirmed_flush_lsn::text AS confirmed FROM pg_replication_slots',
    );
    const stored = await client.query<{ position: string }>('SELECT position FROM app.change_capture');
    const [confirmed, position] = [slot.rows[0]?.confirmed, stored.rows[0]?.position];
    return confirmed && position ? !isAfter(confirmed, position) : null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => undefined); // it is gone
  }
}

interface SeenPrice {
  variant: string;
  price: number;
}
/** Prices of variants in a mutation's variables, wherever they stand. */
function pricesIn(value: unknown): SeenPrice[] {
  if (Array.isArray(value)) return value.flatMap(pricesIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = value as Record<string, unknown>;
  const { id, price } = own;
  if (typeof id === 'string' && typeof price === 'string') return [{ variant: id, price: Number(price) }];
  return Object.values(own).flatMap(pricesIn);
}

const settled = () =>
  waitFor(
    'the store follows',
    () =>
      expectStoreToEqualCatalog(stage).then(
        () => true,
        () => false,
      ),
    PATIENCE,
  ).catch(async (error: unknown) => {
    await expectStoreToEqualCatalog(stage);
    throw error;
  });

it('loses nothing, and sends nothing out of order, whatever is killed', async () => {
  processes.set('worker 2', await worker());
  const isBuilt = existsSync('build/server/index.js');
  const appPort = await freePort();
  const app = () => spawnApp({ ...stage.env }, appPort);
  if (isBuilt) processes.set('app', await app());
  const respawn = async (name: string, spawn: () => Promise<Child>) => {
    await processes.get(name)?.kill();
    processes.set(name, await spawn());
  };
  const kills: [string, () => Promise<void>][] = [
    ['worker 1', () => respawn('worker 1', worker)],
    [
      'PostgreSQL',
      async () => {
        await postgres.kill();
        await postgres.start();
      },
    ],
    ['worker 2', () => respawn('worker 2', worker)],
    [
      'Redis',
      async () => {
        await redis.kill();
        await redis.start();
      },
    ],
    ...(isBuilt ? [['app', () => respawn('app', app)] satisfies [string, () => Promise<void>]] : []),
  ];

  let isWriting = true;
  const killed: string[] = [];
  const killing = (async () => {
    while (isWriting || killed.length < kills.length) {
      const [name, strike] = kills[killed.length % kills.length]!;
      await sleep(random.integer(200, 1_200));
      killed.push(name);
      await strike();
    }
  })();
  const seen: SeenPrice[] = [];
  let read = stage.emulator.log.all().at(-1)?.sequence ?? 0;
  const readCalls = () => {
    for (const call of stage.emulator.log.all().filter(({ sequence }) => sequence > read)) {
      read = call.sequence;
      if (call.kind === 'mutation') seen.push(...pricesIn(call.variables));
    }
  };
  const positions: (boolean | null)[] = [];
  const watching = (async () => {
    while (isWriting) {
      positions.push(await slotIsBehind());
      readCalls();
      await sleep(50);
    }
  })();

  const started = performance.now();
  for (let change = 0; change < CHANGES; change += 1) {
    const wait = started + (change * 1_000) / CHANGES_A_SECOND - performance.now();
    if (wait > 1) await sleep(wait);
    // Prices only rise: whatever goes back came out of order.
    await insist('UPDATE catalog.variant SET price = $1 WHERE product_id = $2', [
      1_000 + change,
      ids[random.integer(0, PRODUCTS - 1)],
    ]);
  }
  isWriting = false;
  await Promise.all([killing, watching]);
  const waitedFrom = performance.now();
  await settled();
  readCalls();
  process.stdout.write(
    `${CHANGES} changes, ${killed.length} kills (${killed.join(', ')}); in step ${((performance.now() - waitedFrom) / 1_000).toFixed(1)} s after the last; ${seen.length} prices sent; seed ${SEED}.\n`,
  );

  const backwards: unknown[] = [];
  const last = new Map<string, number>();
  for (const { variant, price } of seen) {
    if (price < (last.get(variant) ?? 0)) backwards.push({ variant, from: last.get(variant), to: price });
    last.set(variant, price);
  }
  expect(backwards, `prices that went back, seed ${SEED}`).toEqual([]);
  expect(seen.length).toBeGreaterThan(PRODUCTS);
  expect(
    positions.filter((isBehind) => isBehind === false),
    'the slot was beyond what is stored',
  ).toEqual([]);
  expect(positions.filter((isBehind) => isBehind === true).length).toBeGreaterThan(10);
  expect(new Set(killed).size).toBe(kills.length);
  // Nobody had to compare everything: the stream itself lost nothing.
  expect((await readCapture(stage.resources.db)).comparisonReason).toContain('slot is new');
}, 1_800_000);

it('waits for what is in the log and cannot be seen yet', async () => {
  const { db } = stage.resources;
  const reload = () => insist('SELECT pg_reload_conf()', []);
  // Whoever commits waits for a standby that is not there, and only then do others see it: but for all other sessions.
  await insist(`ALTER SYSTEM SET synchronous_commit = 'local'`, []);
  await insist(`ALTER SYSTEM SET synchronous_standby_names = 'nobody'`, []);
  await reload();
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    await client.query('SET synchronous_commit = on');
    await sleep(500); // the checkpointer takes the setting over a little later
    let isCommitted = false;
    const commit = client.query(`UPDATE catalog.product SET vendor = 'Late to be seen'`).then(() => {
      isCommitted = true;
    });
    await waitFor('the commit waits for the standby', async () => {
      const waiting = await db.$queryRaw<
        object[]
      >`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;
      return waiting.length > 0;
    });
    // Long past the debounce window: whoever looked now would find nothing changed.
    await sleep(1_500);
    expect(isCommitted).toBe(false);
    expect(await db.catalogProduct.count({ where: { vendor: 'Late to be seen' } })).toBe(0);
    await insist('ALTER SYSTEM RESET synchronous_standby_names', []);
    await reload();
    await commit;
    await settled();
    expect(await db.catalogProduct.count({ where: { vendor: 'Late to be seen' } })).toBe(PRODUCTS);
  } finally {
    await insist('ALTER SYSTEM RESET synchronous_standby_names', []);
    await insist('ALTER SYSTEM RESET synchronous_commit', []);
    await reload();
    await client.end();
  }
}, 600_000);

it('finds what passed while the server gave the slot up', async () => {
  for (const child of processes.values()) await child.kill();
  processes.clear();
  const { db } = stage.resources;
  const { slot } = await readCapture(db);
  await insist(`ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'`, []);
  await insist('SELECT pg_reload_conf()', []);
  await insist(`UPDATE catalog.product SET vendor = 'While nobody read'`, []);
  await waitFor('the server gives it up', async () => {
    await insist(`SELECT pg_logical_emit_message(true, 'fill', repeat('x', 1000000))`, []);
    await insist('SELECT pg_switch_wal()', []);
    await insist('CHECKPOINT', []);
    const [row] = await db.$queryRaw<{ status: string }[]>`
      SELECT wal_status AS status FROM pg_replication_slots WHERE slot_name = ${slot}`;
    return row?.status === 'lost';
  });
  await measureCapture(stage.resources, { alarmBytes: 1_000_000_000 });
  expect(await readCapture(db)).toMatchObject({ isAlarming: true, walStatus: 'lost' });
  await insist('ALTER SYSTEM RESET max_slot_wal_keep_size', []);
  await insist('SELECT pg_reload_conf()', []);
  processes.set('worker 1', await worker());
  await settled();
  expect(await readCapture(db)).toMatchObject({
    state: 'streaming',
    needsComparison: false,
    comparisonReason: expect.stringContaining('slot was lost'),
  });
}, 600_000);

it('says what to do where the server does not stream, and goes on when it does', async () => {
  for (const child of processes.values()) await child.stop();
  processes.clear();
  await insist('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots', []);
  await postgres.stop();
  await postgres.start(['-c', 'wal_level=replica']);
  const capture = followCatalog(stage);
  try {
    const refused = await waitFor('it says so', async () => {
      const state = await readCapture(stage.resources.db).catch(() => null); // the server has just come back
      return state?.state === 'refused' ? state : null;
    });
    expect(refused).toMatchObject({
      problemCode: 'wal-level',
      remedy: expect.stringContaining("ALTER SYSTEM SET wal_level = 'logical'"),
    });
    await insist(`UPDATE catalog.product SET vendor = 'Before it streamed'`, []);
    await postgres.stop();
    await postgres.start();
    await capture.streaming();
    processes.set('worker 1', await spawnWorker({ ...stage.env, LOG_LEVEL: 'info' }));
    await settled();
  } finally {
    await capture.close();
  }
}, 600_000);
