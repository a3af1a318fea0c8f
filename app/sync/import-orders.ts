/**
 * Reads the orders of a store, by when they were updated: pages from a little before where the last walk ended, each stored with
 * its cursor in one transaction. Reading any stretch again changes nothing, so a kill, a gap or a lost webhook costs a repetition
 * and no order. Webhooks only say that there is something to read.
 */
import type { OrderAccess } from '~/core/store-order';
import { noteOrderProblem, readOrderImport } from '~/db/order-imports.server';
import type { OrderImportState, OrderWalk } from '~/db/order-imports.server';
import { moveDays, saveOrders } from '~/db/orders.server';
import { ShopifyUnreadable } from '~/shopify/ask';
import { findDeletedOrders } from './find-deleted-orders';
import type { JobContext, JobFor } from './jobs';
import { awaitAllowance, recordStep } from './order-reading';
import type { OrderReading } from './order-reading';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';

const DAY_MS = 86_400_000;
/** As far as an app without read_all_orders sees. */
const RECENT_MS = 60 * DAY_MS;
/** Shopify's search is told of a change a little later: each walk begins before the last one ended. */
const OVERLAP_MS = 10 * 60_000;
/** Once a day it begins so long before: what the search was told of later than that nobody can wait for. */
const DEEP_OVERLAP_MS = 2 * DAY_MS;
const DEEP_EVERY_MS = DAY_MS;
const TELL_EVERY_MS = 1_000;
/** No shop is older. */
const BEGINNING = new Date('2004-01-01T00:00:00Z');

/** Tells the pages that follow the import, where they were not told just now. */
async function tell(reading: OrderReading, { isEnd }: { isEnd: boolean }): Promise<void> {
  const { resources, scope } = reading;
  const now = resources.now().getTime();
  if (!isEnd && now - reading.toldAt < TELL_EVERY_MS) return;
  reading.toldAt = now;
  await resources.live.publish(scope.shopId, { kind: 'orders-changed' });
}

/** What the walk that is to begin now reads. */
function nextWalk(
  state: OrderImportState,
  access: OrderAccess,
  now: Date,
): { kind: OrderWalk; windowFrom: Date } {
  const { readUntil, deepAt, reachesAll } = state;
  if (readUntil === null || (access === 'all' && !reachesAll))
    return {
      kind: 'first',
      windowFrom: access === 'all' ? BEGINNING : new Date(now.getTime() - RECENT_MS),
    };
  const isDeep = deepAt === null || now.getTime() - deepAt.getTime() >= DEEP_EVERY_MS;
  return {
    kind: isDeep ? 'deep' : 'usual',
    windowFrom: new Date(readUntil.getTime() - (isDeep ? DEEP_OVERLAP_MS : OVERLAP_MS)),
  };
}

async function beginWalk(
  reading: OrderReading,
  state: OrderImportState,
  access: OrderAccess,
): Promise<NonNullable<OrderImportState['walk']> | null> {
  const { resources, scope, signal } = reading;
  const now = resources.now();
  const { kind, windowFrom } = nextWalk(state, access, now);
  const counted = kind === 'first' ? await scope.store.countOrders(windowFrom, { signal }) : null;
  const begun = await recordStep(reading, {
    ...{ walk: kind, windowFrom, cursor: null, newest: null, beganAt: now },
    ...(kind === 'first' && {
      reachesAll: access === 'all',
      reachesFrom: windowFrom,
      ordersRead: 0,
      ordersExpected: counted?.count ?? null,
    }),
    points: counted?.spent.points ?? 0,
  });
  return begun ? { kind, windowFrom, cursor: null, newest: null } : null;
}

type Walk = NonNullable<OrderImportState['walk']>;

/** Reads a page. A cursor that Shopify does not take (any more) is given up for a search from the last order that was seen. */
async function readPage({ scope, signal }: OrderReading, walk: Walk) {
  const { store } = scope;
  try {
    return await store.readOrders({ updatedSince: walk.windowFrom, after: walk.cursor }, { signal });
  } catch (error) {
    const isRefused = error instanceof ShopifyUnreadable && error.codes.length > 0;
    if (!isRefused || walk.cursor === null || error.codes.includes('ACCESS_DENIED')) throw error;
    walk.windowFrom = walk.newest ?? walk.windowFrom;
    walk.cursor = null;
    return await store.readOrders({ updatedSince: walk.windowFrom, after: null }, { signal });
  }
}

/** Goes through the pages of a walk to its end; false where it was stopped. */
async function walkOn(reading: OrderReading, walk: Walk, state: OrderImportState): Promise<boolean> {
  const { resources, scope } = reading;
  const { shopId } = scope;
  const zone = { shopId, timeZone: scope.timeZone };
  for (;;) {
    await awaitAllowance(reading);
    const { orders, next, spent } = await readPage(reading, walk);
    const newest = orders.at(-1)?.updatedAt ?? walk.newest;
    const now = resources.now();
    const ended = {
      ...{ walk: null, windowFrom: null, cursor: null, newest: null, finishedAt: now },
      // Never back: an empty walk has read nothing newer.
      readUntil: laterOf(newest ?? walk.windowFrom, state.readUntil),
      ...(walk.kind !== 'usual' && { deepAt: now }),
    };
    const isRecorded = await recordStep(
      reading,
      {
        ...(next === null ? ended : { windowFrom: walk.windowFrom, cursor: next, newest }),
        ordersRead: { more: walk.kind === 'first' ? orders.length : 0 },
        points: spent.points,
      },
      (tx) =>
        saveOrders(
          tx,
          zone,
          orders.filter(({ isTest }) => !isTest),
        ),
    );
    if (!isRecorded) return false;
    await tell(reading, { isEnd: next === null });
    if (next === null) return true;
    walk.cursor = next;
    walk.newest = newest;
  }
}

function laterOf(a: Date, b: Date | null): Date {
  return b !== null && b > a ? b : a;
}

async function readAll(reading: OrderReading, state: OrderImportState): Promise<void> {
  const { resources, scope, signal } = reading;
  const { shopId, store } = scope;
  const { access } = await store.readOrderAccess({ signal });
  if (access === 'none') {
    const text = 'The app may not read orders: the scope read_orders was not granted.';
    await noteOrderProblem(resources.db, shopId, { problem: 'scope-missing', text, now: resources.now() });
    return;
  }
  // The days of the store are others now.
  if (state.timeZone !== scope.timeZone) {
    const isMoved = await recordStep(reading, { timeZone: scope.timeZone }, (tx) =>
      moveDays(tx, shopId, scope.timeZone),
    );
    if (!isMoved) return;
  }
  const walk = state.walk ?? (await beginWalk(reading, state, access));
  if (walk === null || !(await walkOn(reading, walk, state))) return;
  await findDeletedOrders(reading, state);
}

/** Carries out the job "import-orders", to the end of what there is now. Repeatable at any moment, and by any number of jobs. */
export async function importOrders(
  resources: Resources,
  { shopId }: JobFor<'import-orders'>,
  { signal }: Pick<JobContext, 'signal'>,
): Promise<void> {
  const { db, live, now } = resources;
  const state = await readOrderImport(db, shopId);
  const scope = state && (await loadSyncScope(resources, shopId, { isBackground: true }));
  if (!state || !scope) return;
  try {
    await readAll({ resources, scope, signal, step: state.step, toldAt: 0 }, state);
  } catch (error) {
    const isDenied = error instanceof ShopifyUnreadable && error.codes.includes('ACCESS_DENIED');
    if (!isDenied) throw error;
    // The scope is there: the store's approval for protected customer data is not.
    await noteOrderProblem(db, shopId, { problem: 'not-approved', text: error.message, now: now() });
  }
  await live.publish(shopId, { kind: 'orders-changed' });
}
