/** The cache of what Shopify holds: what it is worth, and what may be done to it. */
import { z } from 'zod';
import { TTL_SECONDS } from '~/core/cache-entry';
import { readCacheContents, readCacheFigures } from '~/db/pages/cache.server';
import { readCacheEntry } from '~/db/pages/cache-entry.server';
import { readWarm } from '~/db/pages/cache-warming.server';
import { controlCache } from '~/sync/control-cache';
import { MOST_ALLOWANCE, startCacheWarm, USUAL_ALLOWANCE } from '~/sync/start-cache-warm';
import { checkSelection, selectionOf } from './bulk-selection';
import {
  cacheEntry,
  cacheStatus,
  cacheWarm,
  entryJson,
  invalidateAnswer,
  invalidateBody,
  selectionBody,
  selectionRefused,
  statusJson,
  warmJson,
} from './cache-json';
import { endpoint, none } from './endpoint';
import type { ApiContext, Endpoint } from './endpoint';
import { notFound, notPossible } from './problem';
import { id } from './schemas';

async function answerEntry({ resources, shop }: ApiContext, productId: string) {
  const { db, settings } = resources;
  const at = { now: resources.now(), confirmAfterMs: settings.confirmAfterMs };
  const entry = await readCacheEntry(db, { shopId: shop.id, productId }, at);
  return entry === null ? notFound('product') : { status: 200 as const, body: entryJson(entry) };
}

const TAG = 'Cache';

export const cacheEndpoints: Endpoint[] = [
  endpoint({
    id: 'getCache',
    method: 'GET',
    path: '/cache',
    tag: TAG,
    scope: 'jobs:read',
    summary: 'What the cache is worth',
    description:
      'A look is a product that a sync looked at. It is a hit where nothing had to be read from Shopify for it.',
    params: none,
    query: z.strictObject({
      hours: z.coerce.number().int().min(1).max(9_000).default(24).describe('So far back.'),
    }),
    body: none,
    answers: { 200: { description: 'The figures of this store.', body: cacheStatus } },
    problems: [],
  })(async ({ resources, shop }, { query: { hours } }) => {
    const [{ total }, entries] = await Promise.all([
      readCacheFigures(resources.db, shop.id, { hours, bucketHours: hours, now: resources.now() }),
      readCacheContents(resources.db, shop.id),
    ]);
    return { status: 200, body: statusJson(hours, total, entries) };
  }),
  endpoint({
    id: 'getCacheEntry',
    method: 'GET',
    path: '/cache/products/{id}',
    tag: TAG,
    scope: 'jobs:read',
    summary: 'What is cached of a product',
    params: z.strictObject({ id }),
    query: none,
    body: none,
    answers: { 200: { description: 'The entry as it is now.', body: cacheEntry } },
    problems: [],
  })((context, { params }) => answerEntry(context, params.id)),
  endpoint({
    id: 'setCacheEntry',
    method: 'PUT',
    path: '/cache/products/{id}',
    tag: TAG,
    scope: 'sync:write',
    summary: 'Pin a product, or give it a time to live',
    description: 'What is not sent stays. A pinned product still follows webhooks and our own writes.',
    params: z.strictObject({ id }),
    query: none,
    body: z.strictObject({
      pinned: z.boolean().optional(),
      ttl_seconds: z
        .int()
        .min(TTL_SECONDS.least)
        .max(TTL_SECONDS.most)
        .nullable()
        .optional()
        .describe('Null: that of the store.'),
    }),
    example: { pinned: true },
    answers: { 200: { description: 'The entry as it is now.', body: cacheEntry } },
    problems: [],
  })(async (context, { params, body }) => {
    const { resources, shop, actor } = context;
    await controlCache(resources, {
      shopId: shop.id,
      selection: { kind: 'products', productIds: [params.id] },
      causedBy: actor,
      order: {
        kind: 'control',
        change: {
          ...(body.pinned !== undefined && { isPinned: body.pinned }),
          ...(body.ttl_seconds !== undefined && { ttlSeconds: body.ttl_seconds }),
        },
      },
    });
    return answerEntry(context, params.id);
  }),
  endpoint({
    id: 'warmCache',
    method: 'POST',
    path: '/cache/warm',
    tag: TAG,
    scope: 'sync:write',
    summary: 'Have the cache of a selection read',
    description:
      'In the background, while the store has no other work: what is not fresh any more is confirmed, what is marked or missing is read by a sync. Answers a job to watch. Also at POST /api/cache/warm.',
    params: none,
    query: none,
    body: z
      .strictObject({
        ...selectionBody,
        points: z
          .int()
          .min(1)
          .max(MOST_ALLOWANCE)
          .default(USUAL_ALLOWANCE)
          .describe('It takes about so many points at most; what is beyond that is left out.'),
      })
      .superRefine(checkSelection),
    example: { query: 'vendor:Fjell', points: 2_000 },
    answers: { 202: { description: 'It is queued.', body: cacheWarm } },
    problems: ['not-possible-now'],
  })(async ({ resources, shop, actor, operationId }, { body }) => {
    const started = await startCacheWarm(resources, {
      ...{ id: operationId, shopId: shop.id, causedBy: actor },
      selection: selectionOf(body),
      allowance: body.points,
    });
    switch (started.kind) {
      case 'refused':
        return selectionRefused(started.problems, body);
      case 'too-many':
        return notPossible(
          `${started.underWay} selections are being read already: wait until some are through.`,
        );
      case 'started': {
        const warm = await readWarm(resources.db, shop.id, started.warmId);
        if (warm === null) return notFound('selection');
        return { status: 202, body: warmJson(warm), headers: { location: warmJson(warm).links.self } };
      }
    }
  }),
  endpoint({
    id: 'getCacheWarm',
    method: 'GET',
    path: '/cache/warm/{id}',
    tag: TAG,
    scope: 'jobs:read',
    summary: 'How far the reading of a selection is',
    params: z.strictObject({ id }),
    query: none,
    body: none,
    answers: { 200: { description: 'The job as it is now.', body: cacheWarm } },
    problems: [],
  })(async ({ resources, shop }, { params }) => {
    const warm = await readWarm(resources.db, shop.id, params.id);
    return warm === null ? notFound('job') : { status: 200, body: warmJson(warm) };
  }),
  endpoint({
    id: 'invalidateCache',
    method: 'POST',
    path: '/cache/invalidate',
    tag: TAG,
    scope: 'sync:write',
    summary: 'Have the next sync read a selection anew',
    description:
      'Nothing is read now. Systems that sign instead of sending a key: POST /api/cache/invalidate.',
    params: none,
    query: none,
    body: invalidateBody,
    example: { query: 'vendor:Fjell' },
    answers: { 200: { description: 'They are marked.', body: invalidateAnswer } },
    problems: [],
  })(async ({ resources, shop, actor }, { body }) => {
    const done = await controlCache(resources, {
      ...{ shopId: shop.id, selection: selectionOf(body), causedBy: actor },
      order: { kind: 'invalidate', by: 'api' },
    });
    return done.kind === 'refused'
      ? selectionRefused(done.problems, body)
      : { status: 200, body: { products: done.products } };
  }),
];
