import { runSync } from '~/sync/run-sync';
import type { JobHandler } from './job-handler';

/** Plans a run. A few at a time: planning is cheap, and the products it asks for need the workers. */
export const runSyncHandler: JobHandler<'run-sync'> = {
  name: 'run-sync',
  share: (concurrency) => Math.ceil(concurrency / 4),
  run: async (resources, job, context) => {
    await runSync(resources, job, context);
  },
};
