import { syncBulk } from '~/sync/sync-bulk';
import type { JobHandler } from './job-handler';

/** Carries thousands of products by bulk operations. Few at a time: it mostly waits for Shopify, with all of them in memory. */
export const syncBulkHandler: JobHandler<'sync-bulk'> = {
  name: 'sync-bulk',
  share: (concurrency) => Math.min(2, concurrency),
  run: async (resources, job, context) => {
    await syncBulk(resources, job, context);
  },
};
