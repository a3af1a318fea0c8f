import { json } from '@remix-run/node';
import type { LoaderFunctionArgs } from '@remix-run/node';
import { readLiveFeed } from '~/db/pages/live-feed.server';
import { authenticateShop } from '~/shopify.server';

/** What the live card reads when something happened. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const feed = await readLiveFeed(resources.db, shop, resources.now());
  return json(feed, { headers: { 'Cache-Control': 'no-store' } });
}
