import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether `signature` is the HMAC-SHA256 of the raw body in base64 with one of the secrets. Takes the same time wherever
 * signatures differ, and whichever secret fits. The texts are compared, not the bytes they stand for: several texts
 * decode to the same bytes.
 */
export function isSigned(rawBody: Uint8Array, signature: string | null, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature ?? '');
  let matches = false;
  for (const secret of secrets) {
    const expected = Buffer.from(createHmac('sha256', secret).update(rawBody).digest('base64'));
    const same = given.length === expected.length && timingSafeEqual(given, expected);
    matches = same || matches;
  }
  return matches;
}

/** Shopify signs with the former secret for at most so long after a rotation. */
const PREVIOUS_SECRET_MS = 60 * 60_000;

/** The secrets a webhook may be signed with now. Without the instant of the rotation, the former one as long as it is set. */
export function webhookSecrets(
  secrets: {
    SHOPIFY_API_SECRET: string;
    SHOPIFY_API_SECRET_PREVIOUS?: string | undefined;
    SHOPIFY_API_SECRET_ROTATED_AT?: Date | undefined;
  },
  now: Date,
): readonly string[] {
  const { SHOPIFY_API_SECRET: current, SHOPIFY_API_SECRET_PREVIOUS: previous } = secrets;
  const rotatedAt = secrets.SHOPIFY_API_SECRET_ROTATED_AT;
  if (previous === undefined) return [current];
  const isOver = rotatedAt !== undefined && now.getTime() >= rotatedAt.getTime() + PREVIOUS_SECRET_MS;
  return isOver ? [current] : [current, previous];
}
