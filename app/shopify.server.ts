/** Shopify's app library, configured; and what the routes of the web process share. */
import { ApiVersion, AppDistribution, LogSeverity, shopifyApp } from '@shopify/shopify-app-remix/server';
import { PrismaSessionStorage } from '@shopify/shopify-app-session-storage-prisma';
import { setAbstractFetchFunc } from '@shopify/shopify-api/runtime';
import { createRestApi } from './api.server';
import { readConfig } from './config.server';
import { rememberMember } from './db/members.server';
import { getResources } from './resources.server';
import { EncryptedSessionStorage } from './shopify/session-storage.server';
import { createTokenEncryption } from './shopify/token-encryption.server';
import { tenantDatabase } from './db/tenant-database.server';
import { createTransport } from './shopify/transport.server';
import { webhookSecrets } from './shopify/webhook-signature.server';
import { installShop } from './sync/install-shop';
import { createWebhookIntake } from './sync/webhook-intake';
import type { WebhookContext } from './webhooks.server';

const APP_BRIDGE_URL = 'https://cdn.shopify.com/shopifycloud/app-bridge.js';

export const config = readConfig(process.env);

/** What every use case is handed; one set of connections a process. */
export const resources = await getResources();
export const log = resources.log;

/** What the page needs to start App Bridge: Shopify's script, or the emulator's stand-in. */
export const appBridge = {
  apiKey: config.SHOPIFY_API_KEY,
  scriptUrl: config.SHOPIFY_EMULATOR_ORIGIN
    ? `${config.SHOPIFY_EMULATOR_ORIGIN}/app-bridge.js`
    : APP_BRIDGE_URL,
};

/** Where the admins of stores are. */
export const adminOrigin = config.SHOPIFY_EMULATOR_ORIGIN ?? 'https://admin.shopify.com';

// The library reads this variable when its Node adapter is loaded, for the pages it writes itself.
if (config.SHOPIFY_EMULATOR_ORIGIN) process.env.APP_BRIDGE_URL = appBridge.scriptUrl;
await import('@shopify/shopify-app-remix/adapters/node');
// After the adapter, which sets a function of its own.
setAbstractFetchFunc(createTransport(config));

/** How the library's severities are called in our log. */
const LOG_LEVELS = {
  [LogSeverity.Error]: 'error',
  [LogSeverity.Warning]: 'warn',
  [LogSeverity.Info]: 'debug',
  [LogSeverity.Debug]: 'trace',
} as const;

/** Installations under way: the loaders of a page run at the same time, and each may find the shop new. */
const installing = new Map<string, Promise<unknown>>();

function installOnce(domain: string): Promise<unknown> {
  const known = installing.get(domain);
  if (known) return known;
  const started = installShop(resources, { domain }).finally(() => installing.delete(domain));
  installing.set(domain, started);
  return started;
}

const shopify = shopifyApp({
  apiKey: config.SHOPIFY_API_KEY,
  apiSecretKey: config.SHOPIFY_API_SECRET,
  apiVersion: ApiVersion.October26,
  ...(config.SCOPES ? { scopes: config.SCOPES.split(',') } : {}),
  appUrl: config.SHOPIFY_APP_URL,
  authPathPrefix: '/auth',
  distribution: AppDistribution.AppStore,
  sessionStorage: new EncryptedSessionStorage(
    new PrismaSessionStorage(resources.db),
    createTokenEncryption(config.TOKEN_ENCRYPTION_KEYS),
    log,
  ),
  hooks: {
    afterAuth: async ({ session }) => {
      await installOnce(session.shop);
    },
  },
  logger: {
    level: LogSeverity.Info,
    log: async (severity, message) => log[LOG_LEVELS[severity]]({ part: 'shopify-app' }, message),
  },
  future: { unstable_newEmbeddedAuthStrategy: true, expiringOfflineAccessTokens: true },
});

export const { authenticate, login } = shopify;

/** What the address of the webhooks works with. */
export const webhookContext: WebhookContext = {
  resources,
  intake: createWebhookIntake(resources),
  secrets: (now) => webhookSecrets(config, now),
};

/** What the routes below /api answer with. */
export const restApi = createRestApi(resources, config);

/** Who may frame a document that names no shop. */
const ANY_ADMIN = 'https://admin.shopify.com https://*.myshopify.com';

/** Headers of a document: who may frame it, and which script it will need. */
export function addDocumentHeaders(request: Request, headers: Headers): void {
  shopify.addDocumentResponseHeaders(request, headers);
  const origin = config.SHOPIFY_EMULATOR_ORIGIN;
  if (origin) {
    headers.set('Content-Security-Policy', `frame-ancestors ${new URL(origin).origin};`);
    if (headers.has('Link')) headers.set('Link', `<${appBridge.scriptUrl}>; rel="preload"; as="script";`);
  } else if (!headers.has('Content-Security-Policy')) {
    headers.set('Content-Security-Policy', `frame-ancestors ${ANY_ADMIN};`);
  }
}

/** From where a request came, as far as the servers before this one tell. Only kept on record: anybody can write it. */
function addressOf(request: Request): string {
  const [first = ''] = (request.headers.get('X-Forwarded-For') ?? '').split(',');
  return first.replace(/[^\w.:\-[\]]/g, '').slice(0, 45);
}

/**
 * Lets a user of a shop's admin in and answers with the shop's row. Throws a response (a redirect, a bounce page) where
 * Shopify's library wants one; a shop that has no row yet is installed here.
 */
export async function authenticateShop(request: Request) {
  const { session, sessionToken, redirect } = await authenticate.admin(request);
  const domain = session.shop;
  let shop = await resources.db.shop.findUnique({ where: { domain } });
  if (!shop || shop.uninstalledAt !== null) {
    await installOnce(domain);
    shop = await resources.db.shop.findUniqueOrThrow({ where: { domain } });
  }
  const { sub: userId } = sessionToken;
  /** Who acts, as the audit log names them, and what they are in this store. */
  const actor = `user ${userId}`;
  const role = await rememberMember(resources.db, { shopId: shop.id, userId, now: resources.now() });
  return {
    // From here on PostgreSQL, too, sees to it that nothing of another account is read or written.
    resources: { ...resources, db: tenantDatabase(resources.db, shop.accountId) },
    shop,
    actor,
    userId,
    role,
    address: addressOf(request),
    redirect,
  };
}
