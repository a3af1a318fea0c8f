import { turnPromotions } from '~/sync/turn-promotions';
import type { JobHandler } from './job-handler';

/** Begins and ends promotions. It only uses the database, and somebody looks at the clock. */
export const turnPromotionsHandler: JobHandler<'turn-promotions'> = {
  name: 'turn-promotions',
  share: (concurrency) => Math.ceil(concurrency / 2),
  run: turnPromotions,
};
