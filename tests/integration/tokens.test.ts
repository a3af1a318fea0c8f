/** Expiring offline tokens against the emulator's token endpoint and a real database. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issueExpiringOffline } from '../../emulator/oauth/access-tokens';
import { handleOAuth } from '../../emulator/oauth/oauth';
import { uninstall } from '../../emulator/state/state';
import {
  OTHER_SHOP,
  TEST_SHOP as SHOP,
  shopOf,
  testContext,
} from '../../emulator/webhooks/context-for-tests';
import { TokenRefreshFailed, createAccessTokens } from '~/shopify/access-tokens.server';
import { ShopNotConnected } from '~/shopify/gateway';
import { createTokenEncryption } from '~/shopify/token-encryption.server';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';

const config = {
  SHOPIFY_API_KEY: 'key-of-the-app',
  SHOPIFY_API_SECRET: 'secret-of-the-app',
  TOKEN_ENCRYPTION_KEYS: `a:${randomBytes(32).toString('base64')}`,
};
const encryption = createTokenEncryption(config.TOKEN_ENCRYPTION_KEYS);
const HOUR = 3_600_000;

let database: TestDatabase;
let other: TestDatabase['db'];
let context = testContext();
/** Refresh tokens that reached the token endpoint, in order. */
let asked: string[] = [];
/** Called for each request after the emulator has dealt with it; may lose the answer. */
let afterwards: (count: number) => Response | undefined = () => undefined;

const transport: typeof fetch = async (input, init) => {
  const url = new URL(String(input));
  const body = Buffer.from(String(init?.body));
  asked.push(JSON.parse(body.toString()).refresh_token);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const answer = await handleOAuth(context, {
    method: init?.method ?? 'GET',
    url,
    headers: { 'content-type': 'application/json' },
    body,
    shop: url.hostname,
  });
  return afterwards(asked.length) ?? new Response(String(answer.body), { status: answer.status });
};

const now = () => new Date(context.clock.now());
const open = (changes: Partial<Parameters<typeof createAccessTokens>[0]> = {}) =>
  createAccessTokens({ db: database.db, config, now, transport, ...changes });
const sessionOf = (domain = SHOP) => database.db.session.findUnique({ where: { id: `offline_${domain}` } });

/** Stores a token of the emulator the way the app's library does at installation. */
async function connect(domain = SHOP) {
  const token = issueExpiringOffline(context, shopOf(context, domain));
  const id = `offline_${domain}`;
  await database.db.session.create({
    data: {
      id,
      shop: domain,
      state: '',
      accessToken: encryption.encrypt(token.token, id),
      refreshToken: encryption.encrypt(token.refreshToken!, id),
      expires: new Date(token.expiresAt!),
      refreshTokenExpires: new Date(token.refreshExpiresAt!),
    },
  });
  return token;
}

beforeAll(async () => {
  database = await createTestDatabase();
  other = (await import('~/db/client.server')).openDatabase(database.url, 5);
});
afterAll(async () => {
  await other.$disconnect();
  await database.drop();
});
beforeEach(async () => {
  context = testContext();
  asked = [];
  afterwards = () => undefined;
  await database.db.session.deleteMany();
});

describe('offline tokens', () => {
  it('are given as they are while they live long enough', async () => {
    const first = await connect();
    context.clock.skewMs = 54 * 60_000;
    expect(await open().offlineToken(SHOP)).toBe(first.token);
    expect(asked).toEqual([]);
  });

  it('are refreshed once, however many callers and processes want one', async () => {
    const first = await connect();
    context.clock.skewMs = 56 * 60_000;
    const [here, there] = [open(), open({ db: other })];
    const tokens = await Promise.all([here, there, here, there].map((one) => one.offlineToken(SHOP)));
    expect(asked).toEqual([first.refreshToken]);
    expect(new Set(tokens).size).toBe(1);
    expect(context.state.tokens.get(tokens[0]!)?.shop).toBe(SHOP);
    const session = await sessionOf();
    expect(session!.expires!.getTime()).toBeGreaterThan(context.clock.now() + 0.9 * HOUR);
    expect(session!.accessToken).not.toContain(tokens[0]);
    expect(await open().offlineToken(SHOP)).toBe(tokens[0]);
    expect(asked).toHaveLength(1);
  });

  it('are asked for again with the same refresh token where the answer was lost', async () => {
    const first = await connect();
    context.clock.skewMs = HOUR;
    afterwards = (count) => {
      if (count === 1) throw new TypeError('fetch failed', { cause: new Error('ECONNRESET') });
      return count === 2 ? new Response('<html>Bad gateway</html>', { status: 502 }) : undefined;
    };
    const token = await open().offlineToken(SHOP);
    expect(asked).toEqual([first.refreshToken, first.refreshToken, first.refreshToken]);
    expect(context.state.tokens.get(token)?.expiresAt).toBeGreaterThan(context.clock.now());
  });

  it('keep the refresh token where Shopify cannot be reached, and use what still lives', async () => {
    const first = await connect();
    context.clock.skewMs = 57 * 60_000;
    afterwards = () => new Response('', { status: 503 });
    const tokens = open();
    expect(await tokens.offlineToken(SHOP)).toBe(first.token);
    context.clock.skewMs = HOUR;
    await expect(tokens.offlineToken(SHOP)).rejects.toThrow(TokenRefreshFailed);
    afterwards = () => undefined;
    expect(context.state.tokens.has(await tokens.offlineToken(SHOP))).toBe(true);
    expect(new Set(asked)).toEqual(new Set([first.refreshToken]));
  });

  it('say that the shop is not connected where it has none, or the refresh is refused', async () => {
    await expect(open().offlineToken(SHOP)).rejects.toThrow(ShopNotConnected);
    await connect();
    context.clock.skewMs = HOUR;
    uninstall(context.state, shopOf(context), context.clock, 'event');
    await expect(open().offlineToken(SHOP)).rejects.toThrow(ShopNotConnected);
    expect(asked).toHaveLength(1);
  });

  it('name our own credentials where those are wrong', async () => {
    await connect();
    context.clock.skewMs = HOUR;
    const wrong = open({ config: { ...config, SHOPIFY_API_SECRET: 'guess' } });
    await expect(wrong.offlineToken(SHOP)).rejects.toThrow('Check SHOPIFY_API_KEY and SHOPIFY_API_SECRET');
  });

  it('do not overwrite a pair that a user brought meanwhile', async () => {
    await connect();
    context.clock.skewMs = HOUR;
    afterwards = () => undefined;
    const id = `offline_${SHOP}`;
    const newer = encryption.encrypt('newer', id);
    const slow: typeof fetch = async (input, init) => {
      const answer = await transport(input, init);
      await other.session.update({ where: { id }, data: { accessToken: newer, refreshToken: newer } });
      return answer;
    };
    await open({ transport: slow }).offlineToken(SHOP);
    expect((await sessionOf())!.accessToken).toBe(newer);
  });
});

describe('the proactive refresh', () => {
  it('takes every token that ends soon, and goes on after a shop that refuses', async () => {
    await connect();
    await connect(OTHER_SHOP);
    const problems: string[] = [];
    const tokens = open({ onProblem: (shop) => problems.push(shop) });
    expect(await tokens.refreshDue()).toBe(0);
    context.clock.skewMs = 52 * 60_000;
    uninstall(context.state, shopOf(context), context.clock, 'event');
    expect(await tokens.refreshDue()).toBe(1);
    expect(problems).toEqual([SHOP]);
    expect((await sessionOf(OTHER_SHOP))!.expires!.getTime()).toBeGreaterThan(
      context.clock.now() + 0.9 * HOUR,
    );
  });
});

describe('a token that Shopify answers 401 to', () => {
  it('is forgotten, unless it was replaced already', async () => {
    const first = await connect();
    await open().forget(SHOP, 'another');
    expect(await sessionOf()).not.toBeNull();
    await open().forget(SHOP, first.token);
    await expect(open().offlineToken(SHOP)).rejects.toThrow(ShopNotConnected);
  });
});
