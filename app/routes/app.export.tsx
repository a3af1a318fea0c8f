import type { LoaderFunctionArgs } from '@remix-run/node';
import { exportCatalog } from '~/sync/export-catalog';
import { authenticateShop } from '~/shopify.server';

/** The catalog as a product CSV file, streamed while it is read. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const day = resources.now().toISOString().slice(0, 10);
  return new Response(streamOf(exportCatalog(resources, { shopId: shop.id })), {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="products-${day}.csv"`,
      'Cache-Control': 'no-store',
    },
  });
}

/** Text as a stream of UTF-8: the next piece is read when the last one was taken. */
function streamOf(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
