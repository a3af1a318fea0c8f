/** POST /api/catalog/changes: what systems push, signed by them instead of sent with an API key. */
import { z } from 'zod';
import type { KeptAnswer } from '~/db/idempotency.server';
import type { UsablePushSource } from '~/db/push-sources.server';
import { takeRequest } from '~/db/rate-limit.server';
import type { RateLimit } from '~/db/rate-limit.server';
import type { Resources } from '~/sync/resources';
import { takePushedChanges } from '~/sync/take-pushed-changes';
import type { PushedChange, TakenChange } from '~/sync/take-pushed-changes';
import { verifyPush } from '~/sync/verify-push';
import { patchOf, productPatch } from './catalog-product';
import { errorOf } from './catalog-products';
import { fingerprintOf, keyProblem, once } from './idempotency';
import { respond, written } from './kept-answer';
import { problemSchema } from './problem';
import type { Problem } from './problem';
import { limitHeaders } from './rate-limit-headers';
import { readBody } from './request-body';
import { id, named } from './schemas';
import { fieldErrors, refuse, unstorableTexts } from './validation';

const MOST_CHANGES = 250;

const version = z
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .optional()
  .describe('Grows with each change of the product at its sender: a lower one that comes later is left out.');

export const pushBody = named(
  'PushedChanges',
  z.strictObject({
    changes: z
      .array(
        z.discriminatedUnion('type', [
          z.strictObject({ type: z.literal('upsert'), product: productPatch, version }),
          z.strictObject({ type: z.literal('delete'), handle: productPatch.shape.handle, version }),
        ]),
      )
      .min(1)
      .max(MOST_CHANGES)
      .describe('One for each product.'),
  }),
).superRefine(({ changes }, context) => {
  const seen = new Set<string>();
  for (const [index, change] of changes.entries()) {
    const handle = change.type === 'upsert' ? change.product.handle : change.handle;
    if (seen.has(handle))
      refuse(context, ['changes', index], {
        reason: `Another change of this message is about “${handle}”.`,
        remedy: 'Send one change a product; a later one in a message of its own.',
      });
    seen.add(handle);
  }
});

export const pushAnswer = named(
  'PushedChangesResult',
  z.object({
    run_id: id
      .nullable()
      .describe('The run that carries the changes to Shopify; null where nothing changed.'),
    results: z
      .array(
        z.object({
          handle: z.string(),
          id: id.nullable(),
          outcome: z
            .enum(['created', 'updated', 'unchanged', 'deleted', 'superseded', 'refused'])
            .describe(
              'superseded: a higher version came before. refused: nothing was written; errors say why.',
            ),
          errors: problemSchema.shape.errors,
        }),
      )
      .describe('One for each change, in the order they were sent.'),
  }),
);

const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

function signatureProblem(reason: string): Problem {
  return {
    problem: 'unauthorized',
    detail: `The signature cannot be accepted (${reason}). Sign "id.timestamp.body" by HMAC-SHA-256 with the system's secret, as Standard Webhooks says, and send ${HEADERS.join(', ')}; the time may be five minutes off.`,
  };
}

/** The changes of a message, or what is wrong with it. */
function changesIn(json: unknown): PushedChange[] | Problem {
  const parsed = pushBody.safeParse(json);
  const errors = [...unstorableTexts(json), ...(parsed.success ? [] : fieldErrors(parsed.error, json))];
  if (!parsed.success || errors.length > 0)
    return {
      problem: 'invalid-value',
      detail: 'See errors for each field and what to send instead.',
      errors,
    };
  return parsed.data.changes.map((change): PushedChange => {
    const at = { version: change.version ?? null };
    return change.type === 'upsert'
      ? { kind: 'upsert', patch: patchOf(change.product), ...at }
      : { kind: 'delete', handle: change.handle, ...at };
  });
}

type PushAnswer = z.input<typeof pushAnswer>;

function resultJson(
  { handle, productId, outcome, problems }: TakenChange,
  index: number,
): PushAnswer['results'][number] {
  const errors = problems.map((problem) => errorOf(`changes[${index}].product`, problem));
  return { handle, id: productId, outcome, errors };
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

/** A message that its sender repeats is answered as it was: what came between is not undone. */
async function answerOnce(
  resources: Resources,
  request: Request,
  { source, bytes, json }: { source: UsablePushSource; bytes: Buffer; json: unknown },
): Promise<KeptAnswer> {
  const idempotencyKey = request.headers.get('webhook-id') ?? '';
  const noKey = keyProblem(idempotencyKey, 'webhook-id');
  if (noKey !== null) return written(noKey);
  const changes = changesIn(json);
  if ('problem' in changes) return written(changes);
  const { pathname: path, search } = new URL(request.url);
  const fingerprint = fingerprintOf({ method: 'POST', path, search, bytes });
  const of = { shopId: source.shop.id, keyId: source.id, idempotencyKey, fingerprint };
  const outcome = await once(resources, of, async () => {
    const { results, runId } = await takePushedChanges(resources, { source, changes });
    const body: PushAnswer = { run_id: runId, results: results.map(resultJson) };
    return written({ status: 200, body });
  });
  return 'problem' in outcome ? written(outcome) : outcome.answer;
}

async function answerTo({ resources, rateLimit }: PushParts, request: Request): Promise<Response> {
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
    ? await answerOnce(resources, request, { source, ...body })
    : written({
        problem: 'too-many-requests',
        detail: `A system may push ${rateLimit.perMinute} messages a minute. Push again in ${limit.retryAfter} s, or more changes in one.`,
        headers: { 'retry-after': String(limit.retryAfter) },
      });
  return respond(request, answer, limited);
}

export interface PushParts {
  resources: Resources;
  rateLimit: RateLimit;
}

/** Answers one push. Whatever goes wrong in it is logged and told as a problem. */
export async function answerPush(parts: PushParts, request: Request): Promise<Response> {
  try {
    return await answerTo(parts, request);
  } catch (error) {
    parts.resources.log.error({ err: error }, 'A push could not be taken');
    const detail = 'The push could not be carried out. Send it again, with the same webhook-id.';
    return respond(request, written({ problem: 'internal', detail }));
  }
}
