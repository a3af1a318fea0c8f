/** Roll-ups count each change once: over random histories, with many writers, late commits and killed roll-ups. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { latencyBin } from '~/core/latency-bins';
import { rollUp } from '~/db/activity.server';
import { addCallUsage } from '~/db/call-usage.server';
import { openDatabase } from '~/db/client.server';
import type { Database } from '~/db/client.server';
import { endProducts, listRunProducts } from '~/db/runs.server';
import { saveChanges } from '~/db/product-record.server';
import type { ChangeEntry, ChangeRecord } from '~/db/product-record.server';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import { redactShop } from '~/sync/redact-shop';
import { rollUpActivity } from '~/sync/roll-up-activity';
import { SeededRandom } from '~/catalog/seeded-random';
import { readConfig } from '~/config.server';
import { recounted, rolledUp } from '../support/activity';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';
import { waitFor } from '../support/wait-for';

const signal = new AbortController().signal;
/** Clocks go back on 25 October 2026 in Berlin, and forward on 28 March 2027. */
const ZONES = ['Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'UTC'];
const PATIENT = { maxWait: 60_000, timeout: 60_000 };
const FIELDS = ['title', 'price', 'tags:red', 'vendor'];

let database: TestDatabase;
let resources: AppResources;
let db: Database;
let shopId: string;
let accountId: string;
let domain: string;
let productIds: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  const env = testEnvironment({ databaseUrl: database.url, emulatorOrigin: 'http://127.0.0.1:9' });
  resources = await createResources(readConfig({ ...env, LOG_LEVEL: 'silent' }));
  db = resources.db;
});
afterAll(async () => {
  await resources?.close();
  await database?.drop();
});
beforeEach(async () => {
  ({ id: accountId } = await db.account.create({ data: { name: 'activity' } }));
  domain = `${randomUUID()}.myshopify.com`;
  ({ id: shopId } = await db.shop.create({ data: { accountId, domain, timezone: 'Europe/Berlin' } }));
  productIds = [];
  for (let n = 0; n < 12; n += 1) {
    const product = await db.catalogProduct.create({
      data: {
        accountId,
        handle: `p-${n}`,
        title: `Product ${n}`,
        productType: ['Tent', 'Lamp', ''][n % 3]!,
        category: n % 2 === 0 ? 'Camping' : null,
      },
    });
    productIds.push(product.id);
  }
});

/** A writer with its own randomness; nobody else writes its products, as in production. */
interface Writer {
  random: SeededRandom;
  products: readonly string[];
}
const writer = (seed: number, products: readonly string[] = productIds): Writer => ({
  random: new SeededRandom(seed),
  products,
});

function record({ random, products }: Writer, from: Date): ChangeRecord {
  const state = random.pick<ChangeEntry['state']>([
    'applied',
    'applied',
    'applied',
    'failed',
    'conflicted',
    'skipped',
  ]);
  const changes: ChangeEntry[] = FIELDS.slice(0, random.integer(1, FIELDS.length)).map((field) => ({
    path: { variant: null, field },
    direction: random.pick<'push' | 'pull'>(['push', 'push', 'pull']),
    // Few values: what is written again under the same key moves the row.
    before: random.integer(0, 1),
    after: random.integer(2, 3),
    state,
    ...(state === 'failed' && { code: random.pick(['TOO_LONG', 'TAKEN']), message: 'No.' }),
  }));
  const changedAt = random.chance(0.7) ? new Date(from.getTime() - random.next() ** 4 * 3_600_000) : null;
  return {
    productId: products[random.integer(0, products.length - 1)]!,
    version: random.integer(0, 1),
    link: { remoteId: null },
    changes,
    skus: new Map(),
    since: { sourceChangedAt: changedAt, remoteChangedAt: changedAt, askedAt: from },
    decidedAt: null,
  };
}

/** One job's transaction: a few products recorded together. */
async function writeSome(own: Writer, at: Date): Promise<void> {
  const records = Array.from({ length: own.random.integer(1, 5) }, () => record(own, at));
  await db.$transaction(
    (tx) => saveChanges(tx, { shopId, runId: null, causedBy: 'test', now: at }, records),
    PATIENT,
  );
}

async function expectEqual(): Promise<void> {
  await rollUpActivity(resources, signal);
  const [rolled, counted] = await Promise.all([rolledUp(db, shopId), recounted(db, shopId)]);
  expect(counted['counts']!.length).toBeGreaterThan(0);
  for (const kind of Object.keys(counted)) expect([kind, rolled[kind]]).toEqual([kind, counted[kind]]);
}

describe('roll-ups', () => {
  it.each([1, 2, 3, 4, 5, 6])('equal a recount over a random history, seed %i', async (seed) => {
    const own = writer(seed);
    await db.shop.update({ where: { id: shopId }, data: { timezone: ZONES[seed % ZONES.length]! } });
    // Around the hour that comes twice, and the one that never comes.
    const start = Date.parse(seed % 2 === 0 ? '2026-10-24T12:00:00Z' : '2027-03-27T12:00:00Z');
    for (let step = 0; step < 60; step += 1) {
      await writeSome(own, new Date(start + own.random.integer(0, 40 * 3_600_000)));
      if (own.random.chance(0.2)) await rollUp(db, { shopId, timeZone: await zone(), limit: 1 + step });
    }
    await expectEqual();
  });

  it('equal a recount after many writers, late commits and roll-ups that were cut off', async () => {
    const start = Date.parse('2026-11-20T22:30:00Z');
    let isOver = false;
    const writers = [0, 1, 2].map(async (place) => {
      const own = writer(11 + place, productIds.slice(3 * place, 3 * place + 3));
      for (let step = 0; step < 40; step += 1)
        await writeSome(own, new Date(start + own.random.integer(0, 7_200_000)));
    });
    /** Holds its transaction open long after later ones have committed and were rolled up. */
    const late = db.$transaction(async (tx) => {
      const own = writer(21, productIds.slice(9));
      for (let step = 0; step < 10; step += 1) {
        const at = new Date(start + step * 60_000);
        await saveChanges(tx, { shopId, runId: null, causedBy: 'late', now: at }, [record(own, at)]);
        await rollUp(db, { shopId, timeZone: 'Europe/Berlin', limit: 10 });
      }
      await Promise.all(writers);
    }, PATIENT);
    const rolling = (async () => {
      let cuts = 0;
      while (!isOver) {
        if (cuts < 3 && (await cutRollUp())) cuts += 1;
        await rollUp(db, { shopId, timeZone: 'Europe/Berlin', limit: 7 });
      }
      return cuts;
    })();
    await Promise.all([...writers, late]);
    isOver = true;
    await rolling;
    await expectEqual();
    // And one that is certainly in the middle: it counts again where was counted before.
    const at = new Date(start);
    const again = record(writer(22), at);
    for (const version of [100, 101]) {
      await db.$transaction((tx) =>
        saveChanges(tx, { shopId, runId: null, causedBy: 'again', now: at }, [
          { ...again, version, changes: again.changes.map((change) => ({ ...change, state: 'applied' })) },
        ]),
      );
      if (version === 100) await rollUpActivity(resources, signal);
    }
    expect(await cutRollUp()).toBe(true);
    await expectEqual();
  });

  it('count the products of runs by how they ended', async () => {
    const { id: runId } = await db.syncRun.create({ data: { shopId, trigger: 'manual', causedBy: 'test' } });
    await db.$executeRaw`
      INSERT INTO app.product_link (shop_id, product_id) SELECT ${shopId}::uuid, unnest(${productIds}::uuid[])`;
    await listRunProducts(db, { runId, shopId }, productIds);
    const at = new Date('2026-11-20T10:00:30Z');
    const end = (productId: string, state: 'applied' | 'skipped') => ({
      productId,
      state,
      code: null,
      message: null,
      changes: 1,
      points: 1,
    });
    await endProducts(
      db,
      runId,
      productIds.slice(0, 7).map((id) => end(id, 'applied')),
      at,
    );
    await endProducts(
      db,
      runId,
      productIds.map((id) => end(id, 'skipped')),
      at,
    );
    await expectEqual();
    const { counts } = await rolledUp(db, shopId);
    expect(counts!.filter(({ grain }) => grain === 'hour').map(({ state, n }) => [state, n])).toEqual([
      ['applied', 7],
      ['skipped', 5],
    ]);
  });

  it('outlive the audit log', async () => {
    const own = writer(31);
    for (let step = 0; step < 10; step += 1)
      await writeSome(own, new Date(Date.parse('2026-11-20T10:00:00Z') + step * 60_000));
    await rollUpActivity(resources, signal);
    const before = await rolledUp(db, shopId);
    await db.change.deleteMany({ where: { shopId } });
    await rollUpActivity(resources, signal);
    expect(await rolledUp(db, shopId)).toEqual(before);
    await redactShop(resources, { domain });
    const gone = await rolledUp(db, shopId);
    expect(Object.values(gone).flat()).toEqual([]);
  });

  it('put a span into the bin that the pages read it from', async () => {
    const spans = [0, 0.4, 1, 1.05, 2, 47, 999, 60_000, 86_400_000];
    for (const ms of spans) {
      const [row] = await db.$queryRaw<{ bin: number }[]>`
        SELECT app.latency_bin(now(), now() + ${ms}::float8 * interval '1 millisecond') AS bin`;
      expect([ms, row!.bin]).toEqual([ms, latencyBin(ms)]);
    }
  });

  it('add up calls of several processes by the minute, the hour and the day of the store', async () => {
    await db.shop.update({ where: { id: shopId }, data: { timezone: 'Asia/Kolkata' } });
    const usage = (at: string) => ({
      shopId,
      at: new Date(at),
      calls: 2,
      mutations: 1,
      points: 10.5,
      bytesSent: 100,
      throttled: 0,
      unanswered: 1,
    });
    await addCallUsage(db, [usage('2026-11-20T10:29:00Z'), usage('2026-11-20T10:31:00Z')]);
    await addCallUsage(db, [
      usage('2026-11-20T10:31:00Z'),
      { ...usage('2026-11-20T10:31:00Z'), shopId: randomUUID() },
    ]);
    const rows = await db.activityUsage.findMany({
      where: { shopId },
      orderBy: [{ grain: 'asc' }, { at: 'asc' }],
    });
    expect(
      rows.map(({ grain, at, calls, points }) => [grain, at.toISOString(), Number(calls), points]),
    ).toEqual([
      ['day', '2026-11-19T18:30:00.000Z', 6, 31.5],
      ['hour', '2026-11-20T09:30:00.000Z', 2, 10.5],
      ['hour', '2026-11-20T10:30:00.000Z', 4, 21],
      ['minute', '2026-11-20T10:29:00.000Z', 2, 10.5],
      ['minute', '2026-11-20T10:31:00.000Z', 4, 21],
    ]);
  });
});

async function zone(): Promise<string> {
  return (await db.shop.findUniqueOrThrow({ where: { id: shopId } })).timezone;
}

/**
 * Begins a roll-up in a process that is killed while it counts: what it updates is locked, and the server ends its
 * connection while it waits for that. False: it had nothing to wait for, and came through.
 */
async function cutRollUp(): Promise<boolean> {
  const address = new URL(database.url);
  address.searchParams.set('application_name', 'doomed');
  const doomed = openDatabase(address.href, 1);
  try {
    return await db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM app.activity_count WHERE shop_id = ${shopId}::uuid FOR UPDATE`;
      let end: 'done' | 'cut' | null = null;
      const rolled = rollUp(doomed, { shopId, timeZone: 'Europe/Berlin', limit: 1_000 }).then(
        () => (end = 'done'),
        () => (end = 'cut'),
      );
      await waitFor('the roll-up waits, or is through', async () => {
        if (end !== null) return true;
        const [row] = await db.$queryRaw<{ killed: number }[]>`
          SELECT count(pg_terminate_backend(pid))::int AS killed FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'doomed' AND wait_event_type = 'Lock'`;
        return row!.killed > 0;
      });
      return (await rolled) === 'cut';
    }, PATIENT);
  } finally {
    // Not awaited: the pool waits without end for the connection that was cut.
    doomed.$disconnect().catch(() => undefined);
  }
}
