/**
 * The token endpoint of a store: POST /admin/oauth/access_token (token exchange, refresh, client credentials),
 * POST /admin/oauth/revoke, and the addresses a browser is sent to for installing.
 */
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { json } from '../context';
import type { EmulatorContext, HttpAnswer, HttpRequest } from '../context';
import type { Shop } from '../state/shop';
import type { AccessToken } from '../state/tokens';
import {
  issueExpiringOffline,
  issueForClient,
  issueLastingOffline,
  issueOnline,
  refresh,
  revoke,
} from './access-tokens';
import { STAFF, verifySessionToken } from './session-token';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
const OFFLINE = 'urn:shopify:params:oauth:token-type:offline-access-token';
const ONLINE = 'urn:shopify:params:oauth:token-type:online-access-token';

const bodySchema = z.object({
  client_id: z.string().default(''),
  client_secret: z.string().default(''),
  grant_type: z.string().default(''),
  subject_token: z.string().default(''),
  subject_token_type: z.string().default(''),
  requested_token_type: z.string().default(''),
  refresh_token: z.string().default(''),
  token: z.string().default(''),
  expiring: z.coerce.string().default('0'),
});
type TokenRequest = z.infer<typeof bodySchema>;

function refusal(status: number, error: string, description: string): HttpAnswer {
  return json(status, { error, error_description: description });
}

/** The fields of a JSON or form body; null where it is neither. */
function readBody(request: HttpRequest): TokenRequest | null {
  const text = request.body.toString('utf8');
  if (!(request.headers['content-type'] ?? '').includes('json')) {
    return bodySchema.safeParse(Object.fromEntries(new URLSearchParams(text))).data ?? null;
  }
  try {
    return bodySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function sameSecret(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function refuseClient(context: EmulatorContext, body: TokenRequest): HttpAnswer | null {
  if (body.client_id !== context.app.apiKey) {
    return refusal(400, 'application_cannot_be_found', 'No app has this client id.');
  }
  if (!sameSecret(body.client_secret, context.app.apiSecret)) {
    return refusal(401, 'invalid_client', 'The client secret is not that of the app.');
  }
  return null;
}

function secondsLeft(context: EmulatorContext, until: number): number {
  return Math.max(0, Math.round((until - context.clock.now()) / 1000));
}

/** A token as the endpoint answers it. */
function tokenAnswer(context: EmulatorContext, shop: Shop, token: AccessToken): HttpAnswer {
  return json(
    200,
    {
      access_token: token.token,
      scope: token.scopes.join(','),
      ...(token.expiresAt === null ? {} : { expires_in: secondsLeft(context, token.expiresAt) }),
      ...(token.refreshToken === null || token.refreshExpiresAt === null
        ? {}
        : {
            refresh_token: token.refreshToken,
            refresh_token_expires_in: secondsLeft(context, token.refreshExpiresAt),
          }),
      ...(token.kind === 'online'
        ? {
            associated_user_scope: token.scopes.join(','),
            associated_user: {
              id: Number(STAFF.id),
              first_name: STAFF.firstName,
              last_name: STAFF.lastName,
              email: shop.email,
              email_verified: true,
              account_owner: true,
              locale: 'en',
              collaborator: false,
            },
          }
        : {}),
    },
    { 'cache-control': 'no-store' },
  );
}

/** Trades a lasting offline token for an expiring one; the lasting one ends. */
function migrate(context: EmulatorContext, shop: Shop, body: TokenRequest): HttpAnswer {
  const former = context.state.tokens.get(body.subject_token);
  const fits = former?.shop === shop.domain && former.kind === 'offline' && former.expiresAt === null;
  if (!fits || body.expiring !== '1') {
    return refusal(
      400,
      'invalid_subject_token',
      'The subject token is no lasting offline token of this shop.',
    );
  }
  const next = issueExpiringOffline(context, shop);
  revoke(context, former);
  return tokenAnswer(context, shop, next);
}

async function exchange(context: EmulatorContext, shop: Shop, body: TokenRequest): Promise<HttpAnswer> {
  if (body.requested_token_type !== OFFLINE && body.requested_token_type !== ONLINE) {
    return refusal(400, 'invalid_request', `requested_token_type must be ${OFFLINE} or ${ONLINE}.`);
  }
  if (body.subject_token_type === OFFLINE) return migrate(context, shop, body);
  if (body.subject_token_type !== ID_TOKEN) {
    return refusal(400, 'invalid_request', `subject_token_type must be ${ID_TOKEN} or ${OFFLINE}.`);
  }
  const user = await verifySessionToken(context, shop.domain, body.subject_token);
  if (!user) {
    return refusal(
      400,
      'invalid_subject_token',
      'The session token is forged, expired, or not for this shop and app.',
    );
  }
  if (body.requested_token_type === ONLINE)
    return tokenAnswer(context, shop, issueOnline(context, shop, user.userId));
  const token =
    body.expiring === '1' ? issueExpiringOffline(context, shop) : issueLastingOffline(context, shop);
  return tokenAnswer(context, shop, token);
}

async function answerTokenRequest(
  context: EmulatorContext,
  shop: Shop,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const body = readBody(request);
  if (!body) return refusal(400, 'invalid_request', 'The body must be a JSON object or a form.');
  const refused = refuseClient(context, body);
  if (refused) return refused;
  if (!shop.installation) return refusal(400, 'app_not_installed', 'The app is not installed on this shop.');
  if (body.grant_type === TOKEN_EXCHANGE) return exchange(context, shop, body);
  if (body.grant_type === 'client_credentials')
    return tokenAnswer(context, shop, issueForClient(context, shop));
  if (body.grant_type === 'refresh_token') {
    const token = refresh(context, shop, body.refresh_token);
    if (!token) return refusal(400, 'invalid_grant', 'The refresh token is unknown, used up, or expired.');
    return tokenAnswer(context, shop, token);
  }
  return refusal(
    400,
    'unsupported_grant_type',
    `grant_type must be ${TOKEN_EXCHANGE}, refresh_token or client_credentials.`,
  );
}

function answerRevocation(context: EmulatorContext, shop: Shop, request: HttpRequest): HttpAnswer {
  const body = readBody(request);
  if (!body) return refusal(400, 'invalid_request', 'The body must be a JSON object or a form.');
  const refused = refuseClient(context, body);
  if (refused) return refused;
  const token =
    context.state.tokens.get(body.token) ??
    context.state.tokens.get(context.state.refreshTokens.get(body.token) ?? '');
  if (token?.shop === shop.domain) revoke(context, token);
  return json(200, {});
}

/**
 * Answers /admin/oauth/*. The shop is the one the request names; 404 where there is no such shop. Refusals carry
 * `error` and `error_description`. `authorize` and `install` send the browser to the store's install page, because
 * apps with managed installation have no other way in.
 */
export async function handleOAuth(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  const shop = context.state.shops.get(request.shop ?? '');
  if (!shop) return json(404, { errors: 'Not Found' });
  const { pathname } = request.url;
  if (
    request.method === 'GET' &&
    (pathname === '/admin/oauth/authorize' || pathname === '/admin/oauth/install')
  ) {
    const location = `${context.origin()}/store/${shop.domain.replace('.myshopify.com', '')}/install`;
    return { status: 302, headers: { location }, body: '' };
  }
  if (request.method !== 'POST') return json(404, { errors: 'Not Found' });
  if (pathname === '/admin/oauth/access_token') return answerTokenRequest(context, shop, request);
  if (pathname === '/admin/oauth/revoke') return answerRevocation(context, shop, request);
  return json(404, { errors: 'Not Found' });
}
