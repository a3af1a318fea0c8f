/** Offline access tokens for work without a user: read, and refreshed in time under a lock per shop. */
import pRetry, { AbortError } from 'p-retry';
import { z } from 'zod';
import type { PrismaClient } from '#generated/prisma/client';
import { ShopNotConnected } from './gateway';
import { createTokenEncryption, TokenUnreadable } from './token-encryption.server';
import type { TokenEncryption } from './token-encryption.server';

/** A caller gets no token that ends within this time. */
const NEEDED_MS = 5 * 60_000;
/** The worker refreshes tokens that end within this time, so that callers seldom wait for it. */
const PROACTIVE_MS = 10 * 60_000;
const ATTEMPT_TIMEOUT_MS = 10_000;
const RETRIES = 3;
/** Longer than all attempts and the waits between them. */
const LOCK_TIMEOUT_MS = 60_000;

type SessionTable = Pick<PrismaClient, 'session' | '$transaction'>;

export interface AccessTokensOptions {
  db: SessionTable;
  config: { SHOPIFY_API_KEY: string; SHOPIFY_API_SECRET: string; TOKEN_ENCRYPTION_KEYS: string };
  /** The current instant. */
  now: () => Date;
  transport: typeof fetch;
  /** Told of each shop whose token `refreshDue` could not refresh. */
  onProblem?: (shop: string, error: unknown) => void;
}

export interface AccessTokens {
  /**
   * An access token of the shop that lives at least five more minutes (or, where Shopify cannot be reached for a new
   * one, any that still lives). Throws ShopNotConnected where the shop has none or Shopify refuses to refresh it, and
   * TokenRefreshFailed where that could not be found out: try again later.
   */
  offlineToken(domain: string): Promise<string>;
  /** Refreshes every token that ends soon; answers how many. One shop's trouble does not stop the others. */
  refreshDue(): Promise<number>;
  /** Shopify answered 401 to this token: forgets it, unless another one has replaced it meanwhile. */
  forget(domain: string, token: string): Promise<void>;
}

/** A token could not be refreshed now; the stored refresh token is still good for a retry. */
export class TokenRefreshFailed extends Error {
  constructor(shop: string, reason: string, options?: ErrorOptions) {
    super(`The access token of ${shop} could not be refreshed: ${reason}`, options);
    this.name = 'TokenRefreshFailed';
  }
}

/** Shopify said that this refresh token, or this installation, is no more. */
class RefreshRefused extends Error {}

const grantSchema = z.object({
  access_token: z.string().min(1),
  scope: z.string().optional(),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1),
  refresh_token_expires_in: z.number().positive(),
});
type Grant = z.infer<typeof grantSchema>;

const refusalSchema = z.object({ error: z.string() });
/** Refusals of our own credentials; any other refusal is of the shop's token, and a user has to open the app. */
const REFUSALS_OF_CLIENT = ['invalid_client', 'application_cannot_be_found', 'unauthorized_client'];

interface StoredSession {
  id: string;
  shop: string;
  accessToken: string;
  refreshToken: string | null;
  expires: Date | null;
  refreshTokenExpires: Date | null;
}

/** The id under which Shopify's library stores the shop's offline session. */
function offlineSessionId(domain: string): string {
  return `offline_${domain}`;
}

function notConnected(domain: string, cause: unknown): ShopNotConnected {
  return Object.assign(new ShopNotConnected(domain), { cause });
}

/** Asks once for a new pair. Throws AbortError where asking again cannot help. */
async function requestGrant(
  options: AccessTokensOptions,
  domain: string,
  refreshToken: string,
): Promise<Grant> {
  const response = await options.transport(`https://${domain}/admin/oauth/access_token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      client_id: options.config.SHOPIFY_API_KEY,
      client_secret: options.config.SHOPIFY_API_SECRET,
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    }),
    signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
  });
  const text = await response.text();
  if (response.ok) return grantSchema.parse(JSON.parse(text));
  const mayPass = response.status === 429 || response.status >= 500;
  if (mayPass) throw new Error(`Shopify answered ${response.status}.`);
  const reason = refusalOf(text);
  const words = `Shopify answered ${response.status}${reason === null ? '' : ` ${reason}`}.`;
  if (reason !== null && REFUSALS_OF_CLIENT.includes(reason))
    throw new AbortError(`${words} Check SHOPIFY_API_KEY and SHOPIFY_API_SECRET.`);
  throw new AbortError(new RefreshRefused(words));
}

function refusalOf(text: string): string | null {
  try {
    return refusalSchema.safeParse(JSON.parse(text)).data?.error ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Asks for a new pair; an answer that was lost is asked for again with the SAME refresh token, which Shopify honours
 * until the new one is used.
 */
async function requestGrantPatiently(
  options: AccessTokensOptions,
  domain: string,
  refreshToken: string,
): Promise<Grant> {
  try {
    return await pRetry(() => requestGrant(options, domain, refreshToken).catch(asRetryable), {
      retries: RETRIES,
      minTimeout: 300,
      maxTimeout: 3_000,
      randomize: true,
    });
  } catch (error) {
    if (error instanceof RefreshRefused) throw error;
    throw new TokenRefreshFailed(domain, error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}

/** p-retry gives up at once on a TypeError it does not know; whatever the transport throws is worth another attempt. */
function asRetryable(error: unknown): never {
  if (error instanceof AbortError) throw error;
  throw new Error(error instanceof Error ? error.message : String(error), { cause: error });
}

/** Reads and refreshes the offline tokens that Shopify's library stores at installation. */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { db, now } = options;
  const encryption = createTokenEncryption(options.config.TOKEN_ENCRYPTION_KEYS);
  /** One refresh a shop at a time in this process, so that waiting callers hold no connection. */
  const underWay = new Map<string, Promise<string>>();

  const endsWithin = (session: StoredSession, ms: number) =>
    session.expires !== null && session.expires.getTime() - now().getTime() < ms;

  const find = (domain: string) => db.session.findUnique({ where: { id: offlineSessionId(domain) } });

  function refresh(domain: string, marginMs: number): Promise<string> {
    const known = underWay.get(domain);
    if (known) return known;
    const started = refreshUnderLock(db, options, encryption, domain, (session) =>
      endsWithin(session, marginMs),
    ).finally(() => underWay.delete(domain));
    underWay.set(domain, started);
    return started;
  }

  return {
    async offlineToken(domain) {
      const session = await find(domain);
      if (!session) throw new ShopNotConnected(domain);
      if (!endsWithin(session, NEEDED_MS))
        return openToken(encryption, domain, session.accessToken, session.id);
      try {
        return await refresh(domain, NEEDED_MS);
      } catch (error) {
        if (error instanceof TokenRefreshFailed && !endsWithin(session, 0))
          return openToken(encryption, domain, session.accessToken, session.id);
        throw error;
      }
    },
    async refreshDue() {
      const due = await db.session.findMany({
        where: {
          isOnline: false,
          expires: { lt: new Date(now().getTime() + PROACTIVE_MS) },
          refreshToken: { not: null },
          refreshTokenExpires: { gt: now() },
        },
        select: { shop: true },
      });
      let refreshed = 0;
      for (const { shop } of due) {
        try {
          await refresh(shop, PROACTIVE_MS);
          refreshed += 1;
        } catch (error) {
          options.onProblem?.(shop, error);
        }
      }
      return refreshed;
    },
    async forget(domain, token) {
      const session = await find(domain);
      if (!session || openToken(encryption, domain, session.accessToken, session.id) !== token) return;
      await db.session.deleteMany({ where: { id: session.id, accessToken: session.accessToken } });
    },
  };
}

function openToken(encryption: TokenEncryption, domain: string, stored: string, sessionId: string): string {
  try {
    return encryption.decrypt(stored, sessionId);
  } catch (error) {
    if (error instanceof TokenUnreadable) throw notConnected(domain, error);
    throw error;
  }
}

/** Waits for the shop's lock, looks again whether the token still is due, and only then asks Shopify. */
async function refreshUnderLock(
  db: SessionTable,
  options: AccessTokensOptions,
  encryption: TokenEncryption,
  domain: string,
  isDue: (session: StoredSession) => boolean,
): Promise<string> {
  const id = offlineSessionId(domain);
  return db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`access-token ${domain}`}, 0))`;
      const session = await tx.session.findUnique({ where: { id } });
      if (!session) throw new ShopNotConnected(domain);
      if (!isDue(session)) return openToken(encryption, domain, session.accessToken, id);
      if (session.refreshToken === null) throw new ShopNotConnected(domain);
      const refreshToken = openToken(encryption, domain, session.refreshToken, id);
      const asked = options.now().getTime();
      const grant = await requestGrantPatiently(options, domain, refreshToken).catch((error: unknown) => {
        throw error instanceof RefreshRefused ? notConnected(domain, error) : error;
      });
      await tx.session.updateMany({
        // A user who opened the app meanwhile has stored a newer pair: that one stays.
        where: { id, refreshToken: session.refreshToken },
        data: {
          accessToken: encryption.encrypt(grant.access_token, id),
          refreshToken: encryption.encrypt(grant.refresh_token, id),
          expires: new Date(asked + grant.expires_in * 1000),
          refreshTokenExpires: new Date(asked + grant.refresh_token_expires_in * 1000),
          ...(grant.scope === undefined ? {} : { scope: grant.scope }),
        },
      });
      return grant.access_token;
    },
    { timeout: LOCK_TIMEOUT_MS, maxWait: LOCK_TIMEOUT_MS },
  );
}
