/** Bulk edits by the REST API: from the request to Shopify, and back again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRestApi } from '~/api.server';
import { readConfig } from '~/config.server';
import { API_SCOPES } from '~/core/api-scopes';
import { createApiKey } from '~/sync/create-api-key';
import { rawProduct } from '../support/catalog-rows';
import { shopOf } from '../support/merchant';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { waitFor } from '../support/wait-for';

interface Job {
  id: string;
  state: string;
  message: string;
  products_to_change: number;
  fields_to_change: number;
  is_guarded: boolean;
  guard: { limit: string; message: string }[];
  result: { fields_applied: number; fields_skipped: number; fields_moved: number };
  run: { id: string; state: string } | null;
  links: Record<'self' | 'fields' | 'apply' | 'cancel' | 'undo', string>;
}

const BEDDING = 12;
const OTHERS = 30;

let stage: Stage;
let ask: (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; json: unknown }>;
beforeAll(async () => {
  stage = await openStage({});
  const { resources, shopId, accountId } = stage;
  const api = createRestApi(resources, readConfig(stage.env));
  const key = await createApiKey(resources, {
    shopId,
    name: 'ERP',
    scopes: [...API_SCOPES],
    createdBy: 'test',
  });
  if (key.kind !== 'created') throw new Error(key.kind);
  ask = async (method, path, body, headers) => {
    const response = await api.answer(
      new Request(`http://lockstep.test${path.startsWith('/api') ? path : `/api/shopify${path}`}`, {
        method,
        headers: { authorization: `Bearer ${key.text}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    return { status: response.status, json: await response.json() };
  };
  for (let at = 0; at < BEDDING + OTHERS; at += 1)
    await rawProduct(resources.db, accountId, {
      handle: `item-${at}`,
      product: { title: `Item ${at}`, productType: at < BEDDING ? 'Bedding' : 'Lamps', tags: ['old'] },
      variants: [{ sku: `SKU-${at}`, price: '19.95', tracked: true, stock: { '': 10 } }],
    });
  expect((await stage.run()).state).toBe('finished');
});
afterAll(async () => {
  await stage?.close();
});
beforeEach(async () => {
  const { db } = stage.resources;
  await db.apiRateLimit.deleteMany();
  await db.catalogVariant.updateMany({ data: { price: '19.95' } });
  await db.shop.updateMany({
    data: { guardCatalogPercent: 50, guardChangePercent: 50, guardZeroStock: true, guardSecondPerson: false },
  });
});

const asJob = ({ json }: { json: unknown }) => json as Job;
const getJob = async (id: string) => asJob(await ask('GET', `/jobs/${id}`));

/** Until the job is in one of the states, and its run has ended. */
async function awaitJob(id: string, states: string[]): Promise<Job> {
  await waitFor(`job ${id} is ${states.join(' or ')}`, async () => {
    await stage.resources.db.apiRateLimit.deleteMany();
    const { state, run } = await getJob(id);
    return states.includes(state) && (run === null || !['queued', 'running', 'adopting'].includes(run.state));
  });
  return getJob(id);
}

/** Handles of the products that the store has at this price. */
const soldAt = (price: number) => {
  const { products, variants } = shopOf(stage);
  return [...products.values()]
    .filter(({ variantIds }) => Number(variants.get(variantIds[0]!)?.price) === price)
    .map(({ handle }) => handle)
    .sort();
};

describe('POST /bulk-price-update', () => {
  it('changes a category, in Shopify too, and is taken back but for what somebody changed since', async () => {
    const started = await ask('POST', '/bulk-price-update', {
      category: 'Bedding',
      price_adjustment: '-10%',
    });
    expect(started.status).toBe(202);
    const { id, links } = asJob(started);
    expect(links.self).toBe(`/api/shopify/jobs/${id}`);
    const done = await awaitJob(id, ['finished']);
    expect(done.result).toMatchObject({ fields_applied: BEDDING, fields_moved: 0 });
    expect(soldAt(17.96)).toEqual(Array.from({ length: BEDDING }, (_, at) => `item-${at}`).sort());
    expect(soldAt(19.95)).toHaveLength(OTHERS);
    // By whom, in the audit log.
    const { json } = await ask('GET', '/audit?direction=edit&limit=100');
    const changes = (json as { data: { caused_by: string; before: unknown; after: unknown }[] }).data;
    expect(changes).toHaveLength(BEDDING);
    for (const change of changes) expect(change).toMatchObject({ caused_by: 'API key ERP', field: 'price' });

    await stage.resources.db.catalogVariant.updateMany({ where: { sku: 'SKU-3' }, data: { price: '5' } });
    const undo = asJob(await ask('POST', links.undo, {}));
    const undone = await awaitJob(undo.id, ['finished']);
    expect(undone.result).toMatchObject({ fields_applied: BEDDING - 1, fields_skipped: 1 });
    const kept = await ask('GET', `/jobs/${undo.id}/fields?state=skipped`);
    expect(kept.json).toMatchObject({ data: [{ sku: 'SKU-3', code: 'changed-since' }], next_cursor: null });
    expect(await getJob(id)).toMatchObject({ undone_by: [undo.id] });
    const catalog = await stage.resources.db.catalogVariant.findMany({ select: { sku: true, price: true } });
    for (const { sku, price } of catalog)
      expect([sku, Number(price)]).toEqual([sku, sku === 'SKU-3' ? 5 : 19.95]);
  });

  it('shows a dry run whole, in pages, before anything is written', async () => {
    const planned = await ask('POST', '/bulk-price-update', {
      skus: ['SKU-1', 'SKU-2', 'SKU-20'],
      price_adjustment: '+2.50',
      rounding: { ending: '0.99' },
      dry_run: true,
    });
    expect(planned.status).toBe(200);
    const job = asJob(planned);
    expect(job).toMatchObject({
      state: 'planned',
      products_to_change: 3,
      fields_to_change: 3,
      is_guarded: false,
    });
    const first = await ask('GET', `${job.links.fields}?limit=2`);
    const page = first.json as {
      data: { sku: string; before: string; after: string }[];
      next_cursor: string;
    };
    const rest = await ask('GET', `${job.links.fields}?limit=2&cursor=${page.next_cursor}`);
    const all = [...page.data, ...(rest.json as typeof page).data];
    expect(all.map(({ sku }) => sku).sort()).toEqual(['SKU-1', 'SKU-2', 'SKU-20']);
    for (const field of all)
      expect(field).toMatchObject({ field: 'price', before: '19.95', after: '21.99', state: 'planned' });
    expect(await stage.resources.db.catalogVariant.count({ where: { price: { not: 19.95 } } })).toBe(0);
    const applied = await ask('POST', job.links.apply, {});
    expect(applied.status).toBe(202);
    expect((await awaitJob(job.id, ['finished'])).result.fields_applied).toBe(3);
    expect((await ask('POST', job.links.apply, {})).status).toBe(409);
  });

  it('waits where it goes beyond a limit, says why, and takes the number of products as an answer', async () => {
    const started = asJob(await ask('POST', '/bulk-price-update', { query: '', price_adjustment: '-60%' }));
    const held = await awaitJob(started.id, ['planned']);
    expect(held.guard.map(({ limit }) => limit).sort()).toEqual(['catalog-share', 'change']);
    expect(held.message).toMatch(/beyond a limit.*\/apply/s);
    for (const confirmation of [undefined, 'yes', '41']) {
      const refused = await ask('POST', held.links.apply, { confirmation });
      expect(refused.status).toBe(409);
      expect(refused.json).toMatchObject({
        type: '/api/docs#problem-confirmation-needed',
        errors: [{ field: 'confirmation', remedy: expect.stringContaining('"42"') }],
      });
    }
    expect(await stage.resources.db.catalogVariant.count({ where: { price: { not: 19.95 } } })).toBe(0);
    await stage.resources.db.shop.updateMany({ data: { guardSecondPerson: true } });
    expect((await ask('POST', held.links.apply, { confirmation: '42' })).json).toMatchObject({
      type: '/api/docs#problem-second-person-needed',
    });
    const cancelled = await ask('POST', held.links.cancel);
    expect(cancelled).toMatchObject({ status: 200, json: { state: 'cancelled' } });
    expect((await ask('POST', held.links.undo, {})).status).toBe(409);
  });

  it('refuses what makes no sense, by the names of its fields', async () => {
    const tries: [body: object, field: string][] = [
      [{ price_adjustment: '-10%' }, 'category'],
      [{ category: 'Bedding', query: 'vendor:x', price_adjustment: '-10%' }, 'query'],
      [{ category: 'Bedding' }, 'price_adjustment'],
      [{ category: 'Bedding', price_adjustment: '10' }, 'price_adjustment'],
      [{ category: 'Bedding', price_adjustment: '-10 %' }, 'price_adjustment'],
      [{ category: 'Bedding', price_adjustment: '-110%' }, 'price_adjustment'],
      [{ category: 'Bedding', price_adjustment: 'margin=100%' }, 'price_adjustment'],
      [{ category: 'Bedding', price_adjustment: '-1%', rounding: {} }, 'rounding.ending'],
      [{ category: 'Bedding', price_adjustment: '-1%', rounding: { step: '0.001' } }, 'rounding'],
      [{ query: 'vendor:(', price_adjustment: '-1%' }, 'query'],
      [{ category: 'Bedding', price: '-10%' }, 'price'],
    ];
    for (const [body, field] of tries) {
      const { status, json } = await ask('POST', '/bulk-price-update', body);
      const { errors } = json as { errors: { field: string }[] };
      expect([body, status, errors.map((error) => error.field)]).toEqual([
        body,
        422,
        expect.arrayContaining([field]),
      ]);
    }
    expect(await stage.resources.db.bulkEdit.count({ where: { state: 'planning' } })).toBe(0);
  });
});

describe('an Idempotency-Key', () => {
  it('makes one edit of a request that is taken up again after its process died', async () => {
    const { db } = stage.resources;
    const body = { category: 'Bedding', price_adjustment: '-10%' };
    const send = () => ask('POST', '/bulk-price-update', body, { 'idempotency-key': 'bedding' });
    const first = asJob(await send());
    await awaitJob(first.id, ['finished']);
    // As a process leaves it that was killed after it had made the edit.
    const unfinished = { status: null, body: null, claimedUntil: new Date(0) };
    await db.apiIdempotency.updateMany({ where: { idempotencyKey: 'bedding' }, data: unfinished });
    const again = await send();
    expect([again.status, asJob(again).id]).toEqual([202, first.id]);
    expect(await db.catalogVariant.count({ where: { price: 17.96 } })).toBe(BEDDING);
    expect(await db.catalogVariant.count({ where: { price: 19.95 } })).toBe(OTHERS);
  });
});

describe('the other bulk edits', () => {
  it('change tags, stock and pictures', async () => {
    const { db } = stage.resources;
    const of = { skus: ['SKU-5'] };
    const tagged = asJob(
      await ask('POST', '/bulk-tag-update', {
        query: 'sku:SKU-5',
        add: ['new'],
        rename: { from: 'old', to: 'older' },
      }),
    );
    const stocked = asJob(
      await ask('POST', '/bulk-inventory-update', { ...of, location: 'Warehouse', adjust: -3 }),
    );
    const url = `${stage.emulator.origin}/_pictures/chart.png`;
    const pictured = asJob(await ask('POST', '/bulk-image-upload', { ...of, add: [{ url, alt: 'Chart' }] }));
    for (const { id } of [tagged, stocked, pictured])
      expect(await awaitJob(id, ['finished', 'planned', 'failed'])).toMatchObject({ id, state: 'finished' });
    const product = await db.catalogProduct.findFirstOrThrow({
      where: { handle: 'item-5' },
      include: { media: true, variants: { include: { inventory: true } } },
    });
    expect(product.tags.toSorted()).toEqual(['new', 'older']);
    expect(product.media).toMatchObject([{ url, alt: 'Chart' }]);
    expect(product.variants[0]?.inventory).toMatchObject([{ available: 7 }]);
    const nowhere = await ask('POST', '/bulk-inventory-update', { ...of, location: 'Attic', set: 1 });
    expect(nowhere.status).toBe(422);
    expect(nowhere.json).toMatchObject({
      errors: [{ field: 'location', remedy: 'Send one of: Warehouse.' }],
    });
    const elsewhere = { ...of, location_id: 'gid://shopify/Location/404', set: 1 };
    expect(await ask('POST', '/bulk-inventory-update', elsewhere)).toMatchObject({
      status: 422,
      json: { errors: [{ field: 'location_id', value: elsewhere.location_id }] },
    });
    const list = (await ask('GET', '/jobs?limit=2')).json as { data: Job[]; next_cursor: string };
    const next = (await ask('GET', `/jobs?limit=2&cursor=${list.next_cursor}`)).json as { data: Job[] };
    expect([...list.data, ...next.data].slice(0, 3).map(({ id }) => id)).toEqual([
      pictured.id,
      stocked.id,
      tagged.id,
    ]);
  });
});

describe('what lies over the catalog', () => {
  it('sets a price for this store only, lists it and takes it away', async () => {
    const price = { skus: ['SKU-7'], price_adjustment: '=11.95', target: 'store' };
    const job = await awaitJob(asJob(await ask('POST', '/bulk-price-update', price)).id, [
      'finished',
      'failed',
    ]);
    expect(job).toMatchObject({ state: 'finished', target: 'store', result: { fields_applied: 1 } });
    expect(soldAt(11.95)).toEqual(['item-7']);
    expect(await stage.resources.db.catalogVariant.count({ where: { price: 11.95 } })).toBe(0);
    const { json } = await ask('GET', '/overrides');
    const { data } = json as { data: { id: string; links: { revoke: string } }[] };
    expect(data).toMatchObject([
      { sku: 'SKU-7', field: 'price', value: '11.95', job_id: job.id, set_by: 'API key ERP' },
    ]);
    expect((await ask('POST', data[0]!.links.revoke)).status).toBe(200);
    expect((await ask('POST', data[0]!.links.revoke)).status).toBe(404);
    await waitFor('it is revoked', () => soldAt(11.95).length === 0);
    expect(await ask('GET', '/overrides')).toMatchObject({ json: { data: [], next_cursor: null } });
  });

  it('plans a promotion, begins it, and ends it', async () => {
    const sale = { skus: ['SKU-8', 'SKU-9'], price_adjustment: '=12.95', show_base_as_compare_at: true };
    const past = { starts_at: '2020-01-02T00:00:00Z', ends_at: '2020-01-01T00:00:00Z' };
    expect(await ask('POST', '/promotions', { ...sale, ...past })).toMatchObject({
      status: 422,
      json: { errors: [{ field: 'ends_at' }] },
    });
    const dry = asJob(await ask('POST', '/promotions', { ...sale, dry_run: true }));
    expect(dry).toMatchObject({ state: 'planned', target: 'promotion', fields_to_change: 4 });
    expect((await ask('GET', `/promotions/${dry.id}`)).status).toBe(404);
    expect((await ask('POST', dry.links.apply, {})).status).toBe(202);
    await waitFor('it is on', () => soldAt(12.95).length === 2);
    const path = `/promotions/${dry.id}`;
    expect(await ask('GET', path)).toMatchObject({ status: 200, json: { state: 'active', variants: 2 } });
    expect(await ask('GET', '/promotions?state=active')).toMatchObject({ json: { data: [{ id: dry.id }] } });
    expect((await ask('POST', `${path}/cancel`)).status).toBe(409);
    expect((await ask('POST', `${path}/reschedule`, { ends_at: '2990-01-01T00:00:00Z' })).status).toBe(200);
    expect((await ask('POST', dry.links.undo, {})).status).toBe(409);
    expect((await ask('POST', `${path}/end`)).status).toBe(200);
    await waitFor('it is over', () => soldAt(12.95).length === 0);
    expect(await ask('GET', path)).toMatchObject({ json: { state: 'ended', ended_by: 'API key ERP' } });
  });
});
