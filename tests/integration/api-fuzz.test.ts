/** Thousands of requests made up from the OpenAPI document: none breaks the API, none reaches another shop. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pLimit from 'p-limit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { apiDocument, requestsOf } from '../support/api-requests';
import type { ApiDocument, MadeUpRequest } from '../support/api-requests';
import { putProduct } from '../support/catalog-rows';
import { openApiStage, ORIGIN } from '../support/rest-api';
import type { ApiShop, ApiStage } from '../support/rest-api';

const SEED = Number(process.env['SEED'] ?? 20261125);
const REQUESTS = Number(process.env['REQUESTS'] ?? 8_000);
const AT_A_TIME = 8;

/** Stands in everything of the other shop that no request names: no answer may hold it. */
const SECRET = 'Of-the-other-shop';

let stage: ApiStage;
let document: ApiDocument;
beforeAll(async () => {
  stage = await openApiStage({ perMinute: 100_000, burst: 100_000 });
  document = apiDocument.parse(await stage.document());
});
afterAll(async () => {
  await stage?.close();
});

/** Things of every kind with a word in them; answers ids and names that lead to them, and do not hold the word. */
async function fill({ shopId, accountId }: ApiShop, name: string, word: string): Promise<string[]> {
  const { db } = stage.resources;
  const names: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    const handle = `${name}-${index}`;
    const sku = `${name}-SKU-${index}`;
    const productId = await putProduct(db, accountId, {
      handle,
      title: `${word} ${index}`,
      tags: [word],
      variants: [{ sku, price: '10', options: [], available: 5 }],
    });
    const conflict = await db.conflict.create({
      data: {
        ...{ shopId, productId, field: index === 0 ? 'title' : 'price', fieldGroup: 'content' },
        ...{ reason: 'both-changed', base: word, source: '1', remote: word, note: word },
      },
    });
    const run = await db.syncRun.create({ data: { shopId, trigger: 'manual', causedBy: word } });
    await db.change.create({
      data: {
        ...{ changeKey: randomUUID(), shopId, productId, sku, field: 'title', direction: 'push' },
        ...{ before: word, after: word, state: 'applied', causedBy: word, runId: run.id },
      },
    });
    await db.productLink.create({ data: { shopId, productId, title: word, lastReason: word } });
    const { id: warmId } = await db.cacheWarm.create({
      data: {
        ...{
          id: randomUUID(),
          shopId,
          causedBy: word,
          selection: { kind: 'query', query: word },
          error: word,
        },
        ...{ allowance: 1, createdAt: new Date(), finishedAt: new Date() },
      },
    });
    names.push(productId, conflict.id, run.id, warmId, handle, sku);
  }
  const gid = `gid://shopify/Location/${name.length}`;
  await db.shopLocation.create({ data: { shopId, gid, name: `${name} location`, isDefault: true } });
  // As the example of the document says.
  await db.shopLocation.create({ data: { shopId, gid: `${gid}0`, name: 'Warehouse' } });
  const edit = { shopId, name: word, causedBy: word, error: word, fieldsToChange: 1, productsToChange: 1 };
  for (const state of Array.from({ length: 48 }, (_, at) => (at % 2 === 0 ? 'planned' : 'finished'))) {
    const { id } = await db.bulkEdit.create({
      data: {
        ...edit,
        state,
        selection: { kind: 'query', query: '' },
        changes: [{ field: 'vendor', value: 'x' }],
      },
    });
    await db.bulkEditField.create({
      data: {
        ...{ editId: id, position: 0, shopId, productId: names[0]!, title: word, field: 'title' },
        ...{ before: word, after: word, state: state === 'planned' ? 'planned' : 'applied' },
      },
    });
    names.push(id);
  }
  for (let index = 0; index < 4; index += 1) {
    const { id } = await db.pictureFile.create({
      data: {
        ...{ id: randomUUID(), shopId, sha256: `${name}-${index}`, filename: word, mimeType: 'image/png' },
        ...{ bytes: 1, state: 'ready', url: `https://example.com/${word}.png`, uploadedBy: word },
        ...{ createdAt: new Date(), lookAt: new Date() },
      },
    });
    names.push(id);
  }
  for (let at = 0; at < 24; at += 1) {
    const promotion = { id: randomUUID(), shopId, name: word, createdBy: word, createdAt: new Date() };
    await db.promotion.create({
      data: {
        ...{ ...promotion, changes: [], startsAt: FAR_AHEAD, state: at % 3 === 0 ? 'active' : 'scheduled' },
        ...(at % 3 === 0 && { activatedAt: TEN_DAYS_AGO }),
      },
    });
    const { id } = await db.storeOverride.create({
      data: {
        shopId,
        productId: names[0]!,
        field: `field${at}`,
        value: word,
        setBy: word,
        setAt: new Date(),
      },
    });
    names.push(promotion.id, id);
  }
  // What an active promotion did can be told: its orders are read.
  const read = { readUntil: new Date(), finishedAt: new Date(), reachesFrom: new Date(0) };
  await db.orderImport.create({ data: { shopId, wanted: true, ...read } });
  return [...names, gid, `${name} location`];
}

const TEN_DAYS_AGO = new Date(Date.now() - 10 * 86_400_000);
const FAR_AHEAD = new Date('2900-01-01T00:00:00Z');

/** Every row of the shop, and of its account's catalog, as text. */
async function everythingOf({ shopId, accountId }: ApiShop): Promise<string> {
  const { db } = stage.resources;
  const of = { where: { shopId } };
  const catalog = { where: { accountId }, orderBy: { id: 'asc' } } as const;
  const rows = await Promise.all([
    db.shop.findUnique({ where: { id: shopId } }),
    db.catalogProduct.findMany(catalog),
    db.catalogVariant.findMany(catalog),
    db.catalogInventoryLevel.findMany({ where: { accountId }, orderBy: { variantId: 'asc' } }),
    db.conflict.findMany({ ...of, orderBy: { id: 'asc' } }),
    db.syncRun.findMany({ ...of, orderBy: { id: 'asc' } }),
    db.syncRequest.findMany(of),
    db.change.findMany({ ...of, orderBy: { id: 'asc' } }),
    db.bulkEdit.findMany({ ...of, orderBy: { id: 'asc' } }),
    db.pictureFile.findMany({ ...of, orderBy: { id: 'asc' } }),
    db.bulkEditField.findMany({ ...of, orderBy: [{ editId: 'asc' }, { position: 'asc' }] }),
    db.promotion.findMany({ ...of, orderBy: { id: 'asc' } }),
    db.storeOverride.findMany({ ...of, orderBy: { id: 'asc' } }),
    db.productLink.findMany({ ...of, orderBy: { productId: 'asc' } }),
    db.cacheControl.findMany(of),
    db.cacheWarm.findMany({ ...of, orderBy: { id: 'asc' } }),
    db.apiKey.findMany(of),
    db.apiIdempotency.findMany(of),
  ]);
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** Checks answers against the document's schemas. */
function checker() {
  const $defs = JSON.parse(
    JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
  );
  const made = new Map<string, z.ZodType>();
  return (schema: object): z.ZodType => {
    const text = JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/');
    const known = made.get(text) ?? z.fromJSONSchema({ ...JSON.parse(text), $defs });
    made.set(text, known);
    return known;
  };
}

const PROBLEM = { $ref: '#/components/schemas/Problem' };

/** What is wrong with an answer; null where nothing is. */
async function faultOf(
  { operation, method }: MadeUpRequest,
  response: Response,
  schemaOf: ReturnType<typeof checker>,
): Promise<string | null> {
  const { status } = response;
  const text = await response.text();
  if (status >= 500) return text;
  if (text.includes(SECRET)) return `It tells of the other shop: ${text.slice(0, 500)}`;
  if (method === 'HEAD') return text === '' ? null : 'HEAD has a body.';
  const type = response.headers.get('content-type') ?? '';
  const documented = operation?.responses[String(status)]?.content[type]?.schema;
  if (operation !== null && documented === undefined)
    return `The document knows no ${status} ${type}: ${text}`;
  if (operation === null && ![401, 404, 405].includes(status)) {
    // Another method of the address may be one of its own.
    return status < 300 || type === 'application/problem+json' ? null : `Unexpected: ${text}`;
  }
  const read = schemaOf(documented ?? PROBLEM).safeParse(JSON.parse(text));
  if (!read.success) return `${z.prettifyError(read.error)}\n${text.slice(0, 500)}`;
  if (status !== 401 && response.headers.get('ratelimit') === null) return 'It has no RateLimit.';
  return null;
}

it(
  `takes ${REQUESTS} requests of every kind without a fault (seed ${SEED})`,
  { timeout: 240_000 },
  async () => {
    const own = await fill(stage.own, 'own', 'Of-this-shop');
    const foreign = await fill(stage.other, 'foreign', SECRET);
    const { text: key } = await stage.makeKey(stage.own);
    const { text: limited } = await stage.makeKey(stage.own, ['catalog:read']);
    const before = await everythingOf(stage.other);
    const all = requestsOf(document, [...own, ...own, ...foreign], {
      own: key,
      limited,
      wrong: [`lsk_${'0'.repeat(32)}_${'0'.repeat(64)}`, `${key}0`, 'x'.repeat(5_000)],
    });
    const schemaOf = checker();
    const statuses = new Map<string, number>();
    const limit = pLimit(AT_A_TIME);
    const faultsOf = async (requests: MadeUpRequest[]) => {
      const found = await Promise.all(
        requests.map((made) =>
          limit(async () => {
            const { method, path, headers, body } = made;
            const response = await stage.answer(
              new Request(`${ORIGIN}${path}`, { method, headers, ...(body === null ? {} : { body }) }),
            );
            const name = `${made.operation?.operationId ?? 'other'} ${response.status}`;
            statuses.set(name, (statuses.get(name) ?? 0) + 1);
            const fault = await faultOf(made, response, schemaOf);
            return fault === null
              ? []
              : [{ fault, method, path, headers, body: String(body).slice(0, 2_000) }];
          }),
        ),
      );
      return found.flat();
    };
    /** Endpoints that no request did anything at. */
    const unreached = () =>
      Object.values(document.paths)
        .flatMap((operations) => Object.values(operations))
        .map(({ operationId }) => operationId)
        .filter((id) => [200, 202].every((status) => !statuses.has(`${id} ${status}`)));
    const faults = await faultsOf(fc.sample(all, { numRuns: REQUESTS, seed: SEED }));
    // What few things can be done at is missed by chance: it is asked more often.
    for (let round = 1; round <= 5 && unreached().length > 0; round += 1) {
      const missed = new Set(unreached());
      const more = fc.sample(all, { numRuns: REQUESTS, seed: SEED + round });
      faults.push(
        ...(await faultsOf(more.filter(({ operation }) => missed.has(operation?.operationId ?? '')))),
      );
    }
    if (process.env['SHOW'] !== undefined)
      console.log(
        [...statuses]
          .sort()
          .map((one) => one.join(': '))
          .join('\n'),
      );
    expect(faults.slice(0, 3)).toEqual([]);
    expect(await everythingOf(stage.other)).toEqual(before);
    // The made-up requests reach every endpoint, and do something there.
    expect(unreached()).toEqual([]);
  },
);
