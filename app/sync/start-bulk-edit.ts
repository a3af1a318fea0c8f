import { checkBulkChanges } from '~/core/bulk-edit-check';
import type { BulkChange, EditProblem, ProductSelection } from '~/core/bulk-edit';
import { targetProblems, termsProblems } from '~/core/promotion';
import type { EditTarget } from '~/core/promotion';
import { parseSearchQuery } from '~/core/search-query';
import { endEdit } from '~/db/bulk-edits.server';
import { termsToStore } from '~/db/promotions.server';
import { bulkChangesSchema, productSelectionSchema } from './bulk-edit-schema';
import { editTerms, loadEditScope } from './edit-scope';
import type { EditScope } from './edit-scope';
import { queuePlanning } from './queue-edit';
import type { Resources } from './resources';

export type StartedEdit = { kind: 'started'; editId: string } | { kind: 'refused'; problems: EditProblem[] };

export const NOT_INSTALLED: EditProblem = {
  field: 'shop',
  value: '',
  reason: 'The app is not installed on this store.',
  remedy: 'Install it again, then make the edit.',
};

/** What is wrong with a search; empty where it can be read. */
export function queryProblems(query: string): EditProblem[] {
  const reading = parseSearchQuery(query);
  if (reading.kind === 'query') return [];
  const { position, value, reason, remedy } = reading.problem;
  return [
    {
      field: 'query',
      value: value === '' ? query : value,
      reason: `At character ${position + 1}: ${reason}`,
      remedy,
    },
  ];
}

/** Addresses of pictures that nobody needs to ask to know that they may not be asked. */
function addressProblems({ web }: Resources, changes: BulkChange[]): EditProblem[] {
  return changes.flatMap((change, at) => {
    if (change.field !== 'media' || (change.change.kind !== 'add' && change.change.kind !== 'replace'))
      return [];
    return change.change.pictures.flatMap(({ url, kind }, index): EditProblem[] => {
      // What is no web address at all was told already.
      const isWeb = kind === 'IMAGE' && /^https?:\/\/\S+$/i.test(url) && URL.canParse(url);
      const problem = isWeb ? web.problemOf(url) : null;
      const field = `changes.${at}.change.pictures.${index}.url`;
      return problem === null ? [] : [{ field, value: url, ...problem }];
    });
  });
}

/** What is wrong with an edit before any product is looked at; empty where it can be planned. */
export function editProblems(
  resources: Resources,
  scope: EditScope,
  {
    selection,
    changes,
    target,
    now,
  }: { selection: ProductSelection; changes: BulkChange[]; target: EditTarget; now: Date },
): EditProblem[] {
  const unknown = changes.flatMap((change): EditProblem[] =>
    change.field === 'inventory' &&
    !scope.sync.locations.some(({ gid, isActive }) => isActive && gid === change.locationId)
      ? [
          {
            field: 'locationId',
            value: change.locationId,
            reason: 'The store has no such active location.',
            remedy: `Choose one of ${scope.sync.locations.map(({ gid, name }) => `${gid} (${name})`).join(', ')}.`,
          },
        ]
      : [],
  );
  return [
    ...(selection.kind === 'query' ? queryProblems(selection.query) : []),
    ...checkBulkChanges(changes, editTerms(scope, target.kind)),
    ...addressProblems(resources, changes),
    ...targetProblems(target, changes),
    ...(target.kind === 'promotion' ? termsProblems(target.terms, now) : []),
    ...unknown,
  ];
}

/**
 * Records a bulk edit and has it planned. Nothing is written to the catalog before it is confirmed, but where
 * `appliesItself` and no guard holds it. An edit that can make no sense is refused, with what to do instead.
 */
export async function startBulkEdit(
  resources: Resources,
  edit: {
    /** The id it shall have; absent: one of its own. */
    id?: string;
    shopId: string;
    name: string;
    selection: ProductSelection;
    changes: BulkChange[];
    /** Default: the catalog. A promotion is scheduled once it is confirmed; its id is that of the edit. */
    target?: EditTarget;
    causedBy: string;
    via: 'app' | 'api';
    appliesItself: boolean;
  },
): Promise<StartedEdit> {
  const { shopId, name, causedBy, via, appliesItself } = edit;
  const scope = await loadEditScope(resources, shopId);
  if (!scope) return { kind: 'refused', problems: [NOT_INSTALLED] };
  const target = edit.target ?? { kind: 'catalog' };
  const problems = editProblems(resources, scope, { ...edit, target, now: resources.now() });
  if (problems.length > 0) return { kind: 'refused', problems };
  const editId = await recordEdit(resources, {
    ...(edit.id !== undefined && { id: edit.id }),
    shopId,
    name,
    causedBy,
    via,
    appliesItself,
    selection: productSelectionSchema.parse(edit.selection),
    changes: bulkChangesSchema.parse(edit.changes),
    target: target.kind,
    ...(target.kind === 'promotion' && { promotion: termsToStore(target.terms) }),
  });
  return { kind: 'started', editId };
}

type NewEdit = Parameters<Resources['db']['bulkEdit']['create']>[0]['data'];

/** Records an edit and asks for its planning; one that cannot be queued is on record as failed. */
export async function recordEdit(
  { db, queue, now }: Resources,
  data: Omit<NewEdit, 'createdAt'> & { shopId: string },
): Promise<string> {
  const { id: editId, shopId } = await db.bulkEdit.create({
    data: { ...data, createdAt: now() },
    select: { id: true, shopId: true },
  });
  try {
    await queuePlanning(queue, { shopId, editId });
  } catch (error) {
    const failed = { state: 'failed', error: 'The edit could not be queued. Make it again.' } as const;
    await endEdit(db, { shopId, editId }, failed, now());
    throw error;
  }
  return editId;
}
