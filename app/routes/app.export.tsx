import type { LoaderFunctionArgs } from '@remix-run/node';
import { csvResponse } from '~/csv-response.server';
import { exportCatalog } from '~/sync/export-catalog';
import { authenticateShop } from '~/shopify.server';

/** The catalog as a product CSV file, streamed while it is read. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  return csvResponse(exportCatalog(resources, { shopId: shop.id }), 'products', resources.now());
}
