import { randomUUID } from 'node:crypto';
import { planProductEdit } from '~/core/bulk-edit-plan';
import type { BulkChange, EditProblem, ProductSelection } from '~/core/bulk-edit';
import type { PlanRow } from '~/db/bulk-edits.server';
import { readSourceProducts } from '~/db/catalog-products.server';
import { countSelection, listSelection } from '~/db/product-selection.server';
import { loadEditScope } from './edit-scope';
import { planRow } from './plan-row';
import type { Resources } from './resources';
import { editProblems, NOT_INSTALLED } from './start-bulk-edit';

export type EditPreview =
  | { kind: 'preview'; products: number; variants: number; rows: PlanRow[] }
  | { kind: 'refused'; problems: EditProblem[] };

/** Products and fields that are shown of an edit that is still being made. */
const SHOWN = { products: 20, fields: 50 };

/** What an edit would make of the first products of its selection, while it is being made: nothing is stored. */
export async function previewBulkEdit(
  resources: Resources,
  edit: { shopId: string; selection: ProductSelection; changes: BulkChange[] },
): Promise<EditPreview> {
  const { db } = resources;
  const { shopId, selection, changes } = edit;
  const scope = await loadEditScope(resources, shopId);
  if (!scope) return { kind: 'refused', problems: [NOT_INSTALLED] };
  const problems = editProblems(resources, scope, edit);
  if (problems.length > 0) return { kind: 'refused', problems };
  const [counts, chosen] = await Promise.all([
    countSelection(db, scope.sync, selection),
    listSelection(db, scope.sync, selection, { after: null, limit: SHOWN.products }),
  ]);
  const sources = await readSourceProducts(
    db,
    scope.sync.catalog,
    chosen.map(({ productId }) => productId),
  );
  const terms = { ...scope.terms, newId: () => randomUUID() };
  const rows = chosen.flatMap(({ productId, variantIds, isWhole }) => {
    const source = sources.get(productId)?.product;
    if (source === undefined) return [];
    const planned = planProductEdit(source, isWhole ? 'all' : new Set(variantIds), changes, terms);
    return planned.map((field) => planRow(source, field));
  });
  return { kind: 'preview', ...counts, rows: rows.slice(0, SHOWN.fields) };
}
