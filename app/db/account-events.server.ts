/** Who did what to accounts, and from where. */
import type { AccountEventKind } from '~/core/account-event';
import type { Queryable } from './client.server';

/** Who acts: in which store, as the audit log names them, and from which address of the web. */
export interface AccountActor {
  shopId: string;
  actor: string;
  address: string;
}

/** Notes that somebody did something to an account. */
export async function noteAccountEvent(
  tx: Queryable,
  { shopId, actor, address }: AccountActor,
  event: { accountId: string; kind: AccountEventKind; detail?: string; at: Date },
): Promise<void> {
  await tx.accountEvent.create({ data: { shopId, actor, address, ...event } });
}

/** How often something was noted in a store since then. */
export async function countAccountEvents(
  tx: Queryable,
  { shopId, kind, since }: { shopId: string; kind: AccountEventKind; since: Date },
): Promise<number> {
  return tx.accountEvent.count({ where: { shopId, kind, at: { gt: since } } });
}
