import { takeStep } from '~/core/joining';
import { obstaclesToJoining } from '~/core/work-under-way';
import { noteAccountEvent } from '~/db/account-events.server';
import type { AccountActor } from '~/db/account-events.server';
import { lockJoining, saveJoining } from '~/db/account-joins.server';
import type { Queryable } from '~/db/client.server';
import { noteStoreOfOwnStock } from '~/db/stock-sharing.server';
import { lockShop, readWorkUnderWay } from '~/db/work-under-way.server';
import { OVER } from './answer-joining';
import type { AnsweredJoining } from './answer-joining';
import { forgetProducts } from './forget-store';
import { restSource } from './rest-source';
import type { Resources } from './resources';

/** What a large store knows of its products takes its time to go. */
const MOVE = { timeout: 300_000, maxWait: 10_000 };

const REASON = 'The store joined another account.';

/** What worked on the former catalog ends, and nothing that is known of it stays. */
async function letGoOfCatalog(tx: Queryable, shopId: string, at: Date): Promise<void> {
  await forgetProducts(tx, shopId);
  await tx.reconciliation.updateMany({
    where: { shopId, state: 'running' },
    data: { state: 'cancelled', error: REASON, finishedAt: at },
  });
  // They were given to programs that know the former catalog: with another one they would write into the other stores'.
  const revoked = { revokedAt: at, revokedBy: 'joining another account' };
  await tx.apiKey.updateMany({ where: { shopId, revokedAt: null }, data: revoked });
  await tx.pushSource.updateMany({ where: { shopId, revokedAt: null }, data: revoked });
}

/** The former account stays as the store's own, with its catalog; where it is empty and nobody's, it goes. */
async function settleFormer(tx: Queryable, accountId: string, shopId: string): Promise<void> {
  if ((await tx.shop.count({ where: { accountId } })) > 0) return;
  const products = await tx.catalogProduct.count({ where: { accountId } });
  const sources = await tx.sourceConnection.count({ where: { accountId } });
  if (products + sources === 0) {
    await tx.stockRule.deleteMany({ where: { accountId } });
    await tx.account.delete({ where: { id: accountId } });
  } else await tx.account.update({ where: { id: accountId }, data: { homeOf: shopId } });
}

/**
 * Lets a store that has confirmed into the account of the one in which this is approved: from here on it sells the shared
 * catalog, and its next run adopts its products by SKU and handle. In one transaction that holds the shop and all its links,
 * as jobs do that claim them: a job that looked at a product under the former catalog finds no link to claim, so it writes
 * nothing.
 */
export async function approveJoining(
  resources: Resources,
  by: AccountActor,
  joinId: string,
): Promise<AnsweredJoining> {
  const { db, now } = resources;
  const at = now();
  const moved = await db.$transaction(async (tx): Promise<AnsweredJoining | { former: string }> => {
    const joining = await lockJoining(tx, { id: joinId });
    const approver = await tx.shop.findUniqueOrThrow({
      where: { id: by.shopId },
      select: { accountId: true },
    });
    if (joining === null || joining.shopId === null || joining.accountId !== approver.accountId) return OVER;
    const step = takeStep(joining, { kind: 'approve' }, at);
    if (step.kind === 'not-possible')
      return step.why === 'not-yet'
        ? {
            kind: 'refused',
            reason: 'The store that wants to join has not confirmed yet.',
            remedy: 'Have it confirmed there, then approve it here.',
          }
        : OVER;
    const shop = await lockShop(tx, joining.shopId);
    if (shop === null || shop.isGone || shop.accountId === joining.accountId) return OVER;
    const [obstacle] = obstaclesToJoining(shop.domain, await readWorkUnderWay(tx, shop, at));
    if (obstacle !== undefined) return { kind: 'refused', ...obstacle };
    await letGoOfCatalog(tx, shop.id, at);
    await tx.shop.update({
      where: { id: shop.id },
      // Who wins where both sides differ matters most in the run that comes: the guide asks again.
      data: {
        accountId: joining.accountId,
        adoptedAt: null,
        policyChosenAt: null,
        setupDismissedAt: null,
      },
    });
    await noteStoreOfOwnStock(tx, shop);
    await tx.stockRule.deleteMany({ where: { shopId: shop.id } });
    await settleFormer(tx, shop.accountId, shop.id);
    await saveJoining(tx, { ...joining, ...step.joining }, { endedAt: at });
    const { accountId } = joining;
    await noteAccountEvent(tx, by, { accountId, kind: 'joined', detail: shop.domain, at });
    return { former: shop.accountId };
  }, MOVE);
  if ('kind' in moved) return moved;
  await restSource(resources, moved.former);
  return { kind: 'done' };
}
