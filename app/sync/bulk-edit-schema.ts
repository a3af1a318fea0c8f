/** Selections and changes as they come from outside (a form, the API, a stored edit): parsed here, trusted further in. */
import { z } from 'zod';
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import { SEARCH_MAX_LENGTH } from '~/core/search-query';
import { amountChange, priceChangeSchemas, rounding } from '~/db/price-change-schema';

/** Products or SKUs that one selection may list. */
export const MOST_LISTED = 50_000;

/** PostgreSQL's text holds no NUL. */
const text = z.string().refine((value) => !value.includes('\u0000'), 'must not hold the character NUL');
const tags = z.array(text.trim().min(1)).min(1).max(250);

export const productSelectionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('query'), query: text.max(SEARCH_MAX_LENGTH) }),
  z.object({ kind: z.literal('skus'), skus: z.array(text.min(1).max(255)).min(1).max(MOST_LISTED) }),
  z.object({
    kind: z.literal('products'),
    productIds: z.array(z.uuid()).min(1).max(MOST_LISTED),
    fieldsMovedIn: z.uuid().optional(),
  }),
]) satisfies z.ZodType<ProductSelection>;

const pictures = z
  .array(
    z.object({
      url: text.max(2_048),
      alt: text.max(512),
      kind: z.enum(['IMAGE', 'VIDEO', 'EXTERNAL_VIDEO', 'MODEL_3D']),
    }),
  )
  .min(1)
  .max(250);
const position = z.number().int().min(1).max(250);

const bulkChange = z.discriminatedUnion('field', [
  ...priceChangeSchemas,
  z.object({ field: z.literal('cost'), change: amountChange.nullable(), rounding }),
  z.object({
    field: z.literal('tags'),
    change: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('add'), tags }),
      z.object({ kind: z.literal('remove'), tags }),
      z.object({ kind: z.literal('replace'), tags: z.array(text.trim().min(1)).max(250) }),
      z.object({ kind: z.literal('rename'), from: text.trim().min(1), to: text.trim().min(1) }),
    ]),
  }),
  z.object({
    field: z.literal('inventory'),
    locationId: text.min(1).max(255),
    change: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('set'), available: z.number().int().min(-1e9).max(1e9) }),
      z.object({ kind: z.literal('adjust'), by: z.number().int().min(-1e9).max(1e9) }),
    ]),
  }),
  z.object({
    field: z.literal('media'),
    change: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('add'), pictures }),
      z.object({ kind: z.literal('replace'), pictures }),
      z.object({ kind: z.literal('move'), from: position, to: position }),
      z.object({ kind: z.literal('alt'), text: text.max(512) }),
      z.object({ kind: z.literal('remove'), position: position.nullable() }),
    ]),
  }),
  z.object({ field: z.literal('status'), value: z.enum(['ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED']) }),
  z.object({ field: z.enum(['vendor', 'productType']), value: text.max(255) }),
  z.object({ field: z.enum(['seoTitle', 'seoDescription']), value: text.max(50_000).nullable() }),
  z.object({
    field: z.literal('metafield'),
    of: z.enum(['product', 'variant']),
    namespace: text.min(1).max(255),
    key: text.min(1).max(64),
    type: text.min(1).max(64),
    value: text.max(65_535).nullable(),
  }),
]);

export const bulkChangesSchema = z.array(bulkChange).min(1).max(20) satisfies z.ZodType<BulkChange[]>;
