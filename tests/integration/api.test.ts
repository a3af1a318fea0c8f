/** The REST API: keys, scopes, limits, idempotency, problems, pages. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { API_SCOPES } from '~/core/api-scopes';
import { createApiKey } from '~/sync/create-api-key';
import { pruneIdempotency } from '~/sync/prune-idempotency';
import { revokeApiKey } from '~/sync/revoke-api-key';
import { putProduct } from '../support/catalog-rows';
import { openApiStage } from '../support/rest-api';
import type { ApiStage } from '../support/rest-api';

const LIMITS = { perMinute: 60, burst: 40 };

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage(LIMITS);
});
afterAll(async () => {
  await stage?.close();
});
beforeEach(async () => {
  const { db } = stage.resources;
  await db.apiRateLimit.deleteMany();
  await db.catalogProduct.deleteMany();
  await db.syncRun.deleteMany();
  await db.productLink.deleteMany();
});

const db = () => stage.resources.db;
const later = (ms: number) => {
  stage.clock.now = new Date(stage.clock.now.getTime() + ms);
};
const inContext = (errors: object[], fields: object) => ({ ...fields, errors });

describe('a key', () => {
  it('is kept as a hash only, and shown by its beginning', async () => {
    const { id, text } = await stage.makeKey(stage.own);
    expect(text).toMatch(/^lsk_[0-9a-f]{32}_[0-9a-f]{64}$/);
    const row = await db().apiKey.findUniqueOrThrow({ where: { id } });
    expect(row.secretHash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(row)).not.toContain(text.split('_')[2]);
  });

  it('opens its own shop, and is refused in every other form', async () => {
    const { text } = await stage.makeKey(stage.own);
    expect((await stage.ask('GET', '/runs', { key: text })).status).toBe(200);
    const [, id, secret] = text.split('_');
    const wrong = [
      null,
      '',
      'lsk_',
      `lsk_${id}_${'0'.repeat(64)}`,
      `lsk_${'0'.repeat(32)}_${secret}`,
      text.toUpperCase(),
      `${text}0`,
      text.slice(0, -1),
    ];
    for (const key of wrong) {
      const { status, headers, json } = await stage.ask('GET', '/runs', { key });
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer /);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(json).toMatchObject({ status: 401, type: '/api/docs#problem-unauthorized' });
    }
    for (const authorization of [`Basic ${text}`, text, `Bearer`, `Bearer ${text} ${text}`])
      expect((await stage.ask('GET', '/runs', { key: null, headers: { authorization } })).status).toBe(401);
  });

  it('ends at once when it is revoked, and with its shop', async () => {
    const gone = await stage.makeKey(stage.own);
    const revoke = { shopId: stage.own.shopId, keyId: gone.id, revokedBy: 'test' };
    expect(await revokeApiKey(stage.resources, { ...revoke, shopId: stage.other.shopId })).toBe(false);
    expect((await stage.ask('GET', '/runs', { key: gone.text })).status).toBe(200);
    expect(await revokeApiKey(stage.resources, revoke)).toBe(true);
    expect(await revokeApiKey(stage.resources, revoke)).toBe(false);
    expect((await stage.ask('GET', '/runs', { key: gone.text })).status).toBe(401);
    const { text } = await stage.makeKey(stage.other);
    const where = { id: stage.other.shopId };
    await db().shop.update({ where, data: { uninstalledAt: new Date() } });
    expect((await stage.ask('GET', '/runs', { key: text })).status).toBe(401);
    await db().shop.update({ where, data: { uninstalledAt: null } });
    expect((await stage.ask('GET', '/runs', { key: text })).status).toBe(200);
  });

  it('tells its last use, to the minute', async () => {
    const { id, text } = await stage.makeKey(stage.own);
    const lastUse = async () => (await db().apiKey.findUniqueOrThrow({ where: { id } })).lastUsedAt;
    expect(await lastUse()).toBeNull();
    const first = stage.clock.now;
    await stage.ask('GET', '/runs', { key: text });
    expect(await lastUse()).toEqual(first);
    later(59_000);
    await stage.ask('GET', '/runs', { key: text });
    expect(await lastUse()).toEqual(first);
    later(2_000);
    await stage.ask('GET', '/runs', { key: text });
    expect(await lastUse()).toEqual(stage.clock.now);
  });

  it('may do what its scopes say, and nothing else', async () => {
    const tries = [
      ['GET', '/catalog/products', 'catalog:read'],
      ['PUT', '/catalog/products', 'catalog:write'],
      ['POST', '/sync', 'sync:write'],
      ['GET', '/runs', 'jobs:read'],
      ['GET', '/conflicts', 'conflicts:read'],
      ['GET', '/audit', 'audit:read'],
    ] as const;
    for (const [method, path, scope] of tries) {
      const { text: with_ } = await stage.makeKey(stage.own, [scope]);
      const { text: without } = await stage.makeKey(
        stage.own,
        API_SCOPES.filter((one) => one !== scope),
      );
      const body = method === 'GET' ? {} : { body: {} };
      expect((await stage.ask(method, path, { key: with_, ...body })).status).not.toBe(403);
      const refused = await stage.ask(method, path, { key: without, ...body });
      expect(refused.status).toBe(403);
      expect(refused.headers.get('www-authenticate')).toContain(
        `error="insufficient_scope", scope="${scope}"`,
      );
    }
  });

  it('has a name of its own among those in use', async () => {
    const of = { shopId: stage.own.shopId, scopes: [], createdBy: 'test' };
    const [one, two] = await Promise.all([
      createApiKey(stage.resources, { ...of, name: 'ERP' }),
      createApiKey(stage.resources, { ...of, name: 'erp' }),
    ]);
    expect([one.kind, two.kind].sort()).toEqual(['created', 'name-taken']);
  });
});

describe('the limit', () => {
  it('lets a burst through, says what is left, and regains with time', async () => {
    const { text: key } = await stage.makeKey(stage.own);
    const left: string[] = [];
    for (let turn = 0; turn < LIMITS.burst; turn += 1) {
      const { status, headers } = await stage.ask('GET', '/runs?limit=1', { key });
      expect(status).toBe(200);
      left.push(headers.get('ratelimit') ?? '');
      expect(headers.get('ratelimit-policy')).toBe('"sustained";q=60;w=60, "burst";q=40;w=40');
    }
    expect(left[0]).toBe('"burst";r=39;t=1');
    expect(left.at(-1)).toBe('"burst";r=0;t=40');
    const refused = await stage.ask('GET', '/runs', { key });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('ratelimit')).toBe('"burst";r=0;t=40');
    // Another key of the shop is not held up by it.
    expect((await stage.ask('GET', '/runs')).status).toBe(200);
    later(1_000);
    expect((await stage.ask('GET', '/runs', { key })).status).toBe(200);
    expect((await stage.ask('GET', '/runs', { key })).status).toBe(429);
    later(3_600_000);
    expect((await stage.ask('GET', '/runs', { key })).headers.get('ratelimit')).toBe('"burst";r=39;t=1');
  });

  it('lets exactly the burst through when all come at once', async () => {
    const { text: key } = await stage.makeKey(stage.own);
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => stage.ask('GET', '/runs?limit=1', { key })),
    );
    const by = Map.groupBy(answers, ({ status }) => status);
    expect(by.get(200)).toHaveLength(LIMITS.burst);
    expect(by.get(429)).toHaveLength(20);
  });

  it('does not count what nobody proved to be theirs', async () => {
    const { text } = await stage.makeKey(stage.own);
    const guess = `${text.slice(0, 37)}${'0'.repeat(64)}`;
    for (let turn = 0; turn < 5; turn += 1) await stage.ask('GET', '/runs', { key: guess });
    expect((await stage.ask('GET', '/runs', { key: text })).headers.get('ratelimit')).toBe(
      '"burst";r=39;t=1',
    );
  });
});

describe('an Idempotency-Key', () => {
  const product = () =>
    putProduct(db(), stage.own.accountId, {
      handle: randomUUID(),
      variants: [{ sku: 'A', price: '1', options: [] }],
    });
  const post = (key: string, body: unknown, more: object = {}) =>
    stage.ask('POST', '/sync', { body, headers: { 'idempotency-key': key }, ...more });

  it('makes one run of many equal requests at the same time', async () => {
    const body = { product_ids: [await product()] };
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(key, body)));
    expect(await db().syncRun.count()).toBe(1);
    const done = answers.filter(({ status }) => status === 202);
    expect(done.length).toBeGreaterThan(0);
    for (const { status } of answers) expect([202, 409]).toContain(status);
    const again = await post(key, body);
    expect(again.status).toBe(202);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('location')).toMatch(/^\/api\/shopify\/runs\//);
    for (const { json } of done) expect(json).toEqual(again.json);
    expect(await db().syncRun.count()).toBe(1);
  });

  it('belongs to one request: another one is refused', async () => {
    const key = randomUUID();
    expect((await post(key, { product_ids: [await product()] })).status).toBe(202);
    const other = await post(key, { product_ids: [await product()] });
    expect(other.status).toBe(422);
    expect(other.json).toMatchObject({ type: '/api/docs#problem-idempotency-key-reused' });
    expect(await db().syncRun.count()).toBe(1);
    // Keys of other callers are their own.
    const { text } = await stage.makeKey(stage.own);
    expect((await post(key, { product_ids: [await product()] }, { key: text })).status).toBe(202);
  });

  it('is forgotten after 24 hours', async () => {
    const key = randomUUID();
    const body = { product_ids: [await product()] };
    await post(key, body);
    later(24 * 3_600_000 - 1);
    await post(key, body);
    expect(await db().syncRun.count()).toBe(1);
    later(1);
    await post(key, body);
    expect(await db().syncRun.count()).toBe(2);
    later(24 * 3_600_000 + 1);
    await post(randomUUID(), body);
    expect(await pruneIdempotency(stage.resources, { signal: new AbortController().signal })).toMatchObject({
      deleted: expect.any(Number),
    });
    expect(await db().apiIdempotency.count()).toBe(1);
  });

  it('can be taken up again after the process died, but not while it may live', async () => {
    const key = randomUUID();
    const body = { product_ids: [await product()] };
    await post(key, body);
    // As a process leaves it that was killed in the middle.
    await db().apiIdempotency.updateMany({
      where: { idempotencyKey: key },
      data: { status: null, body: null, claimedUntil: new Date(stage.clock.now.getTime() + 1_000) },
    });
    const early = await post(key, body);
    expect(early.status).toBe(409);
    expect(early.headers.get('retry-after')).toBe('1');
    expect(await db().syncRun.count()).toBe(1);
    later(1_000);
    expect((await post(key, body)).status).toBe(202);
    expect(await db().syncRun.count()).toBe(2);
    expect((await post(key, body)).headers.get('idempotent-replayed')).toBe('true');
  });

  it('must be a key', async () => {
    for (const key of ['', 'a b', 'x'.repeat(256), 'é']) {
      const { status, json } = await post(key, {});
      expect(status).toBe(400);
      expect(json).toMatchObject({ errors: [{ field: 'Idempotency-Key', remedy: expect.any(String) }] });
    }
  });
});

describe('what cannot be done', () => {
  it('names each field, what is wrong and what to do', async () => {
    const { status, headers, json } = await stage.ask('PUT', '/catalog/products', {
      body: {
        products: [
          { handle: 'Trail Tent', price: 3 },
          { handle: 'tent', variants: [{ price: 12.5 }, { price: '1e3' }] },
          { handle: 'tent', tags: 'sale' },
        ],
      },
    });
    expect(status).toBe(422);
    expect(headers.get('content-type')).toBe('application/problem+json');
    const fields = [
      ['products[0].handle', 'Trail Tent'],
      ['products[0].price', '3'],
      ['products[1].variants[0].price', '12.5'],
      ['products[1].variants[1].price', '1e3'],
      ['products[2].tags', 'sale'],
    ];
    expect(json).toMatchObject(
      inContext(
        fields.map(([field, value]) => ({
          field,
          value,
          reason: expect.stringMatching(/./),
          remedy: expect.stringMatching(/./),
        })),
        { type: '/api/docs#problem-invalid-value', status: 422 },
      ),
    );
  });

  it('is told by its own status', async () => {
    const put = (raw: string | Uint8Array<ArrayBuffer>, headers = {}) =>
      stage.ask('PUT', '/catalog/products', { raw, headers });
    expect((await put('{"products":')).status).toBe(400);
    expect((await put(new Uint8Array([0x22, 0xff, 0x22]))).status).toBe(400);
    expect((await put('['.repeat(1_000_000))).status).toBe(400);
    expect((await put('[]')).status).toBe(422);
    expect((await put('null')).status).toBe(422);
    expect((await put('')).status).toBe(422);
    expect((await put('a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    expect((await put('{}', { 'content-type': 'text/json' })).status).toBe(415);
    expect((await put(' '.repeat(4_000_001))).status).toBe(413);
    expect((await put('{"products":[{"handle":"a\\u0000b"}]}')).status).toBe(422);
    expect((await put('{"products":[{"handle":"a","title":"\\ud800"}]}')).status).toBe(422);
    expect((await stage.ask('GET', '/nothing')).status).toBe(404);
    expect((await stage.ask('GET', '/runs/%ff')).status).toBe(404);
    expect((await stage.ask('GET', '/runs/1')).status).toBe(404);
    expect((await stage.ask('GET', '/runs?limit=0')).status).toBe(400);
    expect((await stage.ask('GET', '/runs?limit=5&limit=6')).status).toBe(400);
    expect((await stage.ask('GET', '/runs?page=2')).status).toBe(400);
    expect((await stage.ask('GET', '/runs?cursor=abc')).status).toBe(400);
    expect((await stage.ask('GET', '/audit?sku=%00')).status).toBe(400);
    const other = await stage.ask('DELETE', '/catalog/products');
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'PUT, POST, GET, HEAD']);
  });

  it('answers HEAD as GET, without a body', async () => {
    const { status, json } = await stage.ask('HEAD', '/runs');
    expect([status, json]).toEqual([200, null]);
  });
});

describe('lists', () => {
  it('come in pages that hold every row once, newest first', async () => {
    // Several at the same instant: the id decides.
    const at = stage.clock.now.getTime();
    await db().syncRun.createMany({
      data: Array.from({ length: 25 }, (_, index) => ({
        shopId: index % 5 === 4 ? stage.other.shopId : stage.own.shopId,
        trigger: 'manual',
        causedBy: 'test',
        createdAt: new Date(at - Math.floor(index / 6) * 1_000),
      })),
    });
    const all = await db().syncRun.findMany({
      where: { shopId: stage.own.shopId },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { json } = await stage.ask('GET', `/runs?limit=7${query}`);
      const page = json as { data: { id: string }[]; next_cursor: string | null };
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });
});

describe('the document and the page', () => {
  it('say every endpoint', async () => {
    const document = (await stage.document()) as { openapi: string; paths: Record<string, object> };
    expect(document.openapi).toBe('3.1.0');
    const page = await stage.reference();
    for (const path of Object.keys(document.paths)) expect(page).toContain(`<code>${path}</code>`);
    expect(page).not.toMatch(/<script|undefined|\[object/);
  });
});
