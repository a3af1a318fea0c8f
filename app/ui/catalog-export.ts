import { useFileDownload } from './file-download';
import type { FileDownload } from './file-download';

/** Downloads the catalog as a product CSV file. */
export function useCatalogExport(): FileDownload {
  return useFileDownload('/app/export', 'products.csv');
}
