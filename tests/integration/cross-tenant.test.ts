/**
 * What belongs to one shop is out of another's reach: every route, every endpoint of the API and every job is given the ids
 * of another account's shop, and neither shows nor changes anything of it. The owner's own requests prove that the same would
 * show and change something.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '~/api/endpoints';
import { API_SCOPES } from '~/core/api-scopes';
import { HANDLERS, runHandler } from '~/queue/worker';
import { parseJob } from '~/queue/payload';
import { createApiKey } from '~/sync/create-api-key';
import type { JobFor, JobName } from '~/sync/jobs';
import { actionRequests } from '../support/route-requests';
import { digestOf, idsOf, oneIdOfEach, openTenants, routeFiles, shownOf } from '../support/tenants';
import type { RouteRequest, Tenants } from '../support/tenants';

const ROUTES = routeFiles();
/** Nobody's: signed by somebody else, shown to all, or answered without a shop (tests of their own hold them). */
const WITHOUT_A_SHOP = [
  'routes/_index',
  'routes/auth.$',
  'routes/auth.login',
  'routes/healthz',
  'routes/metrics',
  'routes/webhooks',
  'routes/api.docs',
  'routes/api.openapi[.]json',
];
/** Below /api: with a key or a signature instead of a session; the endpoints have a test of their own below. */
const BY_KEY = [
  'routes/api.shopify.$',
  'routes/api.cache.invalidate',
  'routes/api.cache.warm',
  'routes/api.catalog.changes',
];
/** Pages of one thing that name it by nothing but the id they were asked for. */
const FIGURES_ONLY = ['routes/app.promotions.$id_.effect', 'routes/app.edits.$id_.csv'];
const BY_SESSION = ROUTES.filter(({ id }) => !WITHOUT_A_SHOP.includes(id) && !BY_KEY.includes(id));

let tenants: Tenants;
let ids: Map<string, string>;
let kinds: { table: string; id: string }[];

beforeAll(async () => {
  tenants = await openTenants();
  ids = await idsOf(tenants.db, tenants.ours);
  for (const id of (await idsOf(tenants.db, tenants.theirs)).keys()) ids.delete(id);
  kinds = await oneIdOfEach(tenants.db, tenants.ours);
});
afterAll(async () => {
  await tenants?.close();
});

const written = (request: RouteRequest) =>
  `${request.path} ${JSON.stringify(request.form ?? request.json ?? {})}`;

/** Asks as the other shop: what it shows of ours. */
async function leaks(request: RouteRequest): Promise<string[]> {
  const { status, text } = await tenants.ask(tenants.theirs, request);
  const shown = shownOf(tenants.ours, ids, written(request), text);
  return [
    ...shown.map((what) => `${request.method} ${written(request)} shows ${what}`),
    ...(status >= 500 && status !== 503 ? [`${request.method} ${written(request)} answers ${status}`] : []),
  ];
}

/** A request of data alone, as the pages ask for it. */
const dataOf = (path: string, route: string) =>
  `${path}${path.includes('?') ? '&' : '?'}_data=${encodeURIComponent(route)}`;

describe('a user of another shop', () => {
  it('has every kind of thing to look for', () => {
    expect(kinds.length).toBeGreaterThan(20);
    expect(ids.size).toBeGreaterThan(100);
  });

  it('sees nothing of ours on any page, whatever id its address names', { timeout: 600_000 }, async () => {
    const before = await digestOf(tenants.db, tenants.ours);
    const found: string[] = [];
    const shownToOwner = new Map<string, number>();
    for (const route of BY_SESSION.filter(({ hasLoader }) => hasLoader)) {
      const paths = route.path.includes('$')
        ? kinds.map(({ id }) => route.path.replace('$id', id))
        : [
            route.path,
            ...route.parameters.flatMap((name) => kinds.map(({ id }) => `${route.path}?${name}=${id}`)),
            `${route.path}?q=${tenants.ours.mark}`,
          ];
      for (const path of paths) {
        const request = { method: 'GET' as const, path: dataOf(path, route.id) };
        found.push(...(await leaks(request)));
      }
      const own = route.path.includes('$') ? paths : [route.path];
      for (const path of own) {
        const request = { method: 'GET' as const, path: dataOf(path, route.id) };
        const { status, text } = await tenants.ask(tenants.ours, request);
        const shown = status === 200 ? shownOf(tenants.ours, ids, written(request), text).length : 0;
        shownToOwner.set(route.id, (shownToOwner.get(route.id) ?? 0) + shown);
      }
    }
    expect(found).toEqual([]);
    expect(await digestOf(tenants.db, tenants.ours)).toEqual(before);
    // The sweep would have seen something: every page of one thing, and most others, show their owner what is theirs.
    const blind = [...shownToOwner].filter(([, count]) => count === 0).map(([route]) => route);
    expect(blind.filter((route) => route.includes('$') && !FIGURES_ONLY.includes(route))).toEqual([]);
    expect(shownToOwner.size - blind.length).toBeGreaterThan(20);
  });

  it('changes nothing of ours by any action', { timeout: 600_000 }, async () => {
    const { db, ours, theirs } = tenants;
    const requests = await actionRequests(db, ours);
    const missing = BY_SESSION.filter(({ hasAction }) => hasAction).flatMap(({ id, intents }) =>
      (intents.length > 0 ? intents : [''])
        .filter((intent) => !requests.some((one) => one.route === id && one.intent === intent))
        .map((intent) => `${id} ${intent}`),
    );
    expect(missing).toEqual([]);
    const asked = requests.map((request) => {
      const route = ROUTES.find(({ id }) => id === request.route);
      if (!route) throw new Error(`There is no ${request.route}.`);
      const path = request.path === '' ? route.path : request.path;
      return { ...request, path: dataOf(path, request.route) };
    });
    let before = await digestOf(db, ours);
    const found: string[] = [];
    for (const request of asked) {
      found.push(...(await leaks(request)));
      const after = await digestOf(db, ours);
      for (const table of Object.keys(after))
        if (after[table] !== before[table]) found.push(`${written(request)} changes ${table}`);
      before = after;
    }
    expect(found).toEqual([]);
    expect((await idsOf(db, theirs)).size).toBeGreaterThan(0);
    // The same by their owner: it is these requests that do something.
    const idle: string[] = [];
    for (const request of asked) {
      await tenants.ask(ours, request);
      const after = await digestOf(db, ours);
      if (request.changes && Object.keys(after).every((table) => after[table] === before[table]))
        idle.push(written(request));
      before = after;
    }
    expect(idle).toEqual([]);
  });
});

describe('a key of another shop', () => {
  it('reaches nothing of ours by any endpoint', { timeout: 600_000 }, async () => {
    const { db, ours, theirs, resources } = tenants;
    const keyOf = async (shopId: string) => {
      const wanted = { shopId, name: 'sweep', scopes: [...API_SCOPES], createdBy: 'test' };
      const made = await createApiKey(resources, wanted);
      if (made.kind !== 'created') throw new Error(`There is no key: ${made.kind}`);
      return made.text;
    };
    const [ourKey, theirKey] = [await keyOf(ours.shopId), await keyOf(theirs.shopId)];
    const before = await digestOf(db, ours);
    const known = await idsOf(db, ours);
    for (const id of (await idsOf(db, theirs)).keys()) known.delete(id);
    const newest = await oneIdOfEach(db, ours);
    const found: string[] = [];
    const ofOneThing = ENDPOINTS.filter(({ path }) => path.includes('{'));
    const requests = ofOneThing.flatMap(({ method, path, id: name }) =>
      newest.map(({ id }) => ({ name, method, path: `/api/shopify${path.replaceAll(/\{\w+\}/g, id)}` })),
    );
    const sent = ({ method, path }: { method: string; path: string }, key: string): RouteRequest => ({
      ...{ method: method === 'GET' ? 'GET' : 'POST', path },
      ...(method === 'GET' ? {} : { json: {} }),
      headers: { authorization: `Bearer ${key}` },
    });
    for (const request of requests) {
      const { status, text } = await tenants.ask(theirs, sent(request, theirKey));
      const shown = shownOf(ours, known, request.path, text);
      found.push(...shown.map((what) => `${request.method} ${request.path} shows ${what}`));
      if (status < 300 || status === 429 || status === 401)
        found.push(`${request.method} ${request.path} answers ${status}`);
    }
    expect(found).toEqual([]);
    expect(await digestOf(db, ours)).toEqual(before);
    // Their owner reads each of them; of a promotion nothing is told before orders are read.
    const reached = new Set<string>();
    for (const request of requests.filter(({ method }) => method === 'GET'))
      if ((await tenants.ask(ours, sent(request, ourKey))).status === 200) reached.add(request.name);
    const readable = ofOneThing.filter(({ method, id }) => method === 'GET' && id !== 'getPromotionEffect');
    expect(readable.map(({ id }) => id).filter((id) => !reached.has(id))).toEqual([]);
  });
});

describe('a job of another shop', () => {
  /** Every kind of job that names a shop, with our ids in it. A kind that is missing does not compile. */
  const jobs: {
    [N in Exclude<JobName, 'handle-webhooks'>]: (id: string) => Omit<JobFor<N>, 'name' | 'shopId'>;
  } = {
    'run-sync': (runId) => ({ runId }),
    'sync-products': (id) => ({ runId: id, productIds: [id], causedBy: 'test' }),
    'sync-bulk': (bulkWriteId) => ({ bulkWriteId }),
    'import-catalog': (importId) => ({ importId }),
    'reconcile-store': (reconciliationId) => ({ reconciliationId }),
    'plan-bulk-edit': (editId) => ({ editId }),
    'apply-bulk-edit': (editId) => ({ editId }),
    'upload-picture': (pictureId) => ({ pictureId }),
    'turn-promotions': () => ({}),
    'warm-cache': () => ({}),
    'import-orders': () => ({}),
  };

  it('changes nothing of ours, whatever its payload names', { timeout: 600_000 }, async () => {
    const { db, ours, theirs, resources } = tenants;
    expect(Object.keys(jobs).toSorted()).toEqual(
      Object.keys(HANDLERS)
        .filter((name) => name !== 'handle-webhooks')
        .toSorted(),
    );
    const before = await digestOf(db, ours);
    const context = { jobId: randomUUID(), interrupted: false, signal: new AbortController().signal };
    const found: string[] = [];
    for (const [name, payload] of Object.entries(jobs))
      for (const { id } of kinds) {
        const job = parseJob({ name, shopId: theirs.shopId, ...payload(id) });
        // A job that refuses what it cannot find is as good as one that finds nothing to do.
        await runHandler(resources, HANDLERS, job, context).catch((error: unknown) => {
          if (String(error).includes(ours.mark)) found.push(`${name} ${id} tells ${String(error)}`);
        });
      }
    const after = await digestOf(db, ours);
    found.push(...Object.keys(after).filter((table) => after[table] !== before[table]));
    expect(found).toEqual([]);
  });
});
