/** The queue port and the worker on both backends of BullMQ. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPeriodicTasks } from '~/queue/periodic';
import { startWorker } from '~/queue/worker';
import type { JobHandlers, RunningWorker } from '~/queue/worker';
import type { AppResources } from '~/resources.server';
import type { Job, JobContext, JobName } from '~/sync/jobs';
import { runEntry } from '../support/child';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';
import type { TestEnvironment } from '../support/environment';
import { createTestRedis } from '../support/redis';
import { createTestResources } from '../support/resources';
import { waitFor } from '../support/wait-for';

type Work = (job: Job, context: JobContext) => Promise<void>;

const syncJob = (): Extract<Job, { name: 'sync-products' }> => ({
  name: 'sync-products',
  shopId: randomUUID(),
  runId: null,
  productIds: [randomUUID()],
  causedBy: 'test',
});

describe.each(['PostgreSQL', 'Redis'] as const)('the queue on %s', (kind) => {
  let database: TestDatabase;
  let env: TestEnvironment;
  let resources: AppResources;
  const workers: RunningWorker[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    env = testEnvironment({
      databaseUrl: database.url,
      emulatorOrigin: 'http://127.0.0.1:9',
      ...(kind === 'Redis' ? { redisUrl: (await createTestRedis()).url } : {}),
    });
    resources = await createTestResources({ ...env, LOG_LEVEL: 'silent', JOB_ATTEMPTS: '3' });
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close(2_000)));
    await resources.close();
    await database.drop();
  });

  const work = async (run: Work, lockMs = 3_000): Promise<RunningWorker> => {
    const handler = <N extends JobName>(name: N) => ({
      name,
      share: (concurrency: number) => concurrency,
      run: (_resources: unknown, job: Job, context: JobContext) => run(job, context),
    });
    const handlers: JobHandlers = {
      'run-sync': handler('run-sync'),
      'sync-products': handler('sync-products'),
      'sync-bulk': handler('sync-bulk'),
      'import-catalog': handler('import-catalog'),
      'handle-webhooks': handler('handle-webhooks'),
      'reconcile-store': handler('reconcile-store'),
      'plan-bulk-edit': handler('plan-bulk-edit'),
      'apply-bulk-edit': handler('apply-bulk-edit'),
      'upload-picture': handler('upload-picture'),
      'turn-promotions': handler('turn-promotions'),
      'warm-cache': handler('warm-cache'),
      'import-orders': handler('import-orders'),
    };
    const worker = await startWorker(resources, {
      store: resources.queueStore,
      concurrency: 4,
      lockMs,
      syncIntervalMinutes: null,
      refreshTokens: async () => undefined,
      handlers,
    });
    workers.push(worker);
    return worker;
  };

  it('brings each job to its handler, once, as it was added', async () => {
    const seen: Job[] = [];
    await work(async (job, { interrupted }) => {
      expect(interrupted).toBe(false);
      seen.push(job);
    });
    const jobs: Job[] = [
      { name: 'run-sync', shopId: randomUUID(), runId: randomUUID() },
      { name: 'import-catalog', shopId: randomUUID(), importId: randomUUID() },
      ...Array.from({ length: 20 }, syncJob),
    ];
    await resources.queue.add(jobs);
    await waitFor('all jobs ran', () => seen.length >= jobs.length);
    await sleep(300);
    expect(seen).toHaveLength(jobs.length);
    expect(seen).toEqual(expect.arrayContaining(jobs));
  });

  it('runs several at a time, and no more than the concurrency', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    await work(async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(100);
      running -= 1;
      done += 1;
    });
    await resources.queue.add(Array.from({ length: 12 }, syncJob));
    await waitFor('all jobs ran', () => done === 12);
    expect(most).toBe(4);
  });

  it('holds a delayed job back', async () => {
    let ranAt = 0;
    await work(async () => {
      ranAt = performance.now();
    });
    const addedAt = performance.now();
    await resources.queue.add([syncJob()], { delayMs: 800 });
    await waitFor('the job ran', () => ranAt > 0);
    expect(ranAt - addedAt).toBeGreaterThanOrEqual(780);
    expect(ranAt - addedAt).toBeLessThan(3_000);
  });

  it('takes a job that is to be first before those that wait', async () => {
    const waiting = Array.from({ length: 6 }, syncJob);
    const first = syncJob();
    await resources.queue.add(waiting);
    await resources.queue.add([first], { isFirst: true });
    const seen: Job[] = [];
    await work(async (job) => void seen.push(job));
    await waitFor('all jobs ran', () => seen.length === 7);
    // Four run at a time: it is among the first that are taken.
    expect(seen.findIndex((job) => job.name === 'sync-products' && job.shopId === first.shopId)).toBeLessThan(
      4,
    );
  });

  it('adds no second job with the same deduplication id while one waits or runs, and one again afterwards', async () => {
    let ran = 0;
    let release = () => {};
    await resources.queue.add([syncJob()], { deduplicationId: 'once' });
    await resources.queue.add([syncJob()], { deduplicationId: 'once' });
    await work(async () => {
      ran += 1;
      await new Promise<void>((resolve) => (release = resolve));
    });
    await waitFor('the job runs', () => ran === 1);
    await resources.queue.add([syncJob()], { deduplicationId: 'once' });
    release();
    await sleep(700);
    expect(ran).toBe(1);
    await resources.queue.add([syncJob()], { deduplicationId: 'once' });
    await waitFor('a later one runs', () => ran === 2);
    release();
  });

  it('adds one job more where one with the deduplication id runs, however often it is asked to', async () => {
    let ran = 0;
    let release = () => {};
    const wake = () =>
      resources.queue.add([{ name: 'handle-webhooks' }], {
        deduplicationId: 'wake',
        againAfterRunning: true,
        attempts: 1,
      });
    await Promise.all([wake(), wake(), wake()]);
    await work(async () => {
      ran += 1;
      await new Promise<void>((resolve) => (release = resolve));
    });
    await waitFor('the job runs', () => ran === 1);
    await Promise.all([wake(), wake(), wake()]);
    await sleep(300);
    expect(ran).toBe(1);
    release();
    await waitFor('it runs once more', () => ran === 2);
    release();
    await sleep(500);
    expect(ran).toBe(2);
    await wake();
    await waitFor('a later one runs', () => ran === 3);
    release();
  });

  it('loses no wake, whenever it comes, also in the last moments of the job', async () => {
    // Each wake raises the mark first, as a webhook is stored first; the job reads it in its last moments.
    let mark = 0;
    let seen = 0;
    await work(async () => {
      seen = mark;
      await sleep(Math.random() * 3);
    });
    for (let round = 0; round < 60; round += 1) {
      mark += 1;
      await resources.queue.add([{ name: 'handle-webhooks' }], {
        deduplicationId: 'wake',
        againAfterRunning: true,
        attempts: 1,
      });
      await sleep(Math.random() * 12);
    }
    await waitFor('the last mark is seen', () => seen === mark, { timeoutMs: 5_000 });
  });

  it('drops a job that carries no work of a shop when it fails, without a dead letter', async () => {
    let ran = 0;
    await work(async () => {
      ran += 1;
      throw new Error('the database is away');
    });
    await resources.queue.add([{ name: 'handle-webhooks' }], {
      deduplicationId: 'wake',
      againAfterRunning: true,
      attempts: 1,
    });
    await waitFor('it ran', () => ran === 1);
    const held = resources.queueStore.queue('handle-webhooks');
    await waitFor('it is gone', async () => (await held.getJobCountByTypes('failed', 'active')) === 0);
    await held.close();
    expect(await database.db.deadLetter.count()).toBe(0);
    await resources.queue.add([{ name: 'handle-webhooks' }], {
      deduplicationId: 'wake',
      againAfterRunning: true,
      attempts: 1,
    });
    await waitFor('a later wake runs', () => ran === 2);
  });

  it(
    'stops, whenever it is told to, also while a job that failed for good is put away',
    { timeout: 120_000 },
    async () => {
      for (let round = 0; round < 12; round += 1) {
        let ran = 0;
        const worker = await work(async () => {
          ran += 1;
          throw new Error('the database is away');
        });
        await resources.queue.add([{ name: 'handle-webhooks' }], { attempts: 1 });
        await waitFor('it ran', () => ran > 0, { everyMs: 1 });
        await sleep(round);
        expect(await worker.close(15_000)).toBe(true);
      }
    },
  );

  const largeJob = (shopId: string): Job => ({
    ...syncJob(),
    shopId,
    productIds: Array.from({ length: 11 }, () => randomUUID()),
  });
  const shopOf = (job: Job) => (job.name === 'handle-webhooks' ? '' : job.shopId);

  it('gives each shop its turn, however much another asks for', async () => {
    const [busy, quiet] = [randomUUID(), randomUUID()];
    const order: string[] = [];
    let running = 0;
    let most = 0;
    await work(async (job) => {
      const isBusy = shopOf(job) === busy;
      running += isBusy ? 1 : 0;
      most = Math.max(most, running);
      order.push(isBusy ? 'busy' : 'quiet');
      await sleep(isBusy ? 150 : 10);
      running -= isBusy ? 1 : 0;
    });
    const asked = Array.from({ length: 30 }, () => largeJob(busy));
    await resources.queue.add(asked);
    await waitFor('the busy shop is at work', () => order.length >= 2);
    await resources.queue.add(Array.from({ length: 3 }, () => largeJob(quiet)));
    await waitFor('all jobs ran', () => order.length === 33, { timeoutMs: 60_000 });
    expect(most).toBe(2);
    // Behind 28 others it would have been the last.
    expect(order.lastIndexOf('quiet')).toBeLessThan(20);
    await waitFor('no turn is left', async () => (await database.db.shopTurn.count()) === 0);
  });

  it('counts jobs that wait for their turn, and does what waits for none at once', async () => {
    const shopId = randomUUID();
    await resources.queue.add(Array.from({ length: 5 }, () => largeJob(shopId)));
    await resources.queue.add([{ ...syncJob(), shopId }]);
    await resources.queue.add([largeJob(shopId)], { isFirst: true });
    const depths = await resources.queueDepths();
    expect(depths.find(({ job, state }) => job === 'sync-products' && state === 'waiting')?.count).toBe(7);
    expect(await database.db.shopTurn.count({ where: { admittedAt: null } })).toBe(3);
  });

  it('ends the turn of a job that gave up', async () => {
    const shopId = randomUUID();
    let ran = 0;
    await work(async () => {
      ran += 1;
      throw new Error('Shopify is on holiday.');
    });
    await resources.queue.add(Array.from({ length: 4 }, () => largeJob(shopId)));
    await waitFor('all gave up', async () => (await database.db.deadLetter.count()) === 4, {
      timeoutMs: 60_000,
    });
    expect(ran).toBe(12);
    expect(await database.db.shopTurn.count()).toBe(0);
  });

  it('makes up for turns that a crash has lost', async () => {
    const shopId = randomUUID();
    const lost = [largeJob(shopId), largeJob(shopId), largeJob(shopId)];
    // Let in, and never put into the queue; and nobody lets in the third.
    await database.db.shopTurn.createMany({
      data: lost.map((job, index) => ({
        ...{ id: randomUUID(), shopId, payload: { ...job }, addedAt: new Date(0) },
        admittedAt: index < 2 ? new Date(0) : null,
      })),
    });
    const seen: Job[] = [];
    await work(async (job) => {
      seen.push(job);
    });
    await resources.queue.reviveTurns();
    await waitFor('all ran', () => seen.length === 3);
    expect(seen).toEqual(expect.arrayContaining(lost));
    await waitFor('no turn is left', async () => (await database.db.shopTurn.count()) === 0);
    await resources.queue.reviveTurns();
    await sleep(300);
    expect(seen).toHaveLength(3);
  });

  it('tries a failed job again after a wait, and says that it was interrupted', async () => {
    const attempts: { interrupted: boolean; at: number }[] = [];
    await work(async (_job, { interrupted }) => {
      attempts.push({ interrupted, at: performance.now() });
      if (attempts.length < 3) throw new Error('not yet');
    });
    await resources.queue.add([syncJob()]);
    await waitFor('the third attempt', () => attempts.length === 3);
    expect(attempts.map((attempt) => attempt.interrupted)).toEqual([false, true, true]);
    const [first, second, third] = attempts.map((attempt) => attempt.at);
    expect(second! - first!).toBeGreaterThanOrEqual(450);
    expect(third! - second!).toBeGreaterThanOrEqual(950);
    expect(await database.db.deadLetter.count()).toBe(0);
  });

  it('writes a dead letter with the reason when the attempts are used up', async () => {
    let ran = 0;
    await work(async () => {
      ran += 1;
      throw new Error('Shopify is on holiday.');
    });
    const job = syncJob();
    await resources.queue.add([job]);
    const letter = await waitFor('the dead letter', () => database.db.deadLetter.findFirst());
    expect(letter).toMatchObject({
      shopId: job.shopId,
      queue: 'sync-products',
      payload: job,
      reason: 'Shopify is on holiday.',
      attempts: 3,
      retriedAt: null,
    });
    expect(ran).toBe(3);
    await sleep(300);
    expect(await database.db.deadLetter.count()).toBe(1);
  });

  it('drops what is no job of ours and goes on', async () => {
    let ran = 0;
    await work(async () => {
      ran += 1;
    });
    const foreign = resources.queueStore.queue('sync-products');
    await foreign.add('sync-products', { name: 'from-the-future' });
    await resources.queue.add([syncJob()]);
    await waitFor('the good job ran', () => ran === 1);
    await waitFor(
      'the other is gone',
      async () => (await foreign.getJobCountByTypes('failed', 'waiting', 'active')) === 0,
    );
    await foreign.close();
  });

  // Several times: a closing worker may fetch once more what it has just handed back.
  it.each([1, 2, 3, 4])(
    'at shutdown tells the jobs, hands them back unspent, and another worker takes them up (%i)',
    async () => {
      const attempts: boolean[] = [];
      let aborted = 0;
      const first = await work(async (_job, { interrupted, signal }) => {
        attempts.push(interrupted);
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            aborted += 1;
            reject(signal.reason);
          }),
        );
      });
      await resources.queue.add([syncJob()]);
      await waitFor('the job runs', () => attempts.length === 1);
      const started = performance.now();
      await first.close();
      expect(performance.now() - started).toBeLessThan(3_000);
      expect(aborted).toBe(1);
      let finished = false;
      await work(async (_job, { interrupted }) => {
        attempts.push(interrupted);
        finished = true;
      });
      await waitFor('the job ran again', () => finished);
      expect(attempts).toEqual([false, true]);
      expect(await database.db.deadLetter.count()).toBe(0);
    },
  );

  it('takes up the job of a killed worker again', async () => {
    const job = syncJob();
    await resources.queue.add([job]);
    const victim = runEntry('tests/contract/endless-worker.ts', [], env);
    await victim.waitForOutput('Job runs');
    await victim.kill();
    const killedAt = performance.now();
    const seen: { job: Job; interrupted: boolean }[] = [];
    await work(async (taken, { interrupted }) => {
      seen.push({ job: taken, interrupted });
    }, 3_000);
    await waitFor('the job was taken up', () => seen.length > 0);
    expect(performance.now() - killedAt).toBeLessThan(12_000);
    await sleep(500);
    expect(seen).toEqual([{ job, interrupted: true }]);
  });

  it('runs a periodic task once a period among several workers', async () => {
    let ran = 0;
    const stop = new AbortController();
    const task = {
      name: 'tick',
      everyMs: 500,
      run: async () => {
        ran += 1;
      },
    };
    const options = { log: resources.log, signal: stop.signal, lockMs: 3_000 };
    const started = performance.now();
    const running = await Promise.all(
      [1, 2, 3].map(() => startPeriodicTasks(resources.queueStore, [task], options)),
    );
    await sleep(3_000);
    const periods = (performance.now() - started) / task.everyMs;
    await Promise.all(running.map((each) => each.close()));
    expect(ran).toBeGreaterThanOrEqual(4);
    // A worker that starts may bring a turn forward, once.
    expect(ran).toBeLessThanOrEqual(periods + 1 + running.length);
  });
});
