/** How the API tells of the cache. */
import { z } from 'zod';
import type { EditProblem } from '~/core/bulk-edit';
import { CACHE_MISSES } from '~/core/cache-outcome';
import type { CacheContents, CacheFigures } from '~/db/pages/cache.server';
import type { CacheEntry } from '~/db/pages/cache-entry.server';
import type { AskedWarm } from '~/db/pages/cache-warming.server';
import { checkSelection, editErrors, selectionShape } from './bulk-selection';
import type { Problem } from './problem';
import { id, named } from './schemas';

const { category, query, skus, product_ids } = selectionShape;
export const selectionBody = { category, query, skus, product_ids };

const misses = z
  .object(Object.fromEntries(CACHE_MISSES.map((cause) => [cause, z.int()])))
  .describe(
    'cold: nothing was cached; expired: too old to be written over; the others: who marked it. Nothing is ever evicted.',
  );

export const cacheStatus = named(
  'CacheStatus',
  z.object({
    hours: z.int(),
    hit_rate: z.number().nullable().describe('Of 1; null where nothing was looked at.'),
    looks: z.int(),
    hits: z.int(),
    misses,
    saved: z
      .object({ reads: z.int(), points: z.number(), bytes: z.number() })
      .describe('What hits saved: an estimate by what reading such products costs.'),
    points_spent: z.number().describe('What the misses took.'),
    entries: z.object({
      products: z.int(),
      empty: z.int(),
      invalidated: z.int(),
      pinned: z.int(),
      own_ttl: z.int(),
    }),
  }),
);

export function statusJson(
  hours: number,
  total: CacheFigures,
  entries: CacheContents,
): z.input<typeof cacheStatus> {
  return {
    hours,
    hit_rate: total.hitRate,
    looks: total.looks,
    hits: total.hits,
    misses: total.misses,
    saved: { reads: total.savedReads, points: total.savedPoints, bytes: total.savedBytes },
    points_spent: total.spentPoints,
    entries: {
      products: entries.products,
      empty: entries.empty,
      invalidated: entries.invalidated,
      pinned: entries.pinned,
      own_ttl: entries.ownTtl,
    },
  };
}

export const cacheEntry = named(
  'CacheEntry',
  z.object({
    product_id: id,
    shopify_id: z.string().nullable(),
    state: z.enum(['empty', 'invalidated', 'expired', 'fresh', 'pinned']),
    state_at: z.iso
      .datetime()
      .nullable()
      .describe('Until when it is fresh, or since when it is invalidated or expired.'),
    fingerprint: z.string().nullable(),
    variants: z.int(),
    fetched_at: z.iso.datetime().nullable(),
    confirmed_at: z.iso.datetime().nullable(),
    invalidated_at: z.iso.datetime().nullable(),
    invalidated_by: z.string().nullable(),
    pinned: z.boolean(),
    ttl_seconds: z.int().nullable().describe('Its own; null: that of the store.'),
  }),
);

export function entryJson(entry: CacheEntry): z.input<typeof cacheEntry> {
  return {
    product_id: entry.productId,
    shopify_id: entry.remoteId,
    state: entry.state,
    state_at: entry.stateAt,
    fingerprint: entry.fingerprint,
    variants: entry.variants,
    fetched_at: entry.fetchedAt,
    confirmed_at: entry.confirmedAt,
    invalidated_at: entry.invalidatedAt,
    invalidated_by: entry.invalidatedBy,
    pinned: entry.isPinned,
    ttl_seconds: entry.ttlSeconds,
  };
}

export const cacheWarm = named(
  'CacheWarm',
  z.object({
    id,
    state: z.enum(['selecting', 'running', 'finished', 'failed']),
    caused_by: z.string(),
    points_allowed: z.number(),
    products: z.object({
      selected: z.int(),
      fresh: z.int().describe('Trusted as they are: nothing to read.'),
      left_out: z.int().describe('Beyond the allowance.'),
      to_read: z.int(),
      done: z.int(),
      confirmed: z.int().describe('Found as they are cached; the others were left to a sync.'),
    }),
    points_expected: z.number(),
    points: z.number().describe('Taken so far; what syncs read of it is estimated.'),
    error: z.string().nullable(),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
    links: z.object({ self: z.string() }),
  }),
);

export function warmJson(warm: AskedWarm): z.input<typeof cacheWarm> {
  return {
    id: warm.id,
    state: warm.state,
    caused_by: warm.causedBy,
    points_allowed: warm.allowance,
    products: {
      selected: warm.productsSelected,
      fresh: warm.productsFresh,
      left_out: warm.productsLeftOut,
      to_read: warm.productsTotal,
      done: warm.productsDone,
      confirmed: warm.productsRead,
    },
    points_expected: warm.pointsExpected,
    points: warm.points,
    error: warm.error,
    created_at: warm.createdAt,
    finished_at: warm.finishedAt,
    links: { self: `/api/shopify/cache/warm/${warm.id}` },
  };
}

export function selectionRefused(problems: EditProblem[], body: Parameters<typeof editErrors>[1]): Problem {
  return {
    problem: 'invalid-value',
    detail: 'Nothing was done.',
    errors: editErrors(problems, body, []),
  };
}

export const invalidateBody = named('CacheInvalidation', z.strictObject(selectionBody)).superRefine(
  checkSelection,
);
export const invalidateAnswer = named(
  'CacheInvalidationResult',
  z.object({ products: z.int().describe('Cached products that were marked.') }),
);
