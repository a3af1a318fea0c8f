/** Honours Idempotency-Key: a request that is sent again is answered as it was, and done once. */
import { createHash, randomUUID } from 'node:crypto';
import type { KeptAnswer } from '~/db/idempotency.server';
import { claimRequest, keepAnswer, letGo } from '~/db/idempotency.server';
import type { Resources } from '~/sync/resources';
import type { Problem } from './problem';

/** How long a request may be worked on before another may take it again: longer than any takes that is not dead. */
const LEASE_MS = 120_000;

const KEY = /^[\x21-\x7e]{1,255}$/;

/** A key in this header that cannot be one; null where it can, or is not there. */
export function keyProblem(key: string | null, header = 'Idempotency-Key'): Problem | null {
  if (key === null || KEY.test(key)) return null;
  return {
    problem: 'invalid-parameter',
    detail: 'See errors for the header and what to send instead.',
    errors: [
      {
        field: header,
        value: key.slice(0, 200).toWellFormed(),
        reason: 'It is no key.',
        remedy: 'Send 1 to 255 characters of ASCII without spaces, such as a new UUID for each request.',
      },
    ],
  };
}

/** What makes two requests the same: method, address and body, byte by byte. */
export function fingerprintOf(request: {
  method: string;
  path: string;
  search: string;
  bytes: Buffer;
}): string {
  const { method, path, search, bytes } = request;
  return createHash('sha256').update(`${method} ${path}${search}\n`).update(bytes).digest('hex');
}

/**
 * Does the work under the key once. What the server could not do (a status from 500, or an exception) is let go: the same
 * request may be tried again. Where the process dies in the middle, it may be after the lease.
 */
export async function once(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  request: { shopId: string; keyId: string; idempotencyKey: string; fingerprint: string },
  work: (operationId: string) => Promise<KeptAnswer>,
): Promise<{ answer: KeptAnswer; isRepeated: boolean } | Problem> {
  const at = now();
  const claim = randomUUID();
  const held = await claimRequest(db, request, {
    claim,
    operationId: randomUUID(),
    now: at,
    until: new Date(at.getTime() + LEASE_MS),
  });
  switch (held.kind) {
    case 'answered':
      return { answer: held.answer, isRepeated: true };
    case 'under-way':
      return {
        problem: 'request-under-way',
        detail:
          'The first request with this Idempotency-Key is still being worked on. Ask again in a moment.',
        headers: { 'retry-after': '1' },
      };
    case 'other-request':
      return {
        problem: 'idempotency-key-reused',
        detail:
          'In the last 24 hours this Idempotency-Key came with another method, address or body. Send a new key with a new request.',
      };
    case 'taken': {
      let answer: KeptAnswer;
      try {
        answer = await work(held.operationId);
      } catch (error) {
        await letGo(db, request, claim);
        throw error;
      }
      if (answer.status >= 500) await letGo(db, request, claim);
      else await keepAnswer(db, request, claim, answer);
      return { answer, isRepeated: false };
    }
  }
}
