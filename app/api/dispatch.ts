/** The way of a request through the API: key, limit, route, body, values, Idempotency-Key, and then the endpoint. */
import { randomUUID } from 'node:crypto';
import type { UsableKey } from '~/db/api-keys.server';
import { tenantDatabase } from '~/db/tenant-database.server';
import type { KeptAnswer } from '~/db/idempotency.server';
import type { RateLimit } from '~/db/rate-limit.server';
import { takeRequest } from '~/db/rate-limit.server';
import { authenticateApiKey } from '~/sync/authenticate-api-key';
import type { Resources } from '~/sync/resources';
import type { Endpoint } from './endpoint';
import { fingerprintOf, keyProblem, once } from './idempotency';
import { respond, written } from './kept-answer';
import type { Problem } from './problem';
import { limitHeaders } from './rate-limit-headers';
import { readBody, readFileBody } from './request-body';
import type { ReadBody } from './request-body';
import { BASE_PATH, findRoute } from './router';

export interface Api {
  resources: Resources;
  endpoints: readonly Endpoint[];
  rateLimit: RateLimit;
  planWaitMs: number;
}

/** How the audit log names what a key did. */
export function actorOf(key: Pick<UsableKey, 'name'>): string {
  return `API key ${key.name}`;
}

const REALM = 'Bearer realm="Lockstep"';

function unauthorized(detail: string, challenge: string): Problem {
  return { problem: 'unauthorized', detail, headers: { 'www-authenticate': challenge } };
}

async function keyOf(api: Api, request: Request): Promise<UsableKey | Problem> {
  const given = request.headers.get('authorization');
  if (given === null)
    return unauthorized('Send the header Authorization: Bearer, followed by an API key.', REALM);
  const text = /^Bearer +(\S+) *$/i.exec(given)?.[1];
  const key = text === undefined ? null : await authenticateApiKey(api.resources, text);
  return (
    key ??
    unauthorized(
      'The API key is not known, was revoked, or its shop has uninstalled the app. Make a new one under Settings, API keys.',
      `${REALM}, error="invalid_token"`,
    )
  );
}

async function bodyOf({ method, takesFile }: Endpoint, request: Request): Promise<ReadBody> {
  if (method === 'GET') return { ok: true, bytes: Buffer.alloc(0), json: {} };
  if (takesFile === undefined) return readBody(request);
  const read = await readFileBody(request, takesFile);
  return read.ok ? { ...read, json: { content: read.bytes } } : read;
}

/** The way once it is known whose request it is. */
async function answerTo(api: Api, request: Request, key: UsableKey): Promise<KeptAnswer> {
  const { pathname: path, search, searchParams: query } = new URL(request.url);
  const { method } = request;
  const route = findRoute(api.endpoints, method, path);
  if (route.kind === 'none')
    return written({ problem: 'not-found', detail: 'The API has no such address: see /api/docs.' });
  if (route.kind === 'other-methods') {
    const allow = route.allow.join(', ');
    return written({
      problem: 'method-not-allowed',
      detail: `This address takes ${allow}.`,
      headers: { allow },
    });
  }
  const { endpoint, params } = route;
  if (!key.scopes.includes(endpoint.scope))
    return written({
      problem: 'missing-scope',
      detail: `This needs an API key with the scope ${endpoint.scope}. Make one under Settings, API keys.`,
      headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${endpoint.scope}"` },
    });
  const idempotencyKey = method === 'POST' ? request.headers.get('idempotency-key') : null;
  const noKey = keyProblem(idempotencyKey);
  if (noKey !== null) return written(noKey);
  const body = await bodyOf(endpoint, request);
  if (!body.ok) return written(body.problem);
  const ready = endpoint.prepare({ params, query, body: body.json });
  if (!ready.ok) return written(ready.problem);
  const { planWaitMs } = api;
  // PostgreSQL, too, sees to it that the key reaches nothing of another account.
  const resources = { ...api.resources, db: tenantDatabase(api.resources.db, key.shop.accountId) };
  const work = async (operationId: string) =>
    written(await ready.run({ resources, shop: key.shop, actor: actorOf(key), planWaitMs, operationId }));
  if (idempotencyKey === null) return work(randomUUID());
  const fingerprint = fingerprintOf({ method, path, search, bytes: body.bytes });
  const of = { shopId: key.shop.id, keyId: key.id, idempotencyKey, fingerprint };
  const outcome = await once(resources, of, work);
  if ('problem' in outcome) return written(outcome);
  const { answer, isRepeated } = outcome;
  return isRepeated ? { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } } : answer;
}

/** Answers one request of the API. Whatever goes wrong in it is logged and told as a problem. */
export async function dispatch(api: Api, request: Request): Promise<Response> {
  const { db, now, log } = api.resources;
  let limited: Record<string, string> = {};
  try {
    const key = await keyOf(api, request);
    if ('problem' in key) return respond(request, written(key));
    const limit = await takeRequest(db, { id: key.id, shopId: key.shop.id }, api.rateLimit, now());
    limited = limitHeaders(api.rateLimit, limit);
    if (!limit.isAllowed)
      return respond(
        request,
        written({
          problem: 'too-many-requests',
          detail: `This API key may send ${api.rateLimit.perMinute} requests a minute. Ask again in ${limit.retryAfter} s.`,
          headers: { 'retry-after': String(limit.retryAfter) },
        }),
        limited,
      );
    return respond(request, await answerTo(api, request, key), limited);
  } catch (error) {
    const { pathname } = new URL(request.url);
    log.error({ err: error, method: request.method, path: pathname }, 'A request of the API failed');
    const detail = `The request to ${BASE_PATH} could not be carried out. Try again, with the same Idempotency-Key where it had one.`;
    return respond(request, written({ problem: 'internal', detail }), limited);
  }
}
