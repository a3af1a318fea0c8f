import type { LoaderFunctionArgs } from '@remix-run/node';
import { csvResponse } from '~/csv-response.server';
import { readAuditQuery } from '~/db/pages/audit-query';
import { exportAudit } from '~/sync/export-audit';
import { authenticateShop } from '~/shopify.server';

/** What of the audit log matches the filter in the address, all of it, as a CSV file. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { filter } = readAuditQuery(new URL(request.url).searchParams, shop.timezone);
  return csvResponse(exportAudit(resources, { shopId: shop.id, filter }), 'audit-log', resources.now());
}
