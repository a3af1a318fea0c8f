/** Session tokens: the JWTs the admin gives an embedded app, signed with the app's secret. */
import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import { z } from 'zod';
import type { EmulatorContext } from '../context';

/** A session token lives one minute. */
const LIFETIME_SECONDS = 60;

/** The one member of staff every emulated store has. */
export const STAFF = {
  id: '70000000001',
  firstName: 'Local',
  lastName: 'Merchant',
} as const;

const claimsSchema = z.object({ dest: z.string(), sub: z.string() });

function key(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}

/** Signs a session token of this shop's member of staff; a new one each time, valid for 60 seconds. */
export function mintSessionToken(context: EmulatorContext, shop: string): Promise<string> {
  const seconds = Math.floor(context.clock.now() / 1000);
  return new SignJWT({ dest: `https://${shop}`, sid: randomBytes(32).toString('hex') })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(`https://${shop}/admin`)
    .setAudience(context.app.apiKey)
    .setSubject(STAFF.id)
    .setJti(randomUUID())
    .setIssuedAt(seconds)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + LIFETIME_SECONDS)
    .sign(key(context.app.apiSecret));
}

/** The user a session token names, or null where it is forged, expired, or meant for another shop or app. */
export async function verifySessionToken(
  context: EmulatorContext,
  shop: string,
  token: string,
): Promise<{ userId: string } | null> {
  const verified = await jwtVerify(token, key(context.app.apiSecret), {
    algorithms: ['HS256'],
    audience: context.app.apiKey,
    issuer: `https://${shop}/admin`,
    requiredClaims: ['exp', 'nbf', 'sub', 'dest'],
    currentDate: new Date(context.clock.now()),
  }).then(
    (result) => claimsSchema.safeParse(result.payload),
    () => null,
  );
  if (!verified?.success || verified.data.dest !== `https://${shop}`) return null;
  return { userId: verified.data.sub };
}
