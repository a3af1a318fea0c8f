/** Conflicts that wait for a person, and what people answered. */
import { z } from 'zod';
import { pathKey } from '~/core/agree';
import type { ConflictAnswer, Decision, FieldPath, FieldValue } from '~/core/decision';
import { fieldGroupOf } from '~/core/field-group';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';

const fieldValue: z.ZodType<FieldValue> = z.json();
interface AnswerRow {
  productId: SourceId;
  variantId: SourceId | null;
  field: string;
  choice: string | null;
  value: unknown;
  source: unknown;
  remote: unknown;
  resolvedBy: string | null;
}

const choice = z.enum(['source', 'remote', 'value']);

/**
 * Answers that are not carried out yet, by product and pathKey. An answer that something shall stay in Shopify, or stay
 * deleted there, holds on: nothing is written that would end the conflict.
 */
export async function readAnswers(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
): Promise<Map<SourceId, Map<string, ConflictAnswer>>> {
  const rows = await db.$queryRaw<AnswerRow[]>`
    SELECT product_id AS "productId", variant_id AS "variantId", field, choice, value, source, remote, resolved_by AS "resolvedBy"
    FROM app.conflict WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${productIds}::uuid[])
      AND (state = 'resolving' OR (state = 'resolved' AND field = 'existence' AND choice = 'remote'))
    ORDER BY opened_at`;
  const answers = new Map<SourceId, Map<string, ConflictAnswer>>();
  for (const row of rows) {
    const own = answers.get(row.productId) ?? new Map<string, ConflictAnswer>();
    answers.set(row.productId, own);
    own.set(pathKey({ variant: row.variantId, field: row.field }), {
      choice: choice.parse(row.choice),
      value: fieldValue.parse(row.value),
      seen: { source: fieldValue.parse(row.source), remote: fieldValue.parse(row.remote) },
      by: row.resolvedBy ?? '',
    });
  }
  return answers;
}

export interface FoundConflicts {
  productId: SourceId;
  conflicts: { path: FieldPath; decision: Extract<Decision, { kind: 'conflict' }> }[];
  /** Fields whose answer was tried and refused: they stay open. */
  refused: FieldPath[];
  /** Where only some variants were looked at: these. Null: all of the product was. */
  onlyVariants: SourceId[] | null;
}

interface OpenRow {
  id: string;
  productId: SourceId;
  variantId: SourceId | null;
  field: string;
}

/** Open conflicts that a look no longer found, and those whose answer was refused. */
function sortOut(found: FoundConflicts[], open: OpenRow[]): { ended: string[]; refused: string[] } {
  const looks = new Map(
    found.map(({ productId, conflicts, refused, onlyVariants }) => [
      productId,
      {
        standing: new Set([...conflicts.map(({ path }) => path), ...refused].map(pathKey)),
        refused: new Set(refused.map(pathKey)),
        variants: onlyVariants && new Set(onlyVariants),
      },
    ]),
  );
  const keyOf = ({ variantId, field }: OpenRow) => pathKey({ variant: variantId, field });
  const isEnded = (row: OpenRow) => {
    const look = looks.get(row.productId);
    if (!look || look.standing.has(keyOf(row))) return false;
    return look.variants === null || (row.variantId !== null && look.variants.has(row.variantId));
  };
  return {
    ended: open.filter(isEnded).map(({ id }) => id),
    refused: open
      .filter((row) => looks.get(row.productId)?.refused.has(keyOf(row)) === true)
      .map(({ id }) => id),
  };
}

/**
 * Brings the list of conflicts to what a look found: new ones are opened, those whose values moved are asked again, and
 * those that are no more are closed. Returns whether the list changed.
 */
export async function recordConflicts(
  db: Queryable,
  shopId: string,
  found: FoundConflicts[],
  now: Date,
): Promise<boolean> {
  if (found.length === 0) return false;
  const open = await db.$queryRaw<OpenRow[]>`
    SELECT id, product_id AS "productId", variant_id AS "variantId", field FROM app.conflict
    WHERE shop_id = ${shopId}::uuid AND product_id = ANY(${found.map(({ productId }) => productId)}::uuid[])
      AND state IN ('open', 'resolving')`;
  const rows = found.flatMap(({ productId, conflicts }) =>
    conflicts.map(({ path, decision: { reason, base, source, remote } }) => ({
      product: productId,
      variant: path.variant,
      field: path.field,
      group: fieldGroupOf(path.field),
      ...{ reason, base, source, remote },
    })),
  );
  const { ended, refused } = sortOut(found, open);
  let changed = 0;
  if (ended.length > 0)
    changed += await db.$executeRaw`
      UPDATE app.conflict SET state = CASE WHEN state = 'resolving' THEN 'resolved' ELSE 'gone' END, ended_at = ${now}
      WHERE id = ANY(${ended}::uuid[]) AND state IN ('open', 'resolving')`;
  if (refused.length > 0)
    changed += await db.$executeRaw`
      UPDATE app.conflict SET state = 'open', choice = NULL, value = NULL, resolved_by = NULL, resolved_at = NULL
      WHERE id = ANY(${refused}::uuid[]) AND state = 'resolving'`;
  if (rows.length > 0)
    changed += await db.$executeRaw`
      INSERT INTO app.conflict AS held (shop_id, product_id, variant_id, field, field_group, reason, base, source, remote, opened_at)
      SELECT ${shopId}::uuid, row.product, row.variant, row.field, row.group, row.reason, row.base, row.source, row.remote, ${now}
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS row(product uuid, variant uuid, field text, "group" text, reason text, base jsonb, source jsonb, remote jsonb)
      ON CONFLICT (shop_id, product_id, variant_id, field) WHERE state IN ('open', 'resolving') DO UPDATE
        SET reason = excluded.reason, base = excluded.base, source = excluded.source, remote = excluded.remote, state = 'open',
          choice = NULL, value = NULL, resolved_by = NULL, resolved_at = NULL, snoozed_until = NULL
        WHERE (held.reason, held.base, held.source, held.remote)
          IS DISTINCT FROM (excluded.reason, excluded.base, excluded.source, excluded.remote)`;
  return changed > 0;
}
