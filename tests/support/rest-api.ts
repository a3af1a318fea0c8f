/** The REST API in this process, with a database of its own and two shops of two accounts; no worker and no Shopify. */
import { createRestApi } from '~/api.server';
import { readConfig } from '~/config.server';
import { API_SCOPES } from '~/core/api-scopes';
import type { ApiScope } from '~/core/api-scopes';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import { createApiKey } from '~/sync/create-api-key';
import { createTestDatabase } from './database';
import { testEnvironment } from './environment';

export interface ApiShop {
  shopId: string;
  accountId: string;
  domain: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Null where the body is empty. */
  json: unknown;
}

export interface AskOptions {
  /** Text of an API key; absent: a key of `own` with every scope. Null: none. */
  key?: string | null;
  body?: unknown;
  /** Instead of `body`: as it stands. */
  raw?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

export interface ApiStage {
  resources: AppResources;
  own: ApiShop;
  other: ApiShop;
  /** The clock of the API; moves only by hand. */
  clock: { now: Date };
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** Sends the request as it is. */
  answer(request: Request): Promise<Response>;
  /** Sends a push as it is. */
  push(request: Request): Promise<Response>;
  /** Sends a signed invalidation of the cache as it is. */
  invalidate(request: Request): Promise<Response>;
  document(): Promise<unknown>;
  reference(): Promise<string>;
  makeKey(shop: ApiShop, scopes?: readonly ApiScope[], name?: string): Promise<{ id: string; text: string }>;
  close(): Promise<void>;
}

export const ORIGIN = 'http://lockstep.test';

export async function openApiStage(limits: { perMinute: number; burst: number }): Promise<ApiStage> {
  const database = await createTestDatabase();
  const env = testEnvironment({ databaseUrl: database.url, emulatorOrigin: 'http://127.0.0.1:9' });
  const config = readConfig({
    ...env,
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    API_REQUESTS_PER_MINUTE: String(limits.perMinute),
    API_BURST: String(limits.burst),
  });
  const made = await createResources(config);
  const clock = { now: new Date() };
  const resources: AppResources = { ...made, now: () => clock.now };
  const api = createRestApi(resources, config, { planWaitMs: 0 });
  const shop = async (domain: string): Promise<ApiShop> => {
    const account = await database.db.account.create({ data: { name: domain } });
    const { id } = await database.db.shop.create({ data: { accountId: account.id, domain } });
    return { shopId: id, accountId: account.id, domain };
  };
  const own = await shop('own.myshopify.com');
  const other = await shop('other.myshopify.com');
  let keys = 0;
  const makeKey: ApiStage['makeKey'] = async ({ shopId }, scopes = API_SCOPES, name) => {
    keys += 1;
    const made_ = await createApiKey(resources, {
      shopId,
      name: name ?? `Key ${keys}`,
      scopes: [...scopes],
      createdBy: 'test',
    });
    if (made_.kind !== 'created') throw new Error(`No key: ${made_.kind}`);
    return { id: made_.id, text: made_.text };
  };
  const usual = await makeKey(own);
  return {
    resources,
    own,
    other,
    clock,
    makeKey,
    answer: (request) => api.answer(request),
    push: (request) => api.push(request),
    invalidate: (request) => api.invalidate(request),
    document: () => api.openApi().json(),
    reference: () => api.reference().text(),
    ask: async (method, path, options = {}) => {
      const { key = usual.text, body, raw, headers } = options;
      const sent = raw ?? (body === undefined ? null : JSON.stringify(body));
      const response = await api.answer(
        new Request(`${ORIGIN}/api/shopify${path}`, {
          method,
          headers: {
            ...(key === null ? {} : { authorization: `Bearer ${key}` }),
            ...(sent === null ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(sent === null ? {} : { body: sent }),
        }),
      );
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        json: text === '' ? null : JSON.parse(text),
      };
    },
    close: async () => {
      await made.close();
      await database.drop();
    },
  };
}
