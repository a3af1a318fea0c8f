/** Where the queues live: BullMQ's own tables in PostgreSQL (schema "bullmq"), or Redis. */
import {
  createPostgresBackend,
  createRedisBackend,
  DEFAULT_SCHEMA,
  isPgPool,
  Queue,
  runMigrations,
  Worker,
} from 'bullmq';
import type { BackendFactory, IQueueBackend, PgPool, Processor, QueueOptions, WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Logger } from '~/observe/log.server';

type Connection = { kind: 'postgres'; pool: PgPool } | { kind: 'redis'; client: Redis };

export type StoredQueue = Queue<
  unknown,
  unknown,
  string,
  unknown,
  unknown,
  string,
  IQueueBackend,
  Connection
>;
export type StoredWorker = Worker<unknown, unknown, string, IQueueBackend, number, Connection>;
type QueueSettings = Omit<QueueOptions<Connection>, 'connection' | 'prefix'>;
type WorkerSettings = Omit<WorkerOptions<Connection>, 'connection' | 'prefix'>;

/** Connections of one process to the store of the queues. */
export interface QueueStore {
  queue(name: string, settings?: QueueSettings): StoredQueue;
  worker(
    name: string,
    processor: Processor<unknown, unknown, string, number>,
    settings: WorkerSettings,
  ): StoredWorker;
  /** Closes the connections. Close the queues and workers first. */
  close(): Promise<void>;
}

/** Redis keys start with this. */
const PREFIX = 'lockstep';
/** Each worker keeps one connection for LISTEN; the rest is for statements. */
const POOL_SIZE = 16;

const backend: BackendFactory<IQueueBackend, Connection> = (name, { connection, ...rest }, provision) =>
  connection.kind === 'postgres'
    ? createPostgresBackend(name, { ...rest, connection: connection.pool }, provision)
    : createRedisBackend(name, { ...rest, connection: connection.client }, provision);

/** Makes BullMQ's tables where they are missing or old; safe to call from many processes at once. */
export async function prepareQueueStore(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await runMigrations(Object.assign(client, { release: () => undefined }), DEFAULT_SCHEMA);
  } finally {
    await client.end();
  }
}

async function connect(
  config: { DATABASE_URL: string; REDIS_URL?: string | undefined },
  log: Logger,
): Promise<Connection> {
  if (config.REDIS_URL !== undefined) {
    // Workers wait for jobs without end: BullMQ demands that no command gives up by itself.
    const client = new Redis(config.REDIS_URL, { maxRetriesPerRequest: null });
    client.on('error', (error) => log.warn({ err: error }, 'The Redis connection of the queue broke'));
    return { kind: 'redis', client };
  }
  await prepareQueueStore(config.DATABASE_URL);
  const pool = new pg.Pool({
    connectionString: config.DATABASE_URL,
    options: `-c search_path="${DEFAULT_SCHEMA}"`,
    max: POOL_SIZE,
    keepAlive: true,
  });
  pool.on('error', (error) => log.warn({ err: error }, 'A PostgreSQL connection of the queue broke'));
  // Every queue and worker listens for errors of the pool they share.
  pool.setMaxListeners(0);
  // BullMQ describes the pool by a type of its own, which it can tell but pg's types do not match.
  if (!isPgPool(pool)) throw new Error('BullMQ does not take this version of pg.');
  return { kind: 'postgres', pool };
}

/** Connects to Redis where REDIS_URL is set, else to PostgreSQL, whose tables are made when missing. */
export async function openQueueStore(
  config: { DATABASE_URL: string; REDIS_URL?: string | undefined },
  log: Logger,
): Promise<QueueStore> {
  const connection = await connect(config, log);
  return {
    queue: (name, settings) => {
      const queue: StoredQueue = new Queue<
        unknown,
        unknown,
        string,
        unknown,
        unknown,
        string,
        IQueueBackend,
        Connection
      >(name, { ...settings, connection, prefix: PREFIX, streams: { events: { maxLen: 1_000 } } }, backend);
      queue.on('error', (error) => log.warn({ err: error, queue: name }, 'The queue reported an error'));
      return queue;
    },
    worker: (name, processor, settings) => {
      const worker: StoredWorker = new Worker<unknown, unknown, string, IQueueBackend, number, Connection>(
        name,
        processor,
        { ...settings, connection, prefix: PREFIX },
        backend,
      );
      worker.on('error', (error) =>
        log.warn({ err: error, queue: name }, 'The worker of a queue reported an error'),
      );
      return worker;
    },
    close: async () => {
      if (connection.kind === 'postgres') await connection.pool.end();
      else connection.client.disconnect();
    },
  };
}
