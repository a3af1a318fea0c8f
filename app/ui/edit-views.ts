/** The parts of an edit's plan that its page shows one at a time: which there are, and which fields each holds. Pure. */
import { editFieldStateWords, warningWords } from './edit-words';
import { formatCount } from './formats';

/** What the views need to know of an edit. */
export interface EditFigures {
  state: string;
  fieldsToChange: number;
  fieldsSkipped: number;
  fieldsApplied: number;
  fieldsMoved: number;
  fieldsRefused: number;
  /** How many fields each warning is given for. */
  warnings: Record<string, number>;
}

export interface EditView {
  /** As it stands in the address. */
  id: string;
  label: string;
  fields: number;
}

const UNDER_WAY = ['planning', 'applying'];

/** Something is being done for the edit now. */
export const isEditActive = (state: string): boolean => UNDER_WAY.includes(state);
/** Nothing more will be written. */
export const isEditEnded = (state: string): boolean => ['finished', 'cancelled', 'failed'].includes(state);

/** Fields of an ended edit that it did not come to. */
export function fieldsLeft(edit: EditFigures): number {
  return Math.max(0, edit.fieldsToChange - edit.fieldsApplied - edit.fieldsMoved - edit.fieldsRefused);
}

const WARNING = 'warning-';
const STATES = new Map([
  ['changes', ['planned', 'applied', 'moved', 'refused', 'cancelled']],
  ...['applied', 'moved', 'refused', 'cancelled', 'skipped'].map((state): [string, string[]] => [
    state,
    [state],
  ]),
]);

/** Which fields a view holds; a word that names none holds all of them. */
export function viewFilter(view: string | null): { states: string[]; warning: string | null } {
  if (view?.startsWith(WARNING) === true) return { states: [], warning: view.slice(WARNING.length) };
  return { states: STATES.get(view ?? '') ?? [], warning: null };
}

/** The views worth showing, each with its number of fields: all of them, and those that hold any. */
export function editViews(edit: EditFigures): EditView[] {
  const left = isEditEnded(edit.state) ? fieldsLeft(edit) : 0;
  const outcomes: [string, number][] = [
    ['applied', edit.fieldsApplied],
    ['moved', edit.fieldsMoved],
    ['refused', edit.fieldsRefused],
    ['cancelled', left],
  ];
  const wasApplied = outcomes.some(([, fields]) => fields > 0);
  const parts: EditView[] = [
    ...(wasApplied
      ? outcomes.map(([id, fields]) => ({ id, label: editFieldStateWords(id).label, fields }))
      : [{ id: 'changes', label: 'Changes', fields: edit.fieldsToChange }]),
    ...Object.entries(edit.warnings).map(([code, fields]) => ({
      id: `${WARNING}${code}`,
      label: warningWords(code),
      fields,
    })),
    { id: 'skipped', label: editFieldStateWords('skipped').label, fields: edit.fieldsSkipped },
  ];
  return [
    { id: 'all', label: 'All', fields: edit.fieldsToChange + edit.fieldsSkipped },
    ...parts.filter(({ fields }) => fields > 0),
  ];
}

/** "Below cost (3)". */
export const viewLabel = ({ label, fields }: EditView): string => `${label} (${formatCount(fields)})`;
