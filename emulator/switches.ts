/**
 * Everything about Shopify's behaviour that could not be sourced, as a switch. README.md says why each default was
 * chosen. Changed at run time through POST /_emulator/switches.
 */
import { z } from 'zod';

export const switchesSchema = z.object({
  /** Normalisation of what is written. */
  tags: z.enum(['exact', 'trim-dedupe', 'trim-dedupe-sort']),
  rewriteHtml: z.boolean(),
  /** productCreate/productSet/productUpdate with a taken handle: refuse, or append "-1". */
  takenHandle: z.enum(['refuse', 'suffix']),
  /** Cost model. */
  connectionCost: z.enum(['table', 'bcapps']),
  mutationPayloadCost: z.enum(['connections-only', 'objects-and-connections', 'free']),
  costRounding: z.enum(['up', 'nearest', 'none']),
  nodesCost: z.enum(['per-id', 'once']),
  /** Whether `variants:` arrays may be as long as a product's variants (2,048) instead of 250. */
  longVariantLists: z.boolean(),
  /** Media: milliseconds until a new image is READY; 0 makes it READY in the answer. */
  mediaReadyAfterMs: z.number().int().min(0),
  mediaFilenames: z.enum(['kept', 'uuid-suffix']),
  /** How the processing of a new image ends. */
  mediaProcessing: z.enum(['succeeds', 'fails']),
  /** fileCreate with RAISE_ERROR and a taken name: refused at once, or found out while the file is processed. */
  takenFilename: z.enum(['refused', 'fails-later']),
  /** productSet: whether a variant without an id updates the one that has the same option values, or is a new one. */
  productSetVariants: z.enum(['by-id', 'by-option-values']),
  /** Whether an @idempotent key whose first request was refused must not be used again. */
  idempotencyKeepsFailures: z.boolean(),
  /** Bulk operations: rows a second of one operation; 0 runs without waiting. */
  bulkRowsPerSecond: z.number().min(0),
  /** Milliseconds until an operation begins: CREATED, then RUNNING. */
  bulkStartDelayMs: z.number().int().min(0),
  /** The order in which the lines of a bulk mutation are run and told of. */
  bulkLineOrder: z.enum(['file', 'shuffled']),
  /** An operation fails after so many rows, and keeps what it did as partial data; null: none does. */
  bulkFailsAfterRows: z.number().int().min(0).nullable(),
  /** Seconds that the result of an operation is kept. */
  bulkResultSeconds: z.number().int().min(0),
  /**
   * `created_at` and `updated_at` filters of searches of products and orders see a write only this many milliseconds later, and
   * searches of files a new file.
   */
  searchLagMs: z.number().int().min(0),
  /** Which instant decides whether an order is older than 60 days, and hidden from apps without read_all_orders. */
  orderAge: z.enum(['created', 'processed']),
  /** Seconds an expiring offline token, its refresh token and an online token live; read when a token is issued. */
  accessTokenSeconds: z.number().int().min(1),
  refreshTokenSeconds: z.number().int().min(1),
  onlineTokenSeconds: z.number().int().min(1),
  /** What happens to the former access token when its refresh token is used. */
  refreshedAccessToken: z.enum(['valid-until-expiry', 'revoked']),
});

export type Switches = z.infer<typeof switchesSchema>;

export const DEFAULT_SWITCHES: Switches = {
  tags: 'trim-dedupe',
  rewriteHtml: false,
  takenHandle: 'refuse',
  connectionCost: 'table',
  mutationPayloadCost: 'connections-only',
  costRounding: 'up',
  nodesCost: 'per-id',
  longVariantLists: true,
  mediaReadyAfterMs: 0,
  mediaFilenames: 'kept',
  mediaProcessing: 'succeeds',
  takenFilename: 'refused',
  productSetVariants: 'by-id',
  idempotencyKeepsFailures: true,
  bulkRowsPerSecond: 100,
  bulkStartDelayMs: 0,
  bulkLineOrder: 'file',
  bulkFailsAfterRows: null,
  bulkResultSeconds: 7 * 86_400,
  searchLagMs: 0,
  orderAge: 'created',
  accessTokenSeconds: 3_600,
  refreshTokenSeconds: 90 * 86_400,
  onlineTokenSeconds: 86_399,
  refreshedAccessToken: 'valid-until-expiry',
};
