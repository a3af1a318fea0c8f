import { dueOrderImports } from '~/db/order-imports.server';
import { queueOrders } from './queue-orders';
import type { Resources } from './resources';

/** Orders that no webhook told of are found this late at the latest. */
const IDLE_MS = 30 * 60_000;
/** A walk that nobody has gone on with for so long lost its job. */
const LOST_MS = 120_000;

/** Has read the orders of each shop in which something is known, or may, to have moved. Webhooks only say when. */
export async function startDueOrderImports({ db, queue, now }: Resources): Promise<void> {
  const at = now().getTime();
  const due = await dueOrderImports(db, {
    idleBefore: new Date(at - IDLE_MS),
    lostBefore: new Date(at - LOST_MS),
  });
  for (const shopId of due) await queueOrders(queue, shopId);
}
