/** Idempotency-Keys of the REST API: whose request is being worked on, and what was answered. */
import { z } from 'zod';
import type { Queryable } from './client.server';

/** An answer as it is sent again. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export type Claim =
  /** The request is to be worked on; `operationId` is the same when it is taken up again. */
  | { kind: 'taken'; operationId: string }
  /** It was answered. */
  | { kind: 'answered'; answer: KeptAnswer }
  /** Another request has it in hand. */
  | { kind: 'under-way' }
  /** The key was used for another request. */
  | { kind: 'other-request' };

export interface IdempotentRequest {
  shopId: string;
  keyId: string;
  idempotencyKey: string;
  fingerprint: string;
}

/** How long an answer is kept. */
export const KEPT_MS = 24 * 3_600_000;

const headers = z.record(z.string(), z.string());

/**
 * Takes a request in hand until `until`, unless it was answered or is in hand. What was left lying by a process that was
 * killed can be taken again once its time is over.
 */
export async function claimRequest(
  db: Queryable,
  request: IdempotentRequest,
  { claim, operationId, now, until }: { claim: string; operationId: string; now: Date; until: Date },
): Promise<Claim> {
  const { shopId, keyId, idempotencyKey, fingerprint } = request;
  const forgotten = new Date(now.getTime() - KEPT_MS);
  for (;;) {
    const [taken] = await db.$queryRaw<{ operationId: string }[]>`
      INSERT INTO app.api_idempotency AS held
        (shop_id, key_id, idempotency_key, fingerprint, operation_id, claim, claimed_until, created_at)
      VALUES (${shopId}::uuid, ${keyId}::uuid, ${idempotencyKey}, ${fingerprint}, ${operationId}::uuid, ${claim}::uuid,
        ${until}, ${now})
      ON CONFLICT (key_id, idempotency_key) DO UPDATE SET
        fingerprint = excluded.fingerprint, claim = excluded.claim, claimed_until = excluded.claimed_until,
        status = NULL, headers = NULL, body = NULL,
        operation_id = CASE WHEN held.created_at <= ${forgotten} THEN excluded.operation_id ELSE held.operation_id END,
        created_at = CASE WHEN held.created_at <= ${forgotten} THEN excluded.created_at ELSE held.created_at END
      WHERE held.created_at <= ${forgotten}
        OR (held.status IS NULL AND held.claimed_until <= ${now} AND held.fingerprint = excluded.fingerprint)
      RETURNING operation_id AS "operationId"`;
    if (taken) return { kind: 'taken', ...taken };
    const held = await db.apiIdempotency.findUnique({
      where: { keyId_idempotencyKey: { keyId, idempotencyKey } },
    });
    if (held === null) continue; // it was let go meanwhile
    if (held.fingerprint !== fingerprint) return { kind: 'other-request' };
    if (held.status === null) return { kind: 'under-way' };
    const answer = { status: held.status, headers: headers.parse(held.headers), body: held.body ?? '' };
    return { kind: 'answered', answer };
  }
}

/** Keeps the answer, unless somebody else has taken the request in hand meanwhile. */
export async function keepAnswer(
  db: Queryable,
  { keyId, idempotencyKey }: IdempotentRequest,
  claim: string,
  { status, headers: sent, body }: KeptAnswer,
): Promise<void> {
  await db.apiIdempotency.updateMany({
    where: { keyId, idempotencyKey, claim },
    data: { status, headers: sent, body },
  });
}

/** Lets the request go as if it had never come: it may be sent again at once. */
export async function letGo(
  db: Queryable,
  { keyId, idempotencyKey }: IdempotentRequest,
  claim: string,
): Promise<void> {
  await db.apiIdempotency.deleteMany({ where: { keyId, idempotencyKey, claim } });
}

/** Deletes up to `limit` keys from before an instant; answers how many went. */
export async function forgetRequests(db: Queryable, before: Date, limit: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM app.api_idempotency WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM app.api_idempotency WHERE created_at < ${before} LIMIT ${limit}))`;
}
