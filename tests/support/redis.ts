import { Redis } from 'ioredis';
import { inject } from 'vitest';

export interface TestRedis {
  /** A database of the test server that no other test file uses. */
  url: string;
  /** Removes what the test wrote. */
  clear(): Promise<void>;
}

/**
 * One of the server's 16 logical databases, by vitest's pool id: files that run at the same time have different ones.
 * Pub/sub channels are shared by all of them: subscribe to channels named after ids made in the test.
 */
export async function createTestRedis(): Promise<TestRedis> {
  const pool = Number(process.env['VITEST_POOL_ID'] ?? '1');
  const url = `${inject('redisUrl')}/${pool % 16}`;
  const clear = async () => {
    const client = new Redis(url);
    try {
      await client.flushdb();
    } finally {
      client.disconnect();
    }
  };
  await clear();
  return { url, clear };
}
