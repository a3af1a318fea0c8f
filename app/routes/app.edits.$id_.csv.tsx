import type { LoaderFunctionArgs } from '@remix-run/node';
import { z } from 'zod';
import { csvResponse } from '~/csv-response.server';
import { authenticateShop } from '~/shopify.server';
import { exportBulkEdit } from '~/sync/export-bulk-edit';

/** Every field of a bulk edit, with what became of it, as a CSV file. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const editId = z.uuid().safeParse(params['id']).data;
  const edit =
    editId === undefined ? 0 : await resources.db.bulkEdit.count({ where: { id: editId, shopId: shop.id } });
  if (editId === undefined || edit === 0)
    throw new Response('There is no such bulk edit in this store.', { status: 404 });
  return csvResponse(exportBulkEdit(resources, { shopId: shop.id, editId }), 'bulk-edit', resources.now());
}
