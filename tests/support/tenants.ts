/**
 * Two shops of two accounts, both in the middle of their lives, and what is needed to see whether one reaches the other: all
 * ids of a shop, a digest of every row it has, and requests by a user of either.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { readConfig } from '~/config.server';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import { seedCache } from '../e2e/cache-data';
import { seedPages } from '../e2e/page-data';
import type { PageData } from '../e2e/page-data';
import { freePort, spawnApp } from './app';
import { connectShop, sessionToken } from './connected-shop';
import { createTestDatabase } from './database';
import type { Database } from '~/db/client.server';
import { startTestEmulator } from './emulator';
import { testEnvironment } from './environment';

export interface Tenant {
  shopId: string;
  accountId: string;
  domain: string;
  /** A word in every title of its catalog. */
  mark: string;
  data: PageData;
}

export interface RouteRequest {
  method: 'GET' | 'POST';
  path: string;
  /** Of an action: a form, JSON, or bytes. */
  form?: Record<string, string>;
  json?: unknown;
  headers?: Record<string, string>;
}

export interface Tenants {
  db: Database;
  resources: AppResources;
  ours: Tenant;
  theirs: Tenant;
  /** As a user of this shop's admin. The text of a stream is what came within a moment. */
  ask(tenant: Tenant, request: RouteRequest): Promise<{ status: number; text: string }>;
  close(): Promise<void>;
}

const SHOPS = { ours: 'ours.myshopify.com', theirs: 'theirs.myshopify.com' };
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36';
/** A stream does not end: so long is listened. */
const LISTEN_MS = 1_000;

async function seed(db: Database, domain: string, mark: string, shop: { shopId: string; accountId: string }) {
  const data = await seedPages(db, { id: shop.shopId, accountId: shop.accountId }, 24);
  await seedCache(db, shop.shopId, data.productId);
  const now = new Date();
  const owned = { shopId: shop.shopId, createdAt: now };
  await db.pictureFile.create({
    data: {
      ...{ ...owned, id: randomUUID(), sha256: mark, filename: 'a.png', mimeType: 'image/png', bytes: 1 },
      ...{ state: 'ready', uploadedBy: 'user 1', lookAt: now, url: 'https://cdn.example.com/a.png' },
    },
  });
  await db.cacheWarm.create({
    data: {
      ...owned,
      id: randomUUID(),
      causedBy: 'user 1',
      selection: { kind: 'query', query: '' },
      allowance: 1,
    },
  });
  // Whoever asks is the owner; another person, and a code by which a store could join.
  const seen = { shopId: shop.shopId, firstSeenAt: now, lastSeenAt: now };
  await db.member.createMany({
    data: [
      { ...seen, userId: '1', role: 'owner' },
      { ...seen, userId: '71', name: mark, role: 'reviewer' },
    ],
  });
  await db.accountJoin.create({
    data: {
      ...{ id: randomUUID(), accountId: shop.accountId, madeIn: shop.shopId, madeBy: 'user 1', madeAt: now },
      ...{ codeHash: mark, expiresAt: new Date(now.getTime() + 3_600_000) },
    },
  });
  await db.$executeRaw`
    UPDATE catalog.product SET title = ${mark} || ' ' || title WHERE account_id = ${shop.accountId}::uuid`;
  return { ...shop, domain, mark, data };
}

async function textWithin(response: Response): Promise<string> {
  if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) return response.text();
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  const timer = setTimeout(() => void reader.cancel(), LISTEN_MS);
  for (let part = await reader.read(); !part.done; part = await reader.read())
    text += decoder.decode(part.value, { stream: true });
  clearTimeout(timer);
  return text;
}

export async function openTenants(): Promise<Tenants> {
  const database = await createTestDatabase();
  const port = await freePort();
  const appUrl = `http://127.0.0.1:${port}`;
  const emulator = await startTestEmulator({
    shops: Object.values(SHOPS).map((domain) => ({
      ...{ domain, name: domain, plan: 'standard' as const, currencyCode: 'EUR' },
      ...{ timezone: 'Europe/Berlin', locations: ['Warehouse'] },
    })),
  });
  const env = testEnvironment({ databaseUrl: database.url, emulatorOrigin: emulator.origin, appUrl });
  const resources = await createResources(readConfig({ ...env, LOG_LEVEL: 'silent' }));
  const { db } = database;
  const tenant = async (domain: string, mark: string) =>
    seed(db, domain, mark, await connectShop(resources, env, domain));
  const ours = await tenant(SHOPS.ours, 'Ourswordnobodyelsehas');
  const theirs = await tenant(SHOPS.theirs, 'Theirs');
  // Nothing is refused for coming too often.
  const app = await spawnApp({ ...env, API_REQUESTS_PER_MINUTE: '100000', API_BURST: '100000' }, port);
  return {
    db,
    resources,
    ours,
    theirs,
    ask: async ({ domain }, { method, path, form, json, headers = {} }) => {
      const response = await fetch(`${app.origin}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          // Shopify's library lets no robots in.
          'user-agent': BROWSER,
          authorization: `Bearer ${await sessionToken(domain)}`,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
      return { status: response.status, text: await textWithin(response) };
    },
    close: async () => {
      await app.stop();
      await resources.close();
      await emulator.close();
      await database.drop();
    },
  };
}

export interface OwnedTable {
  schema: string;
  table: string;
  owner: 'shop_id' | 'account_id';
}

/** Every table whose rows say whose they are: also those that nobody has thought of yet. */
export async function ownedTables(db: Database): Promise<OwnedTable[]> {
  return db.$queryRaw<OwnedTable[]>`
    SELECT table_schema::text AS schema, table_name::text AS "table",
      CASE WHEN bool_or(column_name = 'shop_id') THEN 'shop_id' ELSE 'account_id' END AS owner
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema IN ('app', 'catalog') AND table_type = 'BASE TABLE' AND column_name IN ('shop_id', 'account_id')
    GROUP BY 1, 2 ORDER BY 1, 2`;
}

const ofTenant = ({ schema, table, owner }: OwnedTable, { shopId, accountId }: Tenant) =>
  `"${schema}"."${table}" AS held WHERE held.${owner} = '${owner === 'shop_id' ? shopId : accountId}'`;

/** One text a table of all that a tenant has. */
export async function digestOf(db: Database, tenant: Tenant): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const owned of await ownedTables(db)) {
    const [row] = await db.$queryRawUnsafe<{ digest: string }[]>(
      `SELECT count(*) || ' ' || md5(coalesce(string_agg(held::text, '|' ORDER BY held::text), '')) AS digest
       FROM ${ofTenant(owned, tenant)}`,
    );
    digests[`${owned.schema}.${owned.table}`] = row?.digest ?? '';
  }
  return digests;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Every UUID that any row of a tenant names, by the table that names it first. */
export async function idsOf(db: Database, tenant: Tenant): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const owned of await ownedTables(db)) {
    const rows = await db.$queryRawUnsafe<{ text: string }[]>(
      `SELECT held::text AS text FROM ${ofTenant(owned, tenant)}`,
    );
    for (const { text } of rows)
      for (const id of text.match(UUID) ?? [])
        if (!ids.has(id)) ids.set(id, `${owned.schema}.${owned.table}`);
  }
  return ids;
}

/** One id of each kind that a row can have: of every table with an id, one of a tenant; and those of its pages. */
export async function oneIdOfEach(db: Database, tenant: Tenant): Promise<{ table: string; id: string }[]> {
  const tables = await db.$queryRaw<{ schema: string; table: string }[]>`
    SELECT table_schema::text AS schema, table_name::text AS "table" FROM information_schema.columns
    WHERE table_schema IN ('app', 'catalog') AND column_name = 'id' AND udt_name = 'uuid'`;
  const withId = new Set(tables.map(({ schema, table }) => `${schema}.${table}`));
  const found: { table: string; id: string }[] = [];
  for (const owned of await ownedTables(db)) {
    const table = `${owned.schema}.${owned.table}`;
    if (!withId.has(table)) continue;
    const [row] = await db.$queryRawUnsafe<{ id: string }[]>(
      `SELECT held.id::text AS id FROM ${ofTenant(owned, tenant)} LIMIT 1`,
    );
    if (row) found.push({ table, id: row.id });
  }
  const { productId, runId, importId, edits, promotions } = tenant.data;
  const ofPages = [productId, runId, importId, ...Object.values(edits), ...Object.values(promotions)];
  return [...found, ...ofPages.map((id) => ({ table: 'pages', id }))];
}

/** What of a tenant an answer shows: ids that the request did not name itself, and its word. */
export function shownOf(
  { mark, domain }: Tenant,
  ids: ReadonlyMap<string, string>,
  request: string,
  answer: string,
) {
  const named = new Set(request.match(UUID) ?? []);
  const shown = (answer.match(UUID) ?? []).filter((id) => ids.has(id) && !named.has(id));
  return [
    ...new Set(shown.map((id) => `${ids.get(id)} ${id}`)),
    ...[mark, domain].filter((text) => answer.includes(text) && !request.includes(text)),
  ];
}

export interface RouteFile {
  /** As Remix calls it: "routes/app.products.$id". */
  id: string;
  /** "/app/products/$id". */
  path: string;
  hasLoader: boolean;
  hasAction: boolean;
  /** What a form of its action may ask for: every "intent" that its schema knows. */
  intents: string[];
  /** Parameters of the address that it reads. */
  parameters: string[];
}

/** Every file of app/routes. */
export function routeFiles(): RouteFile[] {
  return readdirSync('app/routes').map((file) => {
    const source = readFileSync(`app/routes/${file}`, 'utf8');
    const name = file.replace(/\.tsx$/, '');
    const segments = name
      .replaceAll(/\[(.)\]/g, '\u0000')
      .split('.')
      .filter((segment) => segment !== '_index')
      .map((segment) => segment.replaceAll('\u0000', '.').replace(/_$/, ''));
    const intents = [...source.matchAll(/intent: z\.(?:literal\(('[^']+')\)|enum\(\[([^\]]+)\]\))/g)].flatMap(
      ([, one, several]) =>
        [...(one ?? several ?? '').matchAll(/'([^']+)'/g)].map(([, intent]) => intent ?? ''),
    );
    return {
      id: `routes/${name}`,
      path: `/${segments.join('/')}`,
      hasLoader: /export (?:async function|const) loader\b/.test(source),
      hasAction: /export (?:async function|const) action\b/.test(source),
      intents: [...new Set(intents)],
      parameters: [
        ...new Set([...source.matchAll(/\.get\('(\w+)'\)/g)].map(([, parameter]) => parameter ?? '')),
      ],
    };
  });
}
