import { syncProducts } from '~/sync/sync-products';
import type { JobHandler } from './job-handler';

/** Syncs up to 250 products: the work itself. */
export const syncProductsHandler: JobHandler<'sync-products'> = {
  name: 'sync-products',
  share: (concurrency) => concurrency,
  run: async (resources, job, context) => {
    await syncProducts(resources, job, context);
  },
};
