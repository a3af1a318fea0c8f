import { randomUUID } from 'node:crypto';
import type { EditProblem, ProductSelection } from '~/core/bulk-edit';
import { productSelectionSchema } from './bulk-edit-schema';
import { queueWarming } from './queue-warming';
import type { Resources } from './resources';
import { NOT_INSTALLED, queryProblems } from './start-bulk-edit';

/** Points that a selection may take where nothing is said. */
export const USUAL_ALLOWANCE = 10_000;
export const MOST_ALLOWANCE = 1_000_000;
/** Selections of a shop that are under way at a time. */
const MOST_UNDER_WAY = 10;

export type StartedWarm =
  | { kind: 'started'; warmId: string }
  | { kind: 'refused'; problems: EditProblem[] }
  /** So many are under way already. */
  | { kind: 'too-many'; underWay: number };

/**
 * Has what is cached of a selection looked at in the background: what is not fresh any more is confirmed, what is marked or
 * missing is left to the line. At most about `allowance` points are taken, and none while the store has work. Made once for
 * each `id`.
 */
export async function startCacheWarm(
  { db, queue, now }: Pick<Resources, 'db' | 'queue' | 'now'>,
  warm: { id?: string; shopId: string; selection: ProductSelection; allowance: number; causedBy: string },
): Promise<StartedWarm> {
  const { shopId, selection, allowance, causedBy, id: warmId = randomUUID() } = warm;
  const problems = selection.kind === 'query' ? queryProblems(selection.query) : [];
  const shop = await db.shop.findUnique({ where: { id: shopId }, select: { uninstalledAt: true } });
  if (shop === null || shop.uninstalledAt !== null) problems.push(NOT_INSTALLED);
  if (problems.length > 0) return { kind: 'refused', problems };
  const underWay = await db.cacheWarm.count({ where: { shopId, finishedAt: null, id: { not: warmId } } });
  if (underWay >= MOST_UNDER_WAY) return { kind: 'too-many', underWay };
  await db.cacheWarm.createMany({
    data: [
      {
        ...{ id: warmId, shopId, causedBy, allowance },
        selection: productSelectionSchema.parse(selection),
        createdAt: now(),
      },
    ],
    skipDuplicates: true,
  });
  await queueWarming(queue, shopId);
  return { kind: 'started', warmId };
}
