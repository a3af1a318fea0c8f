/**
 * A deleted order is in no search by when it was updated. Once a day, and when a webhook tells of one, the ids of the last weeks
 * are listed (a few points for 250) and compared with what is stored; what is missing is asked for by its id before it goes.
 */
import type { OrderImportState } from '~/db/order-imports.server';
import { orderNumber, ordersNotListed, removeOrders } from '~/db/orders.server';
import { awaitAllowance, recordStep } from './order-reading';
import type { OrderReading } from './order-reading';

const DAY_MS = 86_400_000;
/** A day less than an app without read_all_orders sees: what is older is not told of, and not gone for that. */
const SEEN_MS = 59 * DAY_MS;
const CHECK_EVERY_MS = DAY_MS;

function isDue({ check, isCheckDue, checkedAt }: OrderImportState, now: Date): boolean {
  if (check !== null || isCheckDue) return true;
  return checkedAt === null || now.getTime() - checkedAt.getTime() >= CHECK_EVERY_MS;
}

/** Finds what was deleted in Shopify and lets go of it; goes on where an earlier search stopped. */
export async function findDeletedOrders(reading: OrderReading, state: OrderImportState): Promise<void> {
  const { resources, scope, signal } = reading;
  const { db, now } = resources;
  const { shopId, store } = scope;
  if (!isDue(state, now())) return;
  let check = state.check ?? { since: new Date(now().getTime() - SEEN_MS), cursor: null, after: 0n };
  // A notice that comes while the search is under way is reason for another one.
  if (!(await recordStep(reading, { check, isCheckDue: false }))) return;
  for (;;) {
    await awaitAllowance(reading);
    const { ids, next, spent } = await store.listOrderIds(
      { createdSince: check.since, after: check.cursor },
      { signal },
    );
    const last = ids.at(-1);
    const upTo = next === null || last === undefined ? null : orderNumber(last);
    const missing = await ordersNotListed(db, shopId, {
      ...{ listed: ids, after: check.after, upTo, since: check.since },
    });
    const found = missing.length === 0 ? null : await store.findOrdersGone(missing, { signal });
    const isLast = next === null || upTo === null;
    check = isLast ? check : { ...check, cursor: next, after: upTo };
    const isRecorded = await recordStep(
      reading,
      {
        check: isLast ? null : check,
        ...(isLast && { checkedAt: now() }),
        points: spent.points + (found?.spent.points ?? 0),
      },
      (tx) => removeOrders(tx, shopId, found?.gone ?? []),
    );
    if (!isRecorded || isLast) return;
  }
}
