import { randomUUID } from 'node:crypto';
import { obstaclesToLeaving } from '~/core/work-under-way';
import { noteAccountEvent } from '~/db/account-events.server';
import type { AccountActor } from '~/db/account-events.server';
import { endJoinings } from '~/db/account-joins.server';
import { lockCatalog } from '~/db/catalog-import.server';
import type { Queryable } from '~/db/client.server';
import {
  askAgain,
  copyCatalogRows,
  dropUntaken,
  lockOriginals,
  moveKnowledge,
} from '~/db/copied-products.server';
import { noteStoreOfOwnStock } from '~/db/stock-sharing.server';
import { lockShop, readWorkUnderWay } from '~/db/work-under-way.server';
import type { LockedShop } from '~/db/work-under-way.server';
import type { Resources } from './resources';

/** Tens of thousands of products are copied. */
const LEAVE = { timeout: 600_000, maxWait: 10_000 };

const REASON = 'The store left its account.';

type Refused = { kind: 'refused'; reason: string; remedy: string };
export type LeftAccount = { kind: 'left'; accountId: string; products: number } | Refused;

const NOT_LEAVING = { leavingAt: null, leavingActor: null, leavingAddress: null, leavingProblem: null };

/** What went wrong for another reason than an obstacle is tried again after this time. */
const AGAIN_MS = 60_000;

/**
 * Where the store goes: its own former account, where that is empty, else a new one. Products of a former catalog are not
 * mixed with those it sells now: the next run would make them in Shopify.
 */
async function ownAccount(tx: Queryable, shop: LockedShop): Promise<string> {
  const former = await tx.account.findMany({
    where: { homeOf: shop.id, id: { not: shop.accountId }, shops: { none: {} } },
    orderBy: { createdAt: 'desc' },
    select: { id: true },
  });
  for (const { id: accountId } of former) {
    const products = await tx.catalogProduct.count({ where: { accountId } });
    const sources = await tx.sourceConnection.count({ where: { accountId } });
    if (products + sources === 0) return accountId;
  }
  const made = await tx.account.create({ data: { name: shop.domain, homeOf: shop.id } });
  return made.id;
}

/**
 * What of the account decides what the store shows: the currency of the prices, and the rule for its stock. Units of its own
 * are free for the others again.
 */
async function takeTerms(tx: Queryable, shop: LockedShop, to: string): Promise<void> {
  const { id: shopId, accountId: from } = shop;
  const { currencyCode, defaultRole } = await tx.account.findUniqueOrThrow({
    where: { id: from },
    select: { currencyCode: true, defaultRole: true },
  });
  await tx.account.update({ where: { id: to }, data: { currencyCode, defaultRole } });
  await noteStoreOfOwnStock(tx, shop);
  await tx.stockRule.deleteMany({ where: { accountId: to } });
  await tx.stockRule.updateMany({ where: { accountId: from, shopId }, data: { accountId: to } });
  const everyone = await tx.stockRule.findMany({ where: { accountId: from, shopId: null } });
  await tx.stockRule.createMany({
    data: everyone.map(({ id: _id, ...rule }) => ({ ...rule, accountId: to })),
  });
}

/** Stores of the account that keep units of the stock for themselves: this one would show them, too, once it is alone. */
async function keepersOfOwnUnits(tx: Queryable, { id, accountId }: LockedShop): Promise<number> {
  return tx.stockRule.count({ where: { accountId, shopId: { not: id }, ownUnits: { gt: 0 } } });
}

/** The store, locked, where nothing stands in the way of its leaving. */
async function lockLeaver(
  tx: Queryable,
  shopId: string,
  at: Date,
): Promise<{ kind: 'free'; shop: LockedShop } | Refused> {
  const shop = await lockShop(tx, shopId);
  if (shop === null || shop.isGone)
    return {
      kind: 'refused',
      reason: 'The app is not installed on this store.',
      remedy: 'Install it again.',
    };
  if ((await tx.shop.count({ where: { accountId: shop.accountId } })) === 1)
    return {
      kind: 'refused',
      reason: `${shop.domain} has its account for itself.`,
      remedy: 'There is nothing to leave.',
    };
  const [obstacle] = obstaclesToLeaving(shop.domain, await readWorkUnderWay(tx, shop, at));
  if (obstacle !== undefined) return { kind: 'refused', ...obstacle };
  return (await keepersOfOwnUnits(tx, shop)) > 0
    ? {
        kind: 'refused',
        reason: 'Other stores of the account keep units of the stock for themselves.',
        remedy:
          'Take their own units away under Stock and sync: this store would show them, too, once it has left.',
      }
    : { kind: 'free', shop };
}

/** Asks for the store to leave its account. What stands in its way is said at once; a worker does the rest (`carryLeavings`). */
export async function askToLeave(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  { shopId, actor, address }: AccountActor,
): Promise<{ kind: 'asked' } | Refused> {
  const at = now();
  return db.$transaction(async (tx) => {
    const leaver = await lockLeaver(tx, shopId, at);
    if (leaver.kind === 'refused') return leaver;
    await tx.shop.update({
      where: { id: shopId },
      data: { leavingAt: at, leavingActor: actor, leavingAddress: address, leavingProblem: null },
    });
    return { kind: 'asked' };
  });
}

/** Takes back the wish to leave, or its last problem as read. A leaving that a worker is carrying out goes through. */
export async function stayInAccount({ db }: Pick<Resources, 'db'>, shopId: string): Promise<void> {
  await db.shop.update({ where: { id: shopId }, data: NOT_LEAVING });
}

/** Takes out of their accounts the stores that asked for it. Repeatable: a leaving that was cut off has not begun. */
export async function carryLeavings(
  resources: Pick<Resources, 'db' | 'now' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  const { db, now, log } = resources;
  const asked = await db.shop.findMany({
    where: { leavingAt: { lte: now() } },
    select: { id: true, leavingActor: true, leavingAddress: true },
  });
  for (const { id: shopId, leavingActor, leavingAddress } of asked) {
    signal.throwIfAborted();
    // Somebody else may have carried it meanwhile.
    const again = (data: { leavingAt: Date | null; leavingProblem: string }) =>
      db.shop.updateMany({ where: { id: shopId, leavingAt: { not: null } }, data });
    try {
      const by = { shopId, actor: leavingActor ?? '', address: leavingAddress ?? '' };
      const left = await leaveAccount(resources, by);
      if (left.kind === 'refused')
        await again({ ...NOT_LEAVING, leavingProblem: `${left.reason} ${left.remedy}` });
    } catch (error) {
      log.error({ err: error, shopId }, 'A store could not leave its account; it is tried again');
      await again({
        leavingAt: new Date(now().getTime() + AGAIN_MS),
        leavingProblem: 'Something went wrong on our side. It is tried again within a minute.',
      });
    }
  }
}

/**
 * Takes a store out of the account that it shares with others, with a copy of every product of the shared catalog that it
 * sells. What is known of them (what both sides agreed on, what Shopify holds, overrides, promotions, history) is known of
 * the copies: nothing is adopted anew, and nothing is written to Shopify because of it. The account keeps its own. In one
 * transaction that holds the shop and its links, as jobs do that claim them.
 */
export async function leaveAccount(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  by: AccountActor,
): Promise<LeftAccount> {
  const at = now();
  return db.$transaction(async (tx): Promise<LeftAccount> => {
    const leaver = await lockLeaver(tx, by.shopId, at);
    if (leaver.kind === 'refused') return leaver;
    const { shop } = leaver;
    const from = shop.accountId;
    await lockCatalog(tx, from);
    const to = await ownAccount(tx, shop);
    const copying = { shopId: shop.id, from, to, salt: randomUUID() };
    const products = await lockOriginals(tx, copying);
    await copyCatalogRows(tx, copying);
    await askAgain(tx, shop.id, at);
    await moveKnowledge(tx, copying);
    await dropUntaken(tx, copying);
    await tx.reconciliation.updateMany({
      where: { shopId: shop.id, state: 'running' },
      data: { state: 'cancelled', error: REASON, finishedAt: at },
    });
    await endJoinings(tx, shop.id, at);
    await tx.shop.update({
      where: { id: shop.id },
      data: { accountId: to, ...NOT_LEAVING },
    });
    await takeTerms(tx, shop, to);
    // Both accounts keep a note of it.
    for (const accountId of [from, to])
      await noteAccountEvent(tx, by, { accountId, kind: 'left', detail: shop.domain, at });
    return { kind: 'left', accountId: to, products };
  }, LEAVE);
}
