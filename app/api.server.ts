/** The REST API, put together for the web process. */
import { dispatch } from './api/dispatch';
import type { Api } from './api/dispatch';
import { ENDPOINTS } from './api/endpoints';
import type { JsonObject } from './api/json-schema';
import { openApiDocument } from './api/openapi';
import { answerInvalidation } from './api/pushed-invalidation';
import { answerPush } from './api/pushed-changes';
import { referencePage } from './api/reference-page';
import type { Config } from './config.server';
import type { Resources } from './sync/resources';

export interface RestApi {
  /** Answers a request to /api/shopify/*. */
  answer: (request: Request) => Promise<Response>;
  /** Answers a push of a system to /api/catalog/changes. */
  push: (request: Request) => Promise<Response>;
  /** Answers what a system pushes to /api/cache/invalidate. */
  invalidate: (request: Request) => Promise<Response>;
  /** Answers with the OpenAPI document. Anybody may read it: it says nothing of any shop. */
  openApi: () => Response;
  /** Answers with the reference for people, made of the document. */
  reference: () => Response;
}

/** A dry run answers with its plan where that is made within this time: well before proxies give up. */
const PLAN_WAIT_MS = 20_000;

const PUBLIC = { 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff' };

export function createRestApi(
  resources: Resources,
  config: Pick<Config, 'API_REQUESTS_PER_MINUTE' | 'API_BURST'>,
  { planWaitMs = PLAN_WAIT_MS }: { planWaitMs?: number } = {},
): RestApi {
  const rateLimit = { perMinute: config.API_REQUESTS_PER_MINUTE, burst: config.API_BURST };
  const api: Api = { resources, endpoints: ENDPOINTS, rateLimit, planWaitMs };
  // Made when somebody first asks: a start of the process need not wait for them.
  let document: JsonObject | undefined;
  let page: string | undefined;
  const madeDocument = () => (document ??= openApiDocument(ENDPOINTS, rateLimit));
  return {
    answer: (request) =>
      resources.tracing.span(
        'API request',
        { method: request.method, path: new URL(request.url).pathname },
        () => dispatch(api, request),
        request.headers.get('traceparent') ?? undefined,
      ),
    push: (request) => answerPush(api, request),
    invalidate: (request) => answerInvalidation(api, request),
    openApi: () =>
      Response.json(madeDocument(), { headers: { ...PUBLIC, 'access-control-allow-origin': '*' } }),
    reference: () =>
      new Response((page ??= referencePage(madeDocument())), {
        headers: {
          ...PUBLIC,
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy':
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        },
      }),
  };
}
