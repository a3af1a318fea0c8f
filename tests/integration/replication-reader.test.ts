/** A reader of a replication slot ends when it is told to, wherever it is. */
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readReplication } from '~/catalog/replication-reader';

/** Takes connections, never says a word, and goes when it is told to: a database that has just begun to answer. */
const sockets = new Set<Socket>();
const silent = createServer((socket) => {
  sockets.add(socket);
  socket.resume();
  socket.on('error', () => undefined); // it is cut off
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  ({ port } = address);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});

it.each([0, 1, 50])('ends while it still connects, %i ms after it began', async (ms) => {
  const ending = new AbortController();
  const reading = readReplication({
    connection: { host: '127.0.0.1', port, user: 'nobody', database: 'nothing' },
    slot: 'none',
    publications: ['none'],
    from: '0/0',
    signal: ending.signal,
    onEvent: () => undefined,
  }).then(() => 'ended');
  if (ms > 0) await sleep(ms);
  ending.abort();
  expect(await Promise.race([reading, sleep(5_000, 'still there')])).toBe('ended');
});
