/** How many products of a run ended in which state. */
import type { Queryable } from '../client.server';

export const END_STATES = ['pending', 'applied', 'skipped', 'conflicted', 'failed', 'cancelled'] as const;
export type EndState = (typeof END_STATES)[number];
export type EndStateCounts = Record<EndState, number>;

/** True for a word that is one of the end states of a product in a run. */
export function isEndState(word: string | null): word is EndState {
  return END_STATES.some((state) => state === word);
}

const none = (): EndStateCounts => ({
  pending: 0,
  applied: 0,
  skipped: 0,
  conflicted: 0,
  failed: 0,
  cancelled: 0,
});

/** Counts for many runs in one query; a run without products has zeros. */
export async function countEndStates(
  db: Queryable,
  shopId: string,
  runIds: string[],
): Promise<Map<string, EndStateCounts>> {
  const counts = new Map(runIds.map((id) => [id, none()]));
  if (runIds.length === 0) return counts;
  const rows = await db.runProduct.groupBy({
    by: ['runId', 'state'],
    where: { shopId, runId: { in: runIds } },
    _count: { _all: true },
  });
  for (const row of rows) {
    const ofRun = counts.get(row.runId);
    if (ofRun !== undefined && isEndState(row.state)) ofRun[row.state] = row._count._all;
  }
  return counts;
}
