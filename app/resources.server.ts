/** Puts the parts together: the bag of resources every use case is handed. */
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { Redis } from 'ioredis';
import pg from 'pg';
import { readConfig } from './config.server';
import type { Config } from './config.server';
import { addCallUsage } from '~/db/call-usage.server';
import { openDatabase } from '~/db/client.server';
import { openCallLedger } from '~/observe/call-ledger';
import { startInfluxWriter } from '~/observe/influx-writer.server';
import type { InfluxWriter } from '~/observe/influx-writer.server';
import { createLiveEvents } from '~/observe/live-events.server';
import { createLogger } from '~/observe/log.server';
import type { Logger } from '~/observe/log.server';
import { createMetrics } from '~/observe/metrics.server';
import { createOwnWork } from '~/observe/own-work';
import { createTracing } from '~/observe/tracing.server';
import { openQueueStore } from '~/queue/connection';
import type { QueueStore } from '~/queue/connection';
import { createJobQueue } from '~/queue/job-queue';
import type { ClosableJobQueue } from '~/queue/job-queue';
import { createAccessTokens } from '~/shopify/access-tokens.server';
import type { AccessTokens } from '~/shopify/access-tokens.server';
import { createPointsBudget } from '~/shopify/points-budget';
import type { PointsBudget } from '~/shopify/points-budget';
import { postgresBuckets } from '~/shopify/points-budget-postgres';
import { redisBuckets } from '~/shopify/points-budget-redis';
import { createShopifyGateway } from '~/shopify/store';
import { createTokenEncryption } from '~/shopify/token-encryption.server';
import { createTransport } from '~/shopify/transport.server';
import { installationGauges } from '~/sync/installation-gauges';
import type { Resources } from '~/sync/resources';
import { createGuardedFetch } from '~/web/guarded-fetch.server';
import { createGuardedHosts } from '~/web/guarded-host.server';
import { createMailer } from '~/web/mailer.server';
import type { Mailer } from '~/web/mailer.server';

/** The resources of a process, with what only its entry points need. */
export interface AppResources extends Resources {
  tokens: AccessTokens;
  budget: PointsBudget;
  /** Jobs of each kind by state: the worker's and the page's way to see the queues. */
  queueDepths: ClosableJobQueue['depths'];
  /** Where the queues live: the worker opens its own ends there. */
  queueStore: QueueStore;
  /** Closes every connection. */
  close(): Promise<void>;
}

function openBudget(config: Config, log: Logger): { budget: PointsBudget; close: () => Promise<void> } {
  if (config.REDIS_URL !== undefined) {
    const redis = new Redis(config.REDIS_URL, { maxRetriesPerRequest: 5 });
    redis.on('error', (error) => log.warn({ err: error }, 'The Redis connection of the points budget broke'));
    return { budget: createPointsBudget(redisBuckets(redis)), close: async () => redis.disconnect() };
  }
  const pool = new pg.Pool({ connectionString: config.DATABASE_URL, max: 5, min: 5, keepAlive: true });
  pool.on('error', (error) => log.warn({ err: error }, 'A PostgreSQL connection of the points budget broke'));
  return { budget: createPointsBudget(postgresBuckets(pool)), close: () => pool.end() };
}

/** The emulator stands for Shopify, whose pictures everybody can reach. */
function allowedHosts(config: Config): string[] {
  const emulator = config.SHOPIFY_EMULATOR_ORIGIN;
  return [...config.FETCH_ALLOWED_HOSTS, ...(emulator === undefined ? [] : [new URL(emulator).host])];
}

/** Writes the figures of the process and of the installation to InfluxDB, where one is set. */
function openInflux(
  config: Config,
  parts: Pick<Resources, 'db' | 'log' | 'metrics' | 'now'> & Pick<AppResources, 'queueDepths'>,
): InfluxWriter | null {
  const { INFLUX_URL: url, INFLUX_ORG: org, INFLUX_BUCKET: bucket, INFLUX_TOKEN: token } = config;
  if (url === undefined || org === undefined || bucket === undefined || token === undefined) return null;
  return startInfluxWriter(
    { url, org, bucket, token, everyMs: config.INFLUX_SECONDS * 1_000 },
    {
      collect: async () => {
        const gauges = await installationGauges(parts, await parts.queueDepths());
        const standing = gauges.flatMap(({ name, samples }) =>
          samples.map(({ labels = {}, value }) => ({ name, labels, value })),
        );
        return [...(await parts.metrics.samples()), ...standing];
      },
      tags: { host: hostname(), pid: String(process.pid) },
      now: parts.now,
      log: parts.log,
    },
  );
}

/** The mail server of the installation, where it has one. */
function openMailer({ SMTP_URL: url, ALERT_FROM: from }: Config): Mailer | null {
  return url === undefined || from === undefined ? null : createMailer({ url, from });
}

/** Opens every connection a process needs: PostgreSQL, and Redis where REDIS_URL is set. `close()` ends them. */
export async function createResources(config: Config): Promise<AppResources> {
  const log = createLogger(config);
  const db = openDatabase(config.DATABASE_URL);
  const tracing = createTracing({
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    share: config.OTEL_TRACES_SAMPLER_ARG,
    facts: { 'host.name': hostname(), 'process.pid': process.pid },
  });
  const queueStore = await openQueueStore(config, log);
  const queue = createJobQueue(queueStore, {
    db,
    now: () => new Date(),
    attempts: config.JOB_ATTEMPTS,
    traceparent: tracing.traceparent,
  });
  const live = createLiveEvents(config, log);
  const { budget, close: closeBudget } = openBudget(config, log);
  const now = () => new Date();
  const random = () => Math.random();
  const transport = createTransport(config);
  const tokens = createAccessTokens({
    db,
    config,
    now,
    transport,
    onProblem: (shop, error) => log.warn({ err: error, shop }, 'An access token could not be refreshed'),
  });
  const metrics = createMetrics();
  const ledger = openCallLedger({
    write: (minutes) => addCallUsage(db, minutes),
    now,
    onProblem: (error) => log.warn({ err: error }, 'The calls of a second could not be counted yet'),
  });
  const shopify = createShopifyGateway({
    fetch: transport,
    accessToken: ({ domain }) => tokens.offlineToken(domain),
    forgetToken: ({ domain }, token) => tokens.forget(domain, token),
    budget,
    concurrency: config.SHOP_CONCURRENCY,
    random,
    timeoutMs: config.SHOPIFY_TIMEOUT_SECONDS * 1_000,
    onCallEnded: (call) => {
      metrics.callEnded(call);
      const { kind, outcome, seconds, spent } = call;
      tracing.ended(`Shopify ${kind}`, { outcome, ...spent }, seconds);
      ledger.add(call);
    },
  });
  const mail = openMailer(config);
  const influx = openInflux(config, { db, log, metrics, now, queueDepths: queue.depths });
  return {
    db,
    shopify,
    queue,
    live,
    log,
    metrics,
    tracing,
    ownWork: createOwnWork(() => performance.eventLoopUtilization().active),
    web: createGuardedFetch({ allowedHosts: allowedHosts(config) }),
    hosts: createGuardedHosts({
      allowsPrivate: config.SOURCE_PRIVATE_NETWORKS,
      allowedHosts: config.FETCH_ALLOWED_HOSTS,
    }),
    secrets: createTokenEncryption(config.TOKEN_ENCRYPTION_KEYS),
    mail,
    settings: { confirmAfterMs: config.CONFIRM_AFTER_SECONDS * 1_000, clientId: config.SHOPIFY_API_KEY },
    now,
    random,
    tokens,
    budget,
    queueStore,
    queueDepths: queue.depths,
    close: async () => {
      await influx?.close();
      await tracing.close();
      await ledger.close();
      mail?.close();
      await queue.close();
      await queueStore.close();
      await live.close();
      await closeBudget();
      await db.$disconnect();
    },
  };
}

declare global {
  var lockstepResources: Promise<AppResources> | undefined;
}

/** Requests that are under way when the web process is asked to stop have this long to use the connections. */
const LAST_REQUESTS_MS = 3_000;

/**
 * The resources of the web process: made once, and kept while the dev server loads modules anew after an edit. When the
 * process is asked to stop, the connections are closed after the last requests: open ones would keep it alive.
 */
export function getResources(): Promise<AppResources> {
  if (globalThis.lockstepResources) return globalThis.lockstepResources;
  const made = createResources(readConfig(process.env));
  globalThis.lockstepResources = made;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      setTimeout(() => {
        made
          .then((resources) => resources.close())
          .catch((error: unknown) => process.stderr.write(`Connections did not close: ${String(error)}\n`));
      }, LAST_REQUESTS_MS);
    });
  return made;
}
