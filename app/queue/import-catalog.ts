import { importCatalog } from '~/sync/import-catalog';
import type { JobHandler } from './job-handler';

/** Imports a file into the catalog. A few at a time: it only uses the database. */
export const importCatalogHandler: JobHandler<'import-catalog'> = {
  name: 'import-catalog',
  share: (concurrency) => Math.ceil(concurrency / 4),
  run: async (resources, job, context) => {
    await importCatalog(resources, job, context);
  },
};
