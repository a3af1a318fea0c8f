/** Read models of the pages and the API about bulk edits. */
import { z } from 'zod';
import type { GuardFinding } from '~/core/edit-guard';
import type { FieldValue } from '~/core/decision';
import type { Forecast } from '~/core/forecast';
import type { LowestPrice } from '~/core/lowest-price';
import { EDIT_TARGETS } from '~/core/promotion';
import type { EditTarget, PromotionTerms } from '~/core/promotion';
import type { Queryable } from '../client.server';
import { storedTerms } from '../promotions.server';
import { countEndStates } from './run-counts.server';
import type { EndStateCounts } from './run-counts.server';

export interface BulkEditListRow {
  id: string;
  name: string;
  state: string;
  via: string;
  /** An undo goes where the edit it takes back went. */
  target: EditTarget['kind'];
  undoOf: string | null;
  causedBy: string;
  /** BulkChange[], as stored. */
  changes: unknown;
  productsToChange: number;
  fieldsToChange: number;
  fieldsApplied: number;
  isGuarded: boolean;
  createdAt: string;
  finishedAt: string | null;
}

/** How far Shopify has followed. */
export interface EditRun {
  id: string;
  state: string;
  productsTotal: number;
  productsDone: number;
  counts: EndStateCounts;
  calls: number;
  points: number;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface BulkEditView extends BulkEditListRow {
  /** ProductSelection, as stored. */
  selection: unknown;
  /** Of a promotion, as it was planned. Once it is confirmed readPromotion has what holds. */
  promotion: PromotionTerms | null;
  error: string | null;
  appliesItself: boolean;
  confirmedBy: string | null;
  cancelRequested: boolean;
  productsSelected: number;
  variantsSelected: number;
  productsWalked: number;
  fieldsSkipped: number;
  /** How many fields each warning is given for. */
  warnings: Record<string, number>;
  guard: GuardFinding[];
  forecast: Forecast | null;
  productsWritten: number;
  fieldsMoved: number;
  fieldsRefused: number;
  plannedAt: string | null;
  startedAt: string | null;
  run: EditRun | null;
  /** Edits that took this one back, newest first. */
  undoneBy: { id: string; name: string; state: string; createdAt: string }[];
  /** Of an undo: the edit it takes back. */
  undoes: { id: string; name: string } | null;
}

export const guardFindings = z.array(
  z.discriminatedUnion('limit', [
    z.object({
      limit: z.literal('catalog-share'),
      percent: z.string(),
      products: z.number(),
      ofProducts: z.number(),
    }),
    z.object({ limit: z.literal('change'), percent: z.string(), fields: z.number() }),
    z.object({ limit: z.literal('zero-stock'), fields: z.number() }),
  ]),
) satisfies z.ZodType<GuardFinding[]>;
const forecast = z
  .object({
    lane: z.enum(['documents', 'bulk']),
    calls: z.number(),
    points: z.number(),
    seconds: z.number(),
  })
  .nullable() satisfies z.ZodType<Forecast | null>;
const warnings = z.record(z.string(), z.number());
const target = z.enum(EDIT_TARGETS);
const lowestPrice = z
  .object({ amount: z.string(), knownOnlySince: z.string().nullable() })
  .nullable() satisfies z.ZodType<LowestPrice | null>;

type StoredEdit = NonNullable<Awaited<ReturnType<Queryable['bulkEdit']['findUnique']>>>;

/** They may name 50,000 products each: no list shows them. */
const UNLISTED = { selection: true, undoProductIds: true } as const;

function listRow(edit: Omit<StoredEdit, keyof typeof UNLISTED>): BulkEditListRow {
  return {
    id: edit.id,
    name: edit.name,
    state: edit.state,
    via: edit.via,
    target: target.parse(edit.target),
    undoOf: edit.undoOf,
    causedBy: edit.causedBy,
    changes: edit.changes,
    productsToChange: edit.productsToChange,
    fieldsToChange: edit.fieldsToChange,
    fieldsApplied: edit.fieldsApplied,
    isGuarded: guardFindings.parse(edit.guard).length > 0,
    createdAt: edit.createdAt.toISOString(),
    finishedAt: edit.finishedAt?.toISOString() ?? null,
  };
}

async function readEditRun(db: Queryable, shopId: string, runId: string): Promise<EditRun | null> {
  const run = await db.syncRun.findUnique({ where: { id: runId, shopId } });
  if (!run) return null;
  const counts = (await countEndStates(db, shopId, [runId])).get(runId);
  if (counts === undefined) return null;
  return {
    id: runId,
    state: run.state,
    productsTotal: run.productsTotal,
    productsDone: run.productsTotal - counts.pending,
    counts,
    calls: run.calls,
    points: run.points,
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}

/** One edit of the shop, with how far it is; null where there is none of that id. */
export async function readBulkEdit(
  db: Queryable,
  shopId: string,
  editId: string,
): Promise<BulkEditView | null> {
  const edit = await db.bulkEdit.findUnique({ where: { id: editId, shopId } });
  if (!edit) return null;
  const [run, undoneBy, undoes] = await Promise.all([
    edit.runId === null ? null : readEditRun(db, shopId, edit.runId),
    db.bulkEdit.findMany({
      where: { undoOf: editId, shopId },
      orderBy: { createdAt: 'desc' },
      select: { id: true, name: true, state: true, createdAt: true },
    }),
    edit.undoOf === null
      ? null
      : db.bulkEdit.findUnique({ where: { id: edit.undoOf, shopId }, select: { id: true, name: true } }),
  ]);
  return {
    ...listRow(edit),
    selection: edit.selection,
    promotion: edit.promotion === null ? null : storedTerms(edit.promotion),
    error: edit.error,
    appliesItself: edit.appliesItself,
    confirmedBy: edit.confirmedBy,
    cancelRequested: edit.cancelRequestedAt !== null,
    productsSelected: edit.productsSelected,
    variantsSelected: edit.variantsSelected,
    productsWalked: edit.productsWalked,
    fieldsSkipped: edit.fieldsSkipped,
    warnings: warnings.parse(edit.warnings),
    guard: guardFindings.parse(edit.guard),
    forecast: forecast.parse(edit.forecast),
    productsWritten: edit.productsWritten,
    fieldsMoved: edit.fieldsMoved,
    fieldsRefused: edit.fieldsRefused,
    plannedAt: edit.plannedAt?.toISOString() ?? null,
    startedAt: edit.startedAt?.toISOString() ?? null,
    run,
    undoneBy: undoneBy.map(({ createdAt, ...undo }) => ({ ...undo, createdAt: createdAt.toISOString() })),
    undoes,
  };
}

/** Where a list goes on: the instant and the id of its last row. */
const cursorText = z.tuple([z.iso.datetime(), z.uuid()]);

/** The shop's edits, newest first, from the one after the cursor on; a cursor that is none shows the newest. */
export async function readBulkEdits(
  db: Queryable,
  shopId: string,
  { before, limit }: { before: string | null; limit: number },
): Promise<{ rows: BulkEditListRow[]; next: string | null }> {
  const cursor = cursorText.safeParse(before?.split('_'));
  const [at, id] = cursor.success ? [new Date(cursor.data[0]), cursor.data[1]] : [null, null];
  const edits = await db.bulkEdit.findMany({
    where: {
      shopId,
      ...(at !== null && { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
    omit: UNLISTED,
  });
  const rows = edits.slice(0, limit).map(listRow);
  const last = rows.at(-1);
  return { rows, next: edits.length > limit && last ? `${last.createdAt}_${last.id}` : null };
}

export interface EditFieldRow {
  position: number;
  productId: string;
  title: string;
  variantId: string | null;
  variantTitle: string | null;
  sku: string | null;
  field: string;
  before: FieldValue;
  after: FieldValue;
  state: string;
  code: string | null;
  message: string | null;
  warnings: string[];
  /** Of a compare-at price, where the shop is told of it. */
  lowestPrice: LowestPrice | null;
}

const value = z.json();

/**
 * Fields of an edit's plan, and what became of them, in the order of the plan, from the one after a position on. No states:
 * all. `next` is the position to go on after; null at the end.
 */
export async function readBulkEditFields(
  db: Queryable,
  shopId: string,
  editId: string,
  filter: { states: string[]; warning: string | null; after: number; limit: number },
): Promise<{ rows: EditFieldRow[]; next: number | null }> {
  const { states, warning, after, limit } = filter;
  const stored = await db.bulkEditField.findMany({
    where: {
      editId,
      shopId,
      position: { gt: after },
      ...(states.length > 0 && { state: { in: states } }),
      ...(warning !== null && { warnings: { has: warning } }),
    },
    orderBy: { position: 'asc' },
    take: limit + 1,
    omit: { overrideBefore: true, overrideAfter: true },
  });
  const rows = stored
    .slice(0, limit)
    .map(({ editId: _edit, shopId: _shop, before, after: wanted, lowestPrice: lowest, ...row }) => ({
      ...row,
      lowestPrice: lowestPrice.parse(lowest),
      before: value.parse(before),
      after: value.parse(wanted),
    }));
  return { rows, next: stored.length > limit ? (rows.at(-1)?.position ?? null) : null };
}
