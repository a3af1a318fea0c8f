import type { BulkChange, EditProblem, ProductSelection } from '~/core/bulk-edit';
import type { EditTarget } from '~/core/promotion';
import type { PlanRow } from '~/db/bulk-edits.server';
import { countSelection, listSelection } from '~/db/product-selection.server';
import { editTerms, loadEditScope } from './edit-scope';
import { planRow } from './plan-row';
import { planForTarget, readLowestPrices, readTargetProducts } from './plan-target';
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
  edit: {
    shopId: string;
    selection: ProductSelection;
    changes: BulkChange[];
    /** Default: the catalog. */
    target?: EditTarget;
  },
): Promise<EditPreview> {
  const { db } = resources;
  const { shopId, selection, changes } = edit;
  const scope = await loadEditScope(resources, shopId);
  if (!scope) return { kind: 'refused', problems: [NOT_INSTALLED] };
  const target = edit.target ?? { kind: 'catalog' };
  const problems = editProblems(resources, scope, { ...edit, target, now: resources.now() });
  if (problems.length > 0) return { kind: 'refused', problems };
  const [counts, chosen] = await Promise.all([
    countSelection(db, scope.sync, selection),
    listSelection(db, scope.sync, selection, { after: null, limit: SHOWN.products }),
  ]);
  const targets = await readTargetProducts(
    resources,
    scope,
    target.kind,
    chosen.map(({ productId }) => productId),
  );
  const terms = editTerms(scope, target.kind);
  const plans = chosen.flatMap(({ productId, variantIds, isWhole }) => {
    const found = targets.get(productId);
    if (found === undefined) return [];
    const fields = planForTarget(found, isWhole ? 'all' : new Set(variantIds), changes, target, terms);
    return [{ productId, product: found.product, fields }];
  });
  const lowest = await readLowestPrices(resources, scope, plans, target);
  const rows = plans.flatMap(({ product, fields }) => fields.map((field) => planRow(product, field, lowest)));
  return { kind: 'preview', ...counts, rows: rows.slice(0, SHOWN.fields) };
}
