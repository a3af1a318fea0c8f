import type { LoaderFunctionArgs } from '@remix-run/node';
import { z } from 'zod';
import { csvResponse } from '~/csv-response.server';
import { authenticateShop } from '~/shopify.server';
import { exportPrices } from '~/sync/export-analytics';

/** The prices of a product's variants as they are on record, as a CSV file. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const id = z.uuid().safeParse(params['id']);
  if (!id.success) throw new Response('There is no such product in this catalog.', { status: 404 });
  return csvResponse(exportPrices(resources, shop, id.data), 'prices', resources.now());
}
