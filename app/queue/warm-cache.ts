import { warmCache } from '~/sync/warm-cache';
import type { JobHandler } from './job-handler';

/** Refreshes what work will need soon. A few at a time: it gives way to the work that is there. */
export const warmCacheHandler: JobHandler<'warm-cache'> = {
  name: 'warm-cache',
  share: (concurrency) => Math.ceil(concurrency / 4),
  run: warmCache,
};
