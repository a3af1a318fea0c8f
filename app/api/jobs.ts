/** Jobs: progress and result of bulk edits, and what can be done with one. */
import { z } from 'zod';
import { EDIT_WARNINGS } from '~/core/bulk-edit';
import { readBulkEdit, readBulkEditFields, readBulkEdits } from '~/db/pages/bulk-edits.server';
import type { EditFieldRow } from '~/db/pages/bulk-edits.server';
import { cancelBulkEdit } from '~/sync/cancel-bulk-edit';
import { confirmBulkEdit } from '~/sync/confirm-bulk-edit';
import { undoBulkEdit } from '~/sync/undo-bulk-edit';
import { answerStarted, isStarted, startedAnswers } from './bulk-edits';
import { endpoint, none } from './endpoint';
import type { ApiContext, Endpoint } from './endpoint';
import { guardText, job, jobSummary, jobSummaryJson, readJob } from './job';
import { notFound, notPossible } from './problem';
import type { Problem } from './problem';
import { cursorOf, datedCursor as dated, fieldValue, id, limit, named, pageOf } from './schemas';

const byId = z.strictObject({ id });
const FIELD_STATES = ['planned', 'skipped', 'applied', 'moved', 'refused', 'cancelled'] as const;

const lowestPrice = named(
  'LowestPrice',
  z.object({
    amount: z.string(),
    known_only_since: z
      .string()
      .nullable()
      .describe('Since when the history is known, where that is less than 30 days.'),
  }),
);

const jobField = named(
  'JobField',
  z.object({
    position: z.int(),
    product_id: id,
    product_title: z.string(),
    variant_id: z.string().nullable(),
    variant_title: z.string().nullable(),
    sku: z.string().nullable(),
    field: z.string(),
    before: fieldValue,
    after: fieldValue,
    state: z.enum(FIELD_STATES).describe('moved: somebody changed it after the plan, and it was kept.'),
    code: z.string().nullable(),
    message: z.string().nullable().describe('Why it was skipped, moved or refused.'),
    warnings: z.array(z.string()),
    lowest_price: lowestPrice
      .nullable()
      .describe(
        'Of a compare-at price: the lowest price of the 30 days before, where the shop is told of it.',
      ),
  }),
);

function jobFieldJson(row: EditFieldRow): z.input<typeof jobField> {
  return {
    position: row.position,
    product_id: row.productId,
    product_title: row.title,
    variant_id: row.variantId,
    variant_title: row.variantTitle,
    sku: row.sku,
    field: row.field,
    before: row.before,
    after: row.after,
    state: jobField.shape.state.parse(row.state),
    code: row.code,
    message: row.message,
    warnings: row.warnings,
    lowest_price: row.lowestPrice && {
      amount: row.lowestPrice.amount,
      known_only_since: row.lowestPrice.knownOnlySince,
    },
  };
}

const fieldCursor = cursorOf(z.object({ after: z.int().min(-1).max(2_147_483_647) }));

async function answerJob(context: ApiContext, jobId: string) {
  const body = await readJob(context, jobId);
  return body === null ? notFound('job') : { status: 200 as const, body };
}

async function confirmationNeeded(
  { resources, shop }: ApiContext,
  jobId: string,
  expected: string,
  sent: string | undefined,
): Promise<Problem> {
  const view = await readBulkEdit(resources.db, shop.id, jobId);
  return {
    problem: 'confirmation-needed',
    detail: view === null ? 'The job waits for a confirmation.' : guardText(view),
    errors: [
      {
        field: 'confirmation',
        value: sent?.slice(0, 200).toWellFormed() ?? null,
        reason: 'It is not the number of products that the job changes.',
        remedy: `Look at what it changes; where that is what you want, send "${expected}".`,
      },
    ],
  };
}

export const jobEndpoints: Endpoint[] = [
  endpoint({
    id: 'listJobs',
    method: 'GET',
    path: '/jobs',
    tag: 'Jobs',
    scope: 'jobs:read',
    summary: 'List jobs, newest first',
    description: 'Bulk edits made in the app are listed too.',
    params: none,
    query: z.strictObject({ limit, cursor: dated.parameter }),
    body: none,
    answers: { 200: { description: 'A page of jobs.', body: pageOf('JobPage', jobSummary) } },
    problems: [],
  })(async ({ resources, shop }, { query }) => {
    const page = { before: dated.read(query.cursor), limit: query.limit };
    const { rows, next } = await readBulkEdits(resources.db, shop.id, page);
    return { status: 200, body: { data: rows.map(jobSummaryJson), next_cursor: dated.write(next) } };
  }),
  endpoint({
    id: 'getJob',
    method: 'GET',
    path: '/jobs/{id}',
    tag: 'Jobs',
    scope: 'jobs:read',
    summary: 'Progress and result of a job',
    params: byId,
    query: none,
    body: none,
    answers: { 200: { description: 'The job as it is now.', body: job } },
    problems: [],
  })((context, { params }) => answerJob(context, params.id)),
  endpoint({
    id: 'listJobFields',
    method: 'GET',
    path: '/jobs/{id}/fields',
    tag: 'Jobs',
    scope: 'jobs:read',
    summary: 'Every field a job changes or leaves out, with before and after',
    params: byId,
    query: z.strictObject({
      state: z.enum(FIELD_STATES).optional(),
      warning: z.enum(EDIT_WARNINGS).optional(),
      limit,
      cursor: fieldCursor.parameter,
    }),
    body: none,
    answers: { 200: { description: 'A page of fields.', body: pageOf('JobFieldPage', jobField) } },
    problems: [],
  })(async ({ resources, shop }, { params, query }) => {
    const { db } = resources;
    if ((await readBulkEdit(db, shop.id, params.id)) === null) return notFound('job');
    const { rows, next } = await readBulkEditFields(db, shop.id, params.id, {
      states: query.state === undefined ? [] : [query.state],
      warning: query.warning ?? null,
      after: fieldCursor.read(query.cursor)?.after ?? -1,
      limit: query.limit,
    });
    return {
      status: 200,
      body: {
        data: rows.map(jobFieldJson),
        next_cursor: fieldCursor.write(next === null ? null : { after: next }),
      },
    };
  }),
  endpoint({
    id: 'applyJob',
    method: 'POST',
    path: '/jobs/{id}/apply',
    tag: 'Jobs',
    scope: 'bulk:write',
    summary: 'Apply a planned job',
    description:
      'Writes what the plan shows. A job that goes beyond a limit of the shop needs the number of products it changes as its confirmation.',
    params: byId,
    query: none,
    body: z.strictObject({
      confirmation: z
        .string()
        .max(20)
        .optional()
        .describe('The number of products that the job changes; only a guarded job asks for it.'),
    }),
    example: { confirmation: '1200' },
    answers: { 202: startedAnswers[202] },
    problems: ['confirmation-needed', 'second-person-needed', 'not-possible-now'],
  })(async (context, { params, body }) => {
    const { resources, shop, actor: causedBy } = context;
    const confirmation = body.confirmation ?? null;
    const outcome = await confirmBulkEdit(resources, {
      shopId: shop.id,
      editId: params.id,
      causedBy,
      confirmation,
    });
    switch (outcome.kind) {
      case 'started':
      case 'scheduled': {
        const started = await readJob(context, params.id);
        return started === null ? notFound('job') : { status: 202, body: started };
      }
      case 'needs-confirmation':
        return confirmationNeeded(context, params.id, outcome.expected, body.confirmation);
      case 'needs-second-person':
        return {
          problem: 'second-person-needed',
          detail:
            'The job goes beyond a limit of the shop, which asks for somebody else than whoever made it: confirm it in the app, or with another key.',
        };
      case 'too-late':
        return notPossible('The promotion would be over already: make it again with a later end.');
      case 'nothing-to-change':
        return notPossible('The job would change nothing.');
      case 'not-planned':
        return notPossible(
          `Only a job in the state "planned" can be applied; this one is "${outcome.state}".`,
        );
      case 'gone':
        return notFound('job');
    }
  }),
  endpoint({
    id: 'cancelJob',
    method: 'POST',
    path: '/jobs/{id}/cancel',
    tag: 'Jobs',
    scope: 'bulk:write',
    summary: 'Cancel a job',
    description:
      'A job that is being applied stops between two chunks: what was written stays and is carried to Shopify. A job that has ended stays as it is.',
    params: byId,
    query: none,
    body: none,
    answers: { 200: { description: 'The job as it is now.', body: job } },
    problems: [],
  })(async (context, { params }) => {
    const { resources, shop } = context;
    await cancelBulkEdit(resources, { shopId: shop.id, editId: params.id });
    return answerJob(context, params.id);
  }),
  endpoint({
    id: 'undoJob',
    method: 'POST',
    path: '/jobs/{id}/undo',
    tag: 'Jobs',
    scope: 'bulk:write',
    summary: 'Take a job back',
    description:
      'Makes another job: each field gets back what it held, where it still holds what the job wrote; what somebody changed since is kept and listed. An undo can itself be undone.',
    params: byId,
    query: none,
    body: z.strictObject({
      product_ids: z.array(id).min(1).max(10_000).optional().describe('Only of these products.'),
      dry_run: z.boolean().optional().describe('True: the undo is planned and not applied.'),
    }),
    answers: startedAnswers,
    problems: ['not-possible-now'],
  })(async (context, { params, body }) => {
    const isDryRun = body.dry_run ?? false;
    if (await isStarted(context)) return answerStarted(context, context.operationId, isDryRun);
    const outcome = await undoBulkEdit(context.resources, {
      id: context.operationId,
      shopId: context.shop.id,
      editId: params.id,
      productIds: (body.product_ids ?? []).map((one) => one.toLowerCase()),
      causedBy: context.actor,
      via: 'api',
      appliesItself: !isDryRun,
    });
    switch (outcome.kind) {
      case 'started':
        return answerStarted(context, outcome.editId, isDryRun);
      case 'nothing-to-undo':
        return notPossible('The job wrote nothing that could be taken back.');
      case 'is-promotion':
        return notPossible('A promotion is ended or cancelled, not undone.');
      case 'not-ended':
        return notPossible(`A job can be undone once it has ended; this one is "${outcome.state}".`);
      case 'gone':
        return notFound('job');
    }
  }),
];
