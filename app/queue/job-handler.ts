import type { JobContext, JobFor, JobName } from '~/sync/jobs';
import type { Resources } from '~/sync/resources';

/** How one kind of job is run. */
export interface JobHandler<N extends JobName> {
  name: N;
  /** How many of them a worker process runs at a time, of the concurrency it was given. */
  share: (concurrency: number) => number;
  run: (resources: Resources, job: JobFor<N>, context: JobContext) => Promise<void>;
}
