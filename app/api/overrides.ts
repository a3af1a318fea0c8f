/** Overrides: what this store holds otherwise than the catalog says. */
import { z } from 'zod';
import { readOverrides } from '~/db/pages/store-overrides.server';
import type { OverrideRow } from '~/db/pages/store-overrides.server';
import { revokeOverrides } from '~/sync/revoke-overrides';
import { endpoint, none } from './endpoint';
import type { Endpoint } from './endpoint';
import { notFound } from './problem';
import { datedCursor, fieldValue, id, limit, named, pageOf } from './schemas';

const override = named(
  'Override',
  z.object({
    id,
    product_id: id,
    product_title: z.string(),
    variant_id: z.string().nullable(),
    sku: z.string().nullable(),
    field: z.string().describe('"tags" is all tags of the product, as a list.'),
    value: fieldValue,
    job_id: id.nullable().describe('The job that set it, where it is still on record.'),
    set_by: z.string(),
    set_at: z.iso.datetime(),
    links: z.object({ revoke: z.string() }),
  }),
);

function overrideJson(row: OverrideRow): z.input<typeof override> {
  return {
    id: row.id,
    product_id: row.productId,
    product_title: row.title,
    variant_id: row.variantId,
    sku: row.sku,
    field: row.field,
    value: row.value,
    job_id: row.edit?.id ?? null,
    set_by: row.setBy,
    set_at: row.setAt,
    links: { revoke: `/api/shopify/overrides/${row.id}/revoke` },
  };
}

export const overrideEndpoints: Endpoint[] = [
  endpoint({
    id: 'listOverrides',
    method: 'GET',
    path: '/overrides',
    tag: 'Overrides',
    scope: 'jobs:read',
    summary: 'List overrides of this store, newest first',
    description: 'They are made by bulk edits with the target "store".',
    params: none,
    query: z.strictObject({ product_id: id.optional(), limit, cursor: datedCursor.parameter }),
    body: none,
    answers: { 200: { description: 'A page of overrides.', body: pageOf('OverridePage', override) } },
    problems: [],
  })(async ({ resources, shop }, { query }) => {
    const { rows, next } = await readOverrides(resources.db, shop.id, {
      productId: query.product_id ?? null,
      before: datedCursor.read(query.cursor),
      limit: query.limit,
    });
    return { status: 200, body: { data: rows.map(overrideJson), next_cursor: datedCursor.write(next) } };
  }),
  endpoint({
    id: 'revokeOverride',
    method: 'POST',
    path: '/overrides/{id}/revoke',
    tag: 'Overrides',
    scope: 'bulk:write',
    summary: 'Revoke an override',
    description: 'The store holds again what the catalog says.',
    params: z.strictObject({ id }),
    query: none,
    body: none,
    answers: {
      200: { description: 'It is revoked.', body: z.object({ id, revoked: z.literal(true) }) },
    },
    problems: [],
  })(async ({ resources, shop, actor: causedBy }, { params }) => {
    const outcome = await revokeOverrides(resources, {
      shopId: shop.id,
      selection: { kind: 'ids', ids: [params.id] },
      causedBy,
    });
    if (outcome.kind === 'gone' || outcome.overrides === 0) return notFound('override');
    return { status: 200, body: { id: params.id, revoked: true } };
  }),
];
