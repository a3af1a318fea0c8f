import { productsOfEdit } from '~/db/bulk-edits.server';
import { readAskedAgain } from '~/db/pages/edits-asked-again.server';
import type { EditProblem } from '~/core/bulk-edit';
import { bulkChangesSchema, MOST_LISTED } from './bulk-edit-schema';
import type { Resources } from './resources';
import { startBulkEdit } from './start-bulk-edit';

export type PlannedAgain =
  | { kind: 'started'; editId: string }
  /** By this edit. */
  | { kind: 'asked-already'; editId: string }
  | { kind: 'nothing-moved' }
  /** An undo keeps what somebody changed: there is nothing to ask again. */
  | { kind: 'is-undo' }
  /** More products than a selection can list. */
  | { kind: 'too-many' }
  | { kind: 'refused'; problems: EditProblem[] }
  | { kind: 'gone' };

/**
 * Plans an edit's changes again for the fields that had moved when it was applied, from what they hold now. Only for those: a
 * field that was written must not be lowered by ten percent twice.
 */
export async function planMovedAgain(
  resources: Resources,
  { shopId, editId, causedBy }: { shopId: string; editId: string; causedBy: string },
): Promise<PlannedAgain> {
  const { db } = resources;
  const edit = await db.bulkEdit.findUnique({
    where: { id: editId, shopId },
    select: { name: true, changes: true, undoOf: true, target: true },
  });
  if (!edit) return { kind: 'gone' };
  if (edit.undoOf !== null) return { kind: 'is-undo' };
  const again = await readAskedAgain(db, shopId, editId);
  if (again !== null) return { kind: 'asked-already', editId: again.id };
  const productIds = await productsOfEdit(db, editId, ['moved']);
  if (productIds.length === 0) return { kind: 'nothing-moved' };
  if (productIds.length > MOST_LISTED) return { kind: 'too-many' };
  return startBulkEdit(resources, {
    shopId,
    name: `Again: ${edit.name}`,
    selection: { kind: 'products', productIds, fieldsMovedIn: editId },
    changes: bulkChangesSchema.parse(edit.changes),
    target: { kind: edit.target === 'store' ? 'store' : 'catalog' },
    causedBy,
    via: 'app',
    appliesItself: false,
  });
}
