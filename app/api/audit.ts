/** The audit log. */
import { z } from 'zod';
import { AUDIT_DIRECTIONS, AUDIT_STATES } from '~/db/pages/audit-query';
import { readAuditPage } from '~/db/pages/audit.server';
import type { AuditRow } from '~/db/pages/audit.server';
import { endpoint, none } from './endpoint';
import type { Endpoint } from './endpoint';
import { cursorOf, fieldValue, id, instant, limit, named, pageOf } from './schemas';

const change = named(
  'Change',
  z.object({
    id: z.string(),
    at: z.iso.datetime(),
    product_id: id,
    product_title: z.string().describe('Empty where nobody knows the product any more.'),
    variant_id: z.string().nullable(),
    sku: z.string().nullable(),
    field: z.string(),
    direction: z
      .string()
      .describe('push: to Shopify; pull: into the catalog; edit and restore: in the catalog.'),
    before: fieldValue,
    after: fieldValue,
    state: z.enum(AUDIT_STATES),
    code: z.string().nullable(),
    message: z.string().nullable(),
    caused_by: z.string(),
    run_id: id.nullable(),
    points: z.number().describe('Of the operation that carried it, which other fields may share.'),
  }),
);

function changeJson(row: AuditRow): z.input<typeof change> {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    product_id: row.productId,
    product_title: row.title,
    variant_id: row.variantId,
    sku: row.sku,
    field: row.field,
    direction: row.direction,
    before: row.before,
    after: row.after,
    state: change.shape.state.parse(row.state),
    code: row.code,
    message: row.message,
    caused_by: row.causedBy,
    run_id: row.runId,
    points: row.points,
  };
}

const cursor = cursorOf(z.object({ at: instant, id: z.string().regex(/^\d{1,18}$/) }));

const text = z.string().max(255).optional();

export const auditEndpoints: Endpoint[] = [
  endpoint({
    id: 'listChanges',
    method: 'GET',
    path: '/audit',
    tag: 'Audit log',
    scope: 'audit:read',
    summary: 'Search the audit log, newest first',
    params: none,
    query: z.strictObject({
      search: text.describe('Part of a title or handle, or a whole SKU.'),
      product_id: id.optional(),
      sku: text.describe('A whole SKU.'),
      field: text.describe('A field ("price", "tags:Sale"), or all of a kind ("tags").'),
      caused_by: text.describe('Who or what caused it, whole.'),
      run_id: id.optional(),
      since: instant.optional(),
      until: instant.optional().describe('The first instant that is too late.'),
      direction: z.enum(AUDIT_DIRECTIONS).optional(),
      state: z.enum(AUDIT_STATES).optional(),
      limit,
      cursor: cursor.parameter,
    }),
    body: none,
    answers: { 200: { description: 'A page of changes.', body: pageOf('ChangePage', change) } },
    problems: [],
  })(async ({ resources, shop }, { query }) => {
    const at = cursor.read(query.cursor);
    const { rows, next } = await readAuditPage(
      resources.db,
      { shopId: shop.id, accountId: shop.accountId },
      {
        filter: {
          search: query.search ?? '',
          productId: query.product_id ?? null,
          sku: query.sku ?? '',
          field: query.field ?? '',
          actor: query.caused_by ?? '',
          runId: query.run_id ?? null,
          from: query.since === undefined ? null : new Date(query.since),
          until: query.until === undefined ? null : new Date(query.until),
          direction: query.direction ?? null,
          state: query.state ?? null,
        },
        cursor: at === null ? null : { direction: 'after', at: new Date(at.at), id: BigInt(at.id) },
      },
      query.limit,
    );
    return {
      status: 200,
      body: {
        data: rows.map(changeJson),
        next_cursor: cursor.write(next === null ? null : { at: next.at.toISOString(), id: String(next.id) }),
      },
    };
  }),
];
