import { shopsWithDuePromotions } from '~/db/promotions.server';
import { queueTurns } from './queue-promotions';
import type { Resources } from './resources';

/** Has every shop's due promotions turned. Harmless where a job is at it. */
export async function sweepPromotions({ db, queue, now }: Resources): Promise<void> {
  for (const shopId of await shopsWithDuePromotions(db, now())) await queueTurns(queue, shopId);
}
