import type { SourceId } from '~/core/product-state';
import { productsOfEdit } from '~/db/bulk-edits.server';
import { bulkChangesSchema, productSelectionSchema } from './bulk-edit-schema';
import type { Resources } from './resources';
import { recordEdit } from './start-bulk-edit';

export type StartedUndo =
  | { kind: 'started'; editId: string }
  | { kind: 'nothing-to-undo' }
  /** It is still being applied. */
  | { kind: 'not-ended'; state: string }
  /** A promotion is ended or cancelled, not undone. */
  | { kind: 'is-promotion' }
  | { kind: 'gone' };

/**
 * Plans to take an edit back, or its part for some products (none named: all): each field it wrote gets back what it held,
 * where it still holds what the edit wrote. What somebody changed since is kept, and listed. The undo is an edit like any
 * other: previewed, confirmed, and itself undone.
 */
export async function undoBulkEdit(
  resources: Resources,
  undo: {
    /** The id that the undo shall have; absent: one of its own. */
    id?: string;
    shopId: string;
    editId: string;
    productIds: SourceId[];
    causedBy: string;
    via: 'app' | 'api';
    appliesItself: boolean;
  },
): Promise<StartedUndo> {
  const { shopId, editId, productIds, causedBy, via, appliesItself } = undo;
  const { db } = resources;
  const edit = await db.bulkEdit.findUnique({ where: { id: editId, shopId } });
  if (!edit) return { kind: 'gone' };
  if (edit.target === 'promotion') return { kind: 'is-promotion' };
  if (['planning', 'planned', 'applying'].includes(edit.state))
    return { kind: 'not-ended', state: edit.state };
  const applied = await productsOfEdit(db, editId, ['applied']);
  const wanted = new Set(productIds);
  if (!applied.some((id) => wanted.size === 0 || wanted.has(id))) return { kind: 'nothing-to-undo' };
  const undoId = await recordEdit(resources, {
    ...(undo.id !== undefined && { id: undo.id }),
    shopId,
    name: `Undo: ${edit.name}`,
    undoOf: editId,
    undoProductIds: productIds,
    target: edit.target,
    selection: productSelectionSchema.parse(edit.selection),
    changes: bulkChangesSchema.parse(edit.changes),
    causedBy,
    via,
    appliesItself,
  });
  return { kind: 'started', editId: undoId };
}
