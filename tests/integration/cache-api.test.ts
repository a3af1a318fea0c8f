/** The cache by the API: figures, entries, warming and invalidation, by key and signed; scopes, repetition, refusals. */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCacheCounts } from '~/db/cache-hours.server';
import { createPushSource } from '~/sync/create-push-source';
import { putProduct } from '../support/catalog-rows';
import { ORIGIN, openApiStage } from '../support/rest-api';
import type { ApiShop, ApiStage } from '../support/rest-api';

let stage: ApiStage;
let productId: string;
beforeAll(async () => {
  stage = await openApiStage({ perMinute: 60_000, burst: 500 });
});
afterAll(async () => {
  await stage?.close();
});
const db = () => stage.resources.db;

/** A product that is cached. */
async function putCached({ shopId, accountId }: ApiShop, handle: string, vendor: string): Promise<string> {
  const id = await putProduct(db(), accountId, { handle, title: handle, variants: [] });
  await db().catalogProduct.update({ where: { id }, data: { vendor } });
  const remoteId = `gid://shopify/Product/${handle.length}${shopId.slice(0, 4)}${handle}`;
  await db().productLink.create({
    data: { shopId, productId: id, remoteId, state: 'linked', title: handle },
  });
  await db().remoteProductRow.create({
    data: {
      shopId,
      remoteId,
      state: { fields: { handle } },
      fingerprint: 'print',
      fetchedAt: stage.clock.now,
    },
  });
  return id;
}

beforeEach(async () => {
  await db().catalogProduct.deleteMany();
  await db().productLink.deleteMany();
  await db().remoteProductRow.deleteMany();
  await db().cacheControl.deleteMany();
  await db().cacheWarm.deleteMany();
  await db().cacheHour.deleteMany();
  productId = await putCached(stage.own, 'tent', 'Fjell');
  await putCached(stage.own, 'stove', 'Acme');
  await putCached(stage.other, 'tent', 'Fjell');
});

const marked = async ({ shopId }: ApiShop) =>
  (await db().remoteProductRow.findMany({ where: { shopId, invalidatedAt: { not: null } } })).map(
    ({ invalidatedBy }) => invalidatedBy,
  );

describe('the figures', () => {
  it('are those of the shop, and say what was missed for which cause', async () => {
    const { shopId } = stage.own;
    const looks = [
      { outcome: 'hit' as const, looks: 8, points: 320, bytes: 24_000 },
      { outcome: 'cold' as const, looks: 1, points: 40, bytes: 0 },
      { outcome: 'webhook' as const, looks: 1, points: 41, bytes: 0 },
    ];
    await addCacheCounts(db(), shopId, { looks, skips: new Map([['unchanged', 3]]) }, stage.clock.now);
    await addCacheCounts(db(), shopId, { looks: [looks[0]!], skips: new Map() }, stage.clock.now);
    await addCacheCounts(db(), stage.other.shopId, { looks, skips: new Map() }, stage.clock.now);
    const { status, json } = await stage.ask('GET', '/cache');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ...{ hours: 24, looks: 18, hits: 16, points_spent: 81 },
      saved: { reads: 16, points: 640, bytes: 48_000 },
      misses: { cold: 1, webhook: 1, expired: 0 },
      entries: { products: 2, invalidated: 0 },
    });
    const skipped = await db().skipHour.findMany({ where: { shopId } });
    expect(skipped).toMatchObject([{ reason: 'unchanged', fields: 3 }]);
  });

  it('of nothing are no rate', async () => {
    expect((await stage.ask('GET', '/cache?hours=1')).json).toMatchObject({ hit_rate: null, looks: 0 });
  });
});

describe('an entry', () => {
  it('is told, pinned and given a time to live', async () => {
    const path = `/cache/products/${productId}`;
    expect((await stage.ask('GET', path)).json).toMatchObject({ state: 'fresh', pinned: false });
    const pinned = await stage.ask('PUT', path, { body: { pinned: true, ttl_seconds: 60 } });
    expect(pinned.json).toMatchObject({ state: 'pinned', pinned: true, ttl_seconds: 60 });
    const unpinned = await stage.ask('PUT', path, { body: { pinned: false } });
    expect(unpinned.json).toMatchObject({ state: 'fresh', pinned: false, ttl_seconds: 60 });
    expect((await stage.ask('PUT', path, { body: { ttl_seconds: 0 } })).status).toBe(422);
  });

  it('of another shop is not there', async () => {
    const theirs = await db().productLink.findFirstOrThrow({ where: { shopId: stage.other.shopId } });
    const path = `/cache/products/${theirs.productId}`;
    expect((await stage.ask('GET', path)).status).toBe(404);
    expect((await stage.ask('PUT', path, { body: { pinned: true } })).status).toBe(404);
    expect(await db().cacheControl.count()).toBe(0);
  });
});

describe('an invalidation', () => {
  it('marks what the search selects, in this shop only', async () => {
    const { status, json } = await stage.ask('POST', '/cache/invalidate', {
      body: { query: 'vendor:Fjell' },
    });
    expect([status, json]).toEqual([200, { products: 1 }]);
    expect(await marked(stage.own)).toEqual(['api']);
    expect(await marked(stage.other)).toEqual([]);
  });

  it('needs the scope, and exactly one way to say which products', async () => {
    const { text } = await stage.makeKey(stage.own, ['jobs:read']);
    const denied = await stage.ask('POST', '/cache/invalidate', { key: text, body: { query: '' } });
    expect(denied.status).toBe(403);
    const both = { query: '', product_ids: [productId] };
    expect((await stage.ask('POST', '/cache/invalidate', { body: both })).status).toBe(422);
    expect((await stage.ask('POST', '/cache/invalidate', { body: { query: 'price:>' } })).status).toBe(422);
    expect(await marked(stage.own)).toEqual([]);
  });
});

describe('warming', () => {
  it('is queued once for each Idempotency-Key, and can be watched', async () => {
    const send = () =>
      stage.ask('POST', '/cache/warm', {
        body: { query: 'vendor:Fjell', points: 500 },
        headers: { 'idempotency-key': 'warm-1' },
      });
    const [first, again] = [await send(), await send()];
    expect(first.status).toBe(202);
    expect(first.json).toMatchObject({ state: 'selecting', points_allowed: 500 });
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await db().cacheWarm.count()).toBe(1);
    const watched = await stage.ask('GET', first.headers.get('location')!.replace('/api/shopify', ''));
    expect(watched.json).toEqual(first.json);
  });

  it('is refused with what is wrong, and while too much of it is under way', async () => {
    expect((await stage.ask('POST', '/cache/warm', { body: { query: '', points: 0 } })).status).toBe(422);
    for (let count = 0; count < 10; count += 1)
      expect((await stage.ask('POST', '/cache/warm', { body: { query: '' } })).status).toBe(202);
    expect((await stage.ask('POST', '/cache/warm', { body: { query: '' } })).status).toBe(409);
  });
});

describe('a signed invalidation', () => {
  const makeSource = async (name: string) => {
    const { shopId } = stage.own;
    const made = await createPushSource(stage.resources, { shopId, name, createdBy: 'test' });
    if (made.kind !== 'created') throw new Error(made.kind);
    return made;
  };
  const send = async (
    { id: source, secret }: { id: string; secret: string },
    body: string,
    { id = randomUUID(), signed = body } = {},
  ) => {
    const at = new Date();
    const response = await stage.invalidate(
      new Request(`${ORIGIN}/api/cache/invalidate?source=${source}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': new Webhook(secret).sign(id, at, signed),
        },
        body,
      }),
    );
    const json: unknown = await response.json();
    return { status: response.status, json };
  };
  const body = JSON.stringify({ query: 'vendor:Fjell' });

  it('is done once for each message', async () => {
    const source = await makeSource('Warehouse');
    const id = randomUUID();
    expect(await send(source, body, { id })).toEqual({ status: 200, json: { products: 1 } });
    expect(await marked(stage.own)).toEqual(['api']);
    await db().remoteProductRow.updateMany({ data: { invalidatedAt: null, invalidatedBy: null } });
    expect(await send(source, body, { id })).toEqual({ status: 200, json: { products: 1 } });
    expect(await marked(stage.own)).toEqual([]);
  });

  it('is refused where it is forged, or says nothing of use', async () => {
    const source = await makeSource('Shelf');
    expect((await send(source, body, { signed: '{}' })).status).toBe(401);
    expect((await send({ ...source, id: randomUUID() }, body)).status).toBe(401);
    expect((await send(source, '{"everything": true}')).status).toBe(422);
    expect(await marked(stage.own)).toEqual([]);
  });
});
