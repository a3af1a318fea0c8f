/**
 * Which changed products ask for work. The merge itself is asked, with what is known of the store: a column that nothing maps,
 * a value that was changed back, and what Lockstep wrote itself leave nothing to do, and no job.
 */
import { chunksOf } from '~/core/plan';
import type { SourceId } from '~/core/product-state';
import { planLoads } from '~/db/load-plan.server';
import { noteSeen } from '~/db/quiet-looks.server';
import { loadWorks } from './load-works';
import type { Look, ProductWork } from './product-work';
import type { Reading } from './session';
import { CHUNK } from './parts';

function asksForNothing(look: Look): boolean {
  const { pushes, pulls, conflicts, landed, found, operations, converged } = look;
  return (
    pushes.length + pulls.length + conflicts.length + landed.length + found.length + operations.length ===
      0 && converged.size === 0
  );
}

/** Whether the product can be left alone. Where in doubt it cannot: the line decides then. */
function isQuiet(work: ProductWork, now: Date): boolean {
  if (work.unread || work.source === null || work.base === null || work.sent.size > 0) return false;
  work.refuseImpossible();
  if (work.failures.length > 0 || work.problems.length > 0) return false;
  if (!asksForNothing(work.look(now))) return false;
  work.isSettled = true;
  return work.leavesNothing && work.agreedReleases.length === 0;
}

export interface Woken {
  wake: SourceId[];
  /** Another job is at them: nothing is left to do once it has ended, as far as one can see now. */
  unsure: SourceId[];
}

/**
 * Of linked products that were in order. Those that ask for nothing are noted as seen. Where all of the first ones ask for work, as
 * after a price change of everything, the rest of them is taken to ask as well: a job looks at them anyway.
 */
export async function productsToWake(reading: Reading, productIds: SourceId[]): Promise<Woken> {
  const { resources, scope, context } = reading;
  const { db, now } = resources;
  const woken: Woken = { wake: [], unsure: [] };
  for (const [index, ids] of chunksOf(productIds, CHUNK).entries()) {
    context.signal.throwIfAborted();
    if (index > 0 && woken.wake.length === index * CHUNK) {
      woken.wake.push(...ids);
      continue;
    }
    const plan = await planLoads(db, scope.shopId, ids, now());
    const works = await loadWorks(reading, ids, plan);
    const quiet = works.filter((work) => isQuiet(work, now()));
    const isQuietWork = new Set(quiet);
    woken.wake.push(...works.filter((work) => !isQuietWork.has(work)).map((work) => work.productId));
    const seen = await noteSeen(
      db,
      scope.shopId,
      quiet.flatMap(({ productId, link, revisions, remote, base, isPartial }) =>
        remote && base
          ? [
              {
                productId,
                version: link.version,
                revisions,
                remote,
                isPartial,
                variants: Object.entries(base.variants).map(([variantId, { remoteId }]) => ({
                  variantId,
                  remoteId,
                })),
              },
            ]
          : [],
      ),
      now(),
    );
    woken.unsure.push(...quiet.map(({ productId }) => productId).filter((id) => !seen.has(id)));
  }
  return woken;
}
