/** What the editor of bulk edits asks of its page, and what it is answered. */
import type { BulkChange, EditProblem, PlannedField, ProductSelection } from '~/core/bulk-edit';
import type { EditTarget } from '~/core/promotion';
import type { ActionAnswer } from './action-answer';

export type EditorRequest =
  /** `asked` comes back with the answer: only that of the newest question is shown. */
  | {
      intent: 'preview';
      asked: number;
      selection: ProductSelection;
      changes: BulkChange[] | null;
      target: EditTarget;
    }
  | {
      intent: 'start';
      name: string;
      selection: ProductSelection;
      changes: BulkChange[];
      target: EditTarget;
    }
  | { intent: 'save'; name: string; selection: ProductSelection; changes: BulkChange[] | null }
  | { intent: 'delete'; id: string };

export interface PreviewRow {
  productId: string;
  title: string;
  variantTitle: string | null;
  sku: string | null;
  planned: PlannedField;
}

export interface EditorPreview {
  selected: { products: number; variants: number } | null;
  missing: { count: number; first: string[] };
  rows: PreviewRow[] | null;
  problems: EditProblem[];
}

export type PreviewAnswer = { kind: 'preview'; asked: number; preview: EditorPreview };
export type StartAnswer = { kind: 'started'; editId: string } | { kind: 'refused'; problems: EditProblem[] };
export type SavedAnswer = { kind: 'saved' } & ActionAnswer;
/** What a file of SKUs holds; no SKU: it cannot be taken. */
export type SkuFileAnswer = { kind: 'skus'; name: string; skus: string[]; problems: string[] };
export type EditorAnswer = PreviewAnswer | StartAnswer | SavedAnswer | SkuFileAnswer;

export interface SavedEditRow {
  id: string;
  name: string;
  selection: ProductSelection;
  /** Null: only the selection is kept. */
  changes: BulkChange[] | null;
}
