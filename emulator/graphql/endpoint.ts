/** POST /admin/api/2026-10/graphql.json: tokens, points, faults and latency around the execution of a document. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLError } from 'graphql';
import { z } from 'zod';
import { charge, refund, throttleStatus } from '../cost/bucket';
import { MAX_QUERY_COST } from '../cost/rules';
import type { RecordedCall } from '../call-log';
import { json } from '../context';
import type { EmulatorContext, HttpAnswer, HttpRequest } from '../context';
import type { FaultRule } from '../faults';
import { randomUuid } from '../random';
import type { Shop } from '../state/shop';
import type { AccessToken } from '../state/tokens';
import { grantedScopes } from './call';
import { compiledDocument } from './documents';
import { isRefused } from './refused';
import type { CompiledDocument } from './documents';
import { checkInputSizes } from './input-size';
import { coercedVariables, runCompiled, runner } from './run';
import { API_VERSION } from './schema';

/** The client gets no HTTP answer: the connection is reset, or stays open until the client gives up. */
export interface NoAnswer {
  noAnswer: 'reset' | 'timeout';
}

type Answer = HttpAnswer | NoAnswer;
type CallRecord = Omit<RecordedCall, 'sequence'>;

const bodySchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

const INVALID_TOKEN = '[API] Invalid API key or access token (unrecognized login or wrong password)';
const DEFAULT_SLOW_MS = 5_000;

function readBody(request: HttpRequest): z.infer<typeof bodySchema> | null {
  try {
    return bodySchema.safeParse(JSON.parse(request.body.toString('utf8'))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The shop and token of a request, or null: wrong, expired, of another shop, or the app is not installed. */
function authenticate(
  context: EmulatorContext,
  request: HttpRequest,
): { shop: Shop; token: AccessToken } | null {
  const header = request.headers['x-shopify-access-token'];
  const token = typeof header === 'string' ? context.state.tokens.get(header) : undefined;
  const shop = context.state.shops.get(request.shop ?? '');
  if (!token || !shop || token.shop !== shop.domain || shop.installation === null) return null;
  if (token.expiresAt !== null && token.expiresAt <= context.clock.now()) return null;
  return { shop, token };
}

function refusalBefore(rule: FaultRule): Answer | null {
  switch (rule.kind) {
    case 'http-429':
      return json(
        429,
        {
          errors:
            'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.',
        },
        { 'retry-after': '2.0' },
      );
    case 'http-500':
      return json(500, { errors: 'Internal Server Error' });
    case 'http-502':
      return {
        status: 502,
        headers: { 'content-type': 'text/html' },
        body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
      };
    case 'http-503':
      return {
        status: 503,
        headers: { 'content-type': 'text/html', 'retry-after': '2' },
        body: '<html><body><h1>503 Service Unavailable</h1></body></html>',
      };
    case 'timeout-before':
      return { noAnswer: 'timeout' };
    case 'reset-before':
      return { noAnswer: 'reset' };
    default:
      return null;
  }
}

/** What a struck call's answer becomes once everything is done. */
async function afterwards(rule: FaultRule | null, answer: HttpAnswer): Promise<Answer> {
  switch (rule?.kind) {
    case 'timeout-after':
      return { noAnswer: 'timeout' };
    case 'reset-after':
      return { noAnswer: 'reset' };
    case 'slow':
      await sleep(rule.ms ?? DEFAULT_SLOW_MS);
      return answer;
    case 'malformed-json':
      return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
    default:
      return answer;
  }
}

/** One request on its way through the endpoint. */
class GraphqlRequest {
  readonly #record: CallRecord;

  constructor(
    readonly context: EmulatorContext,
    readonly request: HttpRequest,
    record: CallRecord,
  ) {
    this.#record = record;
  }

  async answer(): Promise<Answer> {
    const { context, request } = this;
    if (request.method !== 'POST') return json(405, { errors: 'Use POST.' }, { allow: 'POST' });
    const version = request.url.pathname.split('/')[3] ?? '';
    if (version !== API_VERSION) {
      return json(404, { errors: `This emulator speaks ${API_VERSION} only, not ${version}.` });
    }
    const access = authenticate(context, request);
    if (!access) return json(401, { errors: INVALID_TOKEN });
    const body = readBody(request);
    if (!body) return json(400, { errors: { query: 'Required parameter missing or invalid' } });
    const variables = body.variables ?? {};
    Object.assign(this.#record, { document: body.query, variables });
    const compiled = compiledDocument(body.query, body.operationName ?? null);
    if (isRefused(compiled)) return this.#refused(compiled);
    const { plan, name, fields } = compiled;
    Object.assign(this.#record, {
      operation: name,
      kind: plan.kind === 'mutation' ? 'mutation' : 'query',
      fields: [...fields],
    });
    const coerced = coercedVariables(compiled, variables);
    if ('errors' in coerced) return this.#refused(coerced.errors);
    const rule = context.faults.strikeCall({ shop: access.shop.domain, operation: name, fields });
    if (rule) this.#record.fault = rule.kind;
    const refusal = rule ? refusalBefore(rule) : null;
    if (refusal) return this.#afterBaseLatency(refusal);
    return this.#charged(compiled, variables, coerced.values, access, rule);
  }

  #refused(errors: readonly GraphQLError[]): HttpAnswer {
    return json(200, { errors });
  }

  async #afterBaseLatency(answer: Answer): Promise<Answer> {
    await sleep(this.context.latency.baseMs);
    return answer;
  }

  async #charged(
    compiled: CompiledDocument,
    given: Readonly<Record<string, unknown>>,
    values: Record<string, unknown>,
    { shop, token }: { shop: Shop; token: AccessToken },
    rule: FaultRule | null,
  ): Promise<Answer> {
    const { context } = this;
    const { plan } = compiled;
    const tooLong = checkInputSizes(plan, values, context.switches.longVariantLists);
    if (tooLong) return this.#refused([tooLong]);
    const requested = plan.requested(values, context.switches);
    this.#record.requestedCost = requested;
    if (requested > MAX_QUERY_COST) return this.#tooDear(shop, requested);
    if (rule?.kind === 'throttled' || !charge(shop, requested, context.clock.now()))
      return this.#throttled(shop, requested);
    const { baseMs, perMutationMs } = context.latency;
    const further = plan.kind === 'mutation' ? plan.roots.length - 1 : 0;
    if (baseMs + perMutationMs * further > 0) await sleep(baseMs + perMutationMs * further);
    const call = {
      runner,
      emulator: context,
      shop,
      granted: grantedScopes(token.scopes),
      operation: compiled.name,
      inBulk: false,
    };
    const strikes = context.faults.fieldStrikes;
    const result = runCompiled(compiled, given, call);
    if (context.faults.fieldStrikes > strikes) this.#record.fault ??= 'user-errors';
    const actual = Math.min(plan.actual(values, result.data, context.switches), requested);
    this.#record.actualCost = actual;
    refund(shop, requested - actual, context.clock.now());
    const debug = this.request.headers['shopify-graphql-cost-debug'] === '1';
    const cost = {
      ...this.#cost(shop, requested, actual),
      ...(debug ? { fields: plan.fields(values, context.switches) } : {}),
    };
    return afterwards(rule, json(200, { ...result, extensions: { cost } }, this.#headers()));
  }

  #cost(shop: Shop, requestedQueryCost: number, actualQueryCost: number | null) {
    return {
      requestedQueryCost,
      actualQueryCost,
      throttleStatus: throttleStatus(shop, this.context.clock.now()),
    };
  }

  #headers(): Record<string, string> {
    return { 'x-request-id': randomUuid(this.context.random), 'x-shopify-api-version': API_VERSION };
  }

  #tooDear(shop: Shop, requested: number): HttpAnswer {
    const message = `Query cost is ${requested}, which exceeds the single query max cost limit (${MAX_QUERY_COST}).`;
    const extensions = {
      code: 'MAX_COST_EXCEEDED',
      cost: requested,
      maxCost: MAX_QUERY_COST,
      documentation: 'https://shopify.dev/api/usage/rate-limits',
    };
    return json(
      200,
      { errors: [{ message, extensions }], extensions: { cost: this.#cost(shop, requested, null) } },
      this.#headers(),
    );
  }

  #throttled(shop: Shop, requested: number): Promise<Answer> {
    this.#record.throttled = true;
    const extensions = { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' };
    const cost = this.#cost(shop, requested, null);
    return this.#afterBaseLatency(
      json(200, { errors: [{ message: 'Throttled', extensions }], extensions: { cost } }, this.#headers()),
    );
  }
}

function newRecord(context: EmulatorContext, request: HttpRequest): CallRecord {
  return {
    at: context.clock.now(),
    durationMs: 0,
    method: request.method,
    path: request.url.pathname,
    shop: request.shop,
    operation: null,
    kind: null,
    fields: [],
    requestBytes: request.body.length,
    answerBytes: 0,
    requestedCost: null,
    actualCost: null,
    status: null,
    throttled: false,
    fault: null,
    document: null,
    variables: null,
  };
}

/** The handler of the endpoint. Every request is recorded in the call log when it has been answered. */
export function createGraphqlEndpoint(context: EmulatorContext): (request: HttpRequest) => Promise<Answer> {
  return async (request) => {
    const record = newRecord(context, request);
    const started = performance.now();
    try {
      const answer = await new GraphqlRequest(context, request, record).answer();
      if (!('noAnswer' in answer)) {
        record.status = answer.status;
        record.answerBytes = Buffer.byteLength(answer.body);
      }
      return answer;
    } finally {
      record.durationMs = Math.round(performance.now() - started);
      context.log.record(record);
    }
  };
}
