/** A whole Lockstep in this process: database, emulator, resources, a worker, one connected shop. */
import { startWorker } from '~/queue/worker';
import type { AppResources } from '~/resources.server';
import { readSourceProducts, listProductIds } from '~/db/catalog-products.server';
import { startRun } from '~/sync/start-run';
import type { SourceId } from '~/core/product-state';
import type { Emulator, EmulatorOptions } from '../../emulator/server';
import { DEMO_SHOP, connectShop } from './connected-shop';
import { createTestDatabase } from './database';
import { startTestEmulator } from './emulator';
import { testEnvironment } from './environment';
import type { TestEnvironment } from './environment';
import { createTestResources } from './resources';
import { waitFor } from './wait-for';

export interface Stage {
  env: TestEnvironment;
  emulator: Emulator;
  resources: AppResources;
  shopId: string;
  accountId: string;
  /** Starts a run and waits for its end; rejects where it takes longer than `timeoutMs`. */
  run(productIds?: SourceId[], timeoutMs?: number): Promise<EndedRun>;
  awaitRun(runId: string, timeoutMs?: number): Promise<EndedRun>;
  close(): Promise<void>;
}

export interface EndedRun {
  id: string;
  state: string;
  error: string | null;
  calls: number;
  mutations: number;
  productReads: number;
  throttled: number;
  points: number;
  bytesSent: bigint;
  skips: unknown;
  products: {
    productId: string;
    title: string;
    state: string;
    code: string | null;
    message: string | null;
  }[];
}

export async function openStage(options: {
  emulator?: Partial<EmulatorOptions>;
  plan?: 'standard' | 'advanced' | 'plus';
  locations?: string[];
  /** Of the shop; default EUR. */
  currencyCode?: string;
  redisUrl?: string;
  /** Elsewhere than on the server of the tests. */
  database?: { url: string; drop(): Promise<void> };
  /** False: the test starts workers itself. */
  worker?: boolean;
  /** Further variables, e.g. SHOPIFY_TIMEOUT_SECONDS. */
  env?: Record<string, string>;
  /** Of the worker in this process; default 10 s. */
  lockMs?: number;
}): Promise<Stage> {
  const database = options.database ?? (await createTestDatabase());
  const emulator = await startTestEmulator({
    shops: [
      {
        domain: DEMO_SHOP,
        name: 'Lockstep Demo',
        plan: options.plan ?? 'plus',
        currencyCode: options.currencyCode ?? 'EUR',
        timezone: 'Europe/Berlin',
        locations: options.locations ?? ['Warehouse'],
      },
    ],
    ...options.emulator,
  });
  const env: TestEnvironment = {
    ...testEnvironment({
      databaseUrl: database.url,
      emulatorOrigin: emulator.origin,
      ...(options.redisUrl !== undefined && { redisUrl: options.redisUrl }),
    }),
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ...options.env,
  };
  const resources = await createTestResources(env);
  const { shopId, accountId } = await connectShop(resources, env);
  const worker =
    options.worker === false
      ? null
      : await startWorker(resources, {
          store: resources.queueStore,
          concurrency: 4,
          lockMs: options.lockMs ?? 10_000,
          syncIntervalMinutes: null,
          refreshTokens: () => resources.tokens.refreshDue(),
        });
  const awaitRun = async (runId: string, timeoutMs = 60_000): Promise<EndedRun> => {
    await waitFor(
      `run ${runId} ends`,
      async () => {
        const run = await resources.db.syncRun.findUniqueOrThrow({ where: { id: runId } });
        return ['finished', 'failed', 'cancelled'].includes(run.state);
      },
      { timeoutMs },
    );
    const run = await resources.db.syncRun.findUniqueOrThrow({ where: { id: runId } });
    const products = await resources.db.runProduct.findMany({ where: { runId }, orderBy: { title: 'asc' } });
    return { ...run, products };
  };
  return {
    env,
    emulator,
    resources,
    shopId,
    accountId,
    awaitRun,
    run: async (productIds, timeoutMs) => {
      const { runId } = await startRun(resources, {
        shopId,
        trigger: 'manual',
        causedBy: 'test',
        ...(productIds !== undefined && { productIds }),
      });
      return awaitRun(runId, timeoutMs);
    },
    close: async () => {
      await worker?.close();
      await resources.close();
      await emulator.close();
      await database.drop();
    },
  };
}

/** Every product of the catalog, as the merge sees it. */
export async function wholeCatalog({
  resources,
  accountId,
  shopId,
}: Pick<Stage, 'resources' | 'accountId' | 'shopId'>) {
  const { db } = resources;
  const locations = await db.shopLocation.findMany({ where: { shopId }, orderBy: { gid: 'asc' } });
  const categories = await db.taxonomyCategory.findMany({ where: { gid: { not: null } } });
  const names = new Map(locations.map(({ gid, name }) => [name, gid]));
  const fallback = locations.find(({ isDefault }) => isDefault) ?? locations[0];
  if (fallback) names.set('', fallback.gid);
  const ids = await listProductIds(db, accountId, { after: null, limit: 100_000 });
  return readSourceProducts(
    db,
    {
      accountId,
      locations: names,
      categories: new Map(categories.flatMap(({ fullName, gid }) => (gid ? [[fullName, gid]] : []))),
    },
    ids,
  );
}
