/** Bulk edits in tests: made, awaited, and what they came to. */
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import { readBulkEdit, readBulkEditFields } from '~/db/pages/bulk-edits.server';
import type { BulkEditView, EditFieldRow } from '~/db/pages/bulk-edits.server';
import { confirmBulkEdit } from '~/sync/confirm-bulk-edit';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import type { Stage } from './stage';
import { waitFor } from './wait-for';

type Staged = Pick<Stage, 'resources' | 'shopId'>;

export const PERCENT = (percent: string): BulkChange => ({
  field: 'price',
  change: { by: 'percent', percent },
  rounding: { to: 'none' },
  floor: { atCost: false, minimum: null },
});

export async function edit({ resources, shopId }: Staged, editId: string): Promise<BulkEditView> {
  const found = await readBulkEdit(resources.db, shopId, editId);
  if (!found) throw new Error(`There is no edit ${editId}.`);
  return found;
}

/** Until the edit is in one of the states; and, once it is applied, until Shopify has followed. */
export async function awaitEdit(
  stage: Staged,
  editId: string,
  states: string[],
  timeoutMs = 60_000,
): Promise<BulkEditView> {
  await waitFor(
    `edit ${editId} is ${states.join(' or ')}`,
    async () => {
      const { state, run } = await edit(stage, editId);
      return states.includes(state) && run?.state !== 'running';
    },
    { timeoutMs },
  );
  return edit(stage, editId);
}

/** Starts an edit that is to be confirmed; answers its plan. */
export async function planEdit(
  stage: Staged,
  selection: ProductSelection,
  changes: BulkChange[],
  causedBy = 'anna',
): Promise<BulkEditView> {
  const started = await startBulkEdit(stage.resources, {
    shopId: stage.shopId,
    name: 'Test edit',
    selection,
    changes,
    causedBy,
    via: 'app',
    appliesItself: false,
  });
  if (started.kind !== 'started') throw new Error(`Refused: ${JSON.stringify(started.problems)}`);
  return awaitEdit(stage, started.editId, ['planned', 'failed']);
}

/** Confirms a planned edit and waits until Shopify has followed. */
export async function applyEdit(
  stage: Staged,
  editId: string,
  confirmation: string | null = null,
): Promise<BulkEditView> {
  const confirmed = await confirmBulkEdit(stage.resources, {
    shopId: stage.shopId,
    editId,
    causedBy: 'anna',
    confirmation,
  });
  if (confirmed.kind !== 'started') throw new Error(`Not started: ${JSON.stringify(confirmed)}`);
  return awaitEdit(stage, editId, ['finished', 'failed']);
}

/** All fields of an edit in these states (none: all), in the order of the plan, by pages. */
export async function fieldsOf(
  { resources, shopId }: Staged,
  editId: string,
  states: string[] = [],
): Promise<EditFieldRow[]> {
  const all: EditFieldRow[] = [];
  for (let after: number | null = -1; after !== null;) {
    const { rows, next }: { rows: EditFieldRow[]; next: number | null } = await readBulkEditFields(
      resources.db,
      shopId,
      editId,
      { states, warning: null, after, limit: 500 },
    );
    all.push(...rows);
    after = next;
  }
  return all;
}
