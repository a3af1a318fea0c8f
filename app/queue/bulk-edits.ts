import { applyBulkEdit } from '~/sync/apply-bulk-edit';
import { planBulkEdit } from '~/sync/plan-bulk-edit';
import type { JobHandler } from './job-handler';

/** Plans bulk edits. A few at a time: it only uses the database. */
export const planBulkEditHandler: JobHandler<'plan-bulk-edit'> = {
  name: 'plan-bulk-edit',
  share: (concurrency) => Math.ceil(concurrency / 4),
  run: planBulkEdit,
};

/** Applies bulk edits. It mostly waits for Shopify: many shops may have one under way. */
export const applyBulkEditHandler: JobHandler<'apply-bulk-edit'> = {
  name: 'apply-bulk-edit',
  share: (concurrency) => concurrency,
  run: applyBulkEdit,
};
