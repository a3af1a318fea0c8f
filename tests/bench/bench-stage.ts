/** What a bench measures: the app's own worker and the emulator, each in a process of its own. */
import { z } from 'zod';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import { readConfig } from '~/config.server';
import type { Lane } from '~/core/forecast';
import type { SourceId } from '~/core/product-state';
import { startRun } from '~/sync/start-run';
import { DEMO_SHOP, connectShop } from '../support/connected-shop';
import type { Child } from '../support/child';
import { createTestDatabase } from '../support/database';
import { spawnEmulator } from '../support/emulator';
import type { SpawnedEmulator } from '../support/emulator';
import { testEnvironment } from '../support/environment';
import type { TestEnvironment } from '../support/environment';
import { ownPostgres } from '../support/own-postgres';
import { waitFor } from '../support/wait-for';
import { spawnWorker } from '../support/worker';

const callsAnswer = z.object({
  calls: z.array(
    z.object({
      sequence: z.number(),
      at: z.number(),
      durationMs: z.number(),
      kind: z.enum(['query', 'mutation']).nullable(),
      fields: z.array(z.string()),
      requestBytes: z.number(),
      actualCost: z.number().nullable(),
      throttled: z.boolean(),
    }),
  ),
});
export type BenchCall = z.infer<typeof callsAnswer>['calls'][number];

export interface BenchStage {
  resources: AppResources;
  emulator: SpawnedEmulator;
  worker: Child;
  databaseUrl: string;
  /** For further workers. */
  env: TestEnvironment;
  shopId: string;
  accountId: string;
  /** Milliseconds a call takes, and each further mutation of its document. */
  setLatency(baseMs: number, perMutationMs: number): Promise<void>;
  /** A full bucket of this plan; the app forgets what it believed of the former one. */
  setPlan(plan: 'standard' | 'advanced' | 'plus' | 'enterprise'): Promise<void>;
  /** How fast bulk operations begin and run. */
  setBulk(startMs: number, linesPerSecond: number): Promise<void>;
  /** A run of the whole catalog, or of these products: milliseconds from the request to the end, and the calls it made. */
  run(of?: { productIds?: SourceId[]; lane?: Lane }): Promise<{ ms: number; calls: BenchCall[] }>;
  close(): Promise<void>;
}

/** What Shopify told of the bucket is asked anew by the first call: it is not part of what is measured. */
async function knowPlan(
  resources: AppResources,
  shopId: string,
  maximum: number,
  restoreRate: number,
): Promise<void> {
  const bucket = { maximum, restoreRate, available: maximum, updatedAt: new Date() };
  await resources.db.pointsBudget.upsert({
    where: { shopId },
    create: { shopId, ...bucket },
    update: bucket,
  });
}

const PLANS = {
  standard: [2_000, 100],
  advanced: [4_000, 200],
  plus: [20_000, 1_000],
  enterprise: [40_000, 2_000],
} as const;

export async function openBenchStage(
  options: {
    env?: Record<string, string>;
    redisUrl?: string;
    /** A server of its own with PostgreSQL's defaults: where it matters how long a commit takes. */
    ownPostgres?: boolean;
    /** What is to be there before the worker starts. */
    beforeWorker?: (parts: { resources: AppResources; accountId: string }) => Promise<void>;
  } = {},
): Promise<BenchStage> {
  const own = options.ownPostgres === true ? await ownPostgres() : null;
  const database = own ? { url: own.url, drop: () => own.remove() } : await createTestDatabase();
  const emulator = await spawnEmulator({ shops: [`${DEMO_SHOP}:enterprise`] });
  const env = {
    ...testEnvironment({
      databaseUrl: database.url,
      emulatorOrigin: emulator.origin,
      ...(options.redisUrl !== undefined && { redisUrl: options.redisUrl }),
    }),
    LOG_LEVEL: 'warn',
    ...options.env,
  };
  const resources = await createResources(readConfig(env));
  const { shopId, accountId } = await connectShop(resources, env);
  await options.beforeWorker?.({ resources, accountId });
  const worker = await spawnWorker({
    ...env,
    LOG_LEVEL: 'info',
  });
  return {
    resources,
    emulator,
    worker,
    databaseUrl: database.url,
    env,
    shopId,
    accountId,
    setLatency: async (baseMs, perMutationMs) => {
      await emulator.control('POST', 'latency', { baseMs, perMutationMs });
    },
    setPlan: async (plan) => {
      await emulator.control('POST', `shops/${DEMO_SHOP}/plan`, { plan });
      const [maximum, restoreRate] = PLANS[plan];
      await knowPlan(resources, shopId, maximum, restoreRate);
    },
    setBulk: async (bulkStartDelayMs, bulkRowsPerSecond) => {
      await emulator.control('POST', 'switches', { bulkStartDelayMs, bulkRowsPerSecond });
    },
    run: async (of = {}) => {
      await emulator.control('DELETE', 'calls');
      const { runId } = await startRun(resources, { shopId, trigger: 'manual', causedBy: 'bench', ...of });
      const ended = await waitFor(
        'the run ends',
        async () => {
          const run = await resources.db.syncRun.findUniqueOrThrow({ where: { id: runId } });
          return run.finishedAt === null ? null : run;
        },
        { timeoutMs: 600_000, everyMs: 200 },
      );
      const ms = (ended.finishedAt?.getTime() ?? 0) - ended.createdAt.getTime();
      if (ended.state !== 'finished')
        throw new Error(
          `The run ended as ${ended.state}: ${ended.error ?? ''}\n${worker.output().slice(-3_000)}`,
        );
      const { calls } = callsAnswer.parse(await emulator.control('GET', 'calls'));
      return { ms, calls };
    },
    close: async () => {
      await worker.stop();
      await resources.close();
      await emulator.stop();
      await database.drop();
    },
  };
}
