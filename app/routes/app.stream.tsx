import type { LoaderFunctionArgs } from '@remix-run/node';
import { liveStreams } from '~/live-streams.server';
import { authenticateShop } from '~/shopify.server';

/** What to read again, as it happens. 503 where the shop has too many pages open: they ask now and then instead. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await authenticateShop(request);
  const stream = liveStreams.open(shop.id, request.signal);
  if (stream === null)
    return new Response('Too many pages of this store are open.\n', {
      status: 503,
      headers: { 'Retry-After': '60' },
    });
  return new Response(stream, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // Nobody on the way shall compress it, which gathers, or gather it.
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  });
}
