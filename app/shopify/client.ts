/** One GraphQL call to a shop: budget, time limit, retries of what was certainly not carried out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { WriteError } from '~/core/outcome';
import type { CallLane } from './call-lane';
import { ShopNotConnected, nothingSpent } from './gateway';
import type { CallLimits, Spent } from './gateway';
import type { PointsBudget } from './points-budget';
import { isFailureOfShopify } from './write-errors';

export const API_VERSION = '2026-10';

export interface ClientParts {
  fetch: typeof fetch;
  accessToken: (shop: { id: string; domain: string }) => Promise<string>;
  /** Shopify no longer takes this token: the next `accessToken` must give another one, or throw ShopNotConnected. */
  forgetToken: (shop: { id: string; domain: string }, token: string) => Promise<void>;
  budget: PointsBudget;
  /** Uniform in [0, 1): jitter. */
  random: () => number;
  /** Milliseconds an answer may take; 30 s unless given. */
  timeoutMs?: number;
  /** Told of every call when it is over; `seconds`: with its waiting and repetitions. */
  onCallEnded?: (call: CallEnd) => void;
}

export interface CallEnd {
  shopId: string;
  kind: 'query' | 'mutation';
  /** "aborted": nobody waits for it any more, or the shop is not connected. */
  outcome: GraphqlAnswer['kind'] | 'aborted';
  seconds: number;
  spent: Spent;
}

export interface GraphqlRequest {
  operationName: string;
  query: string;
  variables: Record<string, unknown>;
  /** Response keys of its root fields. */
  aliases?: string[];
  isMutation: boolean;
  /** Predicted points; reserved before the call is sent. */
  points: number;
}

export type GraphqlAnswer =
  /** Shopify ran the document; `errors` of a single field carry that field's response key. */
  | { kind: 'answered'; data: Record<string, unknown>; errors: Map<string, WriteError[]> }
  /** Shopify ran nothing of it. */
  | { kind: 'refused'; errors: WriteError[] }
  /** It may or may not have been run. */
  | { kind: 'unknown'; message: string };

const TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 5;
/** THROTTLED is no failure but a wrong belief about the bucket, corrected each time: only a bound against standing still. */
const MAX_THROTTLED = 30;

const throttleStatus = z.object({
  maximumAvailable: z.number(),
  currentlyAvailable: z.number(),
  restoreRate: z.number(),
});
const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).nullish(),
        extensions: z.looseObject({ code: z.string().optional() }).optional(),
      }),
    )
    .optional(),
  extensions: z
    .object({
      cost: z
        .object({
          requestedQueryCost: z.number().nullish(),
          actualQueryCost: z.number().nullish(),
          throttleStatus: throttleStatus.optional(),
        })
        .optional(),
    })
    .optional(),
});
type Parsed = z.infer<typeof answerSchema>;

type Attempt = { done: GraphqlAnswer } | { retry: GraphqlAnswer; afterMs: number | null; throttled: boolean };

type Exchange =
  { response: Response; text: string; seconds: number } | { error: unknown } | { abortedFor: unknown };

/** Errors that say the connection was never made: nothing was carried out. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

function causeCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = causeCode(error);
  return code ? `${error.message} (${code})` : error.message;
}

/** What an unanswered call may have done: a read is simply repeated, a write must be looked after. */
function lost(request: GraphqlRequest, message: string): Attempt {
  const answer: GraphqlAnswer = { kind: 'unknown', message };
  return request.isMutation ? { done: answer } : { retry: answer, afterMs: null, throttled: false };
}

function fieldErrors(parsed: Parsed): { whole: WriteError[]; byField: Map<string, WriteError[]> } {
  const whole: WriteError[] = [];
  const byField = new Map<string, WriteError[]>();
  for (const { message, path, extensions } of parsed.errors ?? []) {
    const error: WriteError = {
      code: extensions?.code ?? 'GRAPHQL_ERROR',
      field: (path ?? []).map(String),
      message,
    };
    const key = path?.[0];
    if (key === undefined) whole.push(error);
    else byField.set(String(key), [...(byField.get(String(key)) ?? []), error]);
  }
  return { whole, byField };
}

export interface GraphqlClient {
  /**
   * Sends a document. Repeats what was certainly not carried out (throttled, refused with 429, never connected) and reads;
   * everything else is told as it is. Throws ShopNotConnected where the token is refused, and the signal's reason.
   */
  call(request: GraphqlRequest, limits?: CallLimits): Promise<{ answer: GraphqlAnswer; spent: Spent }>;
}

/** A token is asked for anew after this time, well before it ends; a refused one is forgotten at once. */
const TOKEN_KEPT_MS = 30_000;

/**
 * A client of one shop. `lane` bounds the calls that are under way at a time; `onAnswered` is told the root fields of each
 * call that Shopify carried out, and the seconds it took.
 */
export function createClient(
  shop: { id: string; domain: string; isBackground?: boolean },
  parts: ClientParts,
  lane: CallLane,
  onAnswered: (fields: number, seconds: number) => void = () => undefined,
): GraphqlClient {
  const { isBackground = false } = shop;
  const url = `https://${shop.domain}/admin/api/${API_VERSION}/graphql.json`;

  const post = async (token: string, body: string, signal: AbortSignal): Promise<Response> =>
    parts.fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-shopify-access-token': token,
      },
      body,
      signal,
    });

  let held: { token: string; until: number } | null = null;
  const currentToken = async (): Promise<string> => {
    if (held && performance.now() < held.until) return held.token;
    const token = await parts.accessToken(shop);
    held = { token, until: performance.now() + TOKEN_KEPT_MS };
    return token;
  };

  /** Only what must not be many at a time holds a place in the lane: neither composing nor recording does. */
  const exchange = (token: string, request: GraphqlRequest, body: string, limits: CallLimits, spent: Spent) =>
    lane.pass(
      () => parts.budget.reserve(shop.id, request.points, { ...limits, isBackground }),
      async (): Promise<Exchange> => {
        if (limits.signal?.aborted) return { abortedFor: limits.signal.reason };
        try {
          spent.calls += 1;
          spent.bytesSent += Buffer.byteLength(body);
          const sentAt = performance.now();
          const response = await post(token, body, AbortSignal.timeout(parts.timeoutMs ?? TIMEOUT_MS));
          const text = await response.text();
          return { response, text, seconds: (performance.now() - sentAt) / 1_000 };
        } catch (error) {
          return { error };
        }
      },
    );

  const attempt = async (
    request: GraphqlRequest,
    body: string,
    limits: CallLimits,
    spent: Spent,
  ): Promise<Attempt> => {
    const token = await currentToken();
    const exchanged = await exchange(token, request, body, limits, spent);
    let actual = request.points;
    let status: z.infer<typeof throttleStatus> | null = null;
    const certainlyNot = () => {
      actual = 0;
    };
    try {
      if ('abortedFor' in exchanged) {
        certainlyNot();
        throw exchanged.abortedFor;
      }
      if ('error' in exchanged) {
        const reason = describe(exchanged.error);
        if (!NOT_SENT.has(causeCode(exchanged.error)))
          return lost(request, `Shopify did not answer: ${reason}`);
        certainlyNot();
        const answer: GraphqlAnswer = { kind: 'unknown', message: `Shopify cannot be reached: ${reason}` };
        return { retry: answer, afterMs: null, throttled: false };
      }
      const { response, text } = exchanged;
      if (response.status === 401) {
        certainlyNot();
        held = null;
        await parts.forgetToken(shop, token);
        throw new ShopNotConnected(shop.domain);
      }
      if (response.status === 429) {
        certainlyNot();
        const seconds = Number(response.headers.get('retry-after') ?? '');
        const refusal: GraphqlAnswer = {
          kind: 'refused',
          errors: [
            { code: 'TOO_MANY_REQUESTS', field: [], message: 'Shopify asks to slow down (HTTP 429).' },
          ],
        };
        return { retry: refusal, afterMs: seconds > 0 ? seconds * 1_000 : null, throttled: false };
      }
      if (response.status >= 500) return lost(request, `Shopify answered HTTP ${response.status}.`);
      const parsed = answerSchema.safeParse(jsonOf(text));
      if (!parsed.success)
        return lost(request, `Shopify's answer (HTTP ${response.status}) could not be read.`);
      const cost = parsed.data.extensions?.cost;
      status = cost?.throttleStatus ?? null;
      const { whole, byField } = fieldErrors(parsed.data);
      if (whole.some((error) => error.code === 'THROTTLED')) {
        certainlyNot();
        spent.throttled += 1;
        return { retry: { kind: 'refused', errors: whole }, afterMs: 0, throttled: true };
      }
      const failure = [...whole, ...(parsed.data.data ? [] : [...byField.values()].flat())].find(
        isFailureOfShopify,
      );
      if (failure) return lost(request, `Shopify failed: ${failure.message}`);
      if (whole.length > 0 || !parsed.data.data) {
        actual = cost?.actualQueryCost ?? 0;
        spent.points += actual;
        const errors = whole.length > 0 ? whole : [...byField.values()].flat();
        return {
          done: {
            kind: 'refused',
            errors:
              errors.length > 0
                ? errors
                : [{ code: 'GRAPHQL_ERROR', field: [], message: text.slice(0, 300) }],
          },
        };
      }
      actual = cost?.actualQueryCost ?? request.points;
      spent.points += actual;
      onAnswered(request.aliases?.length ?? 1, exchanged.seconds);
      return { done: { kind: 'answered', data: parsed.data.data, errors: byField } };
    } finally {
      await parts.budget.settle(shop.id, {
        reserved: request.points,
        actual,
        status,
        isLeaving: lane.isLeaving(),
      });
    }
  };

  const answerTo = async (
    request: GraphqlRequest,
    limits: CallLimits,
    spent: Spent,
  ): Promise<GraphqlAnswer> => {
    const body = JSON.stringify({
      operationName: request.operationName,
      query: request.query,
      variables: request.variables,
    });
    let failures = 0;
    let throttled = 0;
    for (;;) {
      limits.signal?.throwIfAborted();
      const outcome = await attempt(request, body, limits, spent);
      if ('done' in outcome) return outcome.done;
      if (outcome.throttled ? ++throttled >= MAX_THROTTLED : ++failures >= MAX_ATTEMPTS) return outcome.retry;
      // Exponential backoff with full jitter: 0 to 0.5 s, 1 s, 2 s, 4 s.
      const backoff = outcome.afterMs ?? parts.random() * 500 * 2 ** (failures - 1);
      await sleep(backoff, undefined, limits.signal ? { signal: limits.signal } : {});
    }
  };

  return {
    call: async (request, limits = {}) => {
      const spent = nothingSpent();
      const startedAt = performance.now();
      let outcome: CallEnd['outcome'] = 'aborted';
      try {
        const answer = await answerTo(request, limits, spent);
        outcome = answer.kind;
        return { answer, spent };
      } finally {
        const kind = request.isMutation ? 'mutation' : 'query';
        const seconds = (performance.now() - startedAt) / 1_000;
        parts.onCallEnded?.({ shopId: shop.id, kind, outcome, seconds, spent });
      }
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON: the schema refuses it, and the caller says so.
  }
}
