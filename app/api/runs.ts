/** Sync runs. */
import { z } from 'zod';
import { readRun, readRunsAfter } from '~/db/pages/runs.server';
import type { RunDetail, RunRow } from '~/db/pages/runs.server';
import { cancelRun } from '~/sync/cancel-run';
import { startChosenRun } from '~/sync/start-chosen-run';
import type { ChosenProducts } from '~/sync/start-chosen-run';
import { endpoint, none } from './endpoint';
import type { ApiContext, Endpoint } from './endpoint';
import { notFound } from './problem';
import type { Problem } from './problem';
import { cursorOf, id, instant, limit, named, pageOf } from './schemas';
import { refuse } from './validation';

const counts = named(
  'RunCounts',
  z.object({
    pending: z.int(),
    applied: z.int(),
    skipped: z.int(),
    conflicted: z.int(),
    failed: z.int(),
    cancelled: z.int(),
  }),
);

const run = named(
  'Run',
  z.object({
    id,
    state: z.enum(['queued', 'adopting', 'running', 'finished', 'cancelled', 'failed']),
    trigger: z.string(),
    caused_by: z.string(),
    products_total: z.int(),
    counts: counts.describe('Products by their end state; those that wait are pending.'),
    calls: z.int().describe('Calls of the Admin API.'),
    points: z.number().describe('Points that the calls cost.'),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
    links: z.object({ self: z.string(), cancel: z.string() }),
  }),
);

const runDetail = named(
  'RunDetail',
  run.extend({
    cancel_requested: z.boolean(),
    error: z.string().nullable().describe('Why it failed, in words.'),
  }),
);

const states = run.shape.state;

function runJson(row: RunRow): z.input<typeof run> {
  const self = `/api/shopify/runs/${row.id}`;
  return {
    id: row.id,
    state: states.parse(row.state),
    trigger: row.trigger,
    caused_by: row.causedBy,
    products_total: row.productsTotal,
    counts: row.counts,
    calls: row.calls,
    points: row.points,
    created_at: row.createdAt,
    started_at: row.startedAt,
    finished_at: row.finishedAt,
    links: { self, cancel: `${self}/cancel` },
  };
}

function runDetailJson(row: RunDetail): z.input<typeof runDetail> {
  return { ...runJson(row), cancel_requested: row.cancelRequested, error: row.error };
}

async function detailOf({ resources, shop }: ApiContext, runId: string) {
  const row = await readRun(resources.db, shop.id, runId);
  return row === null ? null : runDetailJson(row);
}

const byId = z.strictObject({ id });
const cursor = cursorOf(z.object({ createdAt: instant, id }));

const MOST_NAMES = 5_000;
const names = (what: string) =>
  z.array(z.string().min(1).max(255)).min(1).max(MOST_NAMES).optional().describe(what);

const syncBody = z
  .strictObject({
    product_ids: z.array(id).min(1).max(MOST_NAMES).optional().describe('Ids of the catalog.'),
    handles: names('Handles of products.'),
    skus: names('SKUs: the products they are variants of.'),
  })
  .superRefine((value, context) => {
    const [, ...more] = Object.entries(value).filter(([, chosen]) => chosen !== undefined);
    for (const [name] of more)
      refuse(context, [name], {
        reason: 'The products are named in two ways.',
        remedy: 'Send one of product_ids, handles and skus, or none for the whole catalog.',
      });
  });

const FIELD_OF = { ids: 'product_ids', handles: 'handles', skus: 'skus' } as const;

function chosen(body: z.output<typeof syncBody>): ChosenProducts {
  if (body.product_ids) return { by: 'ids', values: body.product_ids };
  if (body.handles) return { by: 'handles', values: body.handles };
  if (body.skus) return { by: 'skus', values: body.skus };
  return { by: 'all' };
}

const MOST_UNKNOWN = 50;

function unknownNames(by: keyof typeof FIELD_OF, values: string[], sent: string[]): Problem {
  const places = new Map(sent.map((value, index) => [by === 'ids' ? value.toLowerCase() : value, index]));
  return {
    problem: 'invalid-value',
    detail: `${values.length.toLocaleString('en-US')} of the names are of no product of this shop; nothing was started.`,
    errors: values.slice(0, MOST_UNKNOWN).map((value) => ({
      field: `${FIELD_OF[by]}[${places.get(value) ?? 0}]`,
      value,
      reason: 'No product of this shop is called so.',
      remedy: 'Look it up in GET /api/shopify/catalog/products, or leave it out.',
    })),
  };
}

export const runEndpoints: Endpoint[] = [
  endpoint({
    id: 'startSync',
    method: 'POST',
    path: '/sync',
    tag: 'Sync',
    scope: 'sync:write',
    summary: 'Start a sync',
    description:
      'Compares the products with Shopify and carries the changes over, by the policies of the shop. Without products: the whole catalog; where a run of it is under way already, that one is answered.',
    params: none,
    query: none,
    body: syncBody,
    example: { skus: ['TENT-2P-GREEN'] },
    answers: { 202: { description: 'The run, which goes on by itself.', body: runDetail } },
    problems: [],
  })(async (context, { body }) => {
    const products = chosen(body);
    const { resources, shop, actor: causedBy } = context;
    const started = await startChosenRun(resources, { shop, products, causedBy });
    if (started.kind === 'unknown')
      return products.by === 'all'
        ? notFound('product')
        : unknownNames(products.by, started.values, products.values);
    const detail = await detailOf(context, started.runId);
    if (detail === null) return notFound('run');
    return { status: 202, body: detail, headers: { location: detail.links.self } };
  }),
  endpoint({
    id: 'listRuns',
    method: 'GET',
    path: '/runs',
    tag: 'Sync',
    scope: 'jobs:read',
    summary: 'List runs, newest first',
    params: none,
    query: z.strictObject({ limit, cursor: cursor.parameter }),
    body: none,
    answers: { 200: { description: 'A page of runs.', body: pageOf('RunPage', run) } },
    problems: [],
  })(async ({ resources, shop }, { query }) => {
    const page = { after: cursor.read(query.cursor), limit: query.limit };
    const { rows, next } = await readRunsAfter(resources.db, shop.id, page);
    return { status: 200, body: { data: rows.map(runJson), next_cursor: cursor.write(next) } };
  }),
  endpoint({
    id: 'getRun',
    method: 'GET',
    path: '/runs/{id}',
    tag: 'Sync',
    scope: 'jobs:read',
    summary: 'Progress and result of a run',
    params: byId,
    query: none,
    body: none,
    answers: { 200: { description: 'The run as it is now.', body: runDetail } },
    problems: [],
  })(async (context, { params }) => {
    const body = await detailOf(context, params.id);
    return body === null ? notFound('run') : { status: 200, body };
  }),
  endpoint({
    id: 'cancelRun',
    method: 'POST',
    path: '/runs/{id}/cancel',
    tag: 'Sync',
    scope: 'sync:write',
    summary: 'Cancel a run',
    description:
      'What is on its way to Shopify is finished and recorded; the rest is left alone. A run that has ended stays as it is.',
    params: byId,
    query: none,
    body: none,
    answers: { 200: { description: 'The run as it is now.', body: runDetail } },
    problems: [],
  })(async (context, { params }) => {
    await cancelRun(context.resources, { shopId: context.shop.id, runId: params.id });
    const body = await detailOf(context, params.id);
    return body === null ? notFound('run') : { status: 200, body };
  }),
];
