/** Metrics of the web process and of the installation: app/metrics.server.ts. */
import type { LoaderFunctionArgs } from '@remix-run/node';
import { answerMetrics } from '~/metrics.server';
import { config, resources } from '~/shopify.server';

export async function loader({ request }: LoaderFunctionArgs) {
  try {
    return await answerMetrics(resources, config, request.headers.get('authorization'), { gauges: true });
  } catch (error) {
    resources.log.error({ err: error }, 'Metrics could not be told');
    return new Response('Metrics cannot be told now; the log says why.\n', { status: 503 });
  }
}
