import type { BulkChange, EditProblem, ProductSelection } from '~/core/bulk-edit';
import type { PlanRow } from '~/db/bulk-edits.server';
import { countSelection, missingSkus, UnreadableSelection } from '~/db/product-selection.server';
import { previewBulkEdit } from './preview-bulk-edit';
import type { Resources } from './resources';

export interface DraftPreview {
  /** Null where the selection cannot be read. */
  selected: { products: number; variants: number } | null;
  /** SKUs of the list that no variant of the catalog has: how many, and the first of them. */
  missing: { count: number; first: string[] };
  /** Null: the changes say nothing yet, or nothing that can be done. */
  rows: PlanRow[] | null;
  problems: EditProblem[];
}

/** Missing SKUs that are named. */
const NAMED = 100;

/**
 * What an edit that is still being made selects, and what it would do to the first products. The products are counted also
 * while the changes are not finished (null).
 */
export async function previewDraft(
  resources: Resources,
  draft: {
    shopId: string;
    accountId: string;
    selection: ProductSelection;
    changes: BulkChange[] | null;
  },
): Promise<DraftPreview> {
  const { shopId, accountId, selection, changes } = draft;
  const [missing, preview] = await Promise.all([
    selection.kind === 'skus' ? missingSkus(resources.db, { accountId }, selection.skus) : [],
    changes === null ? null : previewBulkEdit(resources, { shopId, selection, changes }),
  ]);
  const named = { count: missing.length, first: missing.slice(0, NAMED) };
  if (preview?.kind === 'preview') {
    const { rows, ...selected } = preview;
    return { selected, missing: named, rows, problems: [] };
  }
  return {
    selected: await countReadable(resources, accountId, selection),
    missing: named,
    rows: null,
    problems: preview === null ? [] : preview.problems,
  };
}

async function countReadable({ db }: Resources, accountId: string, selection: ProductSelection) {
  try {
    return await countSelection(db, { accountId }, selection);
  } catch (error) {
    if (error instanceof UnreadableSelection) return null;
    throw error;
  }
}
