/** What systems send by themselves, signed by them instead of sent with an API key: whose it is, and that it is done once. */
import { z } from 'zod';
import type { KeptAnswer } from '~/db/idempotency.server';
import type { UsablePushSource } from '~/db/push-sources.server';
import { takeRequest } from '~/db/rate-limit.server';
import type { RateLimit } from '~/db/rate-limit.server';
import { tenantDatabase } from '~/db/tenant-database.server';
import type { Resources } from '~/sync/resources';
import { verifyPush } from '~/sync/verify-push';
import { fingerprintOf, keyProblem, once } from './idempotency';
import { respond, written } from './kept-answer';
import type { Problem } from './problem';
import { limitHeaders } from './rate-limit-headers';
import { readBody } from './request-body';

const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

function signatureProblem(reason: string): Problem {
  return {
    problem: 'unauthorized',
    detail: `The signature cannot be accepted (${reason}). Sign "id.timestamp.body" by HMAC-SHA-256 with the system's secret, as Standard Webhooks says, and send ${HEADERS.join(', ')}; the time may be five minutes off.`,
  };
}

function signatureOf(request: Request): Record<string, string> {
  return Object.fromEntries(
    HEADERS.flatMap((name) => {
      const value = request.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** Whose push it is, by its address and signature. */
async function sourceOf(
  resources: Resources,
  request: Request,
  body: Buffer,
): Promise<UsablePushSource | Problem> {
  const sourceId = z.uuid().safeParse(new URL(request.url).searchParams.get('source')).data;
  const headers = signatureOf(request);
  const push = sourceId === undefined ? null : await verifyPush(resources, { sourceId, body, headers });
  switch (push?.kind) {
    case 'verified':
      return push.source;
    case 'bad-signature':
      return signatureProblem(push.reason);
    default:
      return {
        problem: 'unauthorized',
        detail:
          'No system is known by this address, it was revoked, or its shop has uninstalled the app. Copy the address under Settings, API keys.',
      };
  }
}

/** What a kind of message asks for: `read` says what is wrong with it, `work` does it. */
export interface SignedMessages<Message extends object> {
  read: (json: unknown) => Message | Problem;
  work: (resources: Resources, source: UsablePushSource, message: Message) => Promise<KeptAnswer>;
}

/** A message that its sender repeats is answered as it was: what came between is not undone. */
async function answerOnce<Message extends object>(
  resources: Resources,
  request: Request,
  { source, bytes, json }: { source: UsablePushSource; bytes: Buffer; json: unknown },
  messages: SignedMessages<Message>,
): Promise<KeptAnswer> {
  const idempotencyKey = request.headers.get('webhook-id') ?? '';
  const noKey = keyProblem(idempotencyKey, 'webhook-id');
  if (noKey !== null) return written(noKey);
  const message = messages.read(json);
  if ('problem' in message) return written(message);
  const { pathname: path, search } = new URL(request.url);
  const fingerprint = fingerprintOf({ method: 'POST', path, search, bytes });
  const of = { shopId: source.shop.id, keyId: source.id, idempotencyKey, fingerprint };
  // As with a key (dispatch.ts).
  const walled = { ...resources, db: tenantDatabase(resources.db, source.shop.accountId) };
  const outcome = await once(resources, of, () => messages.work(walled, source, message));
  return 'problem' in outcome ? written(outcome) : outcome.answer;
}

async function answerTo<Message extends object>(
  { resources, rateLimit }: PushParts,
  request: Request,
  messages: SignedMessages<Message>,
): Promise<Response> {
  if (request.method !== 'POST')
    return respond(
      request,
      written({
        problem: 'method-not-allowed',
        detail: 'This address takes POST.',
        headers: { allow: 'POST' },
      }),
    );
  const body = await readBody(request);
  if (!body.ok) return respond(request, written(body.problem));
  const source = await sourceOf(resources, request, body.bytes);
  if ('problem' in source) return respond(request, written(source));
  const { id, shop } = source;
  const limit = await takeRequest(resources.db, { id, shopId: shop.id }, rateLimit, resources.now());
  const limited = limitHeaders(rateLimit, limit);
  const answer = limit.isAllowed
    ? await answerOnce(resources, request, { source, ...body }, messages)
    : written({
        problem: 'too-many-requests',
        detail: `A system may push ${rateLimit.perMinute} messages a minute. Push again in ${limit.retryAfter} s, or more in one.`,
        headers: { 'retry-after': String(limit.retryAfter) },
      });
  return respond(request, answer, limited);
}

export interface PushParts {
  resources: Resources;
  rateLimit: RateLimit;
}

/** Answers one message. Whatever goes wrong in it is logged and told as a problem. */
export async function answerSigned<Message extends object>(
  parts: PushParts,
  request: Request,
  messages: SignedMessages<Message>,
): Promise<Response> {
  try {
    return await answerTo(parts, request, messages);
  } catch (error) {
    parts.resources.log.error({ err: error }, 'A push could not be taken');
    const detail = 'The push could not be carried out. Send it again, with the same webhook-id.';
    return respond(request, written({ problem: 'internal', detail }));
  }
}
