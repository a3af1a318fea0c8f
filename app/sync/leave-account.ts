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

export type LeftAccount =
  { kind: 'left'; accountId: string; products: number } | { kind: 'refused'; reason: string; remedy: string };

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
  const { defaultRole } = await tx.account.findUniqueOrThrow({
    where: { id: shop.accountId },
    select: { defaultRole: true },
  });
  const made = await tx.account.create({ data: { name: shop.domain, homeOf: shop.id, defaultRole } });
  return made.id;
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
    const shop = await lockShop(tx, by.shopId);
    if (shop === null || shop.isGone)
      return {
        kind: 'refused',
        reason: 'The app is not installed on this store.',
        remedy: 'Install it again.',
      };
    const from = shop.accountId;
    if ((await tx.shop.count({ where: { accountId: from } })) === 1)
      return {
        kind: 'refused',
        reason: `${shop.domain} has its account for itself.`,
        remedy: 'There is nothing to leave.',
      };
    const [obstacle] = obstaclesToLeaving(shop.domain, await readWorkUnderWay(tx, shop, at));
    if (obstacle !== undefined) return { kind: 'refused', ...obstacle };
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
    // Units that only this store sold are the account's again.
    await noteStoreOfOwnStock(tx, { id: shop.id, accountId: from });
    await tx.stockRule.deleteMany({ where: { accountId: from, shopId: shop.id } });
    await tx.shop.update({ where: { id: shop.id }, data: { accountId: to } });
    // Both accounts keep a note of it.
    for (const accountId of [from, to])
      await noteAccountEvent(tx, by, { accountId, kind: 'left', detail: shop.domain, at });
    return { kind: 'left', accountId: to, products };
  }, LEAVE);
}
