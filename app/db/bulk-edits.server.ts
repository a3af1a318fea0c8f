/** Bulk edits and the fields of their plans. */
import { z } from 'zod';
import { Prisma } from '#generated/prisma/client';
import type { PlannedField } from '~/core/bulk-edit';
import type { FieldPath, FieldValue } from '~/core/decision';
import type { Forecast } from '~/core/forecast';
import type { GuardFinding } from '~/core/edit-guard';
import type { LowestPrice } from '~/core/lowest-price';
import type { OverrideState, PlannedOverride } from '~/core/override-edit';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

/** A planned field with what a page shows of its product. */
export interface PlanRow {
  productId: SourceId;
  title: string;
  variantTitle: string | null;
  sku: string | null;
  planned: PlannedField & Partial<Pick<PlannedOverride, 'overrideBefore' | 'overrideAfter'>>;
  /** Of a compare-at price, where the shop is told of it. */
  lowestPrice?: LowestPrice | null;
}

/** Rows of one statement. */
const ROWS_A_STATEMENT = 10_000;

/** Begins a plan anew: what an attempt that was cut off has left goes. */
export async function clearPlan(db: Queryable, editId: string): Promise<void> {
  await db.bulkEditField.deleteMany({ where: { editId } });
}

/** Adds fields to the plan, from a position on. */
export async function addPlanRows(
  db: Queryable,
  edit: { shopId: string; editId: string },
  from: number,
  rows: PlanRow[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    const chunk = rows.slice(start, start + ROWS_A_STATEMENT).map(({ planned, ...row }, index) => ({
      ...row,
      position: from + start + index,
      variantId: planned.path.variant,
      field: planned.path.field,
      before: planned.before,
      after: planned.after,
      overrideBefore: planned.overrideBefore ?? null,
      overrideAfter: planned.overrideAfter ?? null,
      ...(planned.outcome === 'change'
        ? { state: 'planned', code: null, message: null, warnings: planned.warnings }
        : { state: 'skipped', code: planned.code, message: planned.message, warnings: [] }),
    }));
    await db.$executeRaw`
      INSERT INTO app.bulk_edit_field (edit_id, position, shop_id, product_id, title, variant_id, variant_title, sku, field,
        before, after, state, code, message, warnings, override_before, override_after, lowest_price)
      SELECT ${edit.editId}::uuid, row.position, ${edit.shopId}::uuid, row."productId", row.title, row."variantId",
        row."variantTitle", row.sku, row.field, row.before, row.after, row.state, row.code, row.message, row.warnings,
        NULLIF(row."overrideBefore", 'null'), NULLIF(row."overrideAfter", 'null'), NULLIF(row."lowestPrice", 'null')
      FROM jsonb_to_recordset(${JSON.stringify(chunk)}::jsonb)
        AS row(position int, "productId" uuid, title text, "variantId" text, "variantTitle" text, sku text, field text,
          before jsonb, after jsonb, state text, code text, message text, warnings text[],
          "overrideBefore" jsonb, "overrideAfter" jsonb, "lowestPrice" jsonb)`;
  }
}

/** What a plan comes to. */
export interface PlanTotals {
  productsToChange: number;
  fieldsToChange: number;
  fieldsSkipped: number;
  warnings: Record<string, number>;
  guard: GuardFinding[];
  forecast: Forecast | null;
}

/**
 * Ends the planning; false where the edit was cancelled meanwhile. `applyAs`: it is applied at once, and by whom: in the same
 * statement, so that nobody finds it waiting for a person, not even after a crash.
 */
export async function endPlanning(
  db: Queryable,
  editId: string,
  totals: PlanTotals,
  { applyAs, now }: { applyAs: string | null; now: Date },
): Promise<boolean> {
  const { guard, forecast, ...figures } = totals;
  const { count } = await db.bulkEdit.updateMany({
    where: { id: editId, state: 'planning', cancelRequestedAt: null },
    data: {
      ...figures,
      ...(applyAs === null
        ? { state: 'planned' }
        : { state: 'applying', confirmedBy: applyAs, startedAt: now }),
      guard: z.array(z.record(z.string(), z.json())).parse(guard),
      forecast: forecast === null ? Prisma.DbNull : { ...forecast },
      plannedAt: now,
    },
  });
  return count > 0;
}

/** Ends an edit that is not through. */
export async function endEdit(
  db: Queryable,
  edit: { shopId: string; editId: string },
  how: { state: 'finished' | 'cancelled' | 'failed'; error: string | null },
  now: Date,
): Promise<void> {
  await db.bulkEdit.updateMany({
    where: { id: edit.editId, shopId: edit.shopId, state: { in: ['planning', 'planned', 'applying'] } },
    data: { ...how, finishedAt: now },
  });
  if (how.state !== 'finished')
    await db.bulkEditField.updateMany({
      where: { editId: edit.editId, state: 'planned' },
      data: { state: 'cancelled' },
    });
}

/** Takes a failed edit up again: what it had not come to is to be written once more, in a run of its own. */
export async function reopenEdit(
  db: Queryable,
  edit: { shopId: string; editId: string },
  state: 'planning' | 'applying',
): Promise<void> {
  const { count } = await db.bulkEdit.updateMany({
    where: { id: edit.editId, shopId: edit.shopId, state: 'failed' },
    data: { state, error: null, runId: null, finishedAt: null, cancelRequestedAt: null },
  });
  if (count > 0)
    await db.bulkEditField.updateMany({
      where: { editId: edit.editId, state: 'cancelled' },
      data: { state: 'planned' },
    });
}

/** Edits that are being planned or applied and began before an instant. */
export async function editsUnderWay(
  db: Queryable,
  olderThan: Date,
): Promise<{ shopId: string; editId: string; state: string }[]> {
  const edits = await db.bulkEdit.findMany({
    where: { state: { in: ['planning', 'applying'] }, createdAt: { lt: olderThan } },
    select: { id: true, shopId: true, state: true },
  });
  return edits.map(({ id: editId, ...edit }) => ({ editId, ...edit }));
}

export async function isEditCancelled(db: Queryable, editId: string): Promise<boolean> {
  const edit = await db.bulkEdit.findUnique({
    where: { id: editId },
    select: { state: true, cancelRequestedAt: true },
  });
  return edit === null || edit.cancelRequestedAt !== null || edit.state === 'cancelled';
}

/** Deletes the shop's edits from before an instant that are not under way, with their fields; answers how many rows went. */
export async function pruneEdits(
  db: Queryable,
  { shopId, before }: { shopId: string; before: Date },
  signal: AbortSignal,
): Promise<number> {
  const old = await db.bulkEdit.findMany({
    where: { shopId, createdAt: { lt: before }, state: { notIn: ['planning', 'applying'] } },
    select: { id: true },
  });
  let deleted = 0;
  for (const { id } of old) {
    signal.throwIfAborted();
    const fields = await db.bulkEditField.deleteMany({ where: { editId: id } });
    await db.bulkEdit.deleteMany({ where: { id } });
    deleted += fields.count + 1;
  }
  return deleted;
}

/** A field of a plan that is to be written, or was. */
export interface EditField {
  position: number;
  productId: SourceId;
  title: string;
  variantTitle: string | null;
  sku: string | null;
  path: FieldPath;
  before: FieldValue;
  after: FieldValue;
  /** Of the target 'store'; null: there is none. */
  overrideBefore: OverrideState;
  overrideAfter: OverrideState;
}

type StoredField = Awaited<ReturnType<Queryable['bulkEditField']['findMany']>>[number];

const json = z.json();
const overrideState = z.object({ value: json }).nullable() satisfies z.ZodType<OverrideState>;

function editField(row: StoredField): EditField {
  const { position, productId, title, variantTitle, sku, variantId, field } = row;
  return {
    position,
    productId,
    title,
    variantTitle,
    sku,
    path: { variant: variantId, field },
    before: json.parse(row.before),
    after: json.parse(row.after),
    overrideBefore: overrideState.parse(row.overrideBefore),
    overrideAfter: overrideState.parse(row.overrideAfter),
  };
}

/**
 * The fields that are still to be written of the next products, in the order of the plan: at most `products` of them, fewer
 * where they have many fields, each with all of its own.
 */
export async function nextFields(
  db: Queryable,
  editId: string,
  limits: { products: number; fields: number },
): Promise<Map<SourceId, EditField[]>> {
  const where = { editId, state: 'planned' };
  const rows = await db.bulkEditField.findMany({ where, orderBy: { position: 'asc' }, take: limits.fields });
  const byProduct = Map.groupBy(rows.map(editField), ({ productId }) => productId);
  const last = rows.at(-1)?.productId;
  if (rows.length === limits.fields && last !== undefined) {
    // It may go on beyond what was read.
    if (byProduct.size > 1) byProduct.delete(last);
    else return Map.groupBy(await fieldsOfEdit(db, editId, 'planned', [last]), ({ productId }) => productId);
  }
  return new Map([...byProduct].slice(0, limits.products));
}

/** All products of an edit with fields in one of the states, in the order of the plan. */
export async function productsOfEdit(db: Queryable, editId: string, states: string[]): Promise<SourceId[]> {
  const rows = await db.$queryRaw<{ productId: SourceId }[]>`
    SELECT product_id AS "productId" FROM app.bulk_edit_field WHERE edit_id = ${editId}::uuid AND state = ANY(${states})
    GROUP BY product_id ORDER BY min(position)`;
  return rows.map(({ productId }) => productId);
}

/** The fields of these products in a state, in the order of the plan. */
export async function fieldsOfEdit(
  db: Queryable,
  editId: string,
  state: 'planned' | 'applied' | 'moved',
  productIds: SourceId[],
): Promise<EditField[]> {
  const rows = await db.bulkEditField.findMany({
    where: { editId, state, productId: { in: productIds } },
    orderBy: { position: 'asc' },
  });
  return rows.map(editField);
}

/** Notes that fields were written and taken back again. */
export async function takeBackFields(
  db: Queryable,
  editId: string,
  positions: number[],
  message: string,
): Promise<void> {
  const { count } = await db.bulkEditField.updateMany({
    where: { editId, state: 'applied', position: { in: positions } },
    data: { state: 'cancelled', message },
  });
  await db.bulkEdit.update({
    where: { id: editId },
    data: { fieldsApplied: { decrement: count } },
    select: { id: true },
  });
}

export interface FieldEnd {
  position: number;
  state: 'applied' | 'moved' | 'refused';
  message: string | null;
}

/** Records what became of fields, and adds it to the edit's figures. */
export async function endFields(
  db: Queryable,
  editId: string,
  products: number,
  ends: FieldEnd[],
): Promise<void> {
  await db.$executeRaw`
    UPDATE app.bulk_edit_field field SET state = row.state, message = row.message
    FROM jsonb_to_recordset(${JSON.stringify(ends)}::jsonb) AS row(position int, state text, message text)
    WHERE field.edit_id = ${editId}::uuid AND field.position = row.position`;
  const count = (state: FieldEnd['state']) => ends.filter((end) => end.state === state).length;
  await db.bulkEdit.update({
    where: { id: editId },
    data: {
      productsWritten: { increment: products },
      fieldsApplied: { increment: count('applied') },
      fieldsMoved: { increment: count('moved') },
      fieldsRefused: { increment: count('refused') },
    },
    select: { id: true },
  });
}
