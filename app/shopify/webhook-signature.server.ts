import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether `signature` (base64) is the HMAC-SHA256 of the raw body with one of the secrets. Takes the same time wherever
 * signatures differ, and whichever secret fits.
 */
export function isSigned(rawBody: Uint8Array, signature: string | null, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature ?? '', 'base64');
  let matches = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(rawBody).digest();
    const same = given.length === expected.length && timingSafeEqual(given, expected);
    matches = same || matches;
  }
  return matches;
}
