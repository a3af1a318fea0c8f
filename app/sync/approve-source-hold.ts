import { endHold } from '~/db/source-holds.server';
import type { Resources } from './resources';
import { startRun } from './start-run';

export type ApprovedHold =
  | { kind: 'started'; runId: string }
  /** The number of products must be typed: `expected`. */
  | { kind: 'needs-confirmation'; expected: string }
  /** It was approved or lifted meanwhile. */
  | { kind: 'not-held' };

/** Lets held changes of the catalog go to Shopify, once the number of their products was typed. */
export async function approveSourceHold(
  resources: Resources,
  approval: { shopId: string; holdId: string; confirmation: string | null; causedBy: string },
): Promise<ApprovedHold> {
  const { db, now } = resources;
  const { shopId, holdId, confirmation, causedBy } = approval;
  const hold = await db.sourceHold.findUnique({ where: { id: holdId, shopId, state: 'held' } });
  if (!hold) return { kind: 'not-held' };
  const expected = String(hold.products);
  if (confirmation?.trim() !== expected) return { kind: 'needs-confirmation', expected };
  const end = { shopId, holdId, state: 'approved', decidedBy: causedBy, now: now() } as const;
  const productIds = await endHold(db, end);
  if (productIds === null) return { kind: 'not-held' };
  // Were the process killed here, the next sync would find the changes again and hold them again.
  const { runId } = await startRun(resources, { shopId, trigger: 'approved', causedBy, productIds });
  await db.sourceHold.update({ where: { id: holdId }, data: { runId }, select: { id: true } });
  return { kind: 'started', runId };
}
