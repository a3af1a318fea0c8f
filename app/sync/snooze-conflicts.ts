import type { ConflictScope, ConflictSelection } from '~/db/conflict-selection.server';
import { snooze } from '~/db/conflict-answers.server';
import type { Resources } from './resources';

export type SnoozeOutcome = { kind: 'done'; conflicts: number } | { kind: 'refused'; message: string };

/** A longer sleep would only be forgotten. */
const LONGEST_DAYS = 366;
const DAY_MS = 86_400_000;

/** Takes open conflicts out of sight until an instant; null brings them back. */
export async function snoozeConflicts(
  { db, now, live }: Resources,
  { scope, selection, until }: { scope: ConflictScope; selection: ConflictSelection; until: Date | null },
): Promise<SnoozeOutcome> {
  const at = now();
  if (until !== null && until <= at)
    return { kind: 'refused', message: 'Choose a day that is still to come.' };
  if (until !== null && until.getTime() > at.getTime() + LONGEST_DAYS * DAY_MS)
    return { kind: 'refused', message: 'Choose a day within a year.' };
  const rows = await snooze(db, scope, { selection, until, now: at });
  for (const shopId of new Set(rows.map((row) => row.shopId)))
    await live.publish(shopId, { kind: 'conflicts-changed' });
  return { kind: 'done', conflicts: rows.length };
}
