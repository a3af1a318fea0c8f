/** Issues, rotates and revokes the access tokens of an installed app. */
import { randomBytes } from 'node:crypto';
import type { EmulatorContext } from '../context';
import type { Shop } from '../state/shop';
import type { AccessToken } from '../state/tokens';

/** How long a used refresh token may be tried again while its replacement is unused, counted from its first use. */
const RETRY_WINDOW_MS = 30 * 86_400_000;

/** Lifetime in seconds of a token from the client credentials grant. */
export const CLIENT_CREDENTIALS_SECONDS = 86_399;

function secret(prefix: string): string {
  return `${prefix}_${randomBytes(16).toString('hex')}`;
}

interface Issue {
  kind: AccessToken['kind'];
  /** Null: the token does not expire. */
  lifeSeconds: number | null;
  /** Null: no refresh token comes with it. */
  refreshSeconds: number | null;
  userId: string | null;
}

function issue(context: EmulatorContext, shop: Shop, wanted: Issue): AccessToken {
  const now = context.clock.now();
  const token: AccessToken = {
    token: secret(wanted.kind === 'online' ? 'shpua' : 'shpat'),
    shop: shop.domain,
    scopes: [...(shop.installation?.scopes ?? [])],
    kind: wanted.kind,
    expiresAt: wanted.lifeSeconds === null ? null : now + wanted.lifeSeconds * 1000,
    refreshToken: wanted.refreshSeconds === null ? null : secret('shprt'),
    refreshExpiresAt: wanted.refreshSeconds === null ? null : now + wanted.refreshSeconds * 1000,
    issuedAt: now,
    userId: wanted.userId,
  };
  context.state.tokens.set(token.token, token);
  if (token.refreshToken) context.state.refreshTokens.set(token.refreshToken, token.token);
  return token;
}

/** An online token: it acts for one member of staff, expires, and cannot be refreshed. */
export function issueOnline(context: EmulatorContext, shop: Shop, userId: string): AccessToken {
  return issue(context, shop, {
    kind: 'online',
    lifeSeconds: context.switches.onlineTokenSeconds,
    refreshSeconds: null,
    userId,
  });
}

/** An offline token that expires and comes with a refresh token. */
export function issueExpiringOffline(context: EmulatorContext, shop: Shop): AccessToken {
  return issue(context, shop, {
    kind: 'offline',
    lifeSeconds: context.switches.accessTokenSeconds,
    refreshSeconds: context.switches.refreshTokenSeconds,
    userId: null,
  });
}

/** The shop's offline token without an end: the same one as long as the granted scopes stay the same. */
export function issueLastingOffline(context: EmulatorContext, shop: Shop): AccessToken {
  const scopes = (shop.installation?.scopes ?? []).join();
  for (const token of context.state.tokens.values()) {
    const lasting = token.kind === 'offline' && token.expiresAt === null;
    if (lasting && token.shop === shop.domain && token.scopes.join() === scopes) return token;
  }
  return issue(context, shop, { kind: 'offline', lifeSeconds: null, refreshSeconds: null, userId: null });
}

/** A day's token for the client credentials grant. */
export function issueForClient(context: EmulatorContext, shop: Shop): AccessToken {
  return issue(context, shop, {
    kind: 'offline',
    lifeSeconds: CLIENT_CREDENTIALS_SECONDS,
    refreshSeconds: null,
    userId: null,
  });
}

/** Takes an access token away, and the refresh token it came with. */
export function revoke(context: EmulatorContext, token: AccessToken): void {
  context.state.tokens.delete(token.token);
  if (token.refreshToken) context.state.refreshTokens.delete(token.refreshToken);
}

/** The token a refresh token was issued with, as long as that refresh token is good for anything. */
function findRefreshable(context: EmulatorContext, shop: Shop, refreshToken: string): AccessToken | null {
  const now = context.clock.now();
  const token = context.state.tokens.get(context.state.refreshTokens.get(refreshToken) ?? '');
  if (!token || token.shop !== shop.domain || token.refreshExpiresAt === null) return null;
  if (token.refreshExpiresAt <= now) return null;
  if (token.replacement && token.replacement.firstUsedAt + RETRY_WINDOW_MS <= now) return null;
  return token;
}

/** The predecessor whose refresh token bought this one is of no more use. */
function retirePredecessors(context: EmulatorContext, refreshToken: string): void {
  for (const token of [...context.state.tokens.values()]) {
    if (token.replacement?.refreshToken !== refreshToken || !token.refreshToken) continue;
    context.state.refreshTokens.delete(token.refreshToken);
    token.refreshToken = null;
    token.refreshExpiresAt = null;
    if ((token.expiresAt ?? Infinity) <= context.clock.now()) context.state.tokens.delete(token.token);
  }
}

/** A further access token for a pair whose access token ran out before its refresh token was ever used. */
function renew(context: EmulatorContext, shop: Shop, stale: AccessToken): AccessToken {
  const { refreshToken, refreshExpiresAt } = stale;
  const next = issue(context, shop, {
    kind: 'offline',
    lifeSeconds: context.switches.accessTokenSeconds,
    refreshSeconds: null,
    userId: null,
  });
  next.refreshToken = refreshToken;
  next.refreshExpiresAt = refreshExpiresAt;
  if (refreshToken) context.state.refreshTokens.set(refreshToken, next.token);
  context.state.tokens.delete(stale.token);
  return next;
}

/**
 * Uses a refresh token. The first use issues a new pair; trying the same refresh token again answers that same pair
 * until the new refresh token is used (then the old one is dead), at most 30 days after the first use.
 * Null: unknown, retired, expired, or of another shop.
 */
export function refresh(context: EmulatorContext, shop: Shop, refreshToken: string): AccessToken | null {
  const former = findRefreshable(context, shop, refreshToken);
  if (!former) return null;
  if (former.replacement) {
    const known = context.state.refreshTokens.get(former.replacement.refreshToken);
    const replacement = context.state.tokens.get(known ?? '');
    if (!replacement) return null;
    if ((replacement.expiresAt ?? Infinity) > context.clock.now()) return replacement;
    return renew(context, shop, replacement);
  }
  const next = issueExpiringOffline(context, shop);
  if (!next.refreshToken) throw new Error('An expiring offline token was issued without a refresh token.');
  former.replacement = { refreshToken: next.refreshToken, firstUsedAt: context.clock.now() };
  if (context.switches.refreshedAccessToken === 'revoked') former.expiresAt = context.clock.now();
  retirePredecessors(context, refreshToken);
  return next;
}
