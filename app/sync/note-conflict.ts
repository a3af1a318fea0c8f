import type { ConflictScope } from '~/db/conflict-selection.server';
import { findConflict } from '~/db/conflict-answers.server';
import type { Resources } from './resources';

export type NoteOutcome = { kind: 'saved' } | { kind: 'gone' };

/** Writes on a conflict what people should know of it, and who sees to it. */
export async function noteConflict(
  { db, live }: Resources,
  { scope, id, note, assignee }: { scope: ConflictScope; id: string; note: string; assignee: string },
): Promise<NoteOutcome> {
  const conflict = await findConflict(db, scope, id);
  if (!conflict) return { kind: 'gone' };
  await db.conflict.update({
    where: { id },
    data: { note: note.trim(), assignee: assignee.trim() },
  });
  await live.publish(conflict.shopId, { kind: 'conflicts-changed' });
  return { kind: 'saved' };
}
