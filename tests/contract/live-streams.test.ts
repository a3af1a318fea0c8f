/** Streams of live events to pages, over both carriers. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { LiveEvents } from '~/observe/live-events';
import { createLiveEvents } from '~/observe/live-events.server';
import { createLiveStreams, STREAM_LIMITS } from '~/observe/live-streams';
import type { StreamLimits } from '~/observe/live-streams';
import { createLogger } from '~/observe/log.server';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { waitFor } from '../support/wait-for';

const log = createLogger({ LOG_LEVEL: 'silent' });
const never = new AbortController().signal;

/** A page that reads: everything it was sent so far, and whether it was told that this is all. */
function readAll(stream: ReadableStream<Uint8Array>) {
  const read = { text: '', hasEnded: false };
  const decoder = new TextDecoder();
  void (async () => {
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      read.text += decoder.decode(value, { stream: true });
    }
    read.hasEnded = true;
  })();
  return read;
}

describe.each(['PostgreSQL', 'Redis'] as const)('live streams over %s', (carrier) => {
  let database: TestDatabase;
  const opened: LiveEvents[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((live) => live.close()));
  });

  const events = () => {
    const live = createLiveEvents(
      { DATABASE_URL: database.url, REDIS_URL: carrier === 'Redis' ? inject('redisUrl') : undefined },
      log,
    );
    opened.push(live);
    return live;
  };
  const open = (limits: Partial<StreamLimits> = {}, live = events()) =>
    createLiveStreams({ live, log, random: () => 0 }, { ...STREAM_LIMITS, gatherMs: 20, ...limits });
  const begun = async (stream: ReadableStream<Uint8Array> | null) => {
    const read = readAll(stream!);
    await waitFor('the stream is open', () => read.text.includes('event: open'));
    return read;
  };

  it('tell what happens in the shop, and in no other', async () => {
    const worker = events();
    const [shop, other] = [randomUUID(), randomUUID()];
    const streams = open();
    const [own, others] = [await begun(streams.open(shop, never)), await begun(streams.open(other, never))];
    for (let count = 0; count < 50; count += 1) await worker.publish(shop, { kind: 'look-began' });
    await worker.publish(shop, { kind: 'products-changed', productIds: [randomUUID()] });
    await worker.publish(shop, { kind: 'overlays-changed' });
    await waitFor('it is told', () => own.text.includes('data: {"kind":"overlays-changed"}\n\n'));
    expect(own.text).toContain('data: {"kind":"look-began"}\n\n');
    expect(own.text).toContain('data: {"kind":"products-changed"}\n\n');
    await worker.publish(other, { kind: 'source-progress' });
    await waitFor('the other is told', () => others.text.includes('source-progress'));
    expect(others.text).not.toContain('look-began');
    expect(own.text).not.toContain('source-progress');
    streams.close();
    await waitFor('both end', () => own.hasEnded && others.hasEnded);
  });

  it('tell once what happens often, and give signs of life', async () => {
    const worker = events();
    const shop = randomUUID();
    const streams = open({ gatherMs: 1_000, heartbeatMs: 20 });
    const page = await begun(streams.open(shop, never));
    await Promise.all(Array.from({ length: 200 }, () => worker.publish(shop, { kind: 'look-began' })));
    await waitFor('it is told', () => page.text.includes('look-began'));
    await waitFor('it lives', () => page.text.split(': beat').length > 3);
    // On the busiest machine the events span some gatherings, never as many as there are events.
    expect(page.text.split('look-began').length - 1).toBeLessThan(50);
    streams.close();
  });

  it('end in order when their time is over, and when the process ends', async () => {
    const streams = open({ lifetimeMs: 200 });
    const page = await begun(streams.open(randomUUID(), never));
    await waitFor('it ends', () => page.hasEnded);
    expect(page.text).toMatch(/event: end\ndata: \{\}\n\n$/);
    const lasting = open();
    const last = await begun(lasting.open(randomUUID(), never));
    lasting.close();
    await waitFor('it ends', () => last.hasEnded);
    expect(last.text).toMatch(/event: end\ndata: \{\}\n\n$/);
    expect(lasting.open(randomUUID(), never)).toBe(null);
  });

  it('are bounded a shop; one that its page leaves makes room', async () => {
    const streams = open({ perShop: 2 });
    const [shop, other] = [randomUUID(), randomUUID()];
    const leaving = new AbortController();
    await begun(streams.open(shop, leaving.signal));
    const second = streams.open(shop, never)!;
    expect(streams.open(shop, never)).toBe(null);
    expect(streams.open(other, never)).not.toBe(null);
    leaving.abort();
    const third = streams.open(shop, never);
    expect(third).not.toBe(null);
    expect(streams.open(shop, never)).toBe(null);
    await second.cancel();
    expect(streams.open(shop, never)).not.toBe(null);
    streams.close();
  });
});
