import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, RequestedTokenType, shopifyApi } from '@shopify/shopify-api';
import { setAbstractFetchFunc } from '@shopify/shopify-api/runtime';
import { SignJWT } from 'jose';
import type { HttpAnswer } from '../context';
import { grantScopes, uninstall } from '../state/state';
import { OTHER_SHOP, TEST_SCOPES, TEST_SHOP, testContext } from '../webhooks/context-for-tests';
import { handleOAuth } from './oauth';
import { mintSessionToken } from './session-token';

const SHOP = TEST_SHOP;
const SCOPES = TEST_SCOPES;
const library = shopifyApi({
  apiKey: 'key-of-the-app',
  apiSecretKey: 'secret-of-the-app',
  apiVersion: ApiVersion.October26,
  hostName: 'app.example',
  isEmbeddedApp: true,
  scopes: SCOPES,
});

let context = testContext();

function ask(
  shop: string,
  path: string,
  body: string,
  contentType = 'application/json',
): Promise<HttpAnswer> {
  return handleOAuth(context, {
    method: 'POST',
    url: new URL(path, context.origin()),
    headers: { 'content-type': contentType },
    body: Buffer.from(body),
    shop,
  });
}

async function post(fields: Record<string, string>, shop = SHOP) {
  const answer = await ask(
    shop,
    '/admin/oauth/access_token',
    JSON.stringify({ client_id: 'key-of-the-app', client_secret: 'secret-of-the-app', ...fields }),
  );
  return { status: answer.status, body: JSON.parse(String(answer.body)) };
}

function exchange(token: string, extra: Record<string, string> = {}, shop = SHOP) {
  return post(
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      requested_token_type: 'urn:shopify:params:oauth:token-type:offline-access-token',
      expiring: '1',
      ...extra,
    },
    shop,
  );
}
const refresh = (refreshToken: string, shop = SHOP) =>
  post({ grant_type: 'refresh_token', refresh_token: refreshToken }, shop);

beforeEach(() => {
  context = testContext();
});

describe("the library's own calls", () => {
  beforeAll(() => {
    setAbstractFetchFunc(async (input, init) => {
      const url = new URL(String(input));
      const answer = await ask(url.hostname, url.pathname, String(init?.body));
      return new Response(String(answer.body), { status: answer.status });
    });
  });
  afterAll(() => setAbstractFetchFunc(fetch));

  it('exchanges a session token for an expiring offline session and refreshes it', async () => {
    const sessionToken = await mintSessionToken(context, SHOP);
    const { session } = await library.auth.tokenExchange({
      shop: SHOP,
      sessionToken,
      requestedTokenType: RequestedTokenType.OfflineAccessToken,
      expiring: true,
    });
    expect(session).toMatchObject({ id: `offline_${SHOP}`, isOnline: false, scope: SCOPES.join(',') });
    expect(Math.round((session.expires!.getTime() - Date.now()) / 60_000)).toBe(60);
    expect(Math.round((session.refreshTokenExpires!.getTime() - Date.now()) / 86_400_000)).toBe(90);
    const renewed = await library.auth.refreshToken({ shop: SHOP, refreshToken: session.refreshToken! });
    expect(renewed.session.accessToken).not.toBe(session.accessToken);
    expect(renewed.session.refreshToken).not.toBe(session.refreshToken);
    expect(context.state.tokens.get(renewed.session.accessToken!)?.scopes).toEqual(SCOPES);
  });

  it('gives an online session that names the member of staff', async () => {
    const { session } = await library.auth.tokenExchange({
      shop: SHOP,
      sessionToken: await mintSessionToken(context, SHOP),
      requestedTokenType: RequestedTokenType.OnlineAccessToken,
    });
    expect(session.isOnline).toBe(true);
    expect(session.id).toBe(`${SHOP}_70000000001`);
    expect(session.onlineAccessInfo?.associated_user.first_name).toBe('Local');
  });

  it('reads the session token with every claim a real one has', async () => {
    const payload = await library.session.decodeSessionToken(await mintSessionToken(context, SHOP));
    expect(payload).toMatchObject({
      iss: `https://${SHOP}/admin`,
      dest: `https://${SHOP}`,
      aud: 'key-of-the-app',
    });
    expect(payload.exp - payload.nbf).toBe(60);
    expect(payload.sid).toMatch(/^[0-9a-f]{64}$/);
    expect(payload.jti).toHaveLength(36);
  });

  it('trades a lasting token for an expiring one', async () => {
    const { body } = await exchange(await mintSessionToken(context, SHOP), { expiring: '0' });
    expect(body).toEqual({ access_token: expect.any(String), scope: SCOPES.join(',') });
    const { session } = await library.auth.migrateToExpiringToken({
      shop: SHOP,
      nonExpiringOfflineAccessToken: body.access_token,
    });
    expect(session.refreshToken).toMatch(/^shprt_/);
    expect(context.state.tokens.has(body.access_token)).toBe(false);
  });

  it('gives a token for the client credentials', async () => {
    const { session } = await library.auth.clientCredentials({ shop: SHOP });
    expect(context.state.tokens.get(session.accessToken!)?.shop).toBe(SHOP);
  });
});

describe('session tokens that are refused', () => {
  const refused = { status: 400, body: { error: 'invalid_subject_token' } };

  it('refuses one that expired', async () => {
    const token = await mintSessionToken(context, SHOP);
    context.clock.skewMs = 59_000;
    expect((await exchange(token)).status).toBe(200);
    context.clock.skewMs = 61_000;
    expect(await exchange(token)).toMatchObject(refused);
  });

  it('refuses one of another shop, another app, another secret, or no token', async () => {
    const foreign = await mintSessionToken(context, OTHER_SHOP);
    expect(await exchange(foreign)).toMatchObject(refused);
    const forge = (aud: string, secret: string) =>
      new SignJWT({ dest: `https://${SHOP}` })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(`https://${SHOP}/admin`)
        .setAudience(aud)
        .setSubject('1')
        .setNotBefore('0s')
        .setExpirationTime('1m')
        .sign(new TextEncoder().encode(secret));
    expect((await exchange(await forge('key-of-the-app', 'secret-of-the-app'))).status).toBe(200);
    expect(await exchange(await forge('another-app', 'secret-of-the-app'))).toMatchObject(refused);
    expect(await exchange(await forge('key-of-the-app', 'guess'))).toMatchObject(refused);
    expect(await exchange('nonsense')).toMatchObject(refused);
  });
});

describe('refresh tokens', () => {
  async function firstPair() {
    return (await exchange(await mintSessionToken(context, SHOP))).body;
  }

  it('answers a retry with the same pair until the replacement is used', async () => {
    const first = await firstPair();
    const second = (await refresh(first.refresh_token)).body;
    const again = (await refresh(first.refresh_token)).body;
    expect(again.access_token).toBe(second.access_token);
    expect(again.refresh_token).toBe(second.refresh_token);
    const third = await refresh(second.refresh_token);
    expect(third.status).toBe(200);
    expect(await refresh(first.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect((await refresh(second.refresh_token)).body.access_token).toBe(third.body.access_token);
  });

  it('gives a living access token on a retry after the lost one ran out', async () => {
    const first = await firstPair();
    const second = (await refresh(first.refresh_token)).body;
    context.clock.skewMs = 3_700_000;
    const retried = (await refresh(first.refresh_token)).body;
    expect(retried.access_token).not.toBe(second.access_token);
    expect(retried.refresh_token).toBe(second.refresh_token);
    expect(retried.expires_in).toBe(3600);
  });

  it('ends the retry window after 30 days, and the token after its lifetime', async () => {
    const first = await firstPair();
    await refresh(first.refresh_token);
    context.clock.skewMs = 29 * 86_400_000;
    expect((await refresh(first.refresh_token)).status).toBe(200);
    context.clock.skewMs = 31 * 86_400_000;
    expect((await refresh(first.refresh_token)).status).toBe(400);
    const fresh = await firstPair();
    context.clock.skewMs += 91 * 86_400_000;
    expect((await refresh(fresh.refresh_token)).status).toBe(400);
  });

  it('is worth nothing on another shop', async () => {
    const first = await firstPair();
    expect((await refresh(first.refresh_token, OTHER_SHOP)).status).toBe(400);
    expect((await refresh(first.refresh_token)).status).toBe(200);
  });

  it('lets the former access token live or not, as the switch says', async () => {
    const first = await firstPair();
    await refresh(first.refresh_token);
    const now = context.clock.now();
    expect(context.state.tokens.get(first.access_token)?.expiresAt).toBeGreaterThan(now);
    context.switches.refreshedAccessToken = 'revoked';
    const other = await firstPair();
    await refresh(other.refresh_token);
    expect(context.state.tokens.get(other.access_token)?.expiresAt).toBeLessThanOrEqual(context.clock.now());
  });

  it('takes the lifetimes from the switches', async () => {
    Object.assign(context.switches, { accessTokenSeconds: 2, refreshTokenSeconds: 5 });
    const pair = await firstPair();
    expect(pair).toMatchObject({ expires_in: 2, refresh_token_expires_in: 5 });
    context.clock.skewMs = 6_000;
    expect((await refresh(pair.refresh_token)).status).toBe(400);
  });
});

describe('the client and the shop', () => {
  it('refuses a wrong client id, a wrong secret, an unknown shop and an unknown grant', async () => {
    expect(await post({ client_id: 'x' })).toMatchObject({
      status: 400,
      body: { error: 'application_cannot_be_found' },
    });
    expect(await post({ client_secret: 'x' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect((await post({}, 'nobody.myshopify.com')).status).toBe(404);
    expect(await post({ grant_type: 'x' })).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    });
    expect((await ask(SHOP, '/admin/oauth/access_token', '{broken')).status).toBe(400);
  });

  it('ends every token with the installation', async () => {
    const pair = (await exchange(await mintSessionToken(context, SHOP))).body;
    const elsewhere = (await exchange(await mintSessionToken(context, OTHER_SHOP), {}, OTHER_SHOP)).body;
    uninstall(context.state, context.state.shops.get(SHOP)!, context.clock, 'event');
    expect(context.state.tokens.has(pair.access_token)).toBe(false);
    expect(await refresh(pair.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'app_not_installed' },
    });
    grantScopes(context.state, context.state.shops.get(SHOP)!, SCOPES, context.clock, 'event');
    expect((await refresh(pair.refresh_token)).status).toBe(400);
    expect(context.state.tokens.has(elsewhere.access_token)).toBe(true);
  });

  it('revokes one token and takes form bodies', async () => {
    const pair = (await exchange(await mintSessionToken(context, SHOP))).body;
    const form = new URLSearchParams({
      client_id: 'key-of-the-app',
      client_secret: 'secret-of-the-app',
      token: pair.access_token,
    });
    const answer = await ask(
      SHOP,
      '/admin/oauth/revoke',
      form.toString(),
      'application/x-www-form-urlencoded',
    );
    expect(answer.status).toBe(200);
    expect(context.state.tokens.has(pair.access_token)).toBe(false);
    expect((await refresh(pair.refresh_token)).status).toBe(400);
  });

  it('sends a browser that wants to authorize to the install page', async () => {
    const answer = await handleOAuth(context, {
      method: 'GET',
      url: new URL('/admin/oauth/authorize?client_id=key-of-the-app', context.origin()),
      headers: {},
      body: Buffer.alloc(0),
      shop: SHOP,
    });
    expect(answer).toMatchObject({
      status: 302,
      headers: { location: 'http://127.0.0.1:2/store/lockstep-demo/install' },
    });
  });
});
