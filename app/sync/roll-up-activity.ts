import { pruneActivity, rollUp, shopsToRollUp } from '~/db/activity.server';
import type { ActivityRetention } from '~/db/activity.server';
import type { Resources } from './resources';

/** Of one transaction; and how many of these a shop has in a turn, so that one shop's past does not keep the others waiting. */
const DELTAS_A_STEP = 20_000;
const STEPS_A_TURN = 10;

/** Longer than any audit log: they are what is left of it. */
const KEPT: ActivityRetention = { minuteDays: 3, productDays: 40, productWeeks: 9, hourDays: 1_125 };

/** Rolls up what happened in every shop since the last time. Repeatable at any moment: what is counted is gone. */
export async function rollUpActivity(
  { db, log }: Pick<Resources, 'db' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  for (const { id: shopId, timezone } of await shopsToRollUp(db)) {
    try {
      for (let step = 0; step < STEPS_A_TURN; step += 1) {
        signal.throwIfAborted();
        const taken = await rollUp(db, { shopId, timeZone: timezone, limit: DELTAS_A_STEP });
        if (taken === null || taken < DELTAS_A_STEP) break;
      }
    } catch (error) {
      if (signal.aborted) throw error;
      log.error({ err: error, shopId }, 'The activity of a shop could not be rolled up');
    }
  }
}

/** Forgets roll-ups that are older than any page reaches. */
export async function pruneRollUps({ db, now }: Pick<Resources, 'db' | 'now'>): Promise<void> {
  await pruneActivity(db, KEPT, now());
}
