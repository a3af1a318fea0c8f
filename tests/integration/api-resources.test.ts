/** The REST API over what the app had before: catalog, runs, conflicts, audit log; and none of it of another shop. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { putProduct } from '../support/catalog-rows';
import { openApiStage } from '../support/rest-api';
import type { ApiShop, ApiStage } from '../support/rest-api';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage({ perMinute: 100_000, burst: 100_000 });
});
afterAll(async () => {
  await stage?.close();
});
const db = () => stage.resources.db;
beforeEach(async () => {
  await db().catalogProduct.deleteMany();
  await db().syncRun.deleteMany();
  await db().conflict.deleteMany();
  await db().change.deleteMany();
});

const put = (products: object[], more: object = {}) =>
  stage.ask('PUT', '/catalog/products', { body: { products, ...more } });
const results = (json: unknown) =>
  (json as { results: { id: string | null; outcome: string; errors: { field: string; remedy: string }[] }[] })
    .results;

const TENT = {
  handle: 'trail-tent',
  title: 'Trail Tent',
  tags: ['Tents', 'tents', 'Sale'],
  options: ['Size', 'Colour'],
  images: [{ url: 'https://example.com/tent.png', alt: 'A tent' }],
  variants: [
    {
      ...{
        option_values: ['2P', 'Green'],
        sku: 'TENT-2-G',
        price: '249.00',
        compare_at_price: '299.9',
        tracked: true,
      },
      ...{ inventory: { '': 4, Attic: 2 }, weight_grams: '2100', image_url: 'https://example.com/tent.png' },
    },
    { option_values: ['3P', 'Green'], sku: 'TENT-3-G', price: '329' },
  ],
  metafields: [{ namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'Keep dry' }],
};

describe('the catalog', () => {
  it('takes a product, gives it back, and leaves alone what is not said', async () => {
    const made = await put([TENT]);
    expect(made.json).toMatchObject({ dry_run: false, run_id: expect.any(String) });
    const [result] = results(made.json);
    expect(result).toMatchObject({ outcome: 'created', errors: [] });
    const read = async () => (await stage.ask('GET', `/catalog/products/${result?.id}`)).json;
    const first = await read();
    expect(first).toMatchObject({
      ...{ handle: 'trail-tent', title: 'Trail Tent', tags: ['Tents', 'Sale'], status: 'ACTIVE' },
      options: [
        { name: 'Size', values: ['2P', '3P'] },
        { name: 'Colour', values: ['Green'] },
      ],
      variants: [
        {
          ...{ sku: 'TENT-2-G', price: '249.00', compare_at_price: '299.90', inventory: { '': 4, Attic: 2 } },
          ...{ weight: { value: '2.1', unit: 'KILOGRAMS' }, image_url: 'https://example.com/tent.png' },
        },
        { sku: 'TENT-3-G', price: '329.00', compare_at_price: null },
      ],
      metafields: TENT.metafields,
    });
    expect(results((await put([TENT])).json)).toMatchObject([{ outcome: 'unchanged' }]);
    const changed = await put([{ handle: 'trail-tent', variants: [{ sku: 'TENT-3-G', price: '0' }] }]);
    expect(results(changed.json)).toMatchObject([{ outcome: 'updated', id: result?.id }]);
    const after = structuredClone(first) as { variants: { price: string }[] };
    after.variants[1]!.price = '0.00';
    expect(await read()).toEqual(after);
    // Each that changed something asked for one run of that product.
    const runs = await db().syncRun.findMany({ orderBy: { createdAt: 'asc' } });
    expect(runs).toMatchObject([{ trigger: 'api', isPartial: true }, { trigger: 'api' }]);
  });

  it('writes each product as a whole or not at all, whatever becomes of the others', async () => {
    const { json, status } = await put([
      { handle: 'no-title' },
      TENT,
      { handle: 'odd', title: 'Odd', options: ['Size'], variants: [{ sku: 'A', price: '1' }] },
      { handle: 'twice', title: 'Twice', variants: [{ sku: 'A' }, { sku: 'B' }] },
    ]);
    expect(status).toBe(200);
    expect(
      results(json).map(({ outcome, errors }) => [outcome, ...errors.map(({ field }) => field)]),
    ).toEqual([
      ['refused', 'products[0].title'],
      ['created'],
      ['refused', 'products[2].variants[0].option_values[0]'],
      ['refused', 'products[3].variants[1].option_values[0]'],
    ]);
    expect(await db().catalogProduct.findMany({ select: { handle: true } })).toEqual([
      { handle: 'trail-tent' },
    ]);
  });

  it('costs only its own product what the database refuses', async () => {
    // The database's lower() knows what the pattern of the API does not.
    await db()
      .$executeRaw`ALTER TABLE catalog.product ADD CONSTRAINT test_check CHECK (title <> 'Forbidden')`;
    try {
      const sent = [
        { handle: 'a', title: 'A' },
        { handle: 'b', title: 'Forbidden' },
        { handle: 'c', title: 'C' },
      ];
      for (const dry_run of [true, false]) {
        const { json } = await put(sent, { dry_run });
        expect(results(json).map(({ outcome }) => outcome)).toEqual(['created', 'refused', 'created']);
        expect(await db().catalogProduct.count()).toBe(dry_run ? 0 : 2);
        expect(await db().syncRun.count()).toBe(dry_run ? 0 : 1);
      }
    } finally {
      await db().$executeRaw`ALTER TABLE catalog.product DROP CONSTRAINT test_check`;
    }
  });

  it('is listed in pages', async () => {
    await put(Array.from({ length: 12 }, (_, at) => ({ handle: `p-${at}`, title: `P ${at}` })));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json } = await stage.ask(
        'GET',
        `/catalog/products?limit=5${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      const page = json as { data: { handle: string }[]; next_cursor: string | null };
      seen.push(...page.data.map(({ handle }) => handle));
      cursor = page.next_cursor;
    }
    expect(new Set(seen).size).toBe(12);
    expect(seen).toHaveLength(12);
  });
});

describe('syncs', () => {
  it('are of the products that are named, by id, handle or SKU, and of none where a name is nobody’s', async () => {
    const ids = await Promise.all(
      ['a', 'b'].map((handle) =>
        putProduct(db(), stage.own.accountId, {
          handle,
          variants: [{ sku: `SKU-${handle}`, price: '1', options: [] }],
        }),
      ),
    );
    for (const body of [{ product_ids: ids }, { handles: ['a', 'b'] }, { skus: ['SKU-a', 'SKU-b'] }]) {
      const { status, json } = await stage.ask('POST', '/sync', { body });
      expect(status).toBe(202);
      const run = json as { id: string; counts: object };
      const products = await db().runProduct.findMany({ where: { runId: run.id } });
      expect(products.map(({ productId }) => productId).sort()).toEqual(ids.toSorted());
    }
    const before = await db().syncRun.count();
    const unknown = await stage.ask('POST', '/sync', { body: { skus: ['SKU-a', 'nobody'] } });
    expect(unknown.status).toBe(422);
    expect(unknown.json).toMatchObject({ errors: [{ field: 'skus[1]', value: 'nobody' }] });
    expect((await stage.ask('POST', '/sync', { body: { skus: ['SKU-a'], handles: ['a'] } })).status).toBe(
      422,
    );
    expect(await db().syncRun.count()).toBe(before);
  });

  it('of the whole catalog are one, and can be cancelled', async () => {
    const [one, two] = await Promise.all([
      stage.ask('POST', '/sync'),
      stage.ask('POST', '/sync', { body: {} }),
    ]);
    const { id } = one.json as { id: string };
    expect(two.json).toMatchObject({ id });
    const cancelled = await stage.ask('POST', `/runs/${id}/cancel`);
    expect(cancelled).toMatchObject({ status: 200, json: { id, cancel_requested: true } });
  });
});

async function conflictOf({ shopId, accountId }: ApiShop, source = '1', remote = '2') {
  const productId = await putProduct(db(), accountId, {
    handle: randomUUID(),
    variants: [{ sku: 'A', price: '1', options: [] }],
  });
  const { id } = await db().conflict.create({
    data: {
      shopId,
      productId,
      field: 'title',
      fieldGroup: 'content',
      reason: 'both-changed',
      base: '0',
      source,
      remote,
    },
  });
  return { id, productId };
}

describe('conflicts', () => {
  const resolve = (id: string, body: object) => stage.ask('POST', `/conflicts/${id}/resolve`, { body });

  it('are listed and answered, for the values that were seen', async () => {
    const { id } = await conflictOf(stage.own);
    const { json } = await stage.ask('GET', '/conflicts');
    const { data } = json as { data: { seen: string }[] };
    expect(data).toMatchObject([{ id, field: 'title', source: '1', remote: '2', state: 'open' }]);
    const { seen } = data[0]!;
    await db().conflict.update({ where: { id }, data: { remote: '3' } });
    expect((await resolve(id, { choice: 'source', seen })).status).toBe(409);
    expect((await resolve(id, { choice: 'value' })).status).toBe(422);
    expect((await resolve(id, { choice: 'source', value: 'x' })).status).toBe(422);
    const bad = await resolve(id, { choice: 'value', value: '' });
    expect(bad).toMatchObject({ status: 422, json: { errors: [{ field: 'value' }] } });
    expect((await resolve(id, { choice: 'value', value: 'Third' })).status).toBe(202);
    expect(await db().conflict.findUniqueOrThrow({ where: { id } })).toMatchObject({
      ...{ state: 'resolving', choice: 'value', value: 'Third' },
      resolvedBy: expect.stringMatching(/^API key /),
    });
    expect((await resolve(id, { choice: 'source' })).status).toBe(409);
    expect((await resolve(randomUUID(), { choice: 'source' })).status).toBe(404);
  });

  it('of another shop are out of reach, also where both are one merchant’s', async () => {
    const sister = await db().shop.create({
      data: { accountId: stage.own.accountId, domain: `${randomUUID()}.myshopify.com` },
    });
    for (const shop of [stage.other, { ...stage.own, shopId: sister.id }]) {
      const { id } = await conflictOf(shop);
      for (const body of [{ choice: 'source' }, { choice: 'value', value: 'Mine' }])
        expect((await resolve(id, body)).status).toBe(404);
      expect(await db().conflict.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: 'open' });
    }
    expect((await stage.ask('GET', '/conflicts')).json).toMatchObject({ data: [] });
  });
});

describe('ids of another shop', () => {
  it('are not there', async () => {
    const { id: conflictId, productId } = await conflictOf(stage.other);
    const { shopId } = stage.other;
    const run = await db().syncRun.create({ data: { shopId, trigger: 'manual', causedBy: 'x' } });
    const edit = await db().bulkEdit.create({
      data: {
        shopId,
        name: 'x',
        selection: {},
        changes: [],
        causedBy: 'x',
        state: 'planned',
        fieldsToChange: 1,
      },
    });
    const tries = [
      ['GET', `/catalog/products/${productId}`],
      ['GET', `/runs/${run.id}`],
      ['POST', `/runs/${run.id}/cancel`],
      ['GET', `/jobs/${edit.id}`],
      ['GET', `/jobs/${edit.id}/fields`],
      ['POST', `/jobs/${edit.id}/apply`],
      ['POST', `/jobs/${edit.id}/cancel`],
      ['POST', `/jobs/${edit.id}/undo`],
      ['POST', `/conflicts/${conflictId}/resolve`],
    ] as const;
    for (const [method, path] of tries) {
      const body = path.endsWith('/resolve') ? { body: { choice: 'source' } } : {};
      const foreign = await stage.ask(method, path, body);
      const missing = await stage.ask(method, path.replace(/[0-9a-f-]{36}/, randomUUID()), body);
      expect([path, foreign.status]).toEqual([path, 404]);
      // Nothing tells them from ids that nobody has.
      expect(foreign.json).toEqual(missing.json);
    }
    expect((await stage.ask('POST', '/sync', { body: { product_ids: [productId] } })).status).toBe(422);
    expect(await db().syncRun.findUniqueOrThrow({ where: { id: run.id } })).toEqual(run);
    expect(await db().bulkEdit.findUniqueOrThrow({ where: { id: edit.id } })).toEqual(edit);
  });
});

describe('the audit log', () => {
  it('is searched and read in pages', async () => {
    const { shopId } = stage.own;
    const productId = randomUUID();
    const row = {
      shopId,
      productId,
      direction: 'push',
      state: 'applied',
      causedBy: 'user 1',
      before: 1,
      after: 2,
    };
    await db().change.createMany({
      data: Array.from({ length: 9 }, (_, at) => ({
        ...row,
        changeKey: randomUUID(),
        field: at % 3 === 0 ? 'price' : 'title',
        at: new Date(Date.UTC(2026, 10, 1 + Math.floor(at / 2))),
      })),
    });
    await db().change.create({
      data: { ...row, shopId: stage.other.shopId, changeKey: randomUUID(), field: 'title' },
    });
    const read = async (query: string) => {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { json } = await stage.ask(
          'GET',
          `/audit?limit=2${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
        );
        const page = json as { data: { id: string }[]; next_cursor: string | null };
        seen.push(...page.data.map(({ id }) => id));
        cursor = page.next_cursor;
      }
      return seen;
    };
    const all = await db().change.findMany({ where: { shopId }, orderBy: [{ at: 'desc' }, { id: 'desc' }] });
    const ids = (keep: (one: (typeof all)[number]) => boolean) =>
      all.filter(keep).map(({ id }) => String(id));
    expect(await read('')).toEqual(ids(() => true));
    expect(await read('&field=price')).toEqual(ids(({ field }) => field === 'price'));
    const since = '2026-11-03T00:00:00Z';
    expect(await read(`&since=${since}`)).toEqual(ids(({ at }) => at >= new Date(since)));
    expect(await read(`&until=${since}`)).toEqual(ids(({ at }) => at < new Date(since)));
    expect(await read('&caused_by=nobody')).toEqual([]);
  });
});
