/** Systems that push changes of the catalog, signed: what is taken, what comes late, twice, forged or broken. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPushSource } from '~/sync/create-push-source';
import { revokePushSource } from '~/sync/revoke-push-source';
import { uninstallShop } from '~/sync/uninstall-shop';
import { ORIGIN, openApiStage } from '../support/rest-api';
import type { ApiShop, ApiStage } from '../support/rest-api';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage({ perMinute: 60_000, burst: 500 });
});
afterAll(async () => {
  await stage?.close();
});
beforeEach(async () => {
  await db().apiRateLimit.deleteMany();
  await db().catalogProduct.deleteMany();
  await db().syncRun.deleteMany();
  await db().productLink.deleteMany();
});

const db = () => stage.resources.db;

interface Source {
  id: string;
  secret: string;
}
let named = 0;
async function makeSource(shop: ApiShop = stage.own): Promise<Source> {
  const name = `ERP ${(named += 1)}`;
  const made = await createPushSource(stage.resources, { shopId: shop.shopId, name, createdBy: 'test' });
  if (made.kind !== 'created') throw new Error(made.kind);
  return made;
}

interface Push {
  id?: string;
  at?: Date;
  /** What is signed; absent: what is sent. */
  signed?: string;
  headers?: Record<string, string>;
  method?: string;
}
async function pushText({ id: source, secret }: Source, text: string, push: Push = {}) {
  const { id = randomUUID(), at = new Date(), signed = text, headers = {}, method = 'POST' } = push;
  const response = await stage.push(
    new Request(`${ORIGIN}/api/catalog/changes?source=${source}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': new Webhook(secret).sign(id, at, signed),
        ...headers,
      },
      ...(method === 'POST' ? { body: text } : {}),
    }),
  );
  return { status: response.status, json: await response.json() };
}
const push = (source: Source, changes: object[], how: Push = {}) =>
  pushText(source, JSON.stringify({ changes }), how);
const priced = (price: string, version?: number, handle = 'tent') => ({
  type: 'upsert',
  product: { handle, title: 'Tent', variants: [{ option_values: [], sku: `${handle}-1`, price }] },
  ...(version === undefined ? {} : { version }),
});
const gone = (version?: number, handle = 'tent') => ({
  type: 'delete',
  handle,
  ...(version === undefined ? {} : { version }),
});
const priceOf = async (handle = 'tent') => {
  const variant = await db().catalogVariant.findFirst({
    where: { accountId: stage.own.accountId, sku: `${handle}-1` },
  });
  return variant === null ? null : Number(variant.price);
};

describe('a pushed change', () => {
  it('is written, and asks for a sync of what changed', async () => {
    const source = await makeSource();
    const { status, json } = await push(source, [priced('10.00'), priced('20.00', undefined, 'bag')]);
    expect([status, json]).toMatchObject([
      200,
      { results: [{ outcome: 'created' }, { outcome: 'created' }] },
    ]);
    expect([await priceOf(), await priceOf('bag')]).toEqual([10, 20]);
    const run = await db().syncRun.findFirstOrThrow();
    expect(json).toMatchObject({ run_id: run.id });
    expect(run).toMatchObject({ trigger: 'api', causedBy: `ERP ${named}`, isPartial: true });
    const same = await push(source, [priced('10.00'), gone(undefined, 'nothing')]);
    expect(same.json).toMatchObject({
      run_id: null,
      results: [{ outcome: 'unchanged' }, { outcome: 'unchanged', id: null }],
    });
    const deleted = await push(source, [gone()]);
    expect(deleted.json).toMatchObject({ results: [{ handle: 'tent', outcome: 'deleted' }] });
    expect(await priceOf()).toBeNull();
  });

  it('that is sent again is answered as before and done once, though another came between', async () => {
    const source = await makeSource();
    const id = randomUUID();
    const first = await push(source, [priced('10.00')], { id });
    await push(source, [priced('12.00')]);
    expect(await push(source, [priced('10.00')], { id })).toEqual(first);
    expect(await priceOf()).toBe(12);
    const other = await push(source, [priced('13.00')], { id });
    expect(other).toMatchObject({ status: 422, json: { type: '/api/docs#problem-idempotency-key-reused' } });
  });

  it('ends in the state of the highest version, in whatever order messages come, and doubled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ version: fc.nat(8), twice: fc.boolean() }), { minLength: 1, maxLength: 8 }),
        async (messages) => {
          await db().catalogProduct.deleteMany();
          const source = await makeSource();
          // Of one version there is one change: every third deletes.
          const changeOf = (version: number) =>
            version % 3 === 2 ? gone(version) : priced(`${version + 1}.00`, version);
          for (const { version, twice } of messages)
            for (let time = 0; time < (twice ? 2 : 1); time += 1) {
              const { status } = await push(source, [changeOf(version)]);
              expect(status).toBe(200);
            }
          const last = Math.max(...messages.map(({ version }) => version));
          expect(await priceOf()).toBe(last % 3 === 2 ? null : last + 1);
          await revokePushSource(stage.resources, {
            ...{ shopId: stage.own.shopId, sourceId: source.id, revokedBy: 'test' },
          });
        },
      ),
      { numRuns: 15 },
    );
  });

  it('of a product that cannot be written costs the others nothing, and names field, value and remedy', async () => {
    const source = await makeSource();
    const nameless = { type: 'upsert', product: { handle: 'new', vendor: 'Fjell' } };
    const { status, json } = await push(source, [priced('10.00'), nameless]);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      results: [
        { outcome: 'created', errors: [] },
        { outcome: 'refused', errors: [{ field: 'changes[1].product.title', remedy: expect.any(String) }] },
      ],
    });
    expect(await priceOf()).toBe(10);
  });

  it.each([
    ['{"changes":[]}', 'changes'],
    ['{"changes":[{"type":"upsert","product":{"handle":"a","variants":[{"price":"1,5"}]}}]}', 'price'],
    ['{"changes":[{"type":"drop","handle":"a"}]}', 'changes[0].type'],
    ['{"changes":[{"type":"delete","handle":"a","version":-1}]}', 'changes[0].version'],
    ['{"changes":[{"type":"delete","handle":"a"},{"type":"delete","handle":"a"}]}', 'changes[1]'],
  ])('that says %s is refused as a whole, and says where', async (text, field) => {
    const { status, json } = await pushText(await makeSource(), text);
    expect(status).toBe(422);
    expect(JSON.stringify(json)).toContain(field);
    expect(await db().catalogProduct.count()).toBe(0);
  });
});

describe("a push that is not the system's own", () => {
  it('is refused, whatever of it is forged, old or missing, and writes nothing', async () => {
    const [source, stranger] = [await makeSource(), await makeSource(stage.other)];
    const body = JSON.stringify({ changes: [priced('10.00')] });
    const minutes = (count: number) => new Date(Date.now() + count * 60_000);
    const refused = [
      await pushText(source, body, { signed: `${body} ` }),
      await pushText({ ...source, secret: stranger.secret }, body),
      await pushText({ ...source, id: stranger.id }, body),
      await pushText({ ...source, id: randomUUID() }, body),
      await pushText({ ...source, id: 'nobody' }, body),
      await pushText(source, body, { at: minutes(-6) }),
      await pushText(source, body, { at: minutes(6) }),
      await pushText(source, body, { headers: { 'webhook-signature': '' } }),
      await pushText(source, body, { headers: { 'webhook-signature': 'v1,AAAA v2,BBBB' } }),
      await pushText(source, body, { headers: { 'webhook-timestamp': 'now' } }),
    ];
    for (const { status, json } of refused)
      expect([status, json]).toMatchObject([401, { type: '/api/docs#problem-unauthorized' }]);
    expect(await db().catalogProduct.count()).toBe(0);
    expect((await pushText(source, body)).status).toBe(200);
  });

  it('is shut out when it is revoked, and for good when the app is uninstalled', async () => {
    const [source, other] = [await makeSource(), await makeSource(stage.other)];
    const { shopId } = stage.own;
    const revoke = { shopId, sourceId: source.id, revokedBy: 'test' };
    expect(await revokePushSource(stage.resources, { ...revoke, shopId: stage.other.shopId })).toBe(false);
    expect((await push(source, [priced('1.00')])).status).toBe(200);
    expect(await revokePushSource(stage.resources, revoke)).toBe(true);
    expect((await push(source, [priced('2.00')])).status).toBe(401);
    await uninstallShop(stage.resources, { domain: stage.other.domain });
    await db().shop.update({ where: { id: stage.other.shopId }, data: { uninstalledAt: null } });
    expect((await push(other, [priced('2.00')])).status).toBe(401);
  });

  it('is answered with what is wrong where the request is no push at all', async () => {
    const source = await makeSource();
    expect((await pushText(source, '', { method: 'GET' })).status).toBe(405);
    expect((await pushText(source, '{')).status).toBe(400);
    expect((await pushText(source, 'a'.repeat(4_000_001))).status).toBe(413);
  });
});

describe('many deletions', () => {
  it('are taken by the catalog, and wait for a person before the store follows', async () => {
    const source = await makeSource();
    const { shopId, accountId } = stage.own;
    const handles = Array.from({ length: 30 }, (_, at) => `item-${at}`);
    await push(
      source,
      handles.map((handle) => priced('5.00', undefined, handle)),
    );
    const products = await db().catalogProduct.findMany({ where: { accountId } });
    await db().productLink.deleteMany();
    await db().productLink.createMany({
      data: products.map(({ id }, at) => ({
        ...{ shopId, productId: id, state: 'linked', remoteId: `gid://shopify/Product/${at + 1}` },
      })),
    });
    await db().syncRun.deleteMany();
    const few = await push(
      source,
      handles.slice(0, 3).map((handle) => gone(undefined, handle)),
    );
    expect(few.json).toMatchObject({ results: few.json.results.map(() => ({ outcome: 'deleted' })) });
    expect(await db().syncRun.findFirstOrThrow()).toMatchObject({ isPartial: true });
    await db().syncRun.deleteMany();
    await push(
      source,
      handles.slice(3, 25).map((handle) => gone(undefined, handle)),
    );
    // A run of all products stops at so many and says why.
    expect(await db().syncRun.findFirstOrThrow()).toMatchObject({ isPartial: false });
    expect(await db().catalogProduct.count({ where: { accountId } })).toBe(5);
  });
});
