import type { SourceId } from '~/core/product-state';
import type { FieldValue } from '~/core/decision';
import type { ConflictScope, ConflictSelection } from '~/db/conflict-selection.server';
import { answerConflicts, findConflict } from '~/db/conflict-answers.server';
import type { AnsweredConflict } from '~/db/conflict-answers.server';
import { fieldValue } from '~/db/field-value.server';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { readTypedValue } from './typed-value';

export type ConflictAnswerInput =
  | { choice: 'source' | 'remote'; selection: ConflictSelection }
  /** A third value, as it was typed. `seen` is the print of the two values that the person looked at. */
  | { choice: 'value'; id: string; seen?: string; typed: string };

export type ResolveOutcome =
  /** `left`: chosen conflicts that were not answered, because they ended or their values moved meanwhile. */
  | { kind: 'answered'; conflicts: number; products: number; left: number }
  | { kind: 'bad-value'; field: string; typed: string; remedy: string }
  | { kind: 'gone' };

/** Stores answers to conflicts and asks the line to carry them out. */
export async function resolveConflicts(
  resources: Resources,
  input: { scope: ConflictScope; answer: ConflictAnswerInput; actor: string },
): Promise<ResolveOutcome> {
  const { db, now } = resources;
  const { scope, answer, actor } = input;
  let selection: ConflictSelection;
  let value: FieldValue = null;
  if (answer.choice === 'value') {
    const conflict = await findConflict(db, scope, answer.id);
    if (!conflict) return { kind: 'gone' };
    const read = readTypedValue(conflict.field, answer.typed, {
      source: fieldValue.parse(conflict.source),
      remote: fieldValue.parse(conflict.remote),
    });
    if (!read.ok) return { kind: 'bad-value', field: read.field, typed: read.typed, remedy: read.remedy };
    value = read.value;
    const { id, seen } = answer;
    selection = { kind: 'ids', conflicts: [seen === undefined ? { id } : { id, seen }] };
  } else selection = answer.selection;
  const { choice } = answer;
  const answered = await answerConflicts(db, scope, { selection, choice, value, by: actor, now: now() });
  if (answered.length === 0) return { kind: 'gone' };
  const products = await carryOut(resources, answered, actor);
  const left = selection.kind === 'ids' ? selection.conflicts.length - answered.length : 0;
  return { kind: 'answered', conflicts: answered.length, products, left };
}

/** Answers how many products are asked for. */
async function carryOut(
  resources: Resources,
  answered: AnsweredConflict[],
  causedBy: string,
): Promise<number> {
  let products = 0;
  for (const [shopId, conflicts] of Map.groupBy(answered, (conflict) => conflict.shopId)) {
    const productIds: SourceId[] = [...new Set(conflicts.map(({ productId }) => productId))];
    await requestSync(resources, { shopId, productIds, cause: 'resolve', causedBy, runId: null });
    await resources.live.publish(shopId, { kind: 'conflicts-changed' });
    products += productIds.length;
  }
  return products;
}
