import { json } from '@remix-run/node';
import type { LoaderFunctionArgs } from '@remix-run/node';
import { answerDashboard } from '~/dashboard.server';
import { authenticateShop } from '~/shopify.server';

/** What the dashboard reads when something happened. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  return json(await answerDashboard(resources, shop, request.url), {
    headers: { 'Cache-Control': 'no-store' },
  });
}
