/** A bulk edit as it is typed, what it means, and back: a saved edit is typed again. Pure. */
import { checkBulkChanges } from '~/core/bulk-edit-check';
import type { BulkChange, EditProblem, ProductSelection } from '~/core/bulk-edit';
import type { EditTarget } from '~/core/promotion';
import { changeForm, newChange } from './edit-change-form';
import type { ChangeForm, ControlProblem } from './edit-change-form';
import { NO_SELECTION, readSelection, selectionForm } from './edit-selection-form';
import type { SelectionForm } from './edit-selection-form';
import { misplacedChanges, NO_TARGET, readTarget } from './edit-target-form';
import type { ShopClock, TargetForm } from './edit-target-form';
import { changeOf } from './read-edit-change';

export interface EditForm {
  /** "": as it is suggested. */
  name: string;
  selection: SelectionForm;
  changes: ChangeForm[];
  target: TargetForm;
}

/** The shop, as far as an edit means something else in another. */
export interface EditShop extends ShopClock {
  /** ISO 4217. */
  currencyCode: string;
}

export interface ReadEdit {
  /** Null where the form means none. */
  selection: ProductSelection | null;
  changes: BulkChange[] | null;
  target: EditTarget | null;
  /** The target, good for a preview while its times are not complete. */
  draftTarget: EditTarget;
  /** Controls are called "filters.priceFrom", "query", "skus", "products", "changes", "changes.0.number", "startsAt". */
  problems: ControlProblem[];
}

/** An edit of the selection with nothing typed yet. */
export function newEdit(selection: SelectionForm = NO_SELECTION, target: TargetForm = NO_TARGET): EditForm {
  return { name: '', selection, changes: [newChange('price', '0')], target };
}

/** What the form means, and everything that keeps it from meaning an edit. */
export function readEdit(form: EditForm, shop: EditShop): ReadEdit {
  const chosen = readSelection(form.selection);
  const read = form.changes.map(changeOf);
  const { target, draft, problems: ofTarget } = readTarget(form.target, shop);
  const changes = read.flatMap((one) => ('change' in one ? [one.change] : []));
  const misplaced = misplacedChanges(form.target.kind, form.changes);
  const problems: ControlProblem[] = [
    ...('problems' in chosen ? chosen.problems : []),
    ...ofTarget,
    ...misplaced,
    ...read.flatMap((one, at) =>
      'problems' in one
        ? one.problems.map((problem) => ({ ...problem, control: `changes.${at}.${problem.control}` }))
        : [],
    ),
  ];
  const isWhole = changes.length === form.changes.length && misplaced.length === 0;
  const senseless = isWhole ? checkBulkChanges(changes, shop) : [];
  problems.push(...senseless.map((problem) => controlProblem(problem, form.changes)));
  return {
    selection: 'selection' in chosen ? chosen.selection : null,
    changes: isWhole && senseless.length === 0 ? changes : null,
    target,
    draftTarget: draft,
    problems,
  };
}

/**
 * A saved edit as it would be typed; where only a selection was saved, the changes stay as they are, and where no target
 * was, the target.
 */
export function loadedEdit(
  saved: {
    name: string;
    selection: ProductSelection;
    changes: BulkChange[] | null;
    target?: TargetForm;
  },
  before: EditForm,
): EditForm {
  const selection = selectionForm(saved.selection);
  const target = saved.target ?? before.target;
  if (saved.changes === null) return { ...before, selection, target };
  return {
    target,
    name: saved.name,
    selection,
    changes: saved.changes.map((change, at) => changeForm(change, String(at))),
  };
}

/** What the parts of a change are called in the model, and which control holds them. */
const CONTROLS: Record<string, string> = {
  change: 'number',
  percent: 'number',
  amount: 'number',
  available: 'quantity',
  by: 'quantity',
};
const MEDIA_CONTROLS: Record<string, string> = { from: 'position', to: 'moveTo', text: 'alt' };
const AMOUNT_FIELDS = ['price', 'compareAtPrice', 'cost'];

/**
 * A problem of the model, at the control that it lies in: "changes.0.change.percent" at "changes.0.number". Where none
 * holds it the control is "".
 */
export function controlProblem(
  { field, value, reason, remedy }: EditProblem,
  changes: ChangeForm[],
): ControlProblem {
  const at = (control: string) => ({ control, message: `${reason} ${remedy}`, isMissing: false });
  const [root, index, ...path] = field.split('.');
  if (root === 'query' || field === 'selection.query') return at('query');
  if (root === 'locationId') {
    const stock = changes.findIndex((one) => one.field === 'inventory' && one.locationId === value);
    return at(stock < 0 ? '' : `changes.${stock}.locationId`);
  }
  if (root === 'startsAt' || root === 'endsAt' || root === 'priority') return at(root);
  if (root !== 'changes') return at('');
  const change = changes[Number(index)];
  return at(change === undefined ? 'changes' : `changes.${index}.${controlOf(change, path)}`);
}

function controlOf({ field }: ChangeForm, path: string[]): string {
  const last = path.findLast((part) => !/^\d+$/.test(part));
  if (last === undefined) return 'field';
  const picture = path[path.indexOf('pictures') + 1];
  if (path.includes('pictures') && picture !== undefined)
    return `pictures.${picture}${last === 'alt' ? '.alt' : ''}`;
  if (last === 'value') return AMOUNT_FIELDS.includes(field) ? 'number' : 'text';
  return (field === 'media' ? MEDIA_CONTROLS[last] : undefined) ?? CONTROLS[last] ?? last;
}
