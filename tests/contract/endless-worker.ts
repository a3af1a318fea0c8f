/** A worker whose jobs never end, for tests that kill it. */
import { readConfig } from '~/config.server';
import { startWorker } from '~/queue/worker';
import { createResources } from '~/resources.server';
import type { JobName } from '~/sync/jobs';

const resources = await createResources(readConfig(process.env));
const endless = <N extends JobName>(name: N) => ({
  name,
  share: () => 1,
  run: async () => {
    process.stdout.write('Job runs\n');
    await new Promise(() => undefined);
  },
});
await startWorker(resources, {
  store: resources.queueStore,
  concurrency: 1,
  lockMs: 3_000,
  syncIntervalMinutes: null,
  refreshTokens: async () => undefined,
  handlers: {
    'run-sync': endless('run-sync'),
    'sync-products': endless('sync-products'),
    'sync-bulk': endless('sync-bulk'),
    'import-catalog': endless('import-catalog'),
    'handle-webhooks': endless('handle-webhooks'),
    'reconcile-store': endless('reconcile-store'),
    'plan-bulk-edit': endless('plan-bulk-edit'),
    'apply-bulk-edit': endless('apply-bulk-edit'),
    'upload-picture': endless('upload-picture'),
    'turn-promotions': endless('turn-promotions'),
    'warm-cache': endless('warm-cache'),
    'import-orders': endless('import-orders'),
  },
});
