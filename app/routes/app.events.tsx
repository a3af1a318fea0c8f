import { json } from '@remix-run/node';
import type { LoaderFunctionArgs } from '@remix-run/node';
import { readLiveState } from '~/db/pages/live.server';
import { authenticateShop } from '~/shopify.server';

/** What pages ask each second while something is under way: a few numbers, nothing else. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const state = await readLiveState(resources.db, shop.id, resources.now());
  return json(state, { headers: { 'Cache-Control': 'no-store' } });
}
