import type { LoaderFunctionArgs } from '@remix-run/node';
import { z } from 'zod';
import { readAnalyticsQuery } from '~/core/analytics-query';
import { csvResponse } from '~/csv-response.server';
import { authenticateShop } from '~/shopify.server';
import { ANALYTICS_PARTS, exportAnalytics } from '~/sync/export-analytics';

/** One part of the analytics, as the address asks for it, as a CSV file. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const search = new URL(request.url).searchParams;
  const part = z.enum(ANALYTICS_PARTS).safeParse(search.get('part'));
  if (!part.success) throw new Response(`"part" is one of ${ANALYTICS_PARTS.join(', ')}.`, { status: 400 });
  const query = readAnalyticsQuery(search);
  return csvResponse(
    exportAnalytics(resources, shop, { part: part.data, query }),
    `analytics-${part.data}`,
    resources.now(),
  );
}
