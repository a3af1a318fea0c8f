/**
 * The jobs that carry the work, and the port they go through. app/queue implements the port on BullMQ (PostgreSQL or
 * Redis). A payload names shops, products and runs, never values: a retry reads the intent again.
 */
import type { SourceId } from '~/core/product-state';

export type Job =
  /** Plans a run: reads the shop, adopts what it already holds, asks for every product of the run. */
  | { name: 'run-sync'; shopId: string; runId: string }
  /** Looks at these products: load, merge, plan, send, record. At most 250 a job. */
  | { name: 'sync-products'; shopId: string; runId: string | null; productIds: SourceId[]; causedBy: string }
  /** The same for thousands of products, which bulk operations carry: a row of app.bulk_write names them. */
  | { name: 'sync-bulk'; shopId: string; bulkWriteId: string }
  | { name: 'import-catalog'; shopId: string; importId: string }
  /** Does what the webhooks that were taken in ask for. */
  | { name: 'handle-webhooks' }
  /** Goes on with a walk over the whole store, as far as it goes now. */
  | { name: 'reconcile-store'; shopId: string; reconciliationId: string }
  /** Works out what a bulk edit would change. */
  | { name: 'plan-bulk-edit'; shopId: string; editId: string }
  /** Writes a planned edit into the catalog and has it carried to Shopify. */
  | { name: 'apply-bulk-edit'; shopId: string; editId: string }
  /** Brings an uploaded picture into the store, as far as it goes now. */
  | { name: 'upload-picture'; shopId: string; pictureId: string }
  /** Begins and ends the promotions of a shop whose time has come. */
  | { name: 'turn-promotions'; shopId: string }
  /** Reads what was chosen of a shop's cache: app.warmed_product names the products. */
  | { name: 'warm-cache'; shopId: string }
  /** Reads what was sold, as far as the merchant wants that: app.order_import says how far it has come. */
  | { name: 'import-orders'; shopId: string };

export type JobName = Job['name'];
export type JobFor<N extends JobName> = Extract<Job, { name: N }>;

export interface AddJobOptions {
  /** Milliseconds to wait before the job may start. */
  delayMs?: number;
  /** While a job with this id waits or runs, a further one is not added. */
  deduplicationId?: string;
  /** With a deduplication id: what is added while such a job runs becomes one job more, when that one has ended. */
  againAfterRunning?: boolean;
  /** Before the jobs of its kind that wait already: somebody looks at the clock. */
  isFirst?: boolean;
  /** How often the job is tried; default JOB_ATTEMPTS. */
  attempts?: number;
}

export interface JobQueue {
  /**
   * Large jobs of the line take turns: of each shop only a few are in the queue at a time, the others follow as these end. So
   * no shop keeps the others waiting, however much it asks for.
   */
  add(jobs: Job[], options?: AddJobOptions): Promise<void>;
  /** The job has ended, or waits to be tried again: the next one of its shop has its turn. */
  ended(jobId: string): Promise<void>;
  /** Makes up for jobs whose turn was lost to a crash. Harmless where none was. */
  reviveTurns(): Promise<void>;
}

/** What a running job is told. */
export interface JobContext {
  /** The same when the job is taken up again. */
  jobId: string;
  /** True where an earlier attempt may have been cut off in the middle: what we hold of Shopify may be out of date. */
  interrupted: boolean;
  /** Aborted when the process shuts down: stop between two documents; the rest is taken up again. */
  signal: AbortSignal;
}
