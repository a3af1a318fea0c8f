/** Metrics for Prometheus: what this process counted, and how the installation stands. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Config } from './config.server';
import type { AppResources } from './resources.server';
import { installationGauges } from './sync/installation-gauges';

type Parts = Pick<AppResources, 'db' | 'metrics' | 'now' | 'log' | 'queueDepths'>;

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Whether the request carries the token; compared in constant time. */
function mayCollect(authorization: string | null, token: string): boolean {
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}

/** Answers a request for the metrics: 404 where none are wanted, 401 without the token. `gauges`: the installation's, too. */
export async function answerMetrics(
  parts: Parts,
  { METRICS_TOKEN: token }: Pick<Config, 'METRICS_TOKEN'>,
  authorization: string | null,
  { gauges }: { gauges: boolean },
): Promise<Response> {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  if (token === undefined)
    return new Response('Set METRICS_TOKEN to have metrics.\n', { status: 404, headers });
  if (!mayCollect(authorization, token))
    return new Response('Send "Authorization: Bearer" and METRICS_TOKEN.\n', {
      status: 401,
      headers: { ...headers, 'www-authenticate': 'Bearer' },
    });
  const text = await parts.metrics.text(
    gauges ? await installationGauges(parts, await parts.queueDepths()) : [],
  );
  return new Response(text, { headers: { ...headers, 'content-type': parts.metrics.contentType } });
}

/** The worker's own address for its metrics, on METRICS_PORT. Resolves when it listens. */
export async function serveMetrics(
  parts: Parts,
  config: Pick<Config, 'METRICS_TOKEN'> & { port: number },
): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    answerMetrics(parts, config, request.headers.authorization ?? null, { gauges: false })
      .then(async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
      })
      .catch((error: unknown) => {
        parts.log.error({ err: error }, 'Metrics could not be told');
        response.writeHead(500).end();
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, resolve);
  });
  return server;
}
