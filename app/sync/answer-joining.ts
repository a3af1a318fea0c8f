/** The steps of a joining after its code was entered, but for the last: confirmed, refused, or called off. */
import { takeStep } from '~/core/joining';
import type { JoinStep } from '~/core/joining';
import { obstaclesToJoining } from '~/core/work-under-way';
import { noteAccountEvent } from '~/db/account-events.server';
import type { AccountActor } from '~/db/account-events.server';
import { lockJoining, saveJoining } from '~/db/account-joins.server';
import { lockShop, readWorkUnderWay } from '~/db/work-under-way.server';
import type { Resources } from './resources';

export type AnsweredJoining = { kind: 'done' } | { kind: 'refused'; reason: string; remedy: string };

/** It is over, or somebody else was quicker. */
export const OVER: AnsweredJoining = {
  kind: 'refused',
  reason: 'This joining has ended, or its time is over.',
  remedy: 'Have a new code made in the other store, and enter that one.',
};

/** The store that joins has seen whose account it joins and what that means, and wants to. */
export async function confirmJoining(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  by: AccountActor,
  joinId: string,
): Promise<AnsweredJoining> {
  const at = now();
  return db.$transaction(async (tx): Promise<AnsweredJoining> => {
    const joining = await lockJoining(tx, { id: joinId });
    if (joining === null || joining.shopId !== by.shopId) return OVER;
    const step = takeStep(joining, { kind: 'confirm', shopId: by.shopId }, at);
    if (step.kind === 'not-possible') return joining.state === 'confirmed' ? { kind: 'done' } : OVER;
    const shop = await lockShop(tx, by.shopId);
    if (shop === null || shop.isGone) return OVER;
    // Said now, where it can be mended, and once more when it is approved.
    const [obstacle] = obstaclesToJoining(shop.domain, await readWorkUnderWay(tx, shop, at));
    if (obstacle !== undefined) return { kind: 'refused', ...obstacle };
    await saveJoining(tx, { ...joining, ...step.joining }, { confirmedAt: at });
    const { accountId } = joining;
    await noteAccountEvent(tx, by, { accountId, kind: 'join-confirmed', detail: shop.domain, at });
    return { kind: 'done' };
  });
}

/** Ends a joining: the account does not want it, or the store that was to join does not. */
export async function endJoining(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  by: AccountActor,
  joinId: string,
): Promise<AnsweredJoining> {
  const at = now();
  return db.$transaction(async (tx): Promise<AnsweredJoining> => {
    const joining = await lockJoining(tx, { id: joinId });
    if (joining === null) return OVER;
    const { accountId } = await tx.shop.findUniqueOrThrow({
      where: { id: by.shopId },
      select: { accountId: true },
    });
    const isOfAccount = joining.accountId === accountId;
    if (!isOfAccount && joining.shopId !== by.shopId) return OVER;
    const step: JoinStep = { kind: isOfAccount ? 'refuse' : 'cancel' };
    const outcome = takeStep(joining, step, at);
    if (outcome.kind === 'not-possible') return OVER;
    await saveJoining(tx, { ...joining, ...outcome.joining }, { endedAt: at });
    await noteAccountEvent(tx, by, {
      accountId: joining.accountId,
      kind: isOfAccount ? 'join-refused' : 'join-cancelled',
      at,
    });
    return { kind: 'done' };
  });
}
