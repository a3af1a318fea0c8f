import { reconcileStore } from '~/sync/reconcile-store';
import type { JobHandler } from './job-handler';

/** Compares a store with what is known of it. A few at a time: it waits for the work that people wait for. */
export const reconcileStoreHandler: JobHandler<'reconcile-store'> = {
  name: 'reconcile-store',
  share: (concurrency) => Math.ceil(concurrency / 4),
  run: async (resources, job, context) => {
    await reconcileStore(resources, job, context);
  },
};
