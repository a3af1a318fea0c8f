/** Both carriers of live events keep the same promises. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterEach, beforeAll, afterAll, describe, expect, inject, it } from 'vitest';
import { MOST_PRODUCTS_TOLD } from '~/observe/live-events';
import type { LiveEvent, LiveEvents } from '~/observe/live-events';
import { createLiveEvents } from '~/observe/live-events.server';
import { createLogger } from '~/observe/log.server';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { waitFor } from '../support/wait-for';

const log = createLogger({ LOG_LEVEL: 'silent' });

describe.each(['PostgreSQL', 'Redis'] as const)('live events over %s', (carrier) => {
  let database: TestDatabase;
  const opened: LiveEvents[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((live) => live.close()));
  });

  const open = () => {
    const live = createLiveEvents(
      { DATABASE_URL: database.url, REDIS_URL: carrier === 'Redis' ? inject('redisUrl') : undefined },
      log,
    );
    opened.push(live);
    return live;
  };

  /** Breaks every connection that listens. */
  const cutListeners = async () => {
    if (carrier === 'Redis') {
      const redis = new Redis(inject('redisUrl'));
      await redis.client('KILL', 'TYPE', 'PUBSUB');
      redis.disconnect();
      return;
    }
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    );
    await client.end();
  };

  it('reach the listeners of the shop in another process, and nobody else', async () => {
    const [web, worker] = [open(), open()];
    const [shop, other] = [randomUUID(), randomUUID()];
    const heard: LiveEvent[] = [];
    const overheard: LiveEvent[] = [];
    await web.subscribe(shop, (event) => heard.push(event));
    await web.subscribe(other, (event) => overheard.push(event));
    const events: LiveEvent[] = [
      { kind: 'run-progress', runId: randomUUID() },
      { kind: 'import-progress', importId: randomUUID() },
      {
        kind: 'products-changed',
        productIds: Array.from({ length: MOST_PRODUCTS_TOLD }, () => randomUUID()),
      },
    ];
    for (const event of events) await worker.publish(shop, event);
    await waitFor('all events arrived', () => heard.length === events.length);
    expect(heard).toEqual(events);
    expect(overheard).toEqual([]);
  });

  it('stop at unsubscribing, each listener for itself', async () => {
    const live = open();
    const shop = randomUUID();
    const first: LiveEvent[] = [];
    const second: LiveEvent[] = [];
    const stopFirst = await live.subscribe(shop, (event) => first.push(event));
    await live.subscribe(shop, (event) => second.push(event));
    await stopFirst();
    await live.publish(shop, { kind: 'run-progress', runId: randomUUID() });
    await waitFor('the second listener hears it', () => second.length === 1);
    expect(first).toEqual([]);
  });

  it('come again after the connection broke', async () => {
    const live = open();
    const shop = randomUUID();
    const heard: LiveEvent[] = [];
    await live.subscribe(shop, (event) => heard.push(event));
    await cutListeners();
    await waitFor('an event arrives again', async () => {
      await live.publish(shop, { kind: 'run-progress', runId: randomUUID() });
      return heard.length > 0;
    });
  });
});
