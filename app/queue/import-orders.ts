import { importOrders } from '~/sync/import-orders';
import type { JobHandler } from './job-handler';

/** Reads the orders of stores. A few at a time: it gives way to the work that is there. */
export const importOrdersHandler: JobHandler<'import-orders'> = {
  name: 'import-orders',
  share: (concurrency) => Math.ceil(concurrency / 4),
  run: importOrders,
};
