/** A bulk edit as the API tells of it: a job. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { GuardFinding } from '~/core/edit-guard';
import { EDIT_TARGETS } from '~/core/promotion';
import { readBulkEdit } from '~/db/pages/bulk-edits.server';
import type { BulkEditListRow, BulkEditView } from '~/db/pages/bulk-edits.server';
import type { ApiContext } from './endpoint';
import { id, named } from './schemas';

const states = z.enum(['planning', 'planned', 'applying', 'finished', 'cancelled', 'failed']);

const links = z.object({
  self: z.string(),
  fields: z.string(),
  apply: z.string(),
  cancel: z.string(),
  undo: z.string(),
});

/** A job in a list. */
export const jobSummary = named(
  'JobSummary',
  z.object({
    id,
    name: z.string(),
    state: states,
    via: z.enum(['app', 'api']),
    target: z
      .enum(EDIT_TARGETS)
      .describe('Where it goes: into the catalog, into overrides of this store, or into a promotion.'),
    undo_of: id.nullable(),
    caused_by: z.string(),
    products_to_change: z.int(),
    fields_to_change: z.int(),
    fields_applied: z.int(),
    is_guarded: z.boolean(),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
    links,
  }),
);

export const guardFinding = z.object({
  limit: z.enum(['catalog-share', 'change', 'zero-stock']),
  message: z.string(),
});

export const job = named(
  'Job',
  jobSummary.extend({
    message: z.string().describe('What it waits for or what became of it, and what to do.'),
    error: z.string().nullable(),
    confirmed_by: z.string().nullable(),
    cancel_requested: z.boolean(),
    progress: z.object({
      products_selected: z.int(),
      variants_selected: z.int(),
      products_planned: z.int(),
      products_written: z.int().describe('Into the catalog.'),
    }),
    result: z.object({
      fields_skipped: z.int().describe('Left out by the plan.'),
      fields_applied: z.int(),
      fields_moved: z.int().describe('Somebody changed them after the plan: kept as they are.'),
      fields_refused: z.int().describe('The catalog could not take them.'),
    }),
    warnings: z.record(z.string(), z.int()).describe('How many fields each warning is given for.'),
    guard: z
      .array(guardFinding)
      .describe('Limits of the shop that the plan goes beyond: it waits for a confirmation.'),
    forecast: z
      .object({
        lane: z.enum(['documents', 'bulk']),
        calls: z.number(),
        points: z.number(),
        seconds: z.number(),
      })
      .nullable()
      .describe('What it takes to carry it to Shopify; null where that is not known.'),
    run: z
      .object({
        id,
        state: z.string(),
        products_total: z.int(),
        products_done: z.int(),
        points: z.number(),
        finished_at: z.iso.datetime().nullable(),
        links: z.object({ self: z.string() }),
      })
      .nullable()
      .describe('The run that carries it to Shopify.'),
    undone_by: z.array(id).describe('Jobs that took it back, newest first.'),
    planned_at: z.iso.datetime().nullable(),
    started_at: z.iso.datetime().nullable(),
  }),
);

export function jobSummaryJson(row: BulkEditListRow): z.input<typeof jobSummary> {
  const self = `/api/shopify/jobs/${row.id}`;
  return {
    id: row.id,
    name: row.name,
    state: states.parse(row.state),
    via: row.via === 'api' ? 'api' : 'app',
    target: row.target,
    undo_of: row.undoOf,
    caused_by: row.causedBy,
    products_to_change: row.productsToChange,
    fields_to_change: row.fieldsToChange,
    fields_applied: row.fieldsApplied,
    is_guarded: row.isGuarded,
    created_at: row.createdAt,
    finished_at: row.finishedAt,
    links: {
      self,
      fields: `${self}/fields`,
      apply: `${self}/apply`,
      cancel: `${self}/cancel`,
      undo: `${self}/undo`,
    },
  };
}

export function guardFindingJson(finding: GuardFinding): z.input<typeof guardFinding> {
  return { limit: finding.limit, message: guardMessage(finding) };
}

function guardMessage(finding: GuardFinding): string {
  switch (finding.limit) {
    case 'catalog-share':
      return `It changes ${finding.products} of ${finding.ofProducts} products, ${finding.percent} % of the catalog.`;
    case 'change':
      return `${finding.fields} numbers change by more than the limit, one of them by ${finding.percent} %.`;
    case 'zero-stock':
      return `${finding.fields} quantities become zero or less.`;
  }
}

/** Why a guarded job waits, and how it is let go. */
export function guardText(view: BulkEditView): string {
  return `${view.guard.map(guardMessage).join(' ')} That is beyond a limit of the shop, so nothing was written.`;
}

const confirming = (view: BulkEditView) =>
  `Look at its fields, then POST to /api/shopify/jobs/${view.id}/apply with {"confirmation": "…"}, in it the number of products it changes; or cancel it.`;

function messageOf(view: BulkEditView): string {
  switch (view.state) {
    case 'planning':
      return 'It is being planned: what it would change is worked out. Ask again in a moment.';
    case 'planned':
      if (view.fieldsToChange === 0) return 'It would change nothing.';
      return view.guard.length > 0
        ? `${guardText(view)} ${confirming(view)}`
        : `It waits to be ${view.target === 'promotion' ? 'put on the calendar' : 'applied'}: POST to /api/shopify/jobs/${view.id}/apply, or cancel it.`;
    case 'applying':
      return `It is being written ${view.target === 'store' ? 'for this store' : 'into the catalog'}.`;
    case 'finished':
      if (view.target === 'promotion') return `It is on the calendar: /api/shopify/promotions/${view.id}.`;
      return view.run === null
        ? 'It is done.'
        : `It is written ${view.target === 'store' ? 'for this store' : 'into the catalog'}; the run carries it to Shopify.`;
    case 'cancelled':
      return view.error ?? 'It was cancelled. What was written stays; undo it where it shall not.';
    default:
      return view.error ?? 'It failed. Make it again.';
  }
}

function jobJson(view: BulkEditView): z.input<typeof job> {
  const { run } = view;
  return {
    ...jobSummaryJson(view),
    message: messageOf(view),
    error: view.error,
    confirmed_by: view.confirmedBy,
    cancel_requested: view.cancelRequested,
    progress: {
      products_selected: view.productsSelected,
      variants_selected: view.variantsSelected,
      products_planned: view.productsWalked,
      products_written: view.productsWritten,
    },
    result: {
      fields_skipped: view.fieldsSkipped,
      fields_applied: view.fieldsApplied,
      fields_moved: view.fieldsMoved,
      fields_refused: view.fieldsRefused,
    },
    warnings: view.warnings,
    guard: view.guard.map(guardFindingJson),
    forecast: view.forecast,
    run:
      run === null
        ? null
        : {
            id: run.id,
            state: run.state,
            products_total: run.productsTotal,
            products_done: run.productsDone,
            points: run.points,
            finished_at: run.finishedAt,
            links: { self: `/api/shopify/runs/${run.id}` },
          },
    undone_by: view.undoneBy.map((undo) => undo.id),
    planned_at: view.plannedAt,
    started_at: view.startedAt,
  };
}

/** The job as it is now; null where the shop has none of that id. */
export async function readJob({ resources, shop }: ApiContext, jobId: string) {
  const view = await readBulkEdit(resources.db, shop.id, jobId);
  return view === null ? null : jobJson(view);
}

const LOOK_EVERY_MS = 100;

/** The job once it is planned, or as it is after the time that a request may wait. */
export async function awaitPlan(context: ApiContext, jobId: string) {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    const found = await readJob(context, jobId);
    if (found?.state !== 'planning' || waited >= context.planWaitMs) return found;
    await sleep(LOOK_EVERY_MS);
  }
}
