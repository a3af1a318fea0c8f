/** When each step of a change was: told in order, and the first instant kept whatever happens on the way. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addRequests, forgetTaken, takeRequests } from '~/db/sync-requests.server';
import { readLiveFeed } from '~/db/pages/live-feed.server';
import { AT_ONCE, handleWebhooks } from '~/sync/handle-webhooks';
import { retryDeadLetter } from '~/sync/retry-dead-letter';
import { allDone } from '../support/all-done';
import { followCatalog } from '../support/capture';
import type { FollowedStage } from '../support/capture';
import { rawProduct } from '../support/catalog-rows';
import { DEMO_SHOP } from '../support/connected-shop';
import { asMerchant, storeProduct } from '../support/merchant';
import { createTestRedis } from '../support/redis';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';
import { spawnWorker } from '../support/worker';

const PATIENCE = { timeoutMs: 90_000 };

/** The database server's clock. */
async function databaseNow({ resources }: Stage): Promise<Date> {
  const [row] = await resources.db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return row!.now;
}

async function putProduct({ resources, accountId }: Stage, handle: string): Promise<string> {
  return rawProduct(resources.db, accountId, {
    handle,
    product: { title: handle, vendor: 'Acme' },
    variants: [{ sku: handle, price: '10' }],
  });
}

const setPrice = ({ resources }: Stage, productId: string, price: string) =>
  resources.db
    .$executeRaw`UPDATE catalog.variant SET price = ${price}::numeric WHERE product_id = ${productId}::uuid`;

/** The audit log's row of a price, or another field, that came to be this. */
async function recorded({ resources }: Stage, productId: string, field: string, after: string) {
  return waitFor(
    `${field} ${after} is on record`,
    async () => {
      const rows = await resources.db.change.findMany({
        where: { productId, field, state: 'applied' },
        orderBy: { id: 'desc' },
      });
      return rows.find((row) => Number(row.after) === Number(after) || row.after === after);
    },
    PATIENCE,
  );
}

/** All on one machine: the clocks agree, but for what a timestamp is rounded by. */
function expectInOrder(...instants: (Date | null)[]): void {
  const ms = instants.map((at) => at?.getTime() ?? Number.NaN);
  for (const [index, at] of ms.entries())
    if (index > 0) expect(at).toBeGreaterThanOrEqual(ms[index - 1]! - 1);
}

describe.each(['PostgreSQL', 'Redis'] as const)('with the queue on %s', (queue) => {
  let stage: Stage;
  let capture: FollowedStage;
  let productId: string;
  beforeAll(async () => {
    const redisUrl = queue === 'Redis' ? (await createTestRedis()).url : undefined;
    stage = await openStage({ ...(redisUrl !== undefined && { redisUrl }) });
    productId = await putProduct(stage, 'tent');
    capture = followCatalog(stage, { debounce: { windowMs: 1_500, longestMs: 60_000 } });
    await capture.streaming();
    await stage.run();
    await capture.followed(PATIENCE.timeoutMs);
  });
  afterAll(async () => {
    await capture?.close();
    await stage?.close();
  });
  const db = () => stage.resources.db;

  it('the steps of a captured change are in order, and begin with the commit', async () => {
    const before = await databaseNow(stage);
    await setPrice(stage, productId, '11');
    const committed = await databaseNow(stage);
    await capture.followed(PATIENCE.timeoutMs);
    const row = await recorded(stage, productId, 'price', '11');
    expectInOrder(before, row.changedAt, committed);
    expectInOrder(row.changedAt, row.askedAt, row.decidedAt, row.sentAt, row.at);
    expect(await db().syncJob.count()).toBe(0);
    expect(await db().syncRequest.count()).toBe(0);
  });

  it('the first commit of a burst counts', async () => {
    const before = await databaseNow(stage);
    await setPrice(stage, productId, '12');
    const between = await databaseNow(stage);
    await setPrice(stage, productId, '13');
    await capture.followed(PATIENCE.timeoutMs);
    const row = await recorded(stage, productId, 'price', '13');
    expectInOrder(before, row.changedAt, between);
  });

  it('a change of Shopify’s begins when Shopify says it did', async () => {
    await db().shop.update({ where: { id: stage.shopId }, data: { conflictPolicy: 'remote-wins' } });
    const { id } = storeProduct(stage, 'tent');
    await asMerchant(
      stage,
      `mutation($id: ID!) { productUpdate(product: {id: $id, vendor: "Theirs"}) { userErrors { message } } }`,
      { id },
    );
    const [first, second] = [new Date(Date.now() - 5_000), new Date(Date.now() - 3_000)];
    await db().webhookDelivery.createMany({
      data: [second, first].map((triggeredAt) => ({
        ...{ id: randomUUID(), shop: DEMO_SHOP, topic: 'products/update', triggeredAt },
        facts: { products: [id] },
      })),
    });
    await handleWebhooks(stage.resources, { signal: new AbortController().signal, patience: AT_ONCE });
    await allDone(stage, PATIENCE.timeoutMs);
    const row = await recorded(stage, productId, 'vendor', 'Theirs');
    expect(row.direction).toBe('pull');
    expect(row.changedAt).toEqual(first);
    expectInOrder(row.changedAt, row.askedAt, row.decidedAt, row.at);
    // Nothing leaves for a pull.
    expect(row.sentAt).toBe(null);
    await db().shop.update({ where: { id: stage.shopId }, data: { conflictPolicy: 'source-wins' } });
  });

  it('what a person asks for begins when it was asked for', async () => {
    await capture.close();
    const before = new Date();
    await setPrice(stage, productId, '14');
    await stage.run([productId]);
    const row = await recorded(stage, productId, 'price', '14');
    expect(row.changedAt).toBe(null);
    expectInOrder(before, row.askedAt, row.decidedAt, row.sentAt, row.at);
    capture = followCatalog(stage);
    await capture.streaming();
    await capture.followed(PATIENCE.timeoutMs);
  });

  it('a product that is put off keeps its first instant', async () => {
    const link = { shopId_productId: { shopId: stage.shopId, productId } };
    await db().productLink.update({
      where: link,
      data: { claimedBy: 'another job', claimedUntil: new Date(Date.now() + 600_000) },
    });
    await setPrice(stage, productId, '15');
    const committed = await databaseNow(stage);
    const jobs = () =>
      capture.jobs.filter((job) => job.name === 'sync-products' && job.productIds.includes(productId));
    await waitFor('the capture asks for it', () => jobs().length > 0, PATIENCE);
    const puttingOff = async () => {
      const request = await waitFor(
        'it is asked for again',
        () => db().syncRequest.findFirst({ where: { productId, cause: 'retry' } }),
        { ...PATIENCE, everyMs: 20 },
      );
      expectInOrder(request.sourceChangedAt, committed);
      expectInOrder(request.sourceChangedAt, request.askedAt);
      return request.requestedAt;
    };
    const once = await puttingOff();
    await waitFor('it is put off again', async () => (await puttingOff()) > once, PATIENCE);
    await db().productLink.update({ where: link, data: { claimedBy: null, claimedUntil: null } });
    const row = await recorded(stage, productId, 'price', '15');
    expectInOrder(row.changedAt, committed);
    expectInOrder(row.changedAt, row.askedAt, row.decidedAt, row.sentAt, row.at);
    expect(row.askedAt!.getTime()).toBeLessThanOrEqual(once.getTime());
  });

  it('shows all of it in the feed, with how long it takes', async () => {
    await allDone(stage, PATIENCE.timeoutMs);
    const shop = { id: stage.shopId, accountId: stage.accountId };
    const feed = await readLiveFeed(db(), shop, new Date());
    expect(feed.waiting).toEqual([]);
    expect(feed.items[0]).toMatchObject({
      ...{ productId, title: 'tent', direction: 'push', field: 'price', state: 'applied', more: 0 },
      changedAt: expect.any(String),
      sentAt: expect.any(String),
    });
    expect(feed.latency?.changes).toBeGreaterThanOrEqual(4);
    expect(feed.latency!.p99Ms).toBeGreaterThanOrEqual(feed.latency!.medianMs);
    await db().syncJob.create({
      data: {
        ...{ id: 'under way', shopId: stage.shopId, takenAt: new Date() },
        products: { [productId]: [null, null, new Date().toISOString()] },
      },
    });
    await addRequests(db(), {
      ...{ shopId: stage.shopId, productIds: [randomUUID()], cause: 'test', runId: null, now: new Date() },
    });
    const moving = await readLiveFeed(db(), shop, new Date());
    expect(moving.waiting.map(({ state, title }) => [state, title])).toEqual([
      ['looking', 'tent'],
      ['waiting', ''],
    ]);
    await db().syncJob.deleteMany();
    await db().syncRequest.deleteMany();
  });
});

describe.each(['PostgreSQL', 'Redis'] as const)('a worker that is killed, with the queue on %s', (queue) => {
  it('leaves the first instant to the next attempt', async () => {
    const redisUrl = queue === 'Redis' ? (await createTestRedis()).url : undefined;
    const stage = await openStage({
      worker: false,
      env: { JOB_LOCK_SECONDS: '1', JOB_ATTEMPTS: '30' },
      ...(redisUrl !== undefined && { redisUrl }),
    });
    const { db } = stage.resources;
    const start = () => spawnWorker({ ...stage.env, LOG_LEVEL: 'info' });
    let worker = await start();
    try {
      const productId = await putProduct(stage, 'stove');
      await stage.run(undefined, PATIENCE.timeoutMs);
      await setPrice(stage, productId, '20');
      const changedAt = new Date(Date.now() - 12_345);
      // So slow that the kill finds the document on its way.
      stage.emulator.latency.baseMs = 3_000;
      const sent = stage.emulator.log.all().filter(({ kind }) => kind === 'mutation').length;
      const { added } = await addRequests(db, {
        ...{ shopId: stage.shopId, productIds: [productId], cause: 'change', runId: null, now: new Date() },
        since: new Map([[productId, { sourceChangedAt: changedAt }]]),
      });
      const asked = await db.syncRequest.findFirstOrThrow();
      await stage.resources.queue.add([
        { name: 'sync-products', shopId: stage.shopId, runId: null, productIds: added, causedBy: 'test' },
      ]);
      await waitFor('the job has begun', async () => (await db.syncJob.count()) === 1, PATIENCE);
      await waitFor(
        'a document is on its way',
        async () => (await db.productLink.findFirstOrThrow({ where: { productId } })).sent !== null,
        PATIENCE,
      );
      await worker.kill();
      expect(await db.change.count({ where: { productId, field: 'price', changedAt: { not: null } } })).toBe(
        0,
      );
      expect(await db.syncRequest.count()).toBe(0);
      stage.emulator.latency.baseMs = 0;
      // Asked for once more meanwhile, later: the first counts.
      await addRequests(db, {
        ...{ shopId: stage.shopId, productIds: [productId], cause: 'change', runId: null, now: new Date() },
        since: new Map([[productId, { sourceChangedAt: new Date() }]]),
      });
      worker = await start();
      const row = await recorded(stage, productId, 'price', '20');
      expect(row.changedAt).toEqual(changedAt);
      expect(row.askedAt).toEqual(asked.askedAt);
      expectInOrder(row.askedAt, row.decidedAt, row.at);
      expect(
        stage.emulator.log.all().filter(({ kind }) => kind === 'mutation').length,
      ).toBeGreaterThanOrEqual(sent);
      await waitFor('nothing is kept of the job', async () => (await db.syncJob.count()) === 0, PATIENCE);
    } finally {
      await worker.stop();
      await stage.close();
    }
  });
});

describe('requests', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ worker: false });
  });
  afterAll(() => stage?.close());

  const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms);
  const ask = (productId: string, now: Date, since: Parameters<typeof addRequests>[1]['since'] = new Map()) =>
    addRequests(stage.resources.db, {
      ...{ shopId: stage.shopId, productIds: [productId], cause: 'test', runId: null, now, since },
    });
  const take = (jobId: string, productId: string) =>
    takeRequests(stage.resources.db, {
      ...{ shopId: stage.shopId, jobId, productIds: [productId], now: at(9_999) },
    });

  it('keep the first instant of each side, whichever comes first', async () => {
    const id = randomUUID();
    await ask(id, at(500), new Map([[id, { sourceChangedAt: at(300) }]]));
    await ask(id, at(700), new Map([[id, { sourceChangedAt: at(200), remoteChangedAt: at(650) }]]));
    await ask(id, at(800), new Map([[id, { remoteChangedAt: at(640), askedAt: at(400) }]]));
    await ask(id, at(900));
    expect((await take('one', id)).get(id)).toEqual({
      ...{ sourceChangedAt: at(200), remoteChangedAt: at(640), askedAt: at(400) },
    });
  });

  it('that a job took are taken again by its next attempt, and by no other job', async () => {
    const id = randomUUID();
    await ask(id, at(500), new Map([[id, { sourceChangedAt: at(300) }]]));
    await take('cut off', id);
    await ask(id, at(800), new Map([[id, { sourceChangedAt: at(700), remoteChangedAt: at(750) }]]));
    expect((await take('another', id)).get(id)).toMatchObject({ sourceChangedAt: at(700), askedAt: at(800) });
    expect((await take('cut off', id)).get(id)).toEqual({
      ...{ sourceChangedAt: at(300), remoteChangedAt: null, askedAt: at(500) },
    });
    await forgetTaken(stage.resources.db, 'cut off');
    expect((await take('cut off', id)).size).toBe(0);
  });

  it('of a job that gave up are taken up by the run that tries again', async () => {
    const { db } = stage.resources;
    const id = await putProduct(stage, 'lamp');
    await ask(id, at(500), new Map([[id, { sourceChangedAt: at(300) }]]));
    await take('dead', id);
    const letter = await db.deadLetter.create({
      data: {
        ...{ shopId: stage.shopId, queue: 'sync-products', jobId: 'dead', reason: 'test', attempts: 5 },
        payload: {
          name: 'sync-products',
          shopId: stage.shopId,
          runId: null,
          productIds: [id],
          causedBy: 'test',
        },
      },
    });
    await retryDeadLetter(stage.resources, {
      shopId: stage.shopId,
      deadLetterId: letter.id,
      causedBy: 'test',
    });
    expect(await db.syncRequest.findMany({ where: { productId: id } })).toMatchObject([
      { sourceChangedAt: at(300), askedAt: at(500) },
    ]);
  });
});
