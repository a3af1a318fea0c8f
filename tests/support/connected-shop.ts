import { SignJWT } from 'jose';
import { z } from 'zod';
import type { AppResources } from '~/resources.server';
import { createTokenEncryption } from '~/shopify/token-encryption.server';
import { installShop } from '~/sync/install-shop';
import { API_KEY, API_SECRET } from './environment';
import type { TestEnvironment } from './environment';

export const DEMO_SHOP = 'lockstep-demo.myshopify.com';

const tokenAnswer = z.object({
  access_token: z.string(),
  scope: z.string(),
  expires_in: z.number(),
  refresh_token: z.string(),
  refresh_token_expires_in: z.number(),
});

/** What App Bridge gives a page of this store. */
export async function sessionToken(domain: string): Promise<string> {
  return new SignJWT({ dest: `https://${domain}`, sid: 'test' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(`https://${domain}/admin`)
    .setAudience(API_KEY)
    .setSubject('1')
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setNotBefore('0s')
    .setExpirationTime('60s')
    .sign(new TextEncoder().encode(API_SECRET));
}

async function post(url: string, domain: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'X-Shopify-Shop-Domain-Emulated': domain },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/**
 * Installs the app on a store of an emulator (in this process or another) as a first visit does: token exchange, an
 * encrypted session, the shop's row.
 */
export async function connectShop(
  resources: AppResources,
  env: TestEnvironment,
  domain = DEMO_SHOP,
): Promise<{ shopId: string; accountId: string }> {
  const origin = env['SHOPIFY_EMULATOR_ORIGIN'] ?? '';
  await post(`${origin}/_emulator/shops/${domain}/install`, domain, {});
  const answer = tokenAnswer.parse(
    await post(`${origin}/admin/oauth/access_token`, domain, {
      client_id: API_KEY,
      client_secret: API_SECRET,
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await sessionToken(domain),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      requested_token_type: 'urn:shopify:params:oauth:token-type:offline-access-token',
      expiring: '1',
    }),
  );
  const id = `offline_${domain}`;
  const encryption = createTokenEncryption(env['TOKEN_ENCRYPTION_KEYS'] ?? '');
  await resources.db.session.create({
    data: {
      id,
      shop: domain,
      state: '',
      isOnline: false,
      scope: answer.scope,
      accessToken: encryption.encrypt(answer.access_token, id),
      refreshToken: encryption.encrypt(answer.refresh_token, id),
      expires: new Date(Date.now() + answer.expires_in * 1_000),
      refreshTokenExpires: new Date(Date.now() + answer.refresh_token_expires_in * 1_000),
    },
  });
  return installShop(resources, { domain });
}
