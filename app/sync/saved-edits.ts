/** Selections and whole edits that are kept under a name, to be made again. */
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import { bulkChangesSchema, productSelectionSchema } from './bulk-edit-schema';
import type { Resources } from './resources';

export interface SavedEdit {
  id: string;
  name: string;
  selection: ProductSelection;
  /** Null: only the selection is kept. */
  changes: BulkChange[] | null;
  createdBy: string;
  createdAt: string;
}

/** All of the shop, by name. */
export async function listSavedEdits(
  { db }: Resources,
  { shopId }: { shopId: string },
): Promise<SavedEdit[]> {
  const rows = await db.savedEdit.findMany({ where: { shopId }, orderBy: { name: 'asc' } });
  return rows.map(({ id, name, selection, changes, createdBy, createdAt }) => ({
    id,
    name,
    selection: productSelectionSchema.parse(selection),
    changes: changes === null ? null : bulkChangesSchema.parse(changes),
    createdBy,
    createdAt: createdAt.toISOString(),
  }));
}

/** Keeps a selection or an edit; one of the same name is replaced. */
export async function saveEdit(
  { db, now }: Resources,
  edit: {
    shopId: string;
    name: string;
    selection: ProductSelection;
    changes: BulkChange[] | null;
    createdBy: string;
  },
): Promise<void> {
  const { shopId, name, createdBy } = edit;
  const selection = productSelectionSchema.parse(edit.selection);
  const changes = edit.changes === null ? undefined : bulkChangesSchema.parse(edit.changes);
  const data = { selection, createdBy, createdAt: now() };
  await db.$transaction(async (tx) => {
    await tx.savedEdit.deleteMany({ where: { shopId, name } });
    await tx.savedEdit.create({ data: { ...data, shopId, name, ...(changes !== undefined && { changes }) } });
  });
}

/** False where it is gone already. */
export async function deleteSavedEdit(
  { db }: Resources,
  { shopId, id }: { shopId: string; id: string },
): Promise<boolean> {
  return (await db.savedEdit.deleteMany({ where: { id, shopId } })).count > 0;
}
